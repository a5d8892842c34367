/// Cuts an expression into words, texts and symbols, without understanding it.
struct TokenScanner {
  enum Kind {
    case word, number, text, symbol
  }

  struct Token {
    let kind: Kind
    let range: Range<Int>
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var index: Int

  /// - Parameter bytes: they outlive the scanner.
  init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) {
    self.bytes = bytes
    index = start
  }

  /// All tokens of a text.
  static func tokens(of bytes: [UInt8]) -> [Token] {
    bytes.withUnsafeBufferPointer { bytes in
      var scanner = TokenScanner(bytes)
      var tokens: [Token] = []
      while let token = scanner.next() { tokens.append(token) }
      return tokens
    }
  }

  mutating func next() -> Token? {
    skipSpace()
    guard index < bytes.count else { return nil }
    let start = index
    let byte = bytes[start]
    if Self.isWord(byte) {
      let isNumber = (0x30...0x39).contains(byte)
      while index < bytes.count, Self.isWord(bytes[index]) || isNumber && isFraction() {
        index += 1
      }
      if isQuote(index), isTextPrefix(start..<index) { return text(from: start) }
      return Token(kind: isNumber ? .number : .word, range: start..<index)
    }
    if isQuote(index) { return text(from: start) }
    index += start + 1 < bytes.count && Self.isPair(byte, bytes[start + 1]) ? 2 : 1
    return Token(kind: .symbol, range: start..<index)
  }

  /// `&&`, `||`, `==`, `!=`, `<=`, `>=`, `.?`, `[?`.
  private static func isPair(_ first: UInt8, _ second: UInt8) -> Bool {
    switch first {
    case 0x26, 0x7C, 0x3D: second == first
    case 0x21, 0x3C, 0x3E: second == 0x3D
    case 0x2E, 0x5B: second == 0x3F
    default: false
    }
  }

  private mutating func skipSpace() {
    while index < bytes.count {
      if bytes[index] <= 0x20 {
        index += 1
      } else if bytes[index] == 0x2F, index + 1 < bytes.count, bytes[index + 1] == 0x2F {
        while index < bytes.count, bytes[index] != 0x0A { index += 1 }
      } else {
        return
      }
    }
  }

  /// A quoted text, its prefix (`r`, `b`) included; one that nothing closes goes to the end.
  private mutating func text(from start: Int) -> Token {
    let isRaw = bytes[start..<index].contains { $0 | 0x20 == 0x72 }
    let quote = bytes[index]
    let isTriple = index + 2 < bytes.count && bytes[index + 1] == quote && bytes[index + 2] == quote
    let width = isTriple ? 3 : 1
    index += width
    while index < bytes.count {
      if bytes[index] == 0x5C, !isRaw {
        index += 2
      } else if bytes[index...].prefix(width).allSatisfy({ $0 == quote }),
        index + width <= bytes.count
      {
        index += width
        return Token(kind: .text, range: start..<index)
      } else {
        index += 1
      }
    }
    index = bytes.count
    return Token(kind: .text, range: start..<index)
  }

  /// Whether the byte at the index is the point of a number.
  private func isFraction() -> Bool {
    bytes[index] == 0x2E && index + 1 < bytes.count && (0x30...0x39).contains(bytes[index + 1])
  }

  private func isQuote(_ index: Int) -> Bool {
    index < bytes.count && (bytes[index] == 0x22 || bytes[index] == 0x27)
  }

  private func isTextPrefix(_ range: Range<Int>) -> Bool {
    range.count <= 2 && bytes[range].allSatisfy { [0x72, 0x62].contains($0 | 0x20) }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x5F
      || byte >= 0x80
  }
}

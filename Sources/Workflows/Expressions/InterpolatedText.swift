/// A text cut at its `${{ … }}`.
struct InterpolatedText {
  enum Piece {
    case literal(String)
    /// UTF-8 range of the expression in the text, without the braces.
    case expression(Range<Int>)
  }

  private(set) var pieces: [Piece] = []
  /// Where a `${{` stands that nothing closes.
  private(set) var unclosed: Int?

  /// Whether there is anything to cut: most texts have nothing.
  static func isNeeded(for text: String) -> Bool {
    var previous: UInt8 = 0
    var beforePrevious: UInt8 = 0
    for byte in text.utf8 {
      if byte == 0x7B, previous == 0x7B, beforePrevious == 0x24 { return true }
      beforePrevious = previous
      previous = byte
    }
    return false
  }

  /// The range of the expression in a text that is one plain `${{ … }}` and nothing more; nil for
  /// anything else, and where only a whole cut can tell.
  static func wholeExpression(of text: String) -> Range<Int>? {
    var text = text
    return text.withUTF8 { bytes in
      guard bytes.count >= 6, bytes[0] == 0x24, bytes[1] == 0x7B, bytes[2] == 0x7B,
        bytes[bytes.count - 1] == 0x7D, bytes[bytes.count - 2] == 0x7D
      else { return nil }
      let range = 3..<bytes.count - 2
      // Braces and quotes inside decide where it ends.
      return bytes[range].contains { $0 == 0x7B || $0 == 0x7D || $0 == 0x22 || $0 == 0x27 }
        ? nil : range
    }
  }

  init(_ text: String) {
    if let range = Self.wholeExpression(of: text) {
      pieces = [.expression(range)]
      return
    }
    let bytes = Array(text.utf8)
    var literal: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0x24, Self.opens(bytes, at: index + 1) {
        guard let end = Self.end(of: bytes, from: index + 3) else {
          unclosed = index
          return
        }
        flush(&literal)
        pieces.append(.expression(index + 3..<end))
        index = end + 2
      } else if bytes[index] == 0x24, index + 1 < bytes.count, bytes[index + 1] == 0x24,
        Self.opens(bytes, at: index + 2)
      {
        literal += [0x24, 0x7B, 0x7B]
        index += 4
      } else {
        literal.append(bytes[index])
        index += 1
      }
    }
    flush(&literal)
  }

  /// Whether `{{` stands at a place.
  private static func opens(_ bytes: [UInt8], at index: Int) -> Bool {
    index + 1 < bytes.count && bytes[index] == 0x7B && bytes[index + 1] == 0x7B
  }

  private mutating func flush(_ literal: inout [UInt8]) {
    guard !literal.isEmpty else { return }
    pieces.append(.literal(String(decoding: literal, as: UTF8.self)))
    literal.removeAll()
  }

  /// Where the expression that starts at an offset ends: at the first `}}` outside its own braces
  /// and texts.
  private static func end(of bytes: [UInt8], from start: Int) -> Int? {
    var scanner = TokenScanner(bytes, from: start)
    var depth = 0
    while let token = scanner.next() {
      switch bytes[token.range.lowerBound] {
      case 0x7B where token.kind == .symbol: depth += 1
      case 0x7D where token.kind == .symbol:
        let next = token.range.upperBound
        if depth == 0 {
          return next < bytes.count && bytes[next] == 0x7D ? token.range.lowerBound : nil
        }
        depth -= 1
      default: break
      }
    }
    return nil
  }
}

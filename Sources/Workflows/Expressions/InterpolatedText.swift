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

  init(_ text: String) {
    let bytes = Array(text.utf8)
    var literal: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index...].starts(with: Array("$${{".utf8)) {
        literal += Array("${{".utf8)
        index += 4
      } else if bytes[index...].starts(with: Array("${{".utf8)) {
        guard let end = Self.end(of: bytes, from: index + 3) else {
          unclosed = index
          return
        }
        flush(&literal)
        pieces.append(.expression(index + 3..<end))
        index = end + 2
      } else {
        literal.append(bytes[index])
        index += 1
      }
    }
    flush(&literal)
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

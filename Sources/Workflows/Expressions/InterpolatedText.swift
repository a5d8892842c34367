import Documents
import Glibc

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
  static func isNeeded(for scalar: Scalar) -> Bool {
    scalar.withUTF8 { bytes in
      var place = 0
      while let dollar = bytes.place(of: 0x24, from: place) {
        if Self.opens(bytes, at: dollar + 1) { return true }
        place = dollar + 1
      }
      return false
    }
  }

  /// The range of the expression in a text that is one plain `${{ … }}` and nothing more; nil for
  /// anything else, and where only a whole cut can tell.
  static func wholeExpression(of scalar: Scalar) -> Range<Int>? {
    scalar.withUTF8 { bytes in
      guard bytes.count >= 6, bytes[0] == 0x24, opens(bytes, at: 1),
        bytes[bytes.count - 1] == 0x7D, bytes[bytes.count - 2] == 0x7D
      else { return nil }
      let range = 3..<bytes.count - 2
      // Braces and quotes inside decide where it ends.
      for index in range {
        switch bytes[index] {
        case 0x7B, 0x7D, 0x22, 0x27: return nil
        default: break
        }
      }
      return range
    }
  }

  init(_ scalar: Scalar) { self = scalar.withUTF8 { InterpolatedText($0) } }

  /// A text without the braces around its expressions: what is meant where no `${{ }}` belongs.
  static func bare(_ scalar: Scalar) -> String {
    let bytes = scalar.withUTF8 { Array($0) }
    var bare = ""
    for piece in InterpolatedText(scalar).pieces {
      switch piece {
      case .literal(let text): bare += text
      case .expression(let range): bare += String(decoding: bytes[range], as: UTF8.self).trimmed
      }
    }
    return bare.trimmed
  }

  /// The only expression, where nothing but blanks stands around it.
  var onlyExpression: Range<Int>? {
    guard unclosed == nil else { return nil }
    var found: [Range<Int>] = []
    for piece in pieces {
      switch piece {
      case .literal(let text): if !text.trimmed.isEmpty { return nil }
      case .expression(let range): found.append(range)
      }
    }
    return found.count == 1 ? found[0] : nil
  }

  private init(_ bytes: UnsafeBufferPointer<UInt8>) {
    pieces.reserveCapacity(4)
    var literal = ""
    var place = 0
    /// Where what is taken as it stands begins.
    var start = 0
    while let dollar = bytes.place(of: 0x24, from: place) {
      if Self.opens(bytes, at: dollar + 1) {
        guard let end = Self.end(of: bytes, from: dollar + 3) else {
          unclosed = dollar
          return
        }
        flush(&literal, bytes[start..<dollar])
        pieces.append(.expression(dollar + 3..<end))
        (place, start) = (end + 2, end + 2)
      } else if Self.isEscape(bytes, at: dollar) {
        literal += String(decoding: bytes[start..<dollar], as: UTF8.self) + "${{"
        (place, start) = (dollar + 4, dollar + 4)
      } else {
        place = dollar + 1
      }
    }
    flush(&literal, bytes[start...])
  }

  /// Whether `$${{` stands at a place.
  private static func isEscape(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    index + 1 < bytes.count && bytes[index + 1] == 0x24 && opens(bytes, at: index + 2)
  }

  /// Whether `{{` stands at a place.
  private static func opens(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    index + 1 < bytes.count && bytes[index] == 0x7B && bytes[index + 1] == 0x7B
  }

  private mutating func flush(
    _ literal: inout String, _ rest: Slice<UnsafeBufferPointer<UInt8>>
  ) {
    // Nearly always nothing was kept before.
    if literal.isEmpty {
      if !rest.isEmpty { pieces.append(.literal(String(decoding: rest, as: UTF8.self))) }
      return
    }
    pieces.append(.literal(literal + String(decoding: rest, as: UTF8.self)))
    literal = ""
  }

  /// Where the expression that starts at an offset ends: at the first `}}` outside its own braces
  /// and texts.
  private static func end(of bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
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

extension UnsafeBufferPointer<UInt8> {
  /// Where a byte stands first, from a place on.
  func place(of byte: UInt8, from start: Int) -> Int? {
    guard let base = baseAddress, start < count,
      let found = memchr(base + start, Int32(byte), count - start)
    else { return nil }
    return UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base
  }
}

import Values

extension Lexer {
  /// A text or bytes literal; the position stands on the first quote.
  mutating func quoted(from start: Int, isRaw: Bool, isBytes: Bool) throws(Issue) -> Token {
    let quote = bytes[position]
    let isTriple = peek(1) == quote && peek(2) == quote
    position += isTriple ? 3 : 1
    var content: [UInt8] = []
    while true {
      guard let byte = peek() else { throw unterminated(start) }
      if byte == quote, !isTriple || (peek(1) == quote && peek(2) == quote) { break }
      if byte == UInt8(ascii: "\\"), !isRaw {
        try escape(into: &content, isBytes: isBytes)
      } else {
        guard isTriple || (byte != 0x0A && byte != 0x0D) else { throw unterminated(start) }
        appendLiteral(byte, to: &content, normalizes: isTriple)
      }
    }
    position += isTriple ? 3 : 1
    let value: Value = isBytes ? .bytes(content) : .string(String(decoding: content, as: UTF8.self))
    return Token(kind: .literal(value), range: start..<position)
  }

  /// Line ends in triple quotes are line feeds, whatever the file has.
  private mutating func appendLiteral(_ byte: UInt8, to content: inout [UInt8], normalizes: Bool) {
    position += 1
    guard normalizes, byte == 0x0D else { return content.append(byte) }
    if peek() == 0x0A { position += 1 }
    content.append(0x0A)
  }

  private func unterminated(_ start: Int) -> Issue {
    Issue("the text has no closing quote", range: start..<min(position, end))
  }

  private mutating func escape(into content: inout [UInt8], isBytes: Bool) throws(Issue) {
    let start = position
    guard let kind = peek(1) else { throw unterminated(start) }
    position += 2
    switch kind {
    case UInt8(ascii: "a"): content.append(0x07)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "v"): content.append(0x0B)
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"),
      UInt8(ascii: "?"):
      content.append(kind)
    case UInt8(ascii: "x"), UInt8(ascii: "X"):
      try append(code(digits: 2, radix: 16, start), isBytes: isBytes, start, to: &content)
    case UInt8(ascii: "u") where !isBytes:
      try append(code(digits: 4, radix: 16, start), isBytes: false, start, to: &content)
    case UInt8(ascii: "U") where !isBytes:
      try append(code(digits: 8, radix: 16, start), isBytes: false, start, to: &content)
    case UInt8(ascii: "0")...UInt8(ascii: "3"):
      position -= 1
      try append(code(digits: 3, radix: 8, start), isBytes: isBytes, start, to: &content)
    default: throw Issue("unknown escape in a text", range: start..<position)
    }
  }

  private mutating func code(digits: Int, radix: UInt32, _ start: Int) throws(Issue) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<digits {
      guard let byte = peek(), byte.isHexDigit else {
        throw Issue("the escape needs \(digits) digits", range: start..<position)
      }
      let digit = UInt32(byte.isDigit ? byte - 0x30 : (byte | 0x20) - 0x57)
      guard digit < radix else {
        throw Issue("the escape needs \(digits) digits", range: start..<position)
      }
      code = code &* radix &+ digit
      position += 1
    }
    return code
  }

  private func append(
    _ code: UInt32, isBytes: Bool, _ start: Int, to content: inout [UInt8]
  ) throws(Issue) {
    if isBytes { return content.append(UInt8(truncatingIfNeeded: code)) }
    guard let scalar = Unicode.Scalar(code) else {
      throw Issue("the escape names no character", range: start..<position)
    }
    content.append(contentsOf: String(Character(scalar)).utf8)
  }
}

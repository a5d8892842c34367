import Values

/// Cuts an expression into tokens.
struct Lexer {
  let bytes: [UInt8]
  /// Where the expression ends at the latest.
  let end: Int
  var position: Int

  init(_ bytes: [UInt8], from start: Int = 0) {
    self.bytes = bytes
    end = bytes.count
    position = start
  }

  mutating func next() throws(Issue) -> Token {
    skipSpace()
    let start = position
    guard let byte = peek() else { return Token(kind: .end, range: start..<start) }
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(from: start)
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      return try quoted(from: start, isRaw: false, isBytes: false)
    case UInt8(ascii: "`"): return try quotedName(from: start)
    case UInt8(ascii: "."):
      if let digit = peek(1), digit.isDigit { return try number(from: start) }
    default: break
    }
    if byte.startsName { return try word(from: start) }
    return try symbol(from: start)
  }

  func peek(_ offset: Int = 0) -> UInt8? {
    position + offset < end ? bytes[position + offset] : nil
  }

  private mutating func skipSpace() {
    while let byte = peek() {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D: position += 1
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
        while let next = peek(), next != 0x0A { position += 1 }
      default: return
      }
    }
  }

  private func issue(_ message: String, from start: Int) -> Issue {
    Issue(message, range: start..<max(start, min(position, end)))
  }

  // MARK: Words

  private mutating func word(from start: Int) throws(Issue) -> Token {
    if let prefix = literalPrefix() {
      position += prefix.count
      return try quoted(from: start, isRaw: prefix.isRaw, isBytes: prefix.isBytes)
    }
    while let byte = peek(), byte.continuesName { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    let kind: Token.Kind =
      switch text {
      case "true": .literal(.bool(true))
      case "false": .literal(.bool(false))
      case "null": .literal(.null)
      case "in": .symbol(.in)
      default: .identifier(text)
      }
    return Token(kind: kind, range: start..<position)
  }

  /// The letters before a quote: `r`, `b`, `rb`, `br` in any case.
  private func literalPrefix() -> (count: Int, isRaw: Bool, isBytes: Bool)? {
    var isRaw = false
    var isBytes = false
    for count in 0..<3 {
      guard let byte = peek(count) else { return nil }
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"): return count > 0 ? (count, isRaw, isBytes) : nil
      case UInt8(ascii: "r"), UInt8(ascii: "R"):
        guard !isRaw else { return nil }
        isRaw = true
      case UInt8(ascii: "b"), UInt8(ascii: "B"):
        guard !isBytes else { return nil }
        isBytes = true
      default: return nil
      }
    }
    return nil
  }

  private mutating func quotedName(from start: Int) throws(Issue) -> Token {
    position += 1
    while let byte = peek(), byte != UInt8(ascii: "`") {
      guard
        byte.continuesName || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
          || byte == UInt8(ascii: "/") || byte == 0x20
      else {
        throw issue("a name in back-ticks holds letters, digits, `_ . - /` and spaces", from: start)
      }
      position += 1
    }
    guard peek() != nil, position > start + 1 else {
      throw issue("the name in back-ticks has no end", from: start)
    }
    let name = String(decoding: bytes[(start + 1)..<position], as: UTF8.self)
    position += 1
    return Token(kind: .quotedName(name), range: start..<position)
  }

  // MARK: Numbers

  private mutating func number(from start: Int) throws(Issue) -> Token {
    if peek() == UInt8(ascii: "0"), let x = peek(1),
      x == UInt8(ascii: "x") || x == UInt8(ascii: "X"),
      peek(2)?.isHexDigit == true
    {
      return try hexadecimal(from: start)
    }
    skipDigits()
    var isDouble = false
    if peek() == UInt8(ascii: "."), peek(1)?.isDigit == true {
      isDouble = true
      position += 1
      skipDigits()
    }
    isDouble = skipExponent() || isDouble
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isDouble {
      guard let value = Double(text) else { throw issue("`\(text)` is not a number", from: start) }
      return Token(kind: .literal(.double(value)), range: start..<position)
    }
    return try integer(text, radix: 10, from: start)
  }

  private mutating func skipDigits() { while let byte = peek(), byte.isDigit { position += 1 } }

  private mutating func skipExponent() -> Bool {
    guard let e = peek(), e == UInt8(ascii: "e") || e == UInt8(ascii: "E") else { return false }
    var offset = 1
    if let sign = peek(1), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { offset = 2 }
    guard peek(offset)?.isDigit == true else { return false }
    position += offset
    skipDigits()
    return true
  }

  private mutating func hexadecimal(from start: Int) throws(Issue) -> Token {
    position += 2
    let first = position
    while let byte = peek(), byte.isHexDigit { position += 1 }
    return try integer(
      String(decoding: bytes[first..<position], as: UTF8.self), radix: 16, from: start)
  }

  /// The magnitude of the smallest integer is read as it, and is one only behind a minus sign.
  private mutating func integer(_ text: String, radix: Int, from start: Int) throws(Issue) -> Token
  {
    let magnitude = UInt64(text, radix: radix)
    if let suffix = peek(), suffix == UInt8(ascii: "u") || suffix == UInt8(ascii: "U") {
      position += 1
      guard let magnitude else {
        throw issue("the number does not fit an unsigned integer", from: start)
      }
      return Token(kind: .literal(.uint(magnitude)), range: start..<position)
    }
    if let magnitude, let value = Int64(exactly: magnitude) {
      return Token(kind: .literal(.int(value)), range: start..<position)
    }
    if magnitude == Int64.min.magnitude {
      return Token(kind: .literal(.int(.min)), range: start..<position)
    }
    throw issue("the number does not fit an integer", from: start)
  }

  // MARK: Symbols

  private mutating func symbol(from start: Int) throws(Issue) -> Token {
    if let next = peek(1), let symbol = Token.Symbol(bytes[position], next) {
      position += 2
      return Token(kind: .symbol(symbol), range: start..<position)
    }
    if let symbol = Token.Symbol(bytes[position]) {
      position += 1
      return Token(kind: .symbol(symbol), range: start..<position)
    }
    position += 1
    while let byte = peek(), byte & 0xC0 == 0x80 { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    let hint =
      switch text {
      case "=": "; equality is `==`"
      case "&": "; and is `&&`"
      case "|": "; or is `||`"
      default: ""
      }
    throw issue("unexpected `\(text)`\(hint)", from: start)
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isHexDigit: Bool {
    isDigit || (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "f"))
  }
  var startsName: Bool {
    self == UInt8(ascii: "_")
      || (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "z"))
  }
  var continuesName: Bool { startsName || isDigit }
}

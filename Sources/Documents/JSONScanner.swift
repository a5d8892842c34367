import Values

/// Reads the tokens of JSON (RFC 8259) from bytes; both readers build on it.
struct JSONScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The byte at the position; nil at the end.
  @inline(__always) var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  /// Steps over a byte if it comes next, after white space.
  mutating func skip(_ byte: UInt8) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  func failure(_ message: String, at offset: Int? = nil) -> JSONError {
    JSONError(message: message, offset: offset ?? position)
  }

  /// What stands here instead of something expected, for a message.
  func unexpected(_ expected: String) -> JSONError {
    guard let byte = current else { return failure("the text ends where \(expected) should be") }
    guard byte > 0x20, byte < 0x7F else { return failure("expected \(expected)") }
    return failure(
      "expected \(expected), found `\(Character(Unicode.Scalar(byte)))`" + habit(at: byte))
  }

  /// What other formats allow and JSON does not, where it stands here.
  private func habit(at byte: UInt8) -> String {
    let next = position + 1 < bytes.count ? bytes[position + 1] : nil
    switch (byte, next) {
    case (0x2F, 0x2F), (0x2F, 0x2A), (0x23, _): return ": JSON has no comments"
    case (0x7D, _), (0x5D, _):
      let before = bytes[..<position].last { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
      return before == 0x2C ? ": JSON has no comma after the last one" : ""
    default: return ""
    }
  }

  /// `true`, `false` or `null`.
  mutating func word() throws(JSONError) -> Value {
    let words: [(StaticString, Value)] = [("true", true), ("false", false), ("null", .null)]
    for (word, value) in words where matches(word) {
      position += word.utf8CodeUnitCount
      return value
    }
    throw unexpected("a value")
  }

  private func matches(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    return (0..<count).allSatisfy { bytes[position + $0] == word.utf8Start[$0] }
  }

  /// A number: an integer where it has neither fraction nor exponent.
  mutating func number(_ large: JSONReader.LargeIntegers) throws(JSONError) -> Value {
    let start = position
    let negative = bytes[position] == 0x2D
    if negative { position += 1 }
    let firstDigit = position
    var amount: UInt64 = 0
    while let byte = current, byte &- 0x30 < 10 {
      amount = amount &* 10 &+ UInt64(byte &- 0x30)
      position += 1
    }
    let digits = position - firstDigit
    guard digits > 0 else { throw unexpected("a digit") }
    guard digits == 1 || bytes[firstDigit] != 0x30 else {
      throw failure("a number cannot start with 0", at: start)
    }
    if let byte = current, byte == 0x2E || byte | 0x20 == 0x65 {
      return .double(try fraction(from: start))
    }
    if digits <= 18, amount <= CoreSchema.largestInteger {
      return .int(negative ? -Int64(amount) : Int64(amount))
    }
    switch large {
    case .text: return .string(text(from: start))
    case .double: return .double(try double(from: start))
    }
  }

  private mutating func fraction(from start: Int) throws(JSONError) -> Double {
    if current == 0x2E {
      position += 1
      try digits()
    }
    if let byte = current, byte | 0x20 == 0x65 {
      position += 1
      if current == 0x2B || current == 0x2D { position += 1 }
      try digits()
    }
    return try double(from: start)
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while let byte = current, byte &- 0x30 < 10 { position += 1 }
    guard position > start else { throw unexpected("a digit") }
  }

  private func text(from start: Int) -> String {
    String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private func double(from start: Int) throws(JSONError) -> Double {
    guard let number = Double(text(from: start)), number.isFinite else {
      throw failure("the number is too large", at: start)
    }
    return number
  }

  /// Steps over a string, from its opening quote, and tells where its text stands; nil, without a step,
  /// where the text does not stand there as it is, or there is something wrong with it.
  mutating func unescapedString() -> Range<Int>? {
    var end = position + 1
    while end < bytes.count, bytes[end] != 0x22 {
      guard bytes[end] != 0x5C, bytes[end] >= 0x20 else { return nil }
      end += 1
    }
    guard end < bytes.count else { return nil }
    defer { position = end + 1 }
    return position + 1..<end
  }

  /// A string, from its opening quote.
  mutating func string() throws(JSONError) -> String {
    let start = position
    position += 1
    let first = position
    var bits: UInt8 = 0
    while position < bytes.count {
      let byte = bytes[position]
      if byte == 0x22 {
        position += 1
        let piece = UnsafeBufferPointer(rebasing: bytes[first..<position - 1])
        // ASCII needs no validation, which costs more than the rest.
        return bits < 0x80 ? String(decoding: piece, as: UTF8.self) : try decoded(piece, at: first)
      }
      bits |= byte
      if byte == 0x5C { return try escapedString(from: start) }
      guard byte >= 0x20 else { throw failure("a control character inside a text needs `\\u`") }
      position += 1
    }
    throw failure("the text has no closing quote", at: start)
  }

  private func decoded(
    _ piece: UnsafeBufferPointer<UInt8>, at offset: Int
  ) throws(JSONError) -> String {
    guard let text = String(validating: piece, as: UTF8.self) else {
      throw failure("the text is not UTF-8", at: offset)
    }
    return text
  }

  /// The slow path: a string with escapes, of which all up to the position is known to have none.
  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var content = Array(bytes[start + 1..<position])
    while let byte = current {
      switch byte {
      case 0x22:
        position += 1
        guard let text = String(validating: content, as: UTF8.self) else {
          throw failure("the text is not UTF-8", at: start)
        }
        return text
      case 0x5C: try escape(into: &content)
      case ..<0x20: throw failure("a control character inside a text needs `\\u`")
      default:
        content.append(byte)
        position += 1
      }
    }
    throw failure("the text has no closing quote", at: start)
  }

  private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
    let start = position
    position += 1
    guard let byte = current else { throw failure("the text has no closing quote", at: start) }
    position += 1
    switch byte {
    case 0x22, 0x5C, 0x2F: content.append(byte)
    case 0x62: content.append(0x08)
    case 0x66: content.append(0x0C)
    case 0x6E: content.append(0x0A)
    case 0x72: content.append(0x0D)
    case 0x74: content.append(0x09)
    case 0x75: content.append(contentsOf: String(try unicodeEscape(from: start)).utf8)
    default: throw failure("an unknown escape", at: start)
    }
  }

  private mutating func unicodeEscape(from start: Int) throws(JSONError) -> Unicode.Scalar {
    let unit = try fourDigits(from: start)
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard unit < 0xDC00, position + 1 < bytes.count, bytes[position] == 0x5C,
      bytes[position + 1] == 0x75
    else { throw failure("half of a surrogate pair", at: start) }
    position += 2
    let low = try fourDigits(from: start)
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    else { throw failure("half of a surrogate pair", at: start) }
    return scalar
  }

  private mutating func fourDigits(from start: Int) throws(JSONError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue,
        byte < 0x80
      else { throw failure("`\\u` needs four hexadecimal digits", at: start) }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}

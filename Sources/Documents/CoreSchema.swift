import Values

/// The core schema of YAML 1.2.2 (section 10.3.2): what a plain scalar means.
///
/// `yes`, `no`, `on`, `off` and dates are text. An integer beyond ±2^53 is text too, because
/// neither JSON nor the journal could carry it.
enum CoreSchema {
  /// The largest magnitude that every reader of JSON keeps exactly.
  static let largestInteger: UInt64 = 1 << 53

  static func resolve(_ text: String) -> Value {
    guard let first = text.utf8.first else { return .null }
    switch first {
    case 0x6E, 0x4E, 0x7E, 0x74, 0x54, 0x66, 0x46: return words[text] ?? .string(text)
    case 0x30...0x39, 0x2B, 0x2D, 0x2E: return number(text) ?? .string(text)
    default: return .string(text)
    }
  }

  private static let words: [String: Value] = [
    "null": .null, "Null": .null, "NULL": .null, "~": .null, "true": true, "True": true,
    "TRUE": true,
    "false": false, "False": false, "FALSE": false,
  ]

  private static let infinities: [String: Double] = [
    ".inf": .infinity, ".Inf": .infinity, ".INF": .infinity, "+.inf": .infinity,
    "+.Inf": .infinity, "+.INF": .infinity, "-.inf": -.infinity, "-.Inf": -.infinity,
    "-.INF": -.infinity, ".nan": .nan, ".NaN": .nan, ".NAN": .nan,
  ]

  private static func number(_ text: String) -> Value? {
    if let special = infinities[text] { return .double(special) }
    if text.hasPrefix("0x") { return integer(text, digits: text.dropFirst(2), radix: 16) }
    if text.hasPrefix("0o") { return integer(text, digits: text.dropFirst(2), radix: 8) }
    let digits = text.utf8.first == 0x2B || text.utf8.first == 0x2D ? text.dropFirst() : text[...]
    if !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      return integer(text, digits: digits, radix: 10)
    }
    guard isFloat(digits.utf8), let amount = Double(text), amount.isFinite else { return nil }
    return .double(amount)
  }

  /// An integer whose sign is that of the whole text; nil where a digit does not fit the radix.
  private static func integer(_ text: String, digits: Substring, radix: Int) -> Value? {
    guard let first = digits.utf8.first, first != 0x2B, first != 0x2D else { return nil }
    guard let magnitude = UInt64(digits, radix: radix), magnitude <= largestInteger else {
      return nil
    }
    return .int(text.utf8.first == 0x2D ? -Int64(magnitude) : Int64(magnitude))
  }

  /// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
  private static func isFloat(_ text: Substring.UTF8View) -> Bool {
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
    let whole = text.prefix(while: isDigit)
    var rest = text.dropFirst(whole.count)
    var fractionCount = 0
    if rest.first == 0x2E {
      let fraction = rest.dropFirst().prefix(while: isDigit)
      fractionCount = fraction.count
      rest = rest.dropFirst(1 + fraction.count)
    }
    guard !whole.isEmpty || fractionCount > 0 else { return false }
    guard let sign = rest.first else { return true }
    guard sign | 0x20 == 0x65 else { return false }
    rest = rest.dropFirst()
    if rest.first == 0x2B || rest.first == 0x2D { rest = rest.dropFirst() }
    return !rest.isEmpty && rest.allSatisfy(isDigit)
  }
}

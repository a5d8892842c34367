/// A way in which texts are put into other texts: what in them would be read otherwise is escaped.
enum TextEncoding: CaseIterable {
  /// RFC 3986, section 2.1.
  case url
  /// RFC 8259, section 7, and the escapes that languages like it know besides.
  case json
  case html
  /// RFC 2045, section 6.7, which writes its digits in capitals.
  case quotedPrintable
  /// What is broken into lines of a certain length, as base64 in mails.
  case lines

  /// Bytes that stand for something, and what for.
  struct Escape {
    let length: Int
    let meaning: [UInt8]
  }

  /// What an escape begins with.
  var signs: (UInt8, UInt8) {
    switch self {
    case .url: (UInt8(ascii: "%"), UInt8(ascii: "%"))
    case .json: (UInt8(ascii: "\\"), UInt8(ascii: "\\"))
    case .html: (UInt8(ascii: "&"), UInt8(ascii: "&"))
    case .quotedPrintable: (UInt8(ascii: "="), UInt8(ascii: "="))
    case .lines: (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
    }
  }

  /// The escape that starts at one of its signs; nil where none does.
  func escape(in bytes: [UInt8], at start: Int) -> Escape? {
    switch self {
    case .url: return Self.hexByte(in: bytes, at: start + 1)
    case .json: return Self.backslashed(in: bytes, at: start)
    case .html: return Self.entity(in: bytes, at: start)
    case .quotedPrintable:
      if let end = Self.lineEnd(in: bytes, at: start + 1) {
        return Escape(length: end - start, meaning: [])
      }
      return Self.hexByte(in: bytes, at: start + 1, isLowerToo: false)
    case .lines: return Escape(length: 1, meaning: [])
    }
  }

  /// Where a line break ends that starts somewhere.
  private static func lineEnd(in bytes: [UInt8], at start: Int) -> Int? {
    guard start < bytes.count else { return nil }
    if bytes[start] == UInt8(ascii: "\n") { return start + 1 }
    guard bytes[start] == UInt8(ascii: "\r"), start + 1 < bytes.count,
      bytes[start + 1] == UInt8(ascii: "\n")
    else { return nil }
    return start + 2
  }

  /// A byte in two digits behind a sign.
  private static func hexByte(
    in bytes: [UInt8], at start: Int, isLowerToo: Bool = true
  ) -> Escape? {
    guard start + 1 < bytes.count, let value = number(in: bytes[start..<start + 2], radix: 16)
    else { return nil }
    let isLower = bytes[start] >= UInt8(ascii: "a") || bytes[start + 1] >= UInt8(ascii: "a")
    guard isLowerToo || !isLower else { return nil }
    return Escape(length: 3, meaning: [UInt8(value)])
  }

  private static func backslashed(in bytes: [UInt8], at start: Int) -> Escape? {
    guard start + 1 < bytes.count else { return nil }
    func one(_ byte: UInt8) -> Escape { Escape(length: 2, meaning: [byte]) }
    switch bytes[start + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return one(bytes[start + 1])
    case UInt8(ascii: "b"): return one(0x08)
    case UInt8(ascii: "f"): return one(0x0C)
    case UInt8(ascii: "n"): return one(0x0A)
    case UInt8(ascii: "r"): return one(0x0D)
    case UInt8(ascii: "t"): return one(0x09)
    case UInt8(ascii: "u"): return codeUnits(in: bytes, at: start)
    default: return nil
    }
  }

  /// `\u00fc`, and a pair of them for what does not fit into one.
  private static func codeUnits(in bytes: [UInt8], at start: Int) -> Escape? {
    func unit(_ start: Int) -> UInt32? {
      guard start + 6 <= bytes.count, bytes[start] == UInt8(ascii: "\\"),
        bytes[start + 1] == UInt8(ascii: "u")
      else { return nil }
      return number(in: bytes[start + 2..<start + 6], radix: 16)
    }
    guard let first = unit(start) else { return nil }
    if let meaning = utf8(first) { return Escape(length: 6, meaning: meaning) }
    guard (0xD800..<0xDC00).contains(first), let second = unit(start + 6),
      (0xDC00..<0xE000).contains(second),
      let meaning = utf8(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { return nil }
    return Escape(length: 12, meaning: meaning)
  }

  private static let entities: [String: UInt8] = [
    "amp": UInt8(ascii: "&"), "lt": UInt8(ascii: "<"), "gt": UInt8(ascii: ">"),
    "quot": UInt8(ascii: "\""), "apos": UInt8(ascii: "'"),
  ]

  /// `&amp;`, `&#39;`, `&#x27;`.
  private static func entity(in bytes: [UInt8], at start: Int) -> Escape? {
    let rest = bytes[(start + 1)...].prefix(10)
    guard let end = rest.firstIndex(of: UInt8(ascii: ";")) else { return nil }
    let name = rest[..<end]
    let length = end + 1 - start
    guard name.first == UInt8(ascii: "#") else {
      return entities[String(decoding: name, as: UTF8.self)].map {
        Escape(length: length, meaning: [$0])
      }
    }
    let digits = name.dropFirst()
    let isHex = digits.first.map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
    guard let value = number(in: isHex ? digits.dropFirst() : digits, radix: isHex ? 16 : 10),
      let meaning = utf8(value)
    else { return nil }
    return Escape(length: length, meaning: meaning)
  }

  /// The number that digits, and nothing else, stand for.
  private static func number(in digits: ArraySlice<UInt8>, radix: UInt32) -> UInt32? {
    guard !digits.isEmpty, digits.count <= 8 else { return nil }
    var value: UInt32 = 0
    for digit in digits {
      let meaning: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): meaning = digit - UInt8(ascii: "0")
      case UInt8(ascii: "A")...UInt8(ascii: "F"): meaning = digit - UInt8(ascii: "A") + 10
      case UInt8(ascii: "a")...UInt8(ascii: "f"): meaning = digit - UInt8(ascii: "a") + 10
      default: return nil
      }
      guard meaning < radix else { return nil }
      let (high, overflows) = value.multipliedReportingOverflow(by: radix)
      let (sum, overflowsToo) = high.addingReportingOverflow(UInt32(meaning))
      guard !overflows, !overflowsToo else { return nil }
      value = sum
    }
    return value
  }

  private static func utf8(_ value: UInt32) -> [UInt8]? {
    Unicode.Scalar(value).map { Array(String(Character($0)).utf8) }
  }
}

/// Reads fixed and free runs of digits from a text, byte by byte.
struct DigitReader {
  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { position == bytes.count }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Exactly so many digits.
  mutating func number(digits: Int) -> Int? {
    guard bytes.count - position >= digits else { return nil }
    var result = 0
    for offset in 0..<digits {
      let byte = bytes[position + offset]
      guard byte.isDigit else { return nil }
      result = result * 10 + Int(byte - UInt8(ascii: "0"))
    }
    position += digits
    return result
  }

  /// One to `most` digits.
  mutating func number(upTo most: Int) -> Int? {
    var count = 0
    while count < most, position + count < bytes.count, bytes[position + count].isDigit {
      count += 1
    }
    return count == 0 ? nil : number(digits: count)
  }

  /// Steps over a character if it comes next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard let next, UInt32(next) == character.value else { return false }
    position += 1
    return true
  }

  /// Steps over a sign: -1, 1, or nil where there is none.
  mutating func sign() -> Int? {
    if take("+") { return 1 }
    if take("-") { return -1 }
    return nil
  }

  /// Steps over bytes as long as they fit, and gives them.
  mutating func bytes(while fits: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let start = position
    while position < bytes.count, fits(bytes[position]) { position += 1 }
    return bytes[start..<position]
  }

  /// The digits after a decimal point as nanoseconds; digits beyond the ninth are dropped.
  mutating func nanoseconds() -> Int32? {
    let digits = bytes(while: \.isDigit)
    guard !digits.isEmpty else { return nil }
    var result: Int32 = 0
    for index in 0..<9 {
      let position = digits.startIndex + index
      let digit = position < digits.endIndex ? digits[position] - UInt8(ascii: "0") : 0
      result = result * 10 + Int32(digit)
    }
    return result
  }
}

extension UInt8 {
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  var isLetter: Bool {
    let lower = self | 0x20
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
  }
}

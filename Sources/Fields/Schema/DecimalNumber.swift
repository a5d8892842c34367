import Values

/// A number as it is written, digits and a power of ten: `0.0075` is 75 · 10⁻⁴, which no double is.
///
/// `multipleOf` is decided on it exactly (JSON Schema 2020-12 Validation, section 6.2.1).
struct DecimalNumber: Hashable, Sendable {
  /// The digits without their sign; 0 only for zero.
  let digits: UInt64
  let exponent: Int

  init(_ value: Int64) {
    self.init(digits: value.magnitude, exponent: 0)
  }

  /// The shortest decimal that reads back as this double; nothing for what is no finite number.
  init?(_ value: Double) {
    guard value.isFinite else { return nil }
    var digits: UInt64 = 0
    var exponent = 0
    var isFraction = false
    var text = value.magnitude.description.utf8[...]
    while let byte = text.first, byte != UInt8(ascii: "e") {
      text.removeFirst()
      guard byte != UInt8(ascii: ".") else {
        isFraction = true
        continue
      }
      digits = digits * 10 + UInt64(byte - UInt8(ascii: "0"))
      if isFraction { exponent -= 1 }
    }
    if !text.isEmpty { exponent += Int(String(text.dropFirst())!)! }
    self.init(digits: digits, exponent: exponent)
  }

  init?(_ value: Value) {
    switch value {
    case .int(let number): self.init(number)
    case .double(let number): self.init(number)
    default: return nil
    }
  }

  private init(digits: UInt64, exponent: Int) {
    var (digits, exponent) = (digits, digits == 0 ? 0 : exponent)
    while digits != 0, digits.isMultiple(of: 10) {
      digits /= 10
      exponent += 1
    }
    self.digits = digits
    self.exponent = exponent
  }

  /// Whether a whole number times `step`, which is not zero, is this number.
  func isMultiple(of step: DecimalNumber) -> Bool {
    guard digits != 0 else { return true }
    // digits · 10ⁿ / step.digits has to be whole.
    let shift = exponent - step.exponent
    if shift >= 0 {
      let power = Self.powerOfTen(shift, modulo: step.digits)
      let (high, low) = (digits % step.digits).multipliedFullWidth(by: power)
      return step.digits.dividingFullWidth((high, low)).remainder == 0
    }
    var divisor = UInt128(step.digits)
    for _ in 0..<(-shift) {
      divisor *= 10
      if divisor > UInt128(digits) { return false }
    }
    return UInt128(digits).isMultiple(of: divisor)
  }

  private static func powerOfTen(_ exponent: Int, modulo: UInt64) -> UInt64 {
    var power = 1 % modulo
    for _ in 0..<exponent {
      let (high, low) = power.multipliedFullWidth(by: 10)
      power = modulo.dividingFullWidth((high, low)).remainder
    }
    return power
  }
}

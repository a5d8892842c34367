extension Timestamp {
  /// RFC 3339 in UTC with as many groups of three fractional digits as the moment needs, at least
  /// one: `2026-11-20T20:19:00.000Z`. Years outside 0000 … 9999 are clamped.
  public var journalText: String {
    let days = seconds.floorDivided(by: 86_400)
    let time = Int(seconds - days * 86_400)
    let (year, month, day) = civilDate(daysSinceEpoch: days)
    return String(unsafeUninitializedCapacity: 30) { buffer in
      var writer = DigitWriter(buffer: buffer)
      writer.write(Int(min(max(year, 0), 9999)), width: 4)
      writer.write("-", month, "-", day)
      writer.write("T", time / 3600, ":", time / 60 % 60)
      writer.write(":", time % 60, ".")
      writer.writeFraction(Int(nanoseconds))
      writer.write("Z")
      return writer.count
    }
  }

  /// Reads what ``journalText`` wrote; nil for anything else.
  public init?(journalText text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 22, bytes.last == UInt8(ascii: "Z") else { return nil }
    func number(_ range: Range<Int>) -> Int64? {
      var value: Int64 = 0
      for byte in bytes[range] {
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      return value
    }
    let digits = bytes.count - 21
    guard digits <= 9, let year = number(0..<4), let month = number(5..<7),
      let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      let fraction = number(20..<(20 + digits)), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    var nanos = fraction
    for _ in digits..<9 { nanos *= 10 }
    let days = daysSinceEpoch(year: year, month: month, day: day)
    self.init(
      seconds: days * 86_400 + hour * 3600 + minute * 60 + second, nanoseconds: Int32(nanos))
  }
}

extension TimeSpan {
  /// Decimal seconds as expressions read them: `90s`, `0.25s`, `-1.5s`.
  public var journalText: String {
    let sign = seconds < 0 || nanoseconds < 0 ? "-" : ""
    guard nanoseconds != 0 else { return "\(sign)\(seconds.magnitude)s" }
    var fraction = String(nanoseconds.magnitude)
    fraction = String(repeating: "0", count: 9 - fraction.utf8.count) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(sign)\(seconds.magnitude).\(fraction)s"
  }
}

private struct DigitWriter {
  let buffer: UnsafeMutableBufferPointer<UInt8>
  var count = 0

  mutating func write(_ character: Unicode.Scalar) {
    buffer[count] = UInt8(character.value)
    count += 1
  }

  mutating func write(_ number: Int, width: Int) {
    var rest = number
    for position in stride(from: width - 1, through: 0, by: -1) {
      buffer[count + position] = UInt8(0x30 + rest % 10)
      rest /= 10
    }
    count += width
  }

  mutating func write(
    _ first: Unicode.Scalar, _ a: Int, _ second: Unicode.Scalar, _ b: Int
  ) {
    write(first)
    write(a, width: 2)
    write(second)
    write(b, width: 2)
  }

  mutating func write(_ first: Unicode.Scalar, _ a: Int, _ second: Unicode.Scalar) {
    write(first)
    write(a, width: 2)
    write(second)
  }

  mutating func writeFraction(_ nanoseconds: Int) {
    if nanoseconds % 1_000_000 == 0 {
      write(nanoseconds / 1_000_000, width: 3)
    } else if nanoseconds % 1000 == 0 {
      write(nanoseconds / 1000, width: 6)
    } else {
      write(nanoseconds, width: 9)
    }
  }
}

extension Int64 {
  fileprivate func floorDivided(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}

/// The proleptic Gregorian date; after Howard Hinnant, "chrono-compatible low-level date
/// algorithms", `civil_from_days`.
private func civilDate(daysSinceEpoch days: Int64) -> (year: Int64, month: Int, day: Int) {
  let shifted = days + 719_468
  let era = shifted.floorDivided(by: 146_097)
  let dayOfEra = shifted - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let shiftedMonth = (5 * dayOfYear + 2) / 153
  let day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  let month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
}

/// The inverse of ``civilDate(daysSinceEpoch:)``.
private func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
  let shiftedYear = month <= 2 ? year - 1 : year
  let era = shiftedYear.floorDivided(by: 400)
  let yearOfEra = shiftedYear - era * 400
  let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

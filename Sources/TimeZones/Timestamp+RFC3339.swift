package import Values

extension Timestamp {
  /// Reads an RFC 3339 time, `2026-11-20T09:30:00.25+02:00`.
  ///
  /// The zone is required. Digits beyond nanoseconds are dropped. Leap seconds (`:60`) do not
  /// exist here, and nil is the answer to them as to anything else that is not such a time.
  package init?(rfc3339 text: String) {
    var reader = DigitReader(text)
    guard let date = Self.date(&reader), reader.take("T") || reader.take("t"),
      let hour = reader.number(digits: 2), hour < 24, reader.take(":"),
      let minute = reader.number(digits: 2), minute < 60, reader.take(":"),
      let second = reader.number(digits: 2), second < 60
    else { return nil }
    var nanoseconds: Int32 = 0
    if reader.take(".") {
      guard let fraction = reader.nanoseconds() else { return nil }
      nanoseconds = fraction
    }
    guard let offset = Self.offset(&reader), reader.isAtEnd else { return nil }
    let local = CivilTime(date: date, hour: hour, minute: minute, second: second)
    self.init(seconds: local.secondsSinceEpoch - Int64(offset), nanoseconds: nanoseconds)
  }

  /// The shortest RFC 3339 text in universal time: `2026-11-20T07:30:00.25Z`.
  ///
  /// Years beyond 9999 and before 0 come out as they are, which RFC 3339 does not provide for.
  package var rfc3339: String {
    var text: [UInt8] = []
    text.reserveCapacity(30)
    appendSecondsText(to: &text)
    text.appendFraction(nanoseconds)
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  /// RFC 3339 in universal time with exactly three digits after the second, rounded down, as
  /// journals have it: `2026-11-20T07:30:00.250Z`.
  package var rfc3339Milliseconds: String {
    String(unsafeUninitializedCapacity: 24) { buffer in
      var text: [UInt8] = []
      text.reserveCapacity(24)
      appendRFC3339Milliseconds(to: &text)
      return buffer.initialize(fromContentsOf: text.prefix(24))
    }
  }

  /// Appends ``rfc3339Milliseconds``.
  package func appendRFC3339Milliseconds(to text: inout [UInt8]) {
    appendSecondsText(to: &text)
    text.append(UInt8(ascii: "."))
    text.appendDigits(Int(nanoseconds / 1_000_000), width: 3)
    text.append(UInt8(ascii: "Z"))
  }

  /// RFC 3339 as the clocks of a zone show it: `2026-11-20T09:30:00+02:00`.
  package func rfc3339(in zone: TimeZone) -> String {
    let offset = zone.offset(at: self)
    let minutes = offset / 60 * 60
    var text: [UInt8] = []
    let shifted = Timestamp(seconds: seconds.clampedToCivil + Int64(minutes), nanoseconds: 0)
    shifted.appendSecondsText(to: &text)
    text.appendFraction(nanoseconds)
    text.append(contentsOf: TimeZone.offsetText(minutes).utf8)
    return String(decoding: text, as: UTF8.self)
  }

  /// `2026-11-20T07:30:00`
  private func appendSecondsText(to text: inout [UInt8]) {
    let civil = CivilTime(secondsSinceEpoch: seconds.clampedToCivil, nanosecond: 0)
    if civil.date.year < 0 { text.append(UInt8(ascii: "-")) }
    text.appendDigits(Int(civil.date.year.magnitude), width: 4)
    text.append(UInt8(ascii: "-"))
    text.appendDigits(civil.date.month, width: 2)
    text.append(UInt8(ascii: "-"))
    text.appendDigits(civil.date.day, width: 2)
    text.append(UInt8(ascii: "T"))
    text.appendDigits(civil.hour, width: 2)
    text.append(UInt8(ascii: ":"))
    text.appendDigits(civil.minute, width: 2)
    text.append(UInt8(ascii: ":"))
    text.appendDigits(civil.second, width: 2)
  }

  private static func date(_ reader: inout DigitReader) -> CivilDate? {
    guard let year = reader.number(digits: 4), reader.take("-"),
      let month = reader.number(digits: 2), reader.take("-"),
      let day = reader.number(digits: 2)
    else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    return date.isValid ? date : nil
  }

  private static func offset(_ reader: inout DigitReader) -> Int? {
    if reader.take("Z") || reader.take("z") { return 0 }
    guard let sign = reader.sign(), let hours = reader.number(digits: 2), hours < 24,
      reader.take(":"), let minutes = reader.number(digits: 2), minutes < 60
    else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }
}

extension Int64 {
  /// Within 36 billion years, so that civil arithmetic cannot overflow.
  fileprivate var clampedToCivil: Int64 { Swift.min(Swift.max(self, -(1 << 60)), 1 << 60) }
}

extension [UInt8] {
  /// Appends a number that is not negative, with leading zeros up to a width.
  mutating func appendDigits(_ number: Int, width: Int) {
    var divisor = 1
    var digits = 1
    while digits < width || number / divisor >= 10 {
      divisor *= 10
      digits += 1
    }
    while divisor > 0 {
      append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }

  /// Appends `.25` for 250,000,000 and nothing for 0.
  mutating func appendFraction(_ nanoseconds: Int32) {
    guard nanoseconds != 0 else { return }
    append(UInt8(ascii: "."))
    appendDigits(Int(nanoseconds), width: 9)
    while last == UInt8(ascii: "0") { removeLast() }
  }
}

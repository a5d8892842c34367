internal import Values

/// Moments as journals write them: `2026-11-20T21:06:53.123Z`.
enum RecordTime {
  /// Appends the 24 bytes; the moment is cut to milliseconds.
  ///
  /// - Precondition: the year is in 0 … 9999.
  static func append(_ moment: Timestamp, to bytes: inout [UInt8]) {
    let (day, second) = moment.seconds.quotientAndRemainder(dividingBy: 86400)
    let wrapped = second < 0
    let time = Int(wrapped ? second + 86400 : second)
    let (year, month, dayOfMonth) = civil(day: Int(wrapped ? day - 1 : day))
    digits(year, 4, &bytes)
    bytes.append(0x2D)
    digits(month, 2, &bytes)
    bytes.append(0x2D)
    digits(dayOfMonth, 2, &bytes)
    bytes.append(0x54)
    digits(time / 3600, 2, &bytes)
    bytes.append(0x3A)
    digits(time / 60 % 60, 2, &bytes)
    bytes.append(0x3A)
    digits(time % 60, 2, &bytes)
    bytes.append(0x2E)
    digits(Int(moment.nanoseconds) / 1_000_000, 3, &bytes)
    bytes.append(0x5A)
  }

  static func text(_ moment: Timestamp) -> String {
    var bytes: [UInt8] = []
    append(moment, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The moment of a text in exactly the form above; nil for any other.
  static func parse(_ text: String) -> Timestamp? {
    let bytes = Array(text.utf8)
    guard bytes.count == 24, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54,
      bytes[13] == 0x3A, bytes[16] == 0x3A, bytes[19] == 0x2E, bytes[23] == 0x5A,
      let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
      let day = number(bytes[8..<10]), let hour = number(bytes[11..<13]),
      let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
      let milliseconds = number(bytes[20..<23]),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
    else { return nil }
    let days = dayNumber(year: year, month: month, day: day)
    let seconds = Int64(days) * 86400 + Int64(hour * 3600 + minute * 60 + second)
    return Timestamp(seconds: seconds, nanoseconds: Int32(milliseconds) * 1_000_000)
  }

  /// Writes the milliseconds of a moment anew into the text of one in the same second.
  static func replaceMilliseconds(of text: inout [UInt8], by moment: Timestamp) {
    let milliseconds = Int(moment.nanoseconds) / 1_000_000
    text[20] = 0x30 + UInt8(truncatingIfNeeded: milliseconds / 100)
    text[21] = 0x30 + UInt8(truncatingIfNeeded: milliseconds / 10 % 10)
    text[22] = 0x30 + UInt8(truncatingIfNeeded: milliseconds % 10)
  }

  private static func digits(_ number: Int, _ count: Int, _ bytes: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<count { divisor *= 10 }
    var rest = number
    while divisor > 0 {
      bytes.append(0x30 + UInt8(truncatingIfNeeded: rest / divisor))
      rest %= divisor
      divisor /= 10
    }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var result = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      result = result * 10 + Int(digit - 0x30)
    }
    return result
  }

  /// The Gregorian date of a day counted from 1970-01-01 (eras of 400 years, years from March).
  static func civil(day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  /// The reverse of ``civil(day:)``.
  static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}

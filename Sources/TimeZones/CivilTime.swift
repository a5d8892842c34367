/// A day of the proleptic Gregorian calendar, without a time zone.
package struct CivilDate: Hashable, Comparable, Sendable {
  package var year: Int
  /// 1 ... 12
  package var month: Int
  /// 1 ... 31
  package var day: Int

  /// A date as given; ``isValid`` tells whether the calendar has it.
  package init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date that many days after 1970-01-01.
  package init(daysSinceEpoch days: Int) {
    let shifted = days + 719_468
    let era = shifted.flooredQuotient(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Reads `2026-11-20`; nil for anything else and for days that do not exist.
  package init?(_ text: String) {
    var reader = DigitReader(text)
    guard let year = reader.number(digits: 4), reader.take("-"),
      let month = reader.number(digits: 2), reader.take("-"),
      let day = reader.number(digits: 2), reader.isAtEnd
    else { return nil }
    self.init(year: year, month: month, day: day)
    guard isValid else { return nil }
  }

  /// Days since 1970-01-01, negative before it.
  package var daysSinceEpoch: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear.flooredQuotient(by: 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Whether the calendar has this day: February 30 does not exist.
  package var isValid: Bool {
    (1...12).contains(month) && day >= 1 && day <= Self.dayCount(ofMonth: month, year: year)
  }

  package var weekday: Weekday {
    Weekday(sundayIsZero: (daysSinceEpoch + 4).flooredRemainder(by: 7))
  }

  /// 0 for January 1.
  package var dayOfYear: Int {
    daysSinceEpoch - CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
  }

  /// The date some days later, earlier for a negative number.
  package func adding(days: Int) -> CivilDate {
    CivilDate(daysSinceEpoch: daysSinceEpoch + days)
  }

  package static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// - Precondition: `month` is in 1 ... 12.
  package static func dayCount(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  package static func < (left: CivilDate, right: CivilDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }
}

extension CivilDate: CustomStringConvertible {
  /// `2026-11-20`
  package var description: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
}

/// A day of the week.
package enum Weekday: Int, CaseIterable, Hashable, Sendable {
  case sunday, monday, tuesday, wednesday, thursday, friday, saturday

  /// - Precondition: `number` is in 0 ... 6.
  package init(sundayIsZero number: Int) { self = Weekday.allCases[number] }

  /// Reads `monday`, `Mon` and the like, in any case; nil for anything else.
  package init?(_ name: String) {
    let wanted = name.lowercased()
    let found = Weekday.allCases.first { day in
      let full = "\(day)"
      return wanted == full || (wanted.utf8.count == 3 && full.hasPrefix(wanted))
    }
    guard let found else { return nil }
    self = found
  }
}

/// A date and a time of day as a clock on the wall shows them, without a time zone.
package struct CivilTime: Hashable, Comparable, Sendable {
  package var date: CivilDate
  /// 0 ... 23
  package var hour: Int
  package var minute: Int
  package var second: Int
  package var nanosecond: Int

  package init(
    date: CivilDate, hour: Int = 0, minute: Int = 0, second: Int = 0, nanosecond: Int = 0
  ) {
    self.date = date
    self.hour = hour
    self.minute = minute
    self.second = second
    self.nanosecond = nanosecond
  }

  /// What a clock shows that many seconds after it showed 1970-01-01 00:00:00.
  init(secondsSinceEpoch seconds: Int64, nanosecond: Int) {
    let days = Int(seconds).flooredQuotient(by: 86_400)
    let rest = Int(seconds) - days * 86_400
    self.init(
      date: CivilDate(daysSinceEpoch: days), hour: rest / 3600, minute: rest / 60 % 60,
      second: rest % 60, nanosecond: nanosecond)
  }

  /// Seconds since the clock showed 1970-01-01 00:00:00.
  var secondsSinceEpoch: Int64 {
    Int64(date.daysSinceEpoch) * 86_400 + Int64(secondOfDay)
  }

  /// 0 ..< 86,400
  package var secondOfDay: Int { hour * 3600 + minute * 60 + second }

  package static func < (left: CivilTime, right: CivilTime) -> Bool {
    (left.date, left.secondOfDay, left.nanosecond)
      < (right.date, right.secondOfDay, right.nanosecond)
  }
}

extension Int {
  /// The quotient rounded towards minus infinity.
  func flooredQuotient(by divisor: Int) -> Int {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }

  /// The remainder that goes with ``flooredQuotient(by:)``: never negative for a positive divisor.
  func flooredRemainder(by divisor: Int) -> Int {
    let remainder = self % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
}

/// A number with leading zeros up to a width.
func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number.magnitude)
  let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
  return (number < 0 ? "-" : "") + zeros + digits
}

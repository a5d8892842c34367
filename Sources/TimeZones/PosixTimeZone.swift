/// A `TZ` text such as `CET-1CEST,M3.5.0,M10.5.0/3`: the rule for all the years after a TZif file's
/// last transition (POSIX.1, with the extensions of RFC 8536 section 3.3.1).
struct PosixTimeZone: Sendable {
  private struct Daylight: Sendable {
    let offset: Int
    let start: Change
    let end: Change
  }

  private let standardOffset: Int
  private let daylight: Daylight?

  init?(_ text: String) {
    var reader = DigitReader(text)
    guard Self.skipName(&reader), let offset = Self.time(&reader, mostHours: 24) else { return nil }
    standardOffset = -offset
    guard !reader.isAtEnd else {
      daylight = nil
      return
    }
    guard Self.skipName(&reader) else { return nil }
    var daylightOffset = standardOffset + 3600
    if reader.next != UInt8(ascii: ","), !reader.isAtEnd {
      guard let given = Self.time(&reader, mostHours: 24) else { return nil }
      daylightOffset = -given
    }
    guard reader.take(","), let start = Change(&reader), reader.take(","),
      let end = Change(&reader), reader.isAtEnd
    else { return nil }
    daylight = Daylight(offset: daylightOffset, start: start, end: end)
  }

  func offset(at second: Int64) -> Int {
    guard let daylight else { return standardOffset }
    let local = CivilTime(secondsSinceEpoch: second + Int64(standardOffset), nanosecond: 0)
    let year = local.date.year
    let start = daylight.start.localSecond(in: year) - Int64(standardOffset)
    let end = daylight.end.localSecond(in: year) - Int64(daylight.offset)
    let isDaylight =
      start < end ? second >= start && second < end : second >= start || second < end
    return isDaylight ? daylight.offset : standardOffset
  }

  /// Steps over `CET` or `<+0530>`.
  private static func skipName(_ reader: inout DigitReader) -> Bool {
    if reader.take("<") {
      let name = reader.bytes { $0 != UInt8(ascii: ">") }
      return !name.isEmpty && reader.take(">")
    }
    return reader.bytes(while: \.isLetter).count >= 3
  }

  /// `[+-]hh[:mm[:ss]]` in seconds.
  fileprivate static func time(_ reader: inout DigitReader, mostHours: Int) -> Int? {
    let sign = reader.sign() ?? 1
    guard let hours = reader.number(upTo: 3), hours <= mostHours else { return nil }
    var seconds = hours * 3600
    for unit in [60, 1] {
      guard reader.take(":") else { break }
      guard let part = reader.number(digits: 2), part < 60 else { return nil }
      seconds += part * unit
    }
    return sign * seconds
  }
}

/// When in a year a clock is changed: a day and a local time in seconds after its midnight.
private struct Change: Sendable {
  private enum Day: Sendable {
    case weekday(Int, week: Int, month: Int)
    /// 1 ... 365; February 29 is never counted.
    case julian(Int)
    /// 0 ... 365; February 29 is counted.
    case ordinal(Int)
  }

  private let day: Day
  private var second = 7200

  init?(_ reader: inout DigitReader) {
    guard let day = Self.day(&reader) else { return nil }
    self.day = day
    guard reader.take("/") else { return }
    guard let time = PosixTimeZone.time(&reader, mostHours: 167) else { return nil }
    second = time
  }

  private static func day(_ reader: inout DigitReader) -> Day? {
    if reader.take("M") {
      guard let month = reader.number(upTo: 2), (1...12).contains(month), reader.take("."),
        let week = reader.number(digits: 1), (1...5).contains(week), reader.take("."),
        let weekday = reader.number(digits: 1), weekday < 7
      else { return nil }
      return .weekday(weekday, week: week, month: month)
    }
    if reader.take("J") {
      return reader.number(upTo: 3).flatMap { (1...365).contains($0) ? .julian($0) : nil }
    }
    return reader.number(upTo: 3).flatMap { $0 <= 365 ? .ordinal($0) : nil }
  }

  func localSecond(in year: Int) -> Int64 { Int64(dayNumber(in: year)) * 86_400 + Int64(second) }

  private func dayNumber(in year: Int) -> Int {
    switch day {
    case .ordinal(let number):
      return CivilDate(year: year, month: 1, day: 1).daysSinceEpoch + number
    case .julian(let number):
      let skipped = CivilDate.isLeap(year) && number >= 60 ? 1 : 0
      return CivilDate(year: year, month: 1, day: 1).daysSinceEpoch + number - 1 + skipped
    case .weekday(let weekday, let week, let month):
      let first = CivilDate(year: year, month: month, day: 1)
      let ahead = (weekday - first.weekday.rawValue).flooredRemainder(by: 7)
      var day = 1 + ahead + (week - 1) * 7
      if day > CivilDate.dayCount(ofMonth: month, year: year) { day -= 7 }
      return first.daysSinceEpoch + day - 1
    }
  }
}

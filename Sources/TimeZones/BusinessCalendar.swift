package import Values

/// When a team works: hours for each day of the week, holidays, and the time zone of both.
package struct BusinessCalendar: Hashable, Sendable {
  /// A part of a day, in seconds after midnight of the local clock.
  package struct Hours: Hashable, Sendable {
    package let start: Int
    package let end: Int

    /// nil unless 0 ≤ start < end ≤ 86,400.
    package init?(start: Int, end: Int) {
      guard start >= 0, start < end, end <= 86_400 else { return nil }
      self.start = start
      self.end = end
    }

    /// Reads `09:00-17:00`, with `24:00` as the last moment of a day.
    package init?(_ text: String) {
      var reader = DigitReader(text)
      func clock() -> Int? {
        guard let hour = reader.number(upTo: 2), reader.take(":"),
          let minute = reader.number(digits: 2), minute < 60
        else { return nil }
        return hour * 3600 + minute * 60
      }
      guard let start = clock(), reader.take("-"), let end = clock(), reader.isAtEnd else {
        return nil
      }
      self.init(start: start, end: end)
    }
  }

  /// Why a moment cannot be computed.
  package enum Problem: Error, Hashable, Sendable {
    /// The calendar's holidays are known up to this day only.
    case beyondHorizon(CivilDate)
    /// No day within forty years has hours.
    case neverOpen
    case outOfRange

    package var isBeyondHorizon: Bool { if case .beyondHorizon = self { true } else { false } }

    /// A sentence for people.
    package var message: String {
      switch self {
      case .beyondHorizon(let last): "the calendar's holidays are known only up to \(last)"
      case .neverOpen: "the calendar has no business hours"
      case .outOfRange: "the moment is out of range"
      }
    }
  }

  package let name: String
  package let timeZone: TimeZone
  /// Open parts of each day, in order and apart; a day without is closed.
  package let hours: [Weekday: [Hours]]
  package let holidays: Set<CivilDate>
  /// The last day up to which the holidays are known; nil for a calendar without such an end.
  package let horizon: CivilDate?

  package init(
    name: String, timeZone: TimeZone, hours: [Weekday: [Hours]], holidays: Set<CivilDate> = [],
    horizon: CivilDate? = nil
  ) {
    self.name = name
    self.timeZone = timeZone
    self.hours = hours.mapValues { $0.sorted { $0.start < $1.start } }
    self.holidays = holidays
    self.horizon = horizon
  }

  /// Monday to Friday, 9 to 17, universal time, no holidays: what holds where a project has no
  /// calendar.
  package static let standard = BusinessCalendar(
    name: "standard", timeZone: .utc,
    hours: Dictionary(
      uniqueKeysWithValues: [Weekday.monday, .tuesday, .wednesday, .thursday, .friday].map {
        ($0, [Hours(start: 9 * 3600, end: 17 * 3600)].compactMap(\.self))
      }))

  /// Whether a day has hours and is no holiday.
  package func isBusinessDay(_ date: CivilDate) -> Bool { !openParts(of: date).isEmpty }

  /// Whether the team works at a moment.
  package func isOpen(at moment: Timestamp) -> Bool {
    let local = timeZone.civilTime(of: moment)
    return openParts(of: local.date).contains {
      $0.start <= local.secondOfDay && local.secondOfDay < $0.end
    }
  }

  /// The moment by which so many hours of business time have passed; back in time when negative.
  ///
  /// Hours are real hours: a clock change inside the open part of a day shortens or lengthens it.
  package func add(businessHours count: Int64, to moment: Timestamp) throws(Problem) -> Timestamp {
    let (seconds, overflow) = count.multipliedReportingOverflow(by: 3600)
    guard !overflow else { throw .outOfRange }
    guard count != 0 else { return moment }
    return try count > 0
      ? forward(seconds, from: moment) : backward(seconds.magnitude.asSigned, from: moment)
  }

  /// The same time of day so many business days later; back in time when negative.
  ///
  /// A moment outside business time counts from the next opening (back in time: from the closing
  /// before it). Where the day arrived at opens later or closes earlier, its opening or closing
  /// counts.
  package func add(businessDays count: Int64, to moment: Timestamp) throws(Problem) -> Timestamp {
    guard count != 0 else { return moment }
    let step = count > 0 ? 1 : -1
    let start = try businessTime(from: moment, step)
    var date = start.date
    var left = count.magnitude
    while left > 0 {
      date = try nextBusinessDay(after: date, step)
      left -= 1
    }
    let parts = openParts(of: date)
    guard let opening = parts.first?.start, let closing = parts.last?.end else {
      throw .neverOpen
    }
    let second = min(max(start.second, opening), closing)
    return self.moment(date, second, nanosecond: second == start.second ? start.nanosecond : 0)
  }

  // MARK: Days

  private static let mostDays = 15_000

  private func openParts(of date: CivilDate) -> [Hours] {
    holidays.contains(date) ? [] : hours[date.weekday] ?? []
  }

  private func nextBusinessDay(after date: CivilDate, _ step: Int) throws(Problem) -> CivilDate {
    var date = date
    for _ in 0..<Self.mostDays {
      date = date.adding(days: step)
      try check(date)
      if isBusinessDay(date) { return date }
    }
    throw .neverOpen
  }

  private func check(_ date: CivilDate) throws(Problem) {
    if let horizon, date > horizon { throw .beyondHorizon(horizon) }
    guard date.year >= 1, date.year <= 9999 else { throw .outOfRange }
  }

  private func moment(_ date: CivilDate, _ second: Int, nanosecond: Int = 0) -> Timestamp {
    let isMidnight = second == 86_400
    let day = isMidnight ? date.adding(days: 1) : date
    let clock = isMidnight ? 0 : second
    return timeZone.timestamp(
      of: CivilTime(
        date: day, hour: clock / 3600, minute: clock / 60 % 60, second: clock % 60,
        nanosecond: nanosecond))
  }

  /// A day and a time of it; the second 86,400 is its end, and not yet the next day.
  private struct TimeOfDay {
    let date: CivilDate
    let second: Int
    var nanosecond = 0
  }

  /// The moment itself within business time, else the next opening or the last closing.
  private func businessTime(from moment: Timestamp, _ step: Int) throws(Problem) -> TimeOfDay {
    let isOpen = isOpen(at: moment)
    if step < 0, !isOpen { return try lastClosing(before: moment) }
    let local = timeZone.civilTime(of: isOpen ? moment : try forward(0, from: moment))
    return TimeOfDay(
      date: local.date, second: local.secondOfDay, nanosecond: local.nanosecond)
  }

  /// The closing before a moment outside business time.
  private func lastClosing(before moment: Timestamp) throws(Problem) -> TimeOfDay {
    var date = timeZone.civilTime(of: moment).date
    for _ in 0..<Self.mostDays {
      try check(date)
      let last = openParts(of: date).last { self.moment(date, $0.start) < moment }
      if let last { return TimeOfDay(date: date, second: last.end) }
      date = date.adding(days: -1)
    }
    throw .neverOpen
  }

  // MARK: Hours

  /// Open parts of a day as moments.
  private func spans(of date: CivilDate) -> [(start: Timestamp, end: Timestamp)] {
    openParts(of: date).map { (moment(date, $0.start), moment(date, $0.end)) }
  }

  private func forward(_ seconds: Int64, from moment: Timestamp) throws(Problem) -> Timestamp {
    var left = seconds
    var date = timeZone.civilTime(of: moment).date
    var idleDays = 0
    while idleDays < Self.mostDays {
      try check(date)
      idleDays += 1
      for span in spans(of: date) where span.end > moment {
        let start = max(span.start, moment)
        let available = span.end.seconds - start.seconds
        let isEnough = seconds == 0 || left <= available
        if isEnough, let result = start.adding(TimeSpan(seconds: left)) { return result }
        left -= available
        idleDays = 0
      }
      date = date.adding(days: 1)
    }
    throw .neverOpen
  }

  private func backward(_ seconds: Int64, from moment: Timestamp) throws(Problem) -> Timestamp {
    var left = seconds
    var date = timeZone.civilTime(of: moment).date
    var idleDays = 0
    while idleDays < Self.mostDays {
      try check(date)
      idleDays += 1
      for span in spans(of: date).reversed() where span.start < moment {
        let end = min(span.end, moment)
        let available = end.seconds - span.start.seconds
        if left <= available, let result = end.adding(TimeSpan(seconds: -left)) { return result }
        left -= available
        idleDays = 0
      }
      date = date.adding(days: -1)
    }
    throw .neverOpen
  }
}

extension UInt64 {
  /// The amount as a signed number; as large as it gets where it does not fit.
  fileprivate var asSigned: Int64 { Int64(clamping: self) }
}

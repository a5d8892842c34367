package import Values

/// When something is due again and again: `0 9 * * MON-FRI`.
///
/// Five fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday), with `*`,
/// lists, ranges, steps over `*` or a range, and names of three letters. When neither day field
/// starts with `*`, either of them matching is enough. Also `@hourly`, `@daily` (or `@midnight`),
/// `@weekly`, `@monthly` and `@yearly` (or `@annually`).
///
/// A local time that a clock change skips is due at the first moment after it; one that comes twice
/// is due the first time. An expression whose minute or hour starts with `*` follows the clock
/// instead: nothing in the gap, and both runs of a repeated hour.
package struct CronExpression: Hashable, Sendable {
  /// Why a text is no such expression.
  package struct Problem: Error, Hashable, Sendable {
    package let message: String
  }

  /// As it was given.
  package let text: String
  private let minutes: [Int]
  private let hours: [Int]
  private let days: Set<Int>
  private let months: Set<Int>
  private let weekdays: Set<Int>
  /// Whether a day has to fit both day fields.
  private let needsBothDays: Bool
  private let followsClock: Bool

  private static let aliases = [
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
  ]

  private static let monthNames = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
  private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

  /// - Throws: ``Problem`` with a sentence that names the field.
  package init(_ text: String) throws(Problem) {
    let fields = (Self.aliases[text] ?? text).split { $0 == " " || $0 == "\t" }.map(String.init)
    guard fields.count == 5 else {
      throw Problem(
        message: text.hasPrefix("@")
          ? "expected `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly` or five fields"
          : "expected five fields, found \(fields.count)")
    }
    self.text = text
    minutes = try CronField("minute", 0...59).values(fields[0]).sorted()
    hours = try CronField("hour", 0...23).values(fields[1]).sorted()
    days = try CronField("day of month", 1...31).values(fields[2])
    months = try CronField("month", 1...12, names: Self.monthNames, first: 1).values(fields[3])
    let weekdays = try CronField("day of week", 0...7, names: Self.dayNames).values(fields[4])
    self.weekdays = Set(weekdays.map { $0 % 7 })
    needsBothDays = fields[2].hasPrefix("*") || fields[4].hasPrefix("*")
    followsClock = fields[0].hasPrefix("*") || fields[1].hasPrefix("*")
  }

  /// The first time it is due strictly after a moment; nil where no day within nine years fits
  /// (`0 0 30 2 *`).
  package func next(after moment: Timestamp, in zone: TimeZone) -> Timestamp? {
    let today = zone.civilTime(of: moment).date
    let near = [today.adding(days: -1), today].compactMap { due(on: $0, after: moment, in: zone) }
    if let first = near.min() { return first }
    for offset in 1...(366 * 9) {
      let date = today.adding(days: offset)
      if let found = due(on: date, after: moment, in: zone) { return found }
    }
    return nil
  }

  /// When it is due, however that is written: `0 9 * * MON` and `0 9 * * 1` are the same.
  package struct Meaning: Hashable, Sendable {
    fileprivate let fields: [[Int]]
    fileprivate let needsBothDays: Bool
    fileprivate let followsClock: Bool
  }

  package var meaning: Meaning {
    Meaning(
      fields: [minutes, hours, days.sorted(), months.sorted(), weekdays.sorted()],
      needsBothDays: needsBothDays, followsClock: followsClock)
  }

  private func fits(_ date: CivilDate) -> Bool {
    guard months.contains(date.month) else { return false }
    let isDay = days.contains(date.day)
    let isWeekday = weekdays.contains(date.weekday.rawValue)
    return needsBothDays ? isDay && isWeekday : isDay || isWeekday
  }

  private func due(
    on date: CivilDate, after moment: Timestamp, in zone: TimeZone
  ) -> Timestamp? {
    guard fits(date) else { return nil }
    var earliest: Timestamp?
    for hour in hours {
      for minute in minutes {
        let local = CivilTime(date: date, hour: hour, minute: minute)
        for found in moments(of: local, in: zone) where found > moment {
          earliest = min(earliest ?? found, found)
        }
      }
    }
    return earliest
  }

  private func moments(of local: CivilTime, in zone: TimeZone) -> [Timestamp] {
    switch zone.resolve(local) {
    case .exact(let moment): [moment]
    case .repeated(let first, let second): followsClock ? [first, second] : [first]
    case .skipped(let change, _): followsClock ? [] : [change]
    }
  }
}

/// Reads one field of a cron expression.
private struct CronField {
  let name: String
  let range: ClosedRange<Int>
  let names: [String]
  let first: Int

  init(_ name: String, _ range: ClosedRange<Int>, names: [String] = [], first: Int = 0) {
    self.name = name
    self.range = range
    self.names = names
    self.first = first
  }

  func values(_ text: String) throws(CronExpression.Problem) -> Set<Int> {
    var values: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      values.formUnion(try element(String(part)))
    }
    return values
  }

  /// `*`, `*/5`, `3`, `3-9`, `3-9/2`.
  private func element(_ text: String) throws(CronExpression.Problem) -> [Int] {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 2 else { throw problem(text) }
    let span = try span(parts[0])
    guard parts.count == 2 else { return Array(span) }
    guard parts[0] == "*" || parts[0].contains("-"), let step = number(parts[1]), step > 0 else {
      throw problem(text)
    }
    return Array(stride(from: span.lowerBound, through: span.upperBound, by: step))
  }

  private func span(_ text: String) throws(CronExpression.Problem) -> ClosedRange<Int> {
    if text == "*" { return range }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard ends.count <= 2, let start = value(ends[0]), var end = value(ends[ends.count - 1]) else {
      throw problem(text)
    }
    // A week may be written to end with Sunday.
    if range.upperBound == 7, ends.count == 2, end == 0, start > 0 { end = 7 }
    guard start <= end else { throw problem(text) }
    return start...end
  }

  private func value(_ text: String) -> Int? {
    if let index = names.firstIndex(of: text.lowercased()) { return index + first }
    return number(text).flatMap { range.contains($0) ? $0 : nil }
  }

  private func number(_ text: String) -> Int? {
    var reader = DigitReader(text)
    guard let number = reader.number(upTo: 4), reader.isAtEnd else { return nil }
    return number
  }

  private func problem(_ text: String) -> CronExpression.Problem {
    let allowed = "\(range.lowerBound) to \(range.upperBound)"
    let article = name == "hour" ? "an" : "a"
    return CronExpression.Problem(
      message: "`\(text)` is not \(article) \(name): "
        + "expected \(allowed), `*`, a range or a list of them")
  }
}

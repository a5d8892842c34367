import Documents
import SourceText
import TimeZones

/// Turns a document into a calendar.
struct CalendarDecoder {
  static let keys = KeySet(
    "a calendar", ["baton", "name", "time_zone", "hours", "holidays", "holidays_until"])
  private static let weekdays: [Weekday] = [.monday, .tuesday, .wednesday, .thursday, .friday]
  private static let days = KeySet(
    "`hours`", ["weekdays"] + Weekday.allCases.map { "\($0)" })

  let decoder: FileDecoder

  func decode(_ name: String) -> CalendarFile? {
    let before = decoder.diagnostics.errorCount
    guard let root = DocumentReader.read(decoder.file, into: decoder.diagnostics),
      decoder.members(root, Self.keys) != nil
    else { return nil }
    let zone = zone(root)
    let hours = root["hours"].map(week)
    if root["hours"] == nil {
      wrong("the calendar has no `hours`", at: start(of: root), help: "`hours: …` for each day")
    }
    let holidays = root["holidays"].map(holidays) ?? []
    let horizon = root["holidays_until"].flatMap(date) ?? Self.end(of: holidays)
    FileAdvice.look(at: root, decoder)
    guard decoder.diagnostics.errorCount == before, let zone, let hours else { return nil }
    let calendar = BusinessCalendar(
      name: decoder.text(root, under: "name") ?? name, timeZone: zone, hours: hours,
      holidays: Set(holidays), horizon: horizon)
    return CalendarFile(name: name, calendar: calendar, file: decoder.file)
  }

  /// The last day of the year of the last holiday.
  private static func end(of holidays: [CivilDate]) -> CivilDate? {
    holidays.max().map { CivilDate(year: $0.year, month: 12, day: 31) }
  }

  private func zone(_ root: Node) -> TimeZone? {
    guard let node = root["time_zone"] else {
      wrong(
        "the calendar has no `time_zone`", at: start(of: root),
        help: "`time_zone: Africa/Johannesburg`")
      return nil
    }
    guard let name = decoder.text(node, "time_zone") else { return nil }
    if let zone = TimeZone(name) { return zone }
    wrong(
      "`\(name)` is not a time zone of this machine", at: node.span,
      label: "expected `Africa/Johannesburg`, `+02:00` or `UTC`",
      help: TimeZone.nearestName(to: name).map { "did you mean `\($0)`?" })
    return nil
  }

  private func week(_ node: Node) -> [Weekday: [BusinessCalendar.Hours]] {
    let before = decoder.diagnostics.errorCount
    var hours: [Weekday: [BusinessCalendar.Hours]] = [:]
    let members = decoder.members(node, Self.days) ?? []
    for member in members where member.name == "weekdays" {
      let parts = parts(member.value)
      for day in Self.weekdays { hours[day] = parts }
    }
    // A day of its own says more than `weekdays`, wherever it stands.
    for member in members {
      if let day = Weekday(member.name) { hours[day] = parts(member.value) }
    }
    // Hours that are not understood are some.
    guard decoder.diagnostics.errorCount == before else { return hours }
    if !members.isEmpty, hours.values.allSatisfy(\.isEmpty) {
      wrong("the calendar is never open", at: node.span)
    }
    return hours
  }

  private func parts(_ node: Node) -> [BusinessCalendar.Hours] {
    if node.text == "closed" { return [] }
    let parts = node.itemsOrSelf.compactMap(part)
    for (earlier, later) in zip(parts, parts.dropFirst()) where later.start < earlier.end {
      wrong("the parts of a day overlap or are out of order", at: node.span)
      break
    }
    return parts
  }

  private func part(_ node: Node) -> BusinessCalendar.Hours? {
    guard let text = decoder.text(node, "hours") else { return nil }
    if let hours = BusinessCalendar.Hours(text) { return hours }
    wrong(
      "`\(text)` is not a part of a day", at: node.span,
      label: "expected `08:00-17:00` or `closed`", help: Self.help(with: text))
    return nil
  }

  /// What to write for hours with blanks in them, and for those that go past midnight.
  private static func help(with text: String) -> String? {
    let clocks = text.split(separator: "-").map { String($0).trimmed }
    guard clocks.count == 2 else { return nil }
    let (start, end) = (clocks[0], clocks[1])
    if BusinessCalendar.Hours("\(start)-\(end)") != nil { return "write `\(start)-\(end)`" }
    guard BusinessCalendar.Hours("\(start)-24:00") != nil else { return nil }
    if end == "00:00" || end == "0:00" { return "a day ends at `24:00`: write `\(start)-24:00`" }
    guard BusinessCalendar.Hours("00:00-\(end)") != nil else { return nil }
    return "a night has two parts, before midnight and after it: `[00:00-\(end), \(start)-24:00]`"
  }

  /// A list of days, or a map of days to their names.
  private func holidays(_ node: Node) -> [CivilDate] {
    if let items = node.items { return items.compactMap(date) }
    return (decoder.map(node, "`holidays`") ?? []).compactMap { member in
      if let date = CivilDate(member.name) { return date }
      notADay(member.name, at: member.key.span)
      return nil
    }
  }

  private func date(_ node: Node) -> CivilDate? {
    guard let text = decoder.text(node, "a day") else { return nil }
    if let date = CivilDate(text) { return date }
    notADay(text, at: node.span)
    return nil
  }

  private func notADay(_ text: String, at span: SourceSpan) {
    wrong("`\(text)` is not a day", at: span, label: "expected `2026-12-25`")
  }

  private func start(of root: Node) -> SourceSpan {
    SourceSpan(start: root.span.start, end: root.span.start)
  }

  private func wrong(
    _ message: String, at span: SourceSpan, label: String? = nil, help: String? = nil
  ) {
    decoder.report(.calendarShape, message, at: span, label: label, help: help)
  }
}

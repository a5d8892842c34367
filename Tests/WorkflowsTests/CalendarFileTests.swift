import SourceText
import Testing
import TimeZones
import Values

@testable import Workflows

@Suite struct CalendarFileTests {
  private func decode(_ text: String) -> (calendar: CalendarFile?, findings: [Diagnostic]) {
    let diagnostics = Diagnostics()
    let file = SourceFile(path: "calendars/za.yaml", text: text)
    return (CalendarFile.decode(file, name: "za", into: diagnostics), diagnostics.sorted)
  }

  @Test func `a calendar has hours, holidays, a time zone and an end`() throws {
    let calendar = try #require(
      decode(
        """
        name: South Africa
        time_zone: "+02:00"
        hours: { weekdays: 08:00-17:00, wednesday: closed, saturday: [08:00-10:00, 10:30-12:00] }
        holidays: { 2026-12-25: Christmas Day }
        """
      ).calendar?.calendar)
    #expect(calendar.name == "South Africa")
    #expect(calendar.horizon == CivilDate("2026-12-31"))
    let friday = try #require(Timestamp(journalText: "2026-12-24T14:00:00.000Z"))
    #expect(
      try calendar.add(businessHours: 3, to: friday)
        == Timestamp(journalText: "2026-12-26T08:00:00.000Z"))
    #expect(!calendar.isBusinessDay(CivilDate(year: 2026, month: 11, day: 25)))
    #expect(throws: BusinessCalendar.Problem.self) {
      try calendar.add(businessDays: 10, to: friday)
    }
  }

  @Test(arguments: [
    ("hours: { weekdays: 8 to 5 }\ntime_zone: UTC", "`8 to 5` is not a part of a day"),
    ("hours: { weekdays: 08:00-17:00 }\ntime_zone: Africa/Nowhere", "is not a time zone"),
    ("hours: { weekdays: 08:00-17:00 }", "no `time_zone`"),
    ("time_zone: UTC", "no `hours`"),
    ("hours: { weekdays: closed }\ntime_zone: UTC", "never open"),
    ("hours: { monday: [09:00-12:00, 11:00-13:00] }\ntime_zone: UTC", "overlap"),
    ("hours: { monday: 09:00-12:00 }\ntime_zone: UTC\nholidays: [2026-02-30]", "is not a day"),
    ("hours: { mondays: 09:00-12:00 }\ntime_zone: UTC", "unknown key `mondays`"),
  ])
  func `what cannot be a calendar is refused`(text: String, message: String) {
    let (calendar, findings) = decode(text)
    #expect(calendar == nil)
    #expect(findings.contains { $0.message.contains(message) }, "\(findings.map(\.message))")
  }

  @Test(
    arguments: [
      (
        "22:00-06:00",
        "a night has two parts, before midnight and after it: `[00:00-06:00, 22:00-24:00]`"
      ),
      ("22:00-00:00", "a day ends at `24:00`: write `22:00-24:00`"),
      ("08:00 - 17:00", "write `08:00-17:00`"), ("8 to 5", nil),
    ] as [(String, String?)])
  func `hours that are not understood are the only mistake, with what to write`(
    hours: String, help: String?
  ) {
    let findings = decode("hours: { weekdays: \(hours) }\ntime_zone: UTC").findings
    #expect(findings.map(\.message) == ["`\(hours)` is not a part of a day"])
    #expect(findings.map(\.help) == [help])
    guard let written = help?.split(separator: "`").last else { return }
    #expect(decode("hours: { weekdays: \(written) }\ntime_zone: UTC").calendar != nil)
  }

  @Test(
    .enabled(if: TimeZone("Africa/Johannesburg") != nil),
    arguments: [
      ("Europe/Berln", "did you mean `Europe/Berlin`?"),
      ("Africa/johannesburg", "did you mean `Africa/Johannesburg`?"),
      ("America/New York", "did you mean `America/New_York`?"),
      ("Johannesburg", "did you mean `Africa/Johannesburg`?"), ("Africa/Nowhere", nil),
      ("../etc", nil),
    ] as [(String, String?)])
  func `a time zone is answered with the one that is meant`(name: String, help: String?) {
    let findings = decode("hours: { weekdays: 08:00-17:00 }\ntime_zone: \(name)").findings
    #expect(findings.map(\.help) == [help])
    let schedule =
      "steps: [ { id: a, wait: 1h } ]\n"
      + "triggers: [ { schedule: 0 9 * * MON, time_zone: \(name) } ]\n"
    #expect(
      load(head + schedule).findings.map(\.help)
        == [help ?? "a name of the IANA database, such as `Africa/Johannesburg`"])
  }

  @Test func `the calendar that a workflow names is the one it reckons by`() throws {
    let file = try #require(
      decode("time_zone: UTC\nhours: { saturday: 09:00-12:00 }").calendar)
    let text = head + "calendar: za\nsteps: [ { id: a, wait: 1 business hour } ]\n"
    let catalog = Catalog([:], calendars: ["za": file])
    let workflow = try #require(load(text, catalog: catalog).workflow)
    #expect(workflow.businessCalendar == file.calendar)
    #expect(workflow.isCalendarKnown)
    #expect(load(text).workflow?.isCalendarKnown == false)
  }
}

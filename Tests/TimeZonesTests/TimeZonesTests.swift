import Testing
import Values

@testable import TimeZones

@Suite struct TimeZoneTests {
  private func moment(_ text: String) throws -> Timestamp {
    try #require(Timestamp(rfc3339: text))
  }

  @Test(arguments: [
    ("2026-07-01T12:00:00Z", "Europe/Zurich", 7200),
    ("2026-01-01T12:00:00Z", "Europe/Zurich", 3600),
    ("2060-07-01T12:00:00Z", "Europe/Zurich", 7200),
    ("2026-01-01T00:00:00Z", "Australia/Sydney", 39600),
    ("2026-11-20T00:00:00Z", "Africa/Johannesburg", 7200),
    ("2026-11-20T00:00:00Z", "-02:30", -9000),
    ("2026-11-20T00:00:00Z", "02:00", 7200), ("2026-11-20T00:00:00Z", "UTC", 0),
  ])
  func `knows the offset of a zone`(time: String, zone: String, offset: Int) throws {
    let zone = try #require(TimeZone(zone))
    #expect(zone.offset(at: try moment(time)) == offset)
  }

  @Test(arguments: [
    "../etc/passwd", "/etc/passwd", "Europe/../../x", "", "Europe/", ".", "Nowhere/X", "25:00",
  ])
  func `refuses names that are no zones`(name: String) { #expect(TimeZone(name) == nil) }

  @Test func `resolves a time that the clock skips and one it shows twice`() throws {
    let zone = try #require(TimeZone("Europe/Zurich"))
    let skipped = CivilTime(date: CivilDate(year: 2026, month: 3, day: 29), hour: 2, minute: 30)
    #expect(zone.timestamp(of: skipped) == (try moment("2026-03-29T01:00:00Z")))
    let twice = CivilTime(date: CivilDate(year: 2026, month: 10, day: 25), hour: 2, minute: 30)
    #expect(
      zone.resolve(twice)
        == .repeated(
          first: try moment("2026-10-25T00:30:00Z"), second: try moment("2026-10-25T01:30:00Z")))
  }

  @Test func `a local time and its moment belong to each other`() throws {
    let zone = try #require(TimeZone("America/St_Johns"))
    for step in 0..<2000 {
      let time = Timestamp(seconds: Int64(step) * 1_234_567)
      let local = zone.civilTime(of: time)
      switch zone.resolve(local) {
      case .exact(let found): #expect(found == time)
      case .repeated(let first, let second): #expect(first == time || second == time)
      case .skipped: Issue.record("a time that was shown cannot be skipped")
      }
    }
  }

  @Test func `damaged zone files are refused without a crash`() {
    #expect(ZoneRules(zoneInfo: []) == nil)
    var bytes = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 39)
    #expect(ZoneRules(zoneInfo: bytes) == nil)
    for index in 20..<44 { bytes[index] = 0xFF }
    #expect(ZoneRules(zoneInfo: bytes) == nil)
  }
}

@Suite struct TimestampTextTests {
  @Test(arguments: [
    ("2026-11-20T07:30:00Z", "2026-11-20T07:30:00Z", "2026-11-20T07:30:00.000Z"),
    ("2026-11-20T09:30:00.25+02:00", "2026-11-20T07:30:00.25Z", "2026-11-20T07:30:00.250Z"),
    ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
    (
      "9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999Z"
    ),
  ])
  func `reads and writes moments`(text: String, shortest: String, milliseconds: String) throws {
    let moment = try #require(Timestamp(rfc3339: text))
    #expect(moment.rfc3339 == shortest)
    #expect(moment.rfc3339Milliseconds == milliseconds)
    #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
  }

  @Test(arguments: [
    "", "2026-11-20", "2026-02-30T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T07:30:00",
    "10000-01-01T00:00:00Z", "2026-11-20T07:30:00.Z", "2026-11-20T07:30:00Z ",
    "2026-11-20T07:30:60Z",
  ])
  func `refuses what is no moment`(text: String) { #expect(Timestamp(rfc3339: text) == nil) }

  @Test(arguments: [
    ("1h30m", "5400s"), ("1.5s", "1.5s"), ("-250ms", "-0.25s"), ("0", "0s"),
    ("999999999ns", "0.999999999s"),
    ("+1m", "60s"), (".5s", "0.5s"),
  ])
  func `reads and writes durations of expressions`(text: String, canonical: String) throws {
    let span = try #require(TimeSpan(duration: text))
    #expect(span.durationText == canonical)
    #expect(TimeSpan(duration: canonical) == span)
  }

  @Test(arguments: ["", "1", "s", "1x", "-", "1h-1m", "99999999999999999999h", "."])
  func `refuses what is no duration`(text: String) { #expect(TimeSpan(duration: text) == nil) }
}

@Suite struct AuthoredDurationTests {
  @Test(arguments: [
    ("30s", "30s"), ("15m", "15m"), ("2h", "2h"), ("3d", "3d"), ("2w", "2w"), ("14d", "2w"),
    ("90m", "90m"),
    ("1h30m", "90m"), ("-3d", "-3d"), ("4 business hours", "4 business hours"),
    ("1 business hour before", "-1 business hour"), ("2 business days", "2 business days"),
    ("1h before", "-1h"),
  ])
  func `reads what authors write`(text: String, canonical: String) throws {
    let duration = try AuthoredDuration.parse(text).get()
    #expect("\(duration)" == canonical)
    #expect(try AuthoredDuration.parse(canonical).get() == duration)
  }

  @Test(arguments: [
    ("30", "a bare number is not a duration: write `30s`, `30m`, `30h` or `30d`"),
    ("3 days", "`3 days` is written `3d`"), ("", "the duration is empty"),
    (
      "2 business weeks",
      "business time is counted in `business hours` or `business days`, not `weeks`"
    ),
  ])
  func `says what is wrong`(text: String, message: String) {
    #expect(AuthoredDuration.parse(text) == .failure(.init(message: message)))
  }
}

@Suite struct BusinessCalendarTests {
  private let calendar = BusinessCalendar(
    name: "za", timeZone: TimeZone("Africa/Johannesburg") ?? .utc,
    hours: BusinessCalendar.standard.hours,
    holidays: [CivilDate(year: 2026, month: 12, day: 16)],
    horizon: CivilDate(year: 2026, month: 12, day: 31))

  @Test(arguments: [
    ("2026-11-20T10:00:00+02:00", "4 business hours", "2026-11-20T12:00:00Z"),
    ("2026-11-20T16:00:00+02:00", "4 business hours", "2026-11-23T10:00:00Z"),
    ("2026-11-21T12:00:00+02:00", "1 business hour", "2026-11-23T08:00:00Z"),
    ("2026-11-23T09:30:00+02:00", "1 business hour before", "2026-11-20T14:30:00Z"),
    ("2026-11-20T10:00:00+02:00", "2 business days", "2026-11-24T08:00:00Z"),
    ("2026-11-21T12:00:00+02:00", "1 business day", "2026-11-24T07:00:00Z"),
    ("2026-12-15T10:00:00+02:00", "1 business day", "2026-12-17T08:00:00Z"),
    ("2026-11-23T10:00:00+02:00", "-1 business days", "2026-11-20T08:00:00Z"),
    ("2026-11-20T10:00:00+02:00", "3d", "2026-11-23T08:00:00Z"),
  ])
  func `adds business time`(start: String, text: String, expected: String) throws {
    let duration = try AuthoredDuration.parse(text).get()
    let moment = try #require(Timestamp(rfc3339: start))
    #expect(try duration.added(to: moment, calendar: calendar).rfc3339 == expected)
  }

  @Test func `does not guess beyond the holidays it knows`() throws {
    let moment = try #require(Timestamp(rfc3339: "2026-12-30T10:00:00Z"))
    #expect(
      throws: BusinessCalendar.Problem.beyondHorizon(CivilDate(year: 2026, month: 12, day: 31))
    ) {
      try calendar.add(businessDays: 5, to: moment)
    }
  }

  @Test(arguments: ["UTC", "Europe/Berlin", "America/Sao_Paulo"])
  func `a day that ends at midnight is like one that ends a minute before`(name: String) throws {
    let zone = try #require(TimeZone(name))
    func calendar(_ end: Int, _ morning: Bool) -> BusinessCalendar {
      let parts = [
        BusinessCalendar.Hours(start: morning ? 0 : 14 * 3600, end: end)
      ].compactMap(\.self)
      let days: [Weekday] = [.monday, .tuesday, .wednesday, .thursday, .friday]
      return BusinessCalendar(
        name: "evening", timeZone: zone,
        hours: Dictionary(uniqueKeysWithValues: days.map { ($0, parts) }),
        holidays: [CivilDate(year: 2026, month: 12, day: 9)])
    }
    var random = SystemRandomNumberGenerator()
    for morning in [false, true] {
      let (midnight, before) = (calendar(86_400, morning), calendar(86_340, morning))
      for _ in 0..<500 {
        let moment = Timestamp(
          seconds: 1_763_000_000 + Int64.random(in: 0..<500 * 86_400, using: &random))
        // In the last minute of a day only one of them is open.
        guard midnight.isOpen(at: moment) == before.isOpen(at: moment) else { continue }
        let count = Int64.random(in: -9...9, using: &random)
        let (long, short) = (
          try midnight.add(businessDays: count, to: moment),
          try before.add(businessDays: count, to: moment)
        )
        let gap = try #require(long.since(short)?.seconds)
        #expect(gap == 0 || gap == 60, "\(count) days from \(moment.journalText)")
        // Counted from a closing, a closing.
        #expect((gap == 60) == (count < 0 && !midnight.isOpen(at: moment)))
      }
    }
  }

  @Test func `a calendar without hours never opens`() {
    let closed = BusinessCalendar(name: "closed", timeZone: .utc, hours: [:])
    #expect(throws: BusinessCalendar.Problem.neverOpen) {
      try closed.add(businessHours: 1, to: Timestamp(seconds: 0))
    }
  }
}

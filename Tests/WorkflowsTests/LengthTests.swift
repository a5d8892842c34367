import Testing
import TimeZones
import Values

@testable import Workflows

@Suite struct LengthTests {
  @Test(arguments: [
    ("30s", 30), ("15m", 900), ("2h", 7200), ("3d", 259_200), ("2w", 1_209_600), ("-3d", -259_200),
    ("1h30m", 5400),
  ])
  func `lengths of time are read`(text: String, seconds: Int64) {
    #expect(Length(text)?.elapsed == TimeSpan(seconds: seconds))
  }

  @Test func `business time is read`() {
    #expect(Length("4 business hours")?.duration == AuthoredDuration(4, .businessHours))
    #expect(Length("1 business day")?.duration == AuthoredDuration(1, .businessDays))
    #expect(Length("4 business hours")?.elapsed == nil)
  }

  @Test(arguments: [
    "30", "", "s", "3 parsecs", "business day", "1 business week",
  ])
  func `anything else is refused`(text: String) {
    #expect(Length(text) == nil)
  }

  /// 2026-11-20 is a Friday.
  @Test func `business time without a calendar is Monday to Friday, nine to five`() throws {
    let friday = try #require(Timestamp(journalText: "2026-11-20T16:00:00.000Z"))
    let monday = try #require(Timestamp(journalText: "2026-11-23T12:00:00.000Z"))
    #expect(Length("4 business hours")?.moment(after: friday) == monday)
    #expect(Length("-4 business hours")?.moment(after: monday) == friday)
    #expect(
      Length("1 business day")?.moment(after: friday)
        == Timestamp(journalText: "2026-11-23T16:00:00.000Z"))
  }
}

import Testing

@testable import Values

@Suite struct TimestampTests {
  @Test(arguments: [
    (0, 0, "1970-01-01T00:00:00.000Z"),
    (-1, 999_000_000, "1969-12-31T23:59:59.999Z"),
    (951_782_400, 0, "2000-02-29T00:00:00.000Z"),
    (4_102_444_799, 123_456_789, "2099-12-31T23:59:59.123456789Z"),
    (1_763_668_800, 120_000, "2025-11-20T20:00:00.000120Z"),
  ])
  func `moments are written and read back`(seconds: Int64, nanoseconds: Int32, text: String) {
    let moment = Timestamp(seconds: seconds, nanoseconds: nanoseconds)
    #expect(moment.journalText == text)
    #expect(Timestamp(journalText: text) == moment)
  }

  @Test(arguments: ["", "2026-11-20", "2026-13-20T00:00:00.000Z", "2026-11-20T00:00:00.0x0Z"])
  func `anything else is no moment`(text: String) {
    #expect(Timestamp(journalText: text) == nil)
  }

  @Test func `adding and subtracting are inverse, and overflow is nil`() {
    let moment = Timestamp(seconds: 10, nanoseconds: 100)
    for span in [
      TimeSpan(seconds: 5, nanoseconds: 999_999_999), TimeSpan(seconds: -7, nanoseconds: -200),
    ] {
      #expect(moment.adding(span)?.since(moment) == span)
    }
    #expect(Timestamp(seconds: .max).adding(TimeSpan(seconds: 1)) == nil)
    #expect(Timestamp(seconds: .max).since(Timestamp(seconds: -1)) == nil)
  }
}

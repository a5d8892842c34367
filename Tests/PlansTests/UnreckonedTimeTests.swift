import SourceText
import Testing
import Values
import Workflows

@testable import Plans

/// Times beyond the end of the calendar: the plans start on the 13th of November 2025, and the holidays
/// are known up to the end of that year.
@Suite struct UnreckonedTimeTests {
  private func times(_ steps: String) throws -> PlanTimes {
    let days = SourceFile(
      path: "calendars/zz.yaml",
      text: "name: Z\ntime_zone: UTC\nhours: { weekdays: 08:00-17:00 }\nholidays: [2025-12-25]\n")
    let file = try #require(CalendarFile.decode(days, name: "zz", into: Diagnostics()))
    return try plan(
      "calendar: zz\ninputs: { long: boolean }\nsteps:\n" + steps,
      catalog: Catalog(calendars: ["zz": file])
    ).times
  }

  private static let reason =
    "reaches beyond 2025-12-31, up to which the holidays of the calendar `zz` are known"

  @Test func `a known text that is no length of time has no end`() throws {
    let times = try plan(
      """
      inputs: { unit: string }
      steps: [ { id: a, wait: "2 ${{ inputs.unit }}" } ]
      """, ["unit": "weeks"]
    ).times
    #expect(times.earliest == nil)
    #expect(times.unreckoned.map(\.reason) == ["`2 weeks` is not a length of time"])
  }

  @Test(arguments: [
    "wait: 40 business days", "wait: { at: \"after(now, '40 business days')\" }",
    "wait: { first_of: { soon: { at: \"after(now, '1d')\" }, late: { at: \"after(now, '40 business days')\" } } }",
    "ask: { items: { x: X } }, due: 40 business days",
    "ask: { items: { x: X } }, due: 1d, expires: { at: \"after(now, '40 business days')\" }",
  ])
  func `no end is told of what the calendar does not know, and the step is named`(
    step: String
  ) throws {
    let found = try times(
      """
        - { id: a, \(step) }
        - { id: b, ask: { items: { x: X } }, due: 10 business days }
      """)
    #expect(found.earliest == nil)
    #expect(found.latest == nil)
    let length =
      step.contains("after(now, '40") ? "after(…, '40 business days')" : "40 business days"
    #expect(found.unreckoned == [.init(address: "a", reason: "`\(length)` \(Self.reason)")])
    #expect(found.openEnded == [])
  }

  @Test func `a way around it has an earliest end`() throws {
    let found = try times("  - { id: a, if: inputs.long, wait: 40 business days }\n")
    #expect(found.earliest == Timestamp(seconds: 1_763_000_000))
    #expect(found.latest == nil)
    #expect(found.unreckoned.map(\.address) == ["a"])
  }

  @Test func `what comes late enough only if people take their time has an earliest end`() throws {
    let found = try times(
      """
        - { id: a, ask: { items: { x: X } }, due: 20 business days }
        - { id: b, wait: 20 business days }
      """)
    #expect(found.earliest != nil)
    #expect(found.latest == nil)
    #expect(found.unreckoned.map(\.address) == ["b"])
    #expect(found.openEnded == [])
  }

  @Test func `side by side both have to come to their end`() throws {
    let found = try times(
      """
        - id: both
          parallel:
            - { id: a, wait: 40 business days }
            - { id: b, wait: 1d }
      """)
    #expect(found.earliest == nil)
    #expect(found.unreckoned.map(\.address) == ["a"])
  }

  @Test func `rounds that come within the calendar say nothing of those behind it`() throws {
    let found = try times(
      """
        - id: each
          for_each: { in: "[1, 2, 3, 4]", steps: [ { id: w, wait: 10 business days } ] }
      """)
    #expect(found.earliest == nil)
    #expect(found.unreckoned.map(\.address) == ["each[…]/w"])
  }
}

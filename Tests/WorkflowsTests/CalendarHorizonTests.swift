import SourceText
import Testing

@testable import Workflows

/// The calendar `short` ends with the year 2026; the day is the 20th of November.
@Suite struct CalendarHorizonTests {
  private func codes(_ step: String) -> [String] {
    let text = head + "calendar: short\nsteps:\n  - \(step)\n"
    return load(text, catalog: projectCatalog, facts: sampleFacts).findings.map(\.code.text)
  }

  @Test(arguments: [
    "{ id: a, wait: 90 business days }",
    "{ id: a, wait: { at: \"after(now, '90 business days')\" } }",
    "{ id: a, wait: { at: \"after(run.started_at, '90 business days')\" } }",
    "{ id: a, wait: { first_of: { late: { at: \"after(now, '90 business days')\" } } } }",
    "{ id: a, ask: { fields: { v: string } }, due: { at: \"after(now, '90 business days')\" } }",
  ])
  func `time beyond the calendar is seen wherever it is written`(step: String) {
    #expect(codes(step).contains("B1602"), "\(codes(step))")
  }

  @Test(arguments: [
    "{ id: a, wait: { at: \"after(now, '5 business days')\" } }",
    "{ id: a, wait: { at: \"after(now, '90d')\" } }",
    "{ id: a, wait: { first_of: { late: { at: \"after(now, '5 business days')\" }, later: { at: \"after(now, '90d')\" } } } }",
  ])
  func `time that the calendar knows is fine`(step: String) {
    #expect(!codes(step).contains("B1602"), "\(codes(step))")
  }
}

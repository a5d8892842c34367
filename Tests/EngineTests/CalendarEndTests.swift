import Fields
import SourceText
import Testing
import Values
import Workflows

@testable import Engine

/// A calendar whose holidays are not known as far as a step needs them: the runs here are in November 2025.
@Suite struct CalendarEndTests {
  private static let catalog: Catalog = {
    let file = SourceFile(
      path: "calendars/za.yaml",
      text: "time_zone: UTC\nhours: { weekdays: 09:00-17:00 }\nholidays_until: 2025-11-20\n")
    let calendar = CalendarFile.decode(file, name: "za", into: Diagnostics())
    return Catalog(calendars: calendar.map { ["za": $0] } ?? [:])
  }()

  private static let end =
    "reaches beyond 2025-11-20, up to which the holidays of the calendar `za` are known"

  private static let ask = "ask: { message: m, fields: { n: integer } }"

  @Test(arguments: [
    ("\(ask), due: 30 business days", "`due: 30 business days`"),
    ("\(ask), expires: 30 business days", "`expires: 30 business days`"),
    ("\(ask), escalate: [ { after: 30 business days } ]", "`escalate: 30 business days`"),
    ("wait: 30 business days", "`wait: 30 business days`"),
    (
      "repeat: { steps: [ { id: s, set: { x: 1 } } ], until: steps.s.outputs.x == 2, every: 30 business days }",
      "`every: 30 business days`"
    ),
    (
      "wait: { at: \"after(now, '30 business days')\" }",
      "`wait: after(now, '30 business days')`: `after(…, '30 business days')`"
    ),
    (
      "set: { x: \"${{ after(now, '30 business days') }}\" }",
      "`set.x: after(now, '30 business days')`: `after(…, '30 business days')`"
    ),
  ])
  func `what needs more of a calendar says which one, and by which key`(
    step: String, what: String
  ) throws {
    let run = try Rehearsal(
      "calendar: za\nsteps: [ { id: a, \(step) } ]\n", catalog: Self.catalog)
    run.proceed()
    #expect(run.statuses["a"] == .failed)
    let failure = try #require(run.engine.state.steps["a"]?.failure)
    #expect(failure.message == "\(what) \(Self.end)")
    #expect(failure.code == "expression" && failure.endedCalendar == "za")
  }

  @Test func `another failure of an expression names no calendar`() throws {
    let run = try Rehearsal(
      "calendar: za\nsteps: [ { id: a, set: { x: \"${{ 1 / size('') }}\" } } ]\n",
      catalog: Self.catalog)
    run.proceed()
    #expect(run.statuses["a"] == .failed)
    #expect(run.engine.state.steps["a"]?.failure?.endedCalendar == nil)
  }
}

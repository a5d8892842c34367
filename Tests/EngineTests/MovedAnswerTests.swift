import Testing
import Values
import Workflows

@testable import Engine

/// Runs that are moved while a question is answered in part, to versions that ask for something else.
@Suite struct MovedAnswerTests {
  private func run(_ body: String) throws -> Rehearsal {
    let run = try Rehearsal(body)
    run.proceed()
    return run
  }

  private static func many(_ field: String, _ items: String = "x: X, y: Y") -> String {
    "steps:\n  - { id: q, ask: { items: { \(items) }, fields: { many: \(field) } } }\n"
  }

  @Test(arguments: [
    ("{ type: integer, maximum: 2 }", Value.int(2), "`many` must be at most 2, not `3`"),
    ("string", "two", "`many` must be text, not `3`"),
  ])
  func `an answer that does not fit any more is asked for again, and the rest stays`(
    field: String, fitting: Value, problem: String
  ) throws {
    let run = try run(Self.many("integer"))
    #expect(run.handle(.answer(step: "q", values: ["many": 3, "x": true])) == nil)
    run.proceed()
    let new = try Rehearsal.version(Self.many(field))
    let messages = try run.plan(to: new).items.compactMap {
      item -> String? in
      if case .decision(let message, _, _) = item.verdict { message } else { nil }
    }
    #expect(
      messages == [
        "people are being asked, and what was answered does not fit (\(problem)); `keep`: it is asked "
          + "for again, the rest stays"
      ])
    try run.move(to: new, ["q": "keep"])
    let record = try #require(run.engine.state.steps["q"])
    #expect(record.answers.clear == ["x": true])
    let moved = try #require(run.events.last)
    #expect(moved.data["dropped"] == ["many"])
    guard case .stepWaiting(let waiting) = try EventKind(type: moved.kind.type, data: moved.data)
    else {
      Issue.record("nobody is asked")
      return
    }
    #expect(waiting.dropped == ["many"])
    let saved = run.engine.state.saved
    #expect(RunState(saved: saved, workflow: new)?.saved == saved)
    let ben = Actor(kind: .person, id: "ben")
    #expect(run.handle(.answer(step: "q", values: ["many": fitting, "y": true]), by: ben) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.engine.state.steps["q"]?.outputs.clear["many"] == fitting)
  }

  @Test func `where no answer fits any more nobody has answered`() throws {
    let run = try run(Self.many("integer"))
    #expect(run.handle(.answer(step: "q", values: ["many": 3])) == nil)
    try run.move(to: try Rehearsal.version(Self.many("string")), ["q": "keep"])
    #expect(run.engine.state.steps["q"]?.answers.isEmpty == true)
    #expect(run.engine.state.steps["q"]?.by == nil)
  }

  @Test func `what is over with what was answered is said to be`() throws {
    let run = try run(Self.many("integer", "x: X"))
    #expect(run.handle(.answer(step: "q", values: ["x": true])) == nil)
    run.proceed()
    let new = try Rehearsal.version(Self.many("{ type: integer, default: 2 }", "x: X"))
    #expect(
      try run.plan(to: new).sentences["q"]
        == "decide keep again: people are being asked; `keep`: nothing is missing any more, and the "
        + "question is over at once, with the default of `many`")
    try run.move(to: new, ["q": "keep"])
    run.proceed()
    #expect(run.status == .succeeded)
  }

  @Test func `what an event ticked is ticked again where it is asked from the beginning`() throws {
    func body(_ field: String) -> String {
      """
      steps:
        - id: q
          ask:
            items: { paid: { label: Paid, done_on: { event: shop.paid } } }
            fields: { x: \(field) }
      """
    }
    let run = try Rehearsal(body("string"), catalog: Rehearsal.shop)
    run.proceed()
    #expect(run.handle(.event(name: "shop.paid", data: ["order_id": "a", "amount": 5])) == nil)
    run.proceed()
    let new = try Rehearsal.version(body("integer"), catalog: Rehearsal.shop)
    try run.move(to: new, ["q": "again"])
    run.proceed()
    #expect(run.engine.state.steps["q"]?.answers.clear == ["paid": true])
  }

  @Test func `what an event ticked is ticked again where a question that expired is asked again`()
    throws
  {
    let run = try Rehearsal(
      """
      steps:
        - id: q
          expires: 2h
          ask:
            items: { paid: { label: Paid, done_on: { event: shop.paid } } }
            fields: { x: string }
      """, catalog: Rehearsal.shop)
    run.proceed()
    #expect(run.handle(.event(name: "shop.paid", data: ["order_id": "a", "amount": 5])) == nil)
    run.proceed()
    run.now = run.now.adding(TimeSpan(seconds: 3 * 3600)) ?? run.now
    run.proceed()
    #expect(run.statuses["q"] == .failed)
    #expect(run.handle(.retry(step: "q", with: [:], again: false, reason: nil)) == nil)
    run.proceed()
    #expect(run.engine.state.steps["q"]?.answers.clear == ["paid": true])
  }

  @Test func `a field that becomes something to tick, and one that has to be filled in, are open`()
    throws
  {
    let body =
      "steps:\n  - { id: q, ask: { fields: { a: { type: string, optional: true }, b: string, c: string } } }\n"
    let run = try run(body)
    #expect(run.handle(.answer(step: "q", values: ["a": .null, "b": "yes"])) == nil)
    let new = try Rehearsal.version(
      "steps:\n  - { id: q, ask: { items: { b: B }, fields: { a: string, c: string } } }\n")
    try run.move(to: new, ["q": "keep"])
    #expect(run.engine.state.steps["q"]?.answers.isEmpty == true)
  }
}

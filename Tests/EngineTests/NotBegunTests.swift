import Testing
import Values
import Workflows

@testable import Engine

/// Runs that are moved where a process ended before it began the step at which they stand.
@Suite struct NotBegunTests {
  private static func tell(_ id: String) -> String {
    "  - { id: \(id), action: shop.tell, with: { text: \(id) } }\n"
  }

  /// Stands at the second step, of which nothing is recorded.
  private func run(_ body: String) throws -> Rehearsal {
    let run = try Rehearsal(body, catalog: Shop.catalog)
    let request = try #require(run.nextAttempt())
    run.start(request)
    run.end(request, Shop.answer(request))
    #expect(run.nextAttempt() != nil)
    return run
  }

  private func calls(_ run: Rehearsal, after body: String) throws -> [String] {
    let new = try Rehearsal.version(body)
    try run.move(to: new)
    let saved = run.engine.state.saved
    #expect(RunState(saved: saved, workflow: new)?.saved == saved)
    return run.carryOut()
  }

  @Test func `a step that was not begun can go away`() throws {
    let run = try run("steps:\n" + Self.tell("one") + Self.tell("two"))
    let new = try Rehearsal.version("steps:\n" + Self.tell("one") + Self.tell("three"))
    #expect(
      try run.plan(to: new).sentences == [
        "two": "safe: the run has not come to it", "three": "safe: it comes later",
      ])
    #expect(
      try calls(run, after: "steps:\n" + Self.tell("one") + Self.tell("three"))
        == ["shop.tell three"])
    #expect(run.status == .succeeded)
  }

  @Test func `it can be of another kind, and come after a new step`() throws {
    let run = try run("steps:\n" + Self.tell("one") + Self.tell("two"))
    #expect(
      try calls(
        run,
        after: "steps:\n" + Self.tell("one") + Self.tell("mid") + "  - { id: two, set: { x: 1 } }\n"
      )
        == ["shop.tell mid"])
    #expect(run.statuses["two"] == .succeeded)
  }

  @Test func `a run whose last step goes away is over`() throws {
    let run = try run("steps:\n" + Self.tell("one") + Self.tell("two"))
    #expect(try calls(run, after: "steps:\n" + Self.tell("one")) == [])
    #expect(run.status == .succeeded)
  }

  @Test func `the list in which it was the last is over with it`() throws {
    func body(_ inner: String) -> String {
      """
      steps:
        - id: group
          steps:
            - { id: one, action: shop.tell, with: { text: one } }
      \(inner)  - { id: last, action: shop.tell, with: { text: last } }
      """
    }
    let run = try run(body("      - { id: two, action: shop.tell, with: { text: two } }\n"))
    #expect(try calls(run, after: body("")) == ["shop.tell last"])
    #expect(run.statuses["group"] == .succeeded)
  }

  @Test func `a case and a branch that were not begun can go away`() throws {
    let choice = """
      steps:
        - { id: one, action: shop.tell, with: { text: one } }
        - id: c
          choose: [ { steps: [ { id: x, set: { v: 1 } }, { id: two, action: shop.tell, with: { text: two } } ] } ]
      """
    let first = try run(choice)
    #expect(
      try calls(first, after: choice.replacing("two", with: "three")) == ["shop.tell three"])
    let branches = """
      steps:
        - { id: one, action: shop.tell, with: { text: one } }
        - id: p
          parallel:
            - { id: two, action: shop.tell, with: { text: two } }
            - { id: x, action: shop.tell, with: { text: x } }
      """
    let second = try run(branches)
    let new = branches.replacing(
      "      - { id: two, action: shop.tell, with: { text: two } }\n", with: "")
    #expect(try calls(second, after: new) == ["shop.tell x"])
    #expect(second.status == .succeeded)
  }

  @Test func `where nothing else is left a way out is named`() throws {
    let choice = """
      steps:
        - { id: one, action: shop.tell, with: { text: one } }
        - id: c
          choose: [ { steps: [ { id: two, action: shop.tell, with: { text: two } } ] } ]
      """
    let run = try run(choice)
    #expect(
      try run.plan(to: try Rehearsal.version(choice.replacing("two", with: "three")))
        .items.contains { item in
          if case .impossible(let message) = item.verdict {
            item.subject == "two" && message.contains("`baton resume` begins it")
          } else {
            false
          }
        })
  }
}

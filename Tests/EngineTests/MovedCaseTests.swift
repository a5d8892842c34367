import Testing
import Values
import Workflows

@testable import Engine

/// Runs that are moved to versions in which the cases of a choice have other numbers.
@Suite struct MovedCaseTests {
  private static let taken = """
    { when: inputs.n == 1, steps: [ { id: q, action: shop.tell, with: { text: q } }, \
    { id: sure, ask: { fields: { answer: string } } } ] }
    """
  private static let other =
    "{ steps: [ { id: other, action: shop.tell, with: { text: other } } ] }"
  private static let more = "{ when: inputs.n == 5, steps: [ { id: z, set: { x: 1 } } ] }"

  private static func body(_ cases: String..., after: String = "") -> String {
    """
    inputs: { n: { type: integer, default: 1 } }
    steps:
      - { id: c, choose: [ \(cases.joined(separator: ", ")) ] }
    \(after)
    """
  }

  private func run(_ body: String) throws -> Rehearsal {
    let run = try Rehearsal(body, catalog: Shop.catalog)
    run.carryOut()
    return run
  }

  @Test func `a case in front of the taken one hides nothing of it`() throws {
    let run = try run(Self.body(Self.taken, Self.other))
    let new = try Rehearsal.version(Self.body(Self.more, Self.taken, Self.other))
    try run.move(to: new)
    #expect(run.engine.outline.map(\.address) == ["c", "q", "sure"])
    let saved = run.engine.state.saved
    #expect(RunState(saved: saved, workflow: new)?.saved == saved)
    #expect(run.handle(.answer(step: "sure", values: ["answer": "yes"])) == nil)
    #expect(run.carryOut() == [])
    #expect(run.status == .succeeded)
  }

  @Test func `nor does it of a choice that is over`() throws {
    let hold = "  - { id: hold, ask: { fields: { answer: string } } }"
    let run = try run(Self.body(Self.taken, Self.other, after: hold))
    #expect(run.handle(.answer(step: "sure", values: ["answer": "yes"])) == nil)
    run.carryOut()
    try run.move(
      to: try Rehearsal.version(Self.body(Self.more, Self.taken, Self.other, after: hold)))
    #expect(run.engine.outline.map(\.address) == ["c", "q", "sure", "hold"])
  }

  @Test func `nor does another id of the only step of the taken case`() throws {
    let hold = "  - { id: hold, ask: { fields: { answer: string } } }"
    func taken(_ id: String) -> String {
      "{ when: inputs.n == 1, steps: [ { id: \(id), steps: [ { id: x, set: { y: 1 } } ] } ] }"
    }
    let run = try run(Self.body(taken("g"), Self.other, after: hold))
    let new = try Rehearsal.version(
      Self.body(Self.more, taken("other_g"), Self.other, after: hold))
    try run.move(to: new, ["other_g": "keep"])
    #expect(run.engine.outline.map(\.address) == ["c", "other_g", "x", "hold"])
    let saved = run.engine.state.saved
    #expect(RunState(saved: saved, workflow: new)?.saved == saved)
  }

  @Test func `a question that moves to another case is shown there`() throws {
    func body(_ first: String, _ second: String) -> String {
      """
      inputs: { n: { type: integer, default: 1 } }
      steps:
        - id: c
          choose:
            - { when: inputs.n == 1, steps: [ { id: a, set: { x: 1 } }\(first) ] }
            - { steps: [ { id: b, set: { x: 1 } }\(second) ] }
      """
    }
    let question = ", { id: sure, ask: { fields: { answer: string } } }"
    let run = try run(body(question, ""))
    try run.move(to: try Rehearsal.version(body("", question)), ["b": "leave_out"])
    #expect(run.engine.outline.map(\.address).contains("sure"))
  }

  @Test func `a new step in a case that was not taken is not said to come`() throws {
    let run = try run(Self.body(Self.taken, Self.other))
    let other = Self.other.replacing(" ] }", with: ", { id: more, set: { x: 1 } } ] }")
    let new = try Rehearsal.version(Self.body(Self.taken, other))
    #expect(
      try run.plan(to: new).sentences["more"]
        == "safe: another case of `c` was taken: the step is left out")
  }
}

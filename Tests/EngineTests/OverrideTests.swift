import Testing
import Values

@testable import Engine

/// What a person passes over.
@Suite struct OverrideTests {
  @Test func `what a person passes over is an override, with the reason and by whom`() throws {
    let run = try Rehearsal(
      "steps: [ { id: sure, ask: { fields: { yes: boolean } } }, { id: b, set: { x: 1 } } ]")
    run.proceed()
    #expect(run.handle(.skip(step: "sure", reason: "told by phone")) == nil)
    let record = try #require(run.engine.state.steps["sure"])
    #expect(record.manner == .override)
    #expect(record.reason == "told by phone")
    #expect(record.by == Actor(kind: .person, id: "ana"))
    #expect(try run.folded(run.events.count).state.saved == run.engine.state.saved)
  }

  @Test func `a journal that does not say how a step was skipped is folded as before`() throws {
    let run = try Rehearsal("steps: [ { id: a, action: command.run, with: { command: [x] } } ]")
    run.apply(
      try EventKind(type: "step.skipped", data: ["reason": "person", "message": "told"]), step: "a")
    #expect(run.engine.state.steps["a"]?.manner == .machine)
    #expect(run.engine.state.steps["a"]?.reason == "person")
  }

  @Test func `a wait that is done by hand brings an event as its contract has it`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: paid, wait: { event: shop.paid } }
        - { id: b, set: { x: "${{ steps.paid.outputs.event.order_id + steps.paid.outputs.which }}" } }
      """, catalog: Rehearsal.shop)
    run.proceed()
    func done(_ values: ValueMap) -> Refusal? {
      run.handle(.done(step: "paid", values: values, reason: "seen", evidence: []))
    }
    #expect(done([:])?.message == "`b` needs `event` of `paid`")
    #expect(done(["event": "A-1"])?.message.contains("is the data of the event") == true)
    let unfit = done(["event": ["order_id": "A-1", "amount": "much"]])
    #expect(unfit?.message.contains("the data of the event is unfit") == true)
    #expect(run.engine.outputsNeeded(at: "paid") == ["event"])
    #expect(done(["event": ["order_id": "A-1", "amount": 1]]) == nil)
    run.proceed()
    #expect(run.engine.state.steps["b"]?.outputs.clear["x"] == "A-1shop.paid")
  }

  @Test func `what later steps need of a step that is done by hand has to be given`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: a, set: { x: "${{ [1][2] }}", y: 1 } }
        - { id: b, set: { z: "${{ steps.a.outputs.x }}" } }
      """)
    run.proceed()
    let empty = run.handle(.done(step: "a", values: ["y": 1], reason: "seen", evidence: []))
    #expect(empty?.message == "`b` needs `x` of `a`")
    #expect(empty?.hint?.contains("a x=… --reason 'WHY'") == true)
    #expect(run.handle(.done(step: "a", values: ["x": 1], reason: "seen", evidence: [])) == nil)
    run.proceed()
    #expect(run.statuses == ["a": .succeeded, "b": .succeeded])
  }
}

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
}

import Testing
import Values
import Workflows

@testable import Engine

/// Runs that are moved to versions in which steps stand elsewhere, or have another id.
@Suite struct MovedStepTests {
  private func run(_ body: String) throws -> Rehearsal {
    let run = try Rehearsal(body, catalog: Shop.catalog)
    run.carryOut()
    return run
  }

  /// The run folded again from its records, with the version that it was moved to.
  private func folded(_ run: Rehearsal, _ new: Workflow) throws -> RunState {
    var engine = try RunEngine(
      workflow: run.workflow, created: run.events[0], vault: run.engine.vault)
    for event in run.events.dropFirst() {
      if event.kind.type == "run.migrated" { engine.expect(new) }
      let kind = try EventKind(type: event.kind.type, data: event.data)
      engine.apply(
        Event(
          kind, step: event.step, attempt: event.attempt, actor: event.actor, at: event.at,
          command: event.command))
    }
    return engine.state
  }

  // MARK: Another step with an id of before

  @Test func `that another step with the same id was done is to be said`() throws {
    func body(_ step: String) -> String {
      "steps:\n\(step)  - { id: hold, ask: { fields: { answer: string } } }\n"
    }
    let told = "  - { id: x, action: shop.tell, with: { text: x } }\n"
    let opened = "  - { id: x, action: shop.open, with: { name: x } }\n"
    let run = try run(body(told))
    let old = try #require(run.engine.step(at: "x"))
    try run.move(to: Rehearsal.version(body("")))
    func plan(_ step: String, _ choices: MigrationChoices = MigrationChoices()) throws
      -> MigrationPlan
    {
      try run.engine.migrationPlan(to: Rehearsal.version(body(step)), choices) {
        $0 == "x" ? old : nil
      }
    }
    #expect(
      try plan(told).sentences == ["x": "safe: it was done already, and is not done twice"])
    let sentence = try #require(try plan(opened).sentences["x"])
    #expect(sentence.hasPrefix("decide keep: it was done already, and is not done twice: that was"))
    #expect(sentence.contains("`shop.tell`, and this is `shop.open`"))
    #expect(try plan(opened, MigrationChoices(decisions: ["x": "keep"])).isReady)
  }

  // MARK: Under another id

  private static let welcome = """
    steps:
      - { id: welcome, name: Welcome, action: shop.open, with: { name: ana }, checkpoint: greeted }
      - { id: hold, ask: { fields: { answer: string } } }
      - { id: last, action: shop.tell, with: { text: "${{ steps.welcome.outputs.id }}" } }
    """

  @Test func `what a step did is kept where it has only another id, and is not done again`() throws
  {
    let run = try run(Self.welcome)
    let new = try Rehearsal.version(Self.welcome.replacing("welcome", with: "welcome_mail"))
    #expect(
      try run.plan(to: new).sentences["welcome_mail"]
        == "decide keep do: the run has passed its place; it is what `welcome` was, whose outcome it "
        + "can keep, and `last` needs its outputs")
    try run.move(to: new, ["welcome_mail": "keep"])
    #expect(run.carryOut() == [])
    #expect(run.statuses["welcome_mail"] == .succeeded)
    let folded = try folded(run, new).saved
    #expect(folded == run.engine.state.saved)
    #expect(RunState(saved: folded, workflow: new)?.saved == folded)
    #expect(run.handle(.answer(step: "hold", values: ["answer": "yes"])) == nil)
    #expect(run.carryOut() == ["shop.tell ana-0"])
    #expect(run.status == .succeeded)
  }

  @Test func `what was done under an old id is taken back once, and again done after a rewind`()
    throws
  {
    let body = """
      steps:
        - { id: first, set: { x: 1 }, checkpoint: begun }
        - { id: welcome, action: shop.open, with: { name: ana } }
        - { id: hold, ask: { fields: { answer: string } } }
      """
    let new = try Rehearsal.version(body.replacing("welcome", with: "welcome_mail"))
    let taking = try run(body)
    try taking.move(to: new, ["welcome_mail": "keep"])
    #expect(taking.handle(.undo(reason: nil)) == nil)
    #expect(taking.carryOut() == ["shop.close ana-0"])
    #expect(taking.statuses["welcome_mail"] == .undone)
    let rewinding = try run(body)
    try rewinding.move(to: new, ["welcome_mail": "keep"])
    #expect(rewinding.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    #expect(rewinding.carryOut() == ["shop.close ana-0", "shop.open ana"])
    #expect(rewinding.statuses["hold"] == .waiting)
  }

  @Test func `what a checkpoint did not hold for is forgotten where a migration takes that out`()
    throws
  {
    let check = ", verify: [ { check: outputs.x == 1, message: moved on } ]"
    let body = """
      steps:
        - { id: first, set: { x: 1 }, checkpoint: begun\(check) }
        - { id: hold, ask: { fields: { answer: string } } }
      """
    let without = "steps: [ { id: hold, ask: { fields: { answer: string } } } ]\n"
    for new in [body.replacing(check, with: ""), without] {
      let run = try Rehearsal(body)
      run.proceed()
      run.apply(.checkpointMoved(Blocker(message: "moved on")), step: "first")
      #expect(run.park.status == .needsAttention)
      try run.move(to: Rehearsal.version(new))
      run.apply(.runResumed(process: 1, host: "h"))
      run.proceed()
      #expect(run.park.status == .waiting)
      #expect(run.handle(.answer(step: "hold", values: ["answer": "x"])) == nil)
      run.proceed()
      #expect(run.status == .succeeded)
    }
  }

  @Test func `what cannot be taken back is named by the id that it has now`() throws {
    let body = """
      steps:
        - { id: welcome, action: shop.tell, with: { text: hello } }
        - { id: hold, ask: { fields: { answer: string } } }
      """
    let run = try run(body)
    let new = try Rehearsal.version(body.replacing("welcome", with: "welcome_mail"))
    try run.move(to: new, ["welcome_mail": "keep"])
    #expect(run.engine.state.undo.irreversible == ["welcome_mail": 1])
    #expect(try folded(run, new).saved == run.engine.state.saved)
  }

  @Test func `a step with another id that comes later now is not done twice`() throws {
    let run = try run(
      """
      steps:
        - { id: welcome, action: shop.open, with: { name: ana } }
        - { id: hold, ask: { fields: { answer: string } } }
      """)
    let new = try Rehearsal.version(
      """
      steps:
        - { id: hold, ask: { fields: { answer: string } } }
        - { id: group, steps: [ { id: mail, action: shop.open, with: { name: ana } } ] }
      """)
    #expect(
      try run.plan(to: new).sentences["mail"]
        == "decide keep do: it comes later; it is what `welcome` was, whose outcome it can keep")
    try run.move(to: new, ["mail": "keep"])
    #expect(run.handle(.answer(step: "hold", values: ["answer": "yes"])) == nil)
    #expect(run.carryOut() == [])
    #expect(run.status == .succeeded)
  }

  @Test func `an approval that has another id is asked for as a new one`() throws {
    let body = """
      steps:
        - { id: ok, approve: { message: Go? } }
        - { id: hold, ask: { fields: { answer: string } } }
      """
    let run = try run(body)
    #expect(run.handle(.decide(step: "ok", approves: true, comment: nil, shown: nil)) == nil)
    run.proceed()
    let new = try Rehearsal.version(body.replacing("id: ok", with: "id: fine"))
    #expect(
      try run.plan(to: new).sentences["fine"] == "decide do leave_out: the run has passed its place"
    )
  }

  // MARK: In what is over

  private static func number(_ inner: String, _ text: String) -> String {
    """
    steps:
      - id: number
        steps:
          - { \(inner), action: shop.open, with: { name: ana } }
      - { id: tested, ask: { fields: { answer: string } } }
      - { id: handoff, action: shop.tell, with: { text: \(text) } }
    """
  }

  @Test func `a new step in a section that is over is impossible where a later one needs it`()
    throws
  {
    let run = try run(Self.number("id: purchase", "\"${{ steps.purchase.outputs.id }}\""))
    let other = try Rehearsal.version(
      Self.number("id: bought, name: Buy it", "\"${{ steps.bought.outputs.id }}\""))
    #expect(
      try run.plan(to: other).sentences["bought"]
        == "impossible: `number` is over and is not done again, and `handoff` needs its outputs")
    let unread = try Rehearsal.version(Self.number("id: bought, name: Buy it", "done"))
    #expect(
      try run.plan(to: unread).sentences["bought"]
        == "safe: `number` is over and is not done again: the step is left out")
    let renamed = try Rehearsal.version(
      Self.number("id: bought", "\"${{ steps.bought.outputs.id }}\""))
    #expect(
      try run.plan(to: renamed).sentences["bought"]
        == "decide keep: `number` is over and is not done again; it is what `purchase` was, whose "
        + "outcome it can keep, and `handoff` needs its outputs")
    try run.move(to: renamed, ["bought": "keep"])
    #expect(run.handle(.answer(step: "tested", values: ["answer": "yes"])) == nil)
    #expect(run.carryOut() == ["shop.tell ana-0"])
    #expect(run.status == .succeeded)
  }

  @Test func `a new step that only what is over reads is left out`() throws {
    func body(_ inner: String) -> String {
      """
      steps:
        - id: number
          steps:
      \(inner)
            - { id: told, action: shop.tell, with: { text: told } }
        - { id: tested, ask: { fields: { answer: string } } }
      """
    }
    let run = try run(body(""))
    let new = try Rehearsal.version(
      body("      - { id: bought, action: shop.open, with: { name: ana } }")
        .replacing("text: told", with: "text: \"${{ steps.bought.outputs.id }}\""))
    #expect(
      try run.plan(to: new).sentences["bought"]
        == "safe: `number` is over and is not done again: the step is left out")
  }

  @Test func `a section whose steps later ones read is not left out where the run has passed it`()
    throws
  {
    let run = try run(
      """
      steps:
        - { id: hold, ask: { fields: { answer: string } } }
        - id: document
          steps:
            - { id: record, ask: { fields: { at: string } } }
        - { id: follow_up, action: shop.tell, with: { text: "${{ steps.record.outputs.at }}" } }
      """)
    let new = try Rehearsal.version(
      """
      steps:
        - id: document
          steps:
            - { id: record, ask: { fields: { at: string } } }
        - { id: hold, ask: { fields: { answer: string } } }
        - { id: follow_up, action: shop.tell, with: { text: "${{ steps.record.outputs.at }}" } }
      """)
    #expect(
      try run.plan(to: new).sentences["document"]
        == "decide do: the run has passed its place, and `follow_up` needs its outputs")
  }

  @Test func `a new section around what was done does nothing again and holds up nothing`() throws {
    let body = """
      steps:
        - { id: one, action: shop.tell, with: { text: one } }
        - { id: hold, ask: { fields: { answer: string } } }
      """
    let run = try run(body)
    let new = try Rehearsal.version(
      """
      steps:
        - { id: group, steps: [ { id: one, action: shop.tell, with: { text: one } } ] }
        - { id: hold, ask: { fields: { answer: string } } }
      """)
    try run.move(to: new, ["group": "do"])
    #expect(run.carryOut() == [])
    #expect(run.statuses["group"] == .succeeded)
    #expect(run.statuses["hold"] == .waiting)
  }

  @Test func `in a call that is over a new step is left out, and what was done keeps its outcome`()
    throws
  {
    let body =
      "steps:\n  - { id: call, workflow: sub }\n  - { id: hold, ask: { fields: { a: string } } }\n"
    let run = try Rehearsal(
      body, called: ["sub": "steps:\n  - { id: x, action: shop.tell, with: { text: x } }\n"],
      catalog: Shop.catalog)
    run.carryOut()
    let new = try Rehearsal.version(
      body,
      called: [
        "sub":
          "steps:\n  - { id: y, action: shop.tell, with: { text: x } }\n  - { id: z, set: { v: 1 } }\n"
      ])
    let sentences = try run.plan(to: new).sentences
    #expect(
      sentences["call/y"]
        == "decide keep leave_out: `call` is over and is not done again; it is what `call/x` was, whose "
        + "outcome it can keep")
    #expect(
      sentences["call/z"] == "safe: `call` is over and is not done again: the step is left out")
  }

  @Test func `items that are over stay without a new step`() throws {
    func body(_ more: String) -> String {
      """
      steps:
        - id: l
          for_each:
            in: "[1, 2, 3]"
            as: n
            steps:
              - { id: q, ask: { fields: { v: integer } } }
      \(more)
      """
    }
    let run = try run(body(""))
    let more = body("        - { id: z, set: { x: 1 } }")
    #expect(try run.plan(to: try Rehearsal.version(more)).sentences["z"] == "safe: it comes later")
    #expect(run.handle(.answer(step: "l[0]/q", values: ["v": 4])) == nil)
    run.carryOut()
    #expect(
      try run.plan(to: try Rehearsal.version(more)).sentences["z"]
        == "safe: it comes later: items and rounds that are over stay without it")
    let before = body("").replacing(
      "        - { id: q,", with: "        - { id: z, set: { x: 1 } }\n        - { id: q,")
    let sentences = try run.plan(to: try Rehearsal.version(before)).sentences
    #expect(sentences["l[1]/z"] == "decide do leave_out: the run has passed its place")
    #expect(
      sentences["z"]
        == "safe: items and rounds to come have it, and those that are over stay without it")
  }

  // MARK: What is said

  @Test func `a step that was passed over is not said to come when its condition changes`() throws {
    let body = """
      inputs: { x: { type: boolean, default: false } }
      steps:
        - { id: brand, if: inputs.x, action: shop.tell, with: { text: brand } }
        - { id: hold, ask: { fields: { answer: string } } }
      """
    let run = try run(body)
    let new = try Rehearsal.version(body.replacing("if: inputs.x", with: "if: \"!inputs.x\""))
    #expect(
      try run.plan(to: new).sentences["brand"]
        == "safe: it was passed over, and is not done later")
    try run.move(to: new)
    #expect(run.carryOut() == [])
  }

  @Test func `what the run stands at and cannot go away says what can be done`() throws {
    func plan(_ removed: String) throws -> String? {
      let rest = "  - { id: last, action: shop.tell, with: { text: last } }\n"
      let run = try run("steps:\n" + removed + rest)
      return try run.plan(to: try Rehearsal.version("steps:\n" + rest)).sentences["sso"]
    }
    #expect(
      try plan("  - { id: sso, steps: [ { id: q, ask: { fields: { a: string } } } ] }\n")
        == "impossible: the run stands inside it: it can go away once the steps in it are over")
    #expect(
      try plan("  - { id: sso, approve: { message: Go? } }\n")
        == "impossible: the run stands at it: it is decided first, with `baton approve`")
    #expect(
      try plan("  - { id: sso, ask: { fields: { a: string } } }\n")
        == "impossible: the run stands at it: bring it to an end first, with `baton done` or `baton skip`"
    )
  }

  @Test func `of another workflow nothing else is said`() throws {
    let run = try run(Self.welcome)
    let plan = try run.plan(
      to: try Rehearsal.version("steps:\n  - { id: x, set: { y: 1 } }\n", id: "other"))
    #expect(plan.items.count == 1)
    guard case .impossible(let message)? = plan.items.first?.verdict else {
      Issue.record("it is possible")
      return
    }
    #expect(message == "it is another workflow, not another version of this one")
  }

  @Test func `what was passed over and is come to once more is not on the way of the run`() throws {
    let body = """
      inputs: { x: { type: boolean, default: false } }
      steps:
        - { id: brand, if: inputs.x, action: shop.tell, with: { text: brand } }
        - { id: one, action: shop.tell, with: { text: one } }
        - { id: hold, ask: { fields: { answer: string } } }
      """
    let run = try run(body)
    let new = try Rehearsal.version(
      body.replacing(
        "steps:", with: "steps:\n  - { id: fraud, action: shop.tell, with: { text: fraud } }"))
    try run.move(to: new, ["fraud": "do"])
    #expect(run.carryOut() == ["shop.tell fraud"])
    #expect(run.types.count { $0 == "step.kept" } == 2)
    var path = RunPath()
    for event in run.events { path.note(event, event.step.flatMap { run.engine.step(at: $0) }) }
    #expect(path.addresses == ["one", "hold", "fraud"])
  }

  @Test func `a check of the last checkpoint that changes is said to be tested at once`() throws {
    let body = """
      steps:
        - { id: one, set: { x: 1 }, checkpoint: begun, verify: [ { check: outputs.x == 1, message: bad } ] }
        - { id: two, set: { x: 1 }, verify: [ { check: outputs.x == 1, message: bad } ] }
        - { id: hold, ask: { fields: { answer: string } } }
      """
    let run = try run(body)
    let sentences = try run.plan(
      to: try Rehearsal.version(body.replacing("outputs.x == 1", with: "outputs.x > 0"))
    ).sentences
    #expect(
      sentences["one"]
        == "safe: it is done, and is tested anew, as the last checkpoint, before the run goes on")
    #expect(sentences["two"] == "safe: it is done, and stays as it was")
  }
}

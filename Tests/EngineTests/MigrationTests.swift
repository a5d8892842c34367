import SourceText
import Testing
import Values
import Workflows

@testable import Engine

@Suite struct MigrationTests {
  private static let old = """
    inputs: { who: string }
    steps:
      - { id: one, action: shop.open, with: { name: "${{ inputs.who }}" } }
      - { id: sure, ask: { message: Sure?, fields: { answer: string } } }
      - { id: last, action: shop.tell, with: { text: last } }
    """

  private func run(_ body: String = old, inputs: ValueMap = ["who": "ana"]) throws -> Rehearsal {
    let run = try Rehearsal(body, inputs: inputs, catalog: Shop.catalog)
    run.carryOut()
    return run
  }

  private func workflow(_ body: String) throws -> Workflow {
    let diagnostics = Diagnostics()
    let head = "baton: 1\nid: test\nname: A test\nversion: 2.0.0\n"
    let file = SourceFile(path: "new.yaml", text: head + body)
    let workflow = Workflow.load(file: file, catalog: Shop.catalog, into: diagnostics)
    return try #require(workflow, "\(diagnostics.sorted.map(\.message))")
  }

  private func verdicts(_ plan: MigrationPlan) -> [String: String] {
    var found: [String: String] = [:]
    for item in plan.items where item.difference?.subject != .workflow {
      found[item.subject] =
        switch item.verdict {
        case .safe: "safe"
        case .void: "void"
        case .decision(_, let decision, _):
          "decide \(decision.choices.map { $0.map(\.rawValue).joined(separator: " ") } ?? "value")"
        case .impossible: "impossible"
        }
    }
    return found
  }

  private func move(
    _ run: Rehearsal, to new: Workflow, _ decisions: [String: String] = [:],
    inputs: ValueMap = [:]
  ) throws {
    let choices = MigrationChoices(decisions: decisions, inputs: inputs)
    let plan = try run.engine.migrationPlan(to: new, choices)
    try #require(plan.isReady, "\(verdicts(plan))")
    let events = run.engine.migration(
      to: new, by: plan, choices, definition: [:], file: "new.yaml", reason: nil, now: run.now)
    run.engine.expect(new)
    for event in events { run.apply(event.kind, step: event.step) }
  }

  private func sentences(_ plan: MigrationPlan) -> [String: String] {
    var found: [String: String] = [:]
    for item in plan.items where item.difference?.subject != .workflow {
      if case .safe(let sentence) = item.verdict { found[item.subject] = sentence }
    }
    return found
  }

  @Test func `a step of a loop that items have done already is not said to come later`() throws {
    func loop(_ inner: String) -> String {
      """
      steps:
        - id: loop
          for_each:
            in: "['a', 'b']"
            as: letter
            steps:
              - { id: k, ask: { fields: { x: string } } }
      \(inner)
      """
    }
    let tell = "        - { id: m, action: shop.tell, with: { text: told } }"
    let run = try run(loop(tell), inputs: [:])
    // Nothing is over yet.
    let removed = try workflow(loop(""))
    #expect(
      sentences(try run.engine.migrationPlan(to: removed, MigrationChoices()))
        == ["m": "the run has not come to it"])
    #expect(run.handle(.answer(step: "loop[0]/k", values: ["x": "y"])) == nil)
    #expect(run.carryOut() == ["shop.tell told"])
    let sentence = try #require(
      sentences(try run.engine.migrationPlan(to: removed, MigrationChoices()))["m"])
    #expect(sentence.hasPrefix("what it came to in items and rounds that are over stays"))
    let changed = try workflow(loop(tell.replacing("told", with: "other")))
    #expect(
      sentences(try run.engine.migrationPlan(to: changed, MigrationChoices()))["m"]
        == "counts for items and rounds to come: what it came to in those that are over stays")
  }

  @Test func `a step that is put back and was done is not said to come later`() throws {
    func body(_ b: String) -> String {
      """
      steps:
        - { id: a, action: shop.tell, with: { text: a } }
      \(b)
        - id: loop
          for_each:
            in: "['a', 'b']"
            as: letter
            steps:
              - { id: k, ask: { fields: { x: string } } }
      """
    }
    let b = "  - { id: b, action: shop.tell, with: { text: b } }"
    let run = try run(body(b), inputs: [:])
    try move(run, to: try workflow(body("")))
    let back = try workflow(body(b))
    let plan = try run.engine.migrationPlan(to: back, MigrationChoices())
    #expect(sentences(plan) == ["b": "it was done already, and is not done twice"])
    try move(run, to: back)
    #expect(run.handle(.answer(step: "loop[0]/k", values: ["x": "y"])) == nil)
    #expect(run.carryOut() == [])
  }

  @Test func `what comes later or is done is safe`() throws {
    let run = try run()
    let new = try workflow(
      """
      inputs: { who: string }
      steps:
        - { id: one, name: Open it, action: shop.open, with: { name: "${{ inputs.who }}" } }
        - { id: sure, ask: { message: Sure?, fields: { answer: string } } }
        - { id: extra, action: shop.tell, with: { text: extra } }
        - { id: last, action: shop.tell, with: { text: changed } }
      """)
    let plan = try run.engine.migrationPlan(to: new, MigrationChoices())
    #expect(verdicts(plan) == ["one": "safe", "extra": "safe", "last": "safe"])
    try move(run, to: new)
    #expect(run.handle(.answer(step: "sure", values: ["answer": "yes"])) == nil)
    #expect(run.carryOut() == ["shop.tell extra", "shop.tell changed"])
    #expect(run.engine.state.header.workflowVersion == "2.0.0")
  }

  @Test func `a new step behind the run is done or left out, as somebody decides`() throws {
    let body = """
      inputs: { who: string }
      steps:
        - { id: early, action: shop.tell, with: { text: early } }
        - { id: one, action: shop.open, with: { name: "${{ inputs.who }}" } }
        - { id: sure, ask: { message: Sure?, fields: { answer: string } } }
        - { id: last, action: shop.tell, with: { text: last } }
      """
    let new = try workflow(body)
    let left = try run()
    let plan = try left.engine.migrationPlan(to: new, MigrationChoices())
    #expect(verdicts(plan) == ["early": "decide do leave_out"])
    #expect(!plan.isReady)
    try move(left, to: new, ["early": "leave_out"])
    #expect(left.carryOut() == [])
    #expect(left.statuses["early"] == .skipped)
    #expect(left.statuses["sure"] == .waiting)
    let done = try run()
    try move(done, to: new, ["early": "do"])
    #expect(done.carryOut() == ["shop.tell early"])
    #expect(done.statuses["one"] == .succeeded)
    #expect(done.statuses["sure"] == .waiting)
    #expect(done.handle(.answer(step: "sure", values: ["answer": "yes"])) == nil)
    #expect(done.carryOut() == ["shop.tell last"])
    #expect(done.status == .succeeded)
  }

  @Test func `the step at which the run stands cannot go away`() throws {
    let run = try run()
    let new = try workflow(
      """
      inputs: { who: string }
      steps:
        - { id: one, action: shop.open, with: { name: "${{ inputs.who }}" } }
        - { id: last, action: shop.tell, with: { text: last } }
      """)
    let plan = try run.engine.migrationPlan(to: new, MigrationChoices())
    #expect(verdicts(plan)["sure"] == "impossible")
    #expect(!plan.isPossible)
  }

  @Test func `an open question whose fields changed keeps its answers or is asked again`() throws {
    let changed = Self.old.replacing(
      "fields: { answer: string }", with: "fields: { answer: string, why: string }")
    let new = try workflow(changed)
    let run = try run()
    #expect(run.handle(.answer(step: "sure", values: [:])) == nil)
    let plan = try run.engine.migrationPlan(to: new, MigrationChoices())
    #expect(verdicts(plan) == ["sure": "decide keep again"])
    try move(run, to: new, ["sure": "keep"])
    guard case .waiting(let waiting, _)? = run.engine.state.steps["sure"]?.phase,
      case .answer(_, let fields, _) = waiting.cause
    else {
      Issue.record("nobody is asked")
      return
    }
    #expect(fields == ["answer", "why"])
    #expect(run.handle(.answer(step: "sure", values: ["answer": "yes", "why": "so"])) == nil)
    #expect(run.carryOut() == ["shop.tell last"])
  }

  @Test func `a new input without a default has to be given`() throws {
    let run = try run()
    let new = try workflow(
      Self.old.replacing("{ who: string }", with: "{ who: string, where: string }"))
    let plan = try run.engine.migrationPlan(to: new, MigrationChoices())
    #expect(verdicts(plan) == ["inputs.where": "decide value"])
    try move(run, to: new, inputs: ["where": "here"])
    #expect(run.engine.state.header.inputs.clear["where"] == "here")
  }

  @Test func `a doubt is settled before the run is moved`() throws {
    let run = try Rehearsal(Self.old, inputs: ["who": "ana"], catalog: Shop.catalog)
    run.carryOut { _ in .lost(Failure(code: "timeout", message: "no answer")) }
    #expect(throws: Refusal.self) {
      try run.engine.migrationPlan(to: try workflow(Self.old), MigrationChoices())
    }
  }

  @Test func `what a removed step did is taken back all the same`() throws {
    let run = try run()
    let new = try workflow(
      """
      inputs: { who: string }
      steps:
        - { id: sure, ask: { message: Sure?, fields: { answer: string } } }
      """)
    try move(run, to: new)
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close ana-0"])
    #expect(run.status == .undone)
  }

  @Test func `a moved state can be saved and read with the new definition`() throws {
    let run = try run()
    let new = try workflow(Self.old)
    try move(run, to: new)
    let saved = run.engine.state.saved
    #expect(RunState(saved: saved, workflow: new)?.saved == saved)
  }

  // MARK: Approvals

  private static let approved = """
    steps:
      - { id: one, action: shop.tell, with: { text: one } }
      - { id: sure, approve: { message: Send it? } }
      - { id: hold, ask: { fields: { answer: string } } }
      - { id: last, action: shop.tell, with: { text: last } }
    """

  private func approve(_ run: Rehearsal) throws {
    try #require(
      run.handle(.decide(step: "sure", approves: true, comment: nil, shown: nil)) == nil)
  }

  @Test func `an approval that is being asked for is asked again`() throws {
    let run = try run(Self.approved, inputs: [:])
    guard case .waiting(let before, _)? = run.engine.state.steps["sure"]?.phase else {
      Issue.record("nobody is asked")
      return
    }
    try move(run, to: try workflow(Self.approved.replacing("text: last", with: "text: more")))
    run.proceed()
    guard case .waiting(let after, _)? = run.engine.state.steps["sure"]?.phase else {
      Issue.record("nobody is asked again")
      return
    }
    #expect(before.cause != after.cause)
    try approve(run)
    run.proceed()
    #expect(run.statuses["hold"] == .waiting)
  }

  @Test func `an approval that was given is void where what it releases has changed`() throws {
    let run = try run(Self.approved, inputs: [:])
    try approve(run)
    run.proceed()
    #expect(run.statuses["hold"] == .waiting)
    let new = try workflow(Self.approved.replacing("text: last", with: "text: more"))
    let plan = try run.engine.migrationPlan(to: new, MigrationChoices())
    #expect(verdicts(plan) == ["last": "safe", "sure": "void"])
    #expect(plan.voided == ["sure"])
    try move(run, to: new)
    #expect(run.carryOut() == [])
    #expect(run.statuses["sure"] == .waiting)
    try approve(run)
    #expect(run.carryOut() == [])
    #expect(run.statuses["hold"] == .waiting)
    #expect(run.handle(.answer(step: "hold", values: ["answer": "go"])) == nil)
    #expect(run.carryOut() == ["shop.tell more"])
    #expect(run.status == .succeeded)
  }

  /// Else the run would go on behind the checkpoint, and nobody would have approved.
  @Test func `a rewind does not pass over an approval that is asked for again`() throws {
    let body = """
      steps:
        - { id: sure, approve: { message: Send it? } }
        - { id: one, action: shop.tell, with: { text: one }, checkpoint: begun }
        - { id: hold, ask: { fields: { answer: string } } }
        - { id: last, action: shop.tell, with: { text: last } }
      """
    let run = try run(body, inputs: [:])
    try approve(run)
    run.carryOut()
    try move(run, to: try workflow(body.replacing("text: last", with: "text: more")))
    run.proceed()
    #expect(run.statuses["sure"] == .waiting)
    let refusal = run.handle(.rewind(to: "begun", again: [], reason: nil))
    #expect(
      refusal?.message == "the run stands at `sure` again, which comes before the checkpoint")
    try approve(run)
    run.proceed()
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    run.proceed()
    #expect(run.statuses["hold"] == .waiting)
  }

  @Test func `an approval stands where only words or what is over have changed`() throws {
    let run = try run(Self.approved, inputs: [:])
    try approve(run)
    run.proceed()
    let new = try workflow(
      "description: Better words\n" + Self.approved.replacing("text: one", with: "text: eins"))
    let plan = try run.engine.migrationPlan(to: new, MigrationChoices())
    #expect(plan.voided == [])
    try move(run, to: new)
    #expect(run.statuses["hold"] == .waiting)
  }

  @Test func `an approval that cannot be asked again from here is for somebody to decide`() throws {
    let body = """
      steps:
        - { id: check, steps: [ { id: sure, approve: { message: Send it? } } ] }
        - { id: hold, ask: { fields: { answer: string } } }
        - { id: last, action: shop.tell, with: { text: last } }
      """
    let run = try run(body, inputs: [:])
    try approve(run)
    run.proceed()
    let new = try workflow(body.replacing("text: last", with: "text: more"))
    let plan = try run.engine.migrationPlan(to: new, MigrationChoices())
    #expect(verdicts(plan) == ["last": "safe", "sure": "decide keep"])
    try move(run, to: new, ["sure": "keep"])
    #expect(run.statuses["hold"] == .waiting)
    #expect(run.statuses["sure"] == .succeeded)
  }

  @Test func `an approval that somebody gave is void, and asked for again`() throws {
    let text = """
      steps:
        - { id: ok, approve: { message: Go?, approvals: 2 } }
        - { id: last, action: shop.tell, with: { text: last } }
      """
    let run = try run(text, inputs: [:])
    let decision = CommandKind.decide(step: "ok", approves: true, comment: nil, shown: nil)
    let ana = Actor(kind: .person, id: "ana")
    let ben = Actor(kind: .person, id: "ben")
    #expect(run.handle(decision, by: ana) == nil)
    let new = try workflow(text.replacing("text: last", with: "text: other"))
    let plan = try run.engine.migrationPlan(to: new, MigrationChoices())
    #expect(verdicts(plan) == ["last": "safe", "ok": "void"])
    try move(run, to: new)
    run.proceed()
    let migrated = run.events.first { $0.kind.type == "run.migrated" }
    #expect(migrated?.data["voided"] == ["ok": ["ana"]])
    #expect(run.engine.state.steps["ok"]?.people.decisions == [])
    #expect(run.engine.state.steps["ok"]?.by == nil)
    #expect(run.handle(decision, by: ben) == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["ok"] == .waiting)
    #expect(run.handle(decision, by: ana) == nil)
    #expect(run.carryOut() == ["shop.tell other"])
  }

  @Test func `an approval that is asked for again keeps its deadlines, and what they did`() throws {
    let text = """
      roles: { lead: Lead, head: Head }
      steps:
        - id: ok
          role: lead
          approve: { message: Go? }
          due: 8h
          remind: [ 1h before ]
          escalate: [ { after: 2h, to: head } ]
          expires: 10h
        - { id: last, action: shop.tell, with: { text: last } }
      """
    let run = try run(text, inputs: [:])
    func pass(hours: Int64) {
      run.now = run.now.adding(TimeSpan(seconds: hours * 3600)) ?? run.now
      run.proceed()
    }
    func reached() -> [String] {
      run.events.compactMap { event in
        guard case .people(.deadlineReached(let reached)) = event.kind else { return nil }
        return reached.timer
      }
    }
    pass(hours: 3)
    #expect(reached() == ["escalate.1"])
    guard case .waiting(let before, _)? = run.engine.state.steps["ok"]?.phase else {
      Issue.record("nobody is asked")
      return
    }
    try move(run, to: try workflow(text.replacing("text: last", with: "text: other")))
    run.proceed()
    guard case .waiting(let after, _)? = run.engine.state.steps["ok"]?.phase else {
      Issue.record("nobody is asked again")
      return
    }
    #expect(after.cause != before.cause)
    #expect(after.dueAt == before.dueAt)
    #expect(after.timers == before.timers)
    #expect(run.engine.state.steps["ok"]?.people.addedRoles == ["head"])
    pass(hours: 8)
    #expect(reached() == ["escalate.1", "remind.1", "due", "expires"])
    #expect(run.statuses["ok"] == .failed)
  }

  /// Else what was given for the procedure as it was would count for the one that it is now.
  @Test func `an approval is void though the run goes back to a new step before it`() throws {
    let text = """
      steps:
        - { id: ok, approve: { message: Go?, approvals: 2 } }
        - { id: last, action: shop.tell, with: { text: last } }
      """
    let run = try run(text, inputs: [:])
    let decision = CommandKind.decide(step: "ok", approves: true, comment: nil, shown: nil)
    #expect(run.handle(decision, by: Actor(kind: .person, id: "ana")) == nil)
    try move(
      run,
      to: try workflow(
        text.replacing(
          "steps:", with: "steps:\n  - { id: early, action: shop.tell, with: { text: early } }")),
      ["early": "do"])
    #expect(run.carryOut() == ["shop.tell early"])
    #expect(run.handle(decision, by: Actor(kind: .person, id: "ben")) == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["ok"] == .waiting)
  }

  @Test func `a run that takes back, puts right or ends is not moved`() throws {
    let taking = try run()
    #expect(taking.handle(.undo(reason: nil)) == nil)
    let cancelled = try run()
    #expect(cancelled.handle(.cancel(reason: "enough")) == nil)
    let mending = try Rehearsal(
      """
      steps:
        - id: one
          action: shop.open
          with: { name: ana }
          on_failure: { steps: [ { id: why, ask: { fields: { cause: string } } } ], then: retry }
      """, catalog: Shop.catalog)
    mending.carryOut { _ in
      .failed(Failure(code: "busy", message: "not now"), canRetry: false)
    }
    for (run, sentence) in [
      (taking, "the run is ending"), (cancelled, "the run is ending"),
      (mending, "the recovery steps of `one` are under way"),
    ] {
      let refusal = #expect(throws: Refusal.self) {
        try run.engine.migrationPlan(to: try workflow(Self.old), MigrationChoices())
      }
      #expect(refusal?.message.contains(sentence) == true)
    }
  }

  @Test func `the run does not go back to a new step from inside the one after it`() throws {
    let body = """
      steps:
        - id: beside
          parallel:
            - { id: sure, ask: { fields: { answer: string } } }
            - { id: other, wait: 1d }
      """
    let run = try run(body, inputs: [:])
    let new = try workflow(
      body.replacing(
        "steps:\n  - id: beside",
        with: "steps:\n  - { id: early, action: shop.tell, with: { text: early } }\n  - id: beside")
    )
    let plan = try run.engine.migrationPlan(to: new, MigrationChoices())
    #expect(verdicts(plan) == ["early": "decide leave_out"])
    try move(run, to: new, ["early": "leave_out"])
    #expect(run.statuses["sure"] == .waiting)
    let saved = run.engine.state.saved
    #expect(RunState(saved: saved, workflow: new)?.saved == saved)
  }
}

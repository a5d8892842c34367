import SourceText
import Testing
import Values
import Workflows

@testable import Engine

/// Sealed values that cannot be opened any more are not absent.
@Suite struct LockedValueTests {
  private let vault = LosingVault()

  private func run(_ body: String) throws -> Rehearsal {
    try Rehearsal(
      "inputs: { token: { type: string, sensitive: true, optional: true } }\n" + body,
      inputs: ["token": "abc-def-ghi"], sealing: vault)
  }

  @Test func `a probe that needs what cannot be opened tells nothing`() throws {
    let run = try run(
      """
      steps:
        - id: act
          action: command.run
          with: { command: ["${{ inputs.?token.orValue('none') }}"] }
          probe:
            action: files.read
            with: { path: "${{ has(with.command) ? 'a' : 'b' }}" }
            check: "true"
      """)
    run.start(try #require(run.nextAttempt()))
    run.apply(.runResumed(process: 2, host: "h"))
    // The same probe asks where the value is there.
    guard case .look(let request) = run.engine.next(now: run.now) else {
      Issue.record("no look")
      return
    }
    #expect(request.inputs["path"] == "a")
    vault.isLost = true
    run.proceed()
    #expect(run.statuses == ["act": .inDoubt])
    #expect(run.park.reasons.first?.message.contains("the probe could not tell") == true)
    #expect(run.park.reasons.first?.message.contains("`sealed.jsonl` is gone") == true)
  }

  @Test func `how a step is taken back is not worked out without what cannot be opened`() throws {
    for isLost in [false, true] {
      vault.isLost = false
      let run = try run(
        """
        steps:
          - id: act
            action: command.run
            with: { command: ["${{ inputs.?token.orValue('none') }}"] }
            undo: { action: command.run, with: { command: ["${{ has(with.command) ? 'a' : 'b' }}"] } }
        """)
      run.start(try #require(run.nextAttempt()))
      run.apply(.runResumed(process: 2, host: "h"))
      run.proceed()
      vault.isLost = isLost
      let resolved = CommandKind.resolve(
        step: "act", happened: true,
        values: ["exit_code": 0, "stdout": "", "stderr": "", "truncated": false],
        reason: "seen")
      #expect(run.handle(resolved) == nil)
      run.proceed()
      let plan = try #require(run.engine.state.undo.entries.first?.plan)
      if case .unknown(let message) = plan {
        #expect(isLost && message.contains("could not be worked out"))
      } else {
        #expect(!isLost)
      }
    }
  }

  @Test
  func `a check that needs what cannot be opened is left to a person, whatever on_failure says`()
    throws
  {
    let run = try run(
      """
      steps:
        - id: act
          action: command.run
          with: { command: [x] }
          verify: [{ check: has(inputs.token) }]
          on_failure: continue
        - { id: next, set: { x: 1 } }
      """)
    let request = try #require(run.nextAttempt())
    run.start(request)
    vault.isLost = true
    run.end(request, .succeeded(["exit_code": 0, "stdout": "", "stderr": "", "truncated": false]))
    run.proceed()
    #expect(run.statuses == ["act": .failed])
    #expect(run.engine.state.steps["act"]?.failure?.code == Failure.locked)
    #expect(run.park.status == .needsAttention)
  }

  @Test func `a recovery that depends on what cannot be opened is left to a person`() throws {
    let run = try run(
      """
      steps:
        - id: act
          action: command.run
          with: { command: [x] }
          on_failure:
            - { when: has(inputs.token), steps: [{ id: one, set: { x: 1 } }], then: continue }
            - { steps: [{ id: other, set: { x: 1 } }], then: continue }
      """)
    let request = try #require(run.nextAttempt())
    run.start(request)
    vault.isLost = true
    run.end(request, .failed(Failure(code: "no", message: "no"), canRetry: false))
    run.proceed()
    #expect(run.statuses == ["act": .failed])
    #expect(run.park.status == .needsAttention)
  }

  @Test func `a migration gives a lost input no default`() throws {
    let run = try run("steps: [{ id: q, ask: { fields: { x: string } } }]")
    run.proceed()
    vault.isLost = true
    let new = try Rehearsal(
      """
      inputs: { token: { type: string, sensitive: true, default: none } }
      steps: [{ id: q, ask: { fields: { x: string } } }]
      """, sealing: LosingVault()
    ).workflow
    let choices = MigrationChoices(decisions: [:], inputs: [:])
    let plan = try run.engine.migrationPlan(to: new, choices)
    let before = run.engine.state.header.inputs
    let events = run.engine.migration(
      to: new, by: plan, choices, definition: [:], file: "new.yaml", reason: nil, now: run.now)
    run.engine.expect(new)
    for event in events { run.apply(event.kind, step: event.step) }
    #expect(run.engine.state.header.inputs == before)
  }

  // MARK: What came and cannot be opened

  /// A shop that tells of payments, with something sensitive.
  private static let shop: Catalog = {
    let text =
      "plugin: shop\nsummary: S\nevents:\n"
      + "  paid: { order: string, pin: { type: string, sensitive: true, optional: true } }\n"
    let file = SourceFile(path: "plugins/shop/plugin.yaml", text: text)
    let contract = PluginContract.decode(file, into: Diagnostics())
    return Catalog(contract.map { ["shop": $0] } ?? [:])
  }()

  private func shop(_ body: String) throws -> Rehearsal {
    let run = try Rehearsal(
      "inputs: { order: { type: string, sensitive: true } }\n" + body,
      inputs: ["order": "A-1"], catalog: Self.shop, sealing: vault)
    run.proceed()
    return run
  }

  private func pass(_ run: Rehearsal, _ seconds: Int64) throws {
    run.now = try #require(run.now.adding(TimeSpan(seconds: seconds)))
  }

  private static let list = """
    steps:
      - id: q
        ask:
          items:
            paid: { label: Paid, done_on: { event: shop.paid, match: "event.?pin.orValue('') == 'abc'" } }
            called: Called
          complete_when: progress >= 0.5
        expires: 1h
    """

  @Test func `an item that an event may have ticked keeps its question open`() throws {
    let run = try shop(Self.list)
    vault.isLost = true
    #expect(run.handle(.event(name: "shop.paid", data: ["order": "A-1", "pin": "abc"])) == nil)
    // Neither a deadline nor enough other items pass over it.
    try pass(run, 7200)
    run.proceed()
    #expect(run.engine.deadline(before: run.now).isEmpty)
    #expect(run.handle(.answer(step: "q", values: ["called": true])) == nil)
    run.proceed()
    #expect(run.statuses == ["q": .waiting])
    #expect(run.park.status == .needsAttention)
    let message = try #require(run.park.reasons.first?.message)
    #expect(message.contains("`shop.paid` came, and whether it ticks `paid` cannot be known"))
    vault.isLost = false
    run.apply(.runResumed(process: 2, host: "h"))
    run.proceed()
    #expect(run.statuses == ["q": .succeeded])
    #expect(run.engine.state.steps["q"]?.outputs.clear["items"]?["paid"]?.asBool == true)
  }

  @Test func `what a person says of such an item settles it`() throws {
    for isTicked in [true, false] {
      vault.isLost = false
      let run = try shop(Self.list)
      vault.isLost = true
      #expect(run.handle(.event(name: "shop.paid", data: ["order": "A-1", "pin": "abc"])) == nil)
      let answer: ValueMap = ["paid": .bool(isTicked), "called": true]
      #expect(run.handle(.answer(step: "q", values: answer)) == nil)
      run.proceed()
      #expect(run.statuses == ["q": .succeeded])
    }
  }

  @Test func `an event that has to be held against what cannot be opened passes nothing over`()
    throws
  {
    let run = try shop(
      """
      steps:
        - { id: w, wait: { event: shop.paid, match: event.order == inputs.order }, expires: 1h }
      """)
    vault.isLost = true
    #expect(run.handle(.event(name: "shop.paid", data: ["order": "A-1"])) == nil)
    try pass(run, 7200)
    run.proceed()
    #expect(run.engine.deadline(before: run.now).isEmpty)
    #expect(run.statuses == ["w": .waiting])
    let message = try #require(run.park.reasons.first?.message)
    #expect(message.contains("`inputs.order` cannot be known: it is sealed"))
    vault.isLost = false
    run.apply(.runResumed(process: 2, host: "h"))
    run.proceed()
    #expect(run.statuses == ["w": .succeeded])
  }

  @Test func `an answer that came in time does not expire for want of its key`() throws {
    let run = try shop(
      """
      steps:
        - { id: q, ask: { fields: { pin: { type: string, sensitive: true }, name: string } }, expires: 1h }
      """)
    let sealed: ValueMap = ["pin": .string(vault.seal("abc"))]
    vault.isLost = true
    let command = Command(
      id: "c", kind: .answer(step: "q", values: ["name": "ana"]),
      actor: Actor(kind: .person, id: "ana"), locked: sealed)
    let pending = try run.engine.handle(command).get()
    for event in pending { run.apply(event.kind, step: event.step) }
    try pass(run, 7200)
    run.proceed()
    #expect(run.engine.deadline(before: run.now).isEmpty)
    #expect(run.statuses == ["q": .waiting])
    #expect(run.park.status == .needsAttention)
    vault.isLost = false
    run.apply(.runResumed(process: 2, host: "h"))
    run.proceed()
    #expect(run.statuses == ["q": .succeeded])
  }

  @Test func `a decision about a step is not taken with what cannot be opened`() throws {
    let run = try shop(
      "steps: [{ id: act, action: command.run, with: { command: [x] }, retry: { attempts: 1 } }]")
    let request = try #require(run.nextAttempt())
    run.start(request)
    run.end(request, .failed(Failure(code: "no", message: "no"), canRetry: false))
    run.proceed()
    let sealed: ValueMap = ["stdout": .string(vault.seal("abc"))]
    vault.isLost = true
    let command = Command(
      id: "c",
      kind: .done(
        step: "act", values: ["exit_code": 0, "stderr": "", "truncated": false], reason: "seen",
        evidence: []), actor: Actor(kind: .person, id: "ana"), locked: sealed)
    #expect(throws: Refusal.self) { try run.engine.handle(command).get() }
    #expect(run.statuses == ["act": .failed])
  }
}

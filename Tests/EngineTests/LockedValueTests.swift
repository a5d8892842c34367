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
}

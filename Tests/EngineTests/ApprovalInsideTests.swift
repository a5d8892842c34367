import Testing
import Values
import Workflows

@testable import Engine

/// An approval is not passed over with the step around it.
@Suite struct ApprovalInsideTests {
  private static let approve = "approve: { message: Fine? }"
  private let called = [
    "sub": """
    roles: { manager: Manager }
    inputs: { early: { type: boolean, default: false }, late: { type: boolean, default: false } }
    steps:
      - { id: first, if: inputs.early, finish: { outcome: failed, message: no } }
      - { id: ok, role: manager, \(approve) }
      - { id: last, if: inputs.late, finish: { outcome: failed, message: no } }
    """
  ]

  private func rehearsal(_ step: String) throws -> Rehearsal {
    let run = try Rehearsal(
      """
      roles: { manager: Manager }
      inputs: { z: { type: boolean, default: false } }
      steps:
        - id: s
          \(step)
        - { id: after, set: { x: 1 } }
        - { id: end, wait: 1h }
      """, called: called)
    run.proceed()
    return run
  }

  private func decide(_ run: Rehearsal, _ address: String, approves: Bool = true) -> Refusal? {
    let refusal = run.handle(
      .decide(step: address, approves: approves, comment: nil, shown: nil),
      standing: Standing(roles: ["manager"], names: ["ana"]))
    run.proceed()
    return refusal
  }

  private func skip(_ run: Rehearsal) -> Refusal? {
    let refusal = run.handle(.skip(step: "s", reason: "no time"))
    run.proceed()
    return refusal
  }

  /// What holds an approval, and the address of that.
  private static let holders = [
    ("ok", "steps: [ { id: ok, role: manager, \(approve) } ]"),
    ("ok", "parallel: [ { id: x, set: { v: 1 } }, { id: ok, role: manager, \(approve) } ]"),
    ("s[0]/ok", "for_each: { in: \"['a']\", steps: [ { id: ok, role: manager, \(approve) } ] }"),
    (
      "s[0]/ok",
      "repeat: { until: 'true', at_most: 2, steps: [ { id: ok, role: manager, \(approve) } ] }"
    ),
    ("ok", "choose: [ { when: '!inputs.z', steps: [ { id: ok, role: manager, \(approve) } ] } ]"),
    ("s/ok", "workflow: sub"),
    ("s2/ok", "steps: [ { id: s2, workflow: sub } ]"),
  ]

  @Test(arguments: 0..<7)
  func `what cannot begin and holds an approval is neither passed over nor done`(holder: Int)
    throws
  {
    let (address, kind) = Self.holders[holder]
    let run = try rehearsal(
      "preconditions: [ { check: inputs.z, message: not z } ]\n    \(kind)")
    #expect(run.statuses["s"] == .blocked)
    let skipped = try #require(skip(run))
    #expect(skipped.message.contains("`s` holds the approval `\(address)`"))
    #expect(skipped.hint?.contains("baton cancel 20261120-abc234") == true)
    let done = run.handle(.done(step: "s", values: [:], reason: "trust me", evidence: []))
    #expect(done?.message.contains("holds the approval") == true)
    #expect(!run.engine.canSkip("s"))
    #expect(!run.engine.canBeDoneByHand("s"))
    #expect(run.handle(.cancel(reason: "enough")) == nil)
  }

  @Test(arguments: [
    "steps: [ { id: ok, if: inputs.z, role: manager, \(approve) }, { id: y, set: { v: 1 } } ]",
    "choose: [ { when: inputs.z, steps: [ { id: ok, role: manager, \(approve) } ] }, { steps: [ { id: y, set: { v: 1 } } ] } ]",
    "steps: [ { id: y, set: { v: 1 }, on_failure: { steps: [ { id: ok, role: manager, \(approve) } ], then: park } } ]",
  ])
  func `an approval that does not come holds nothing up`(kind: String) throws {
    let run = try rehearsal(
      "preconditions: [ { check: inputs.z, message: not z } ]\n    \(kind)")
    #expect(run.engine.canBeDoneByHand("s"))
    #expect(skip(run) == nil)
    #expect(run.statuses["after"] == .succeeded)
  }

  @Test func `what holds an approval that was given is passed over like any other`() throws {
    let run = try rehearsal(
      """
      verify: [ { check: inputs.z, message: not z } ]
          steps: [ { id: ok, role: manager, \(Self.approve) } ]
      """)
    #expect(decide(run, "ok") == nil)
    #expect(run.statuses["s"] == .failed)
    #expect(skip(run) == nil)
    #expect(run.statuses["after"] == .succeeded)
  }

  @Test func `where the run stands at the approval inside, that is what there is to do`() throws {
    let run = try rehearsal("workflow: sub")
    let refusal = try #require(skip(run))
    #expect(refusal.hint?.contains("decide it: baton approve 20261120-abc234 s/ok") == true)
    #expect(decide(run, "s/ok", approves: false) == nil)
    #expect(skip(run)?.hint == "ask for it again: baton retry 20261120-abc234 s/ok")
    #expect(run.handle(.retry(step: "s/ok", with: [:], again: false, reason: nil)) == nil)
    run.proceed()
    #expect(decide(run, "s/ok") == nil)
    #expect(run.statuses["after"] == .succeeded)
  }

  @Test func `where the run stands before the approval inside, the refusal says where`() throws {
    let run = try rehearsal(
      "steps: [ { id: q, ask: { fields: { ok: boolean } } }, { id: ok, role: manager, \(Self.approve) } ]"
    )
    #expect(skip(run)?.hint == "the run stands at `s`, `q`")
  }

  @Test func `a call that ended itself before its approval is not passed over`() throws {
    let run = try rehearsal("workflow: sub\n    with: { early: true }")
    #expect(run.statuses["s"] == .failed)
    let refusal = try #require(skip(run))
    #expect(refusal.hint?.contains("baton retry 20261120-abc234 s --again; or end") == true)
    #expect(run.handle(.retry(step: "s", with: [:], again: true, reason: nil)) == nil)
  }

  @Test func `a call that ended itself after its approval is passed over`() throws {
    let run = try rehearsal("workflow: sub\n    with: { late: true }")
    #expect(decide(run, "s/ok") == nil)
    #expect(run.statuses["s"] == .failed)
    #expect(skip(run) == nil)
    #expect(run.statuses["after"] == .succeeded)
  }

  @Test(arguments: [true, false])
  func `of the rounds of a loop that ran out the last counts`(approves: Bool) throws {
    let run = try rehearsal(
      "repeat: { until: inputs.z, at_most: 1, steps: "
        + "[ { id: ok, role: manager, \(Self.approve), on_failure: continue } ] }")
    #expect(decide(run, "s[0]/ok", approves: approves) == nil)
    #expect(run.statuses["s"] == .failed)
    let refusal = skip(run)
    #expect((refusal == nil) == approves)
    guard !approves else { return }
    #expect(run.handle(.retry(step: "s", with: [:], again: false, reason: nil)) == nil)
    run.proceed()
    #expect(run.statuses["s[1]/ok"] == .waiting)
  }
}

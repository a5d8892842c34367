import Testing
import Values
import Workflows

@testable import Engine

/// Questions that are open while a migration has the run go back to a step before them.
@Suite struct OpenAheadTests {
  private static let body = """
    roles: { desk: Desk, boss: Boss }
    steps:
      - { id: ok, approve: { message: Go? } }
      - id: sure
        role: desk
        ask: { items: { paid: { label: Paid, done_on: { event: shop.paid } } }, fields: { x: string } }
        escalate: [ { after: 2h, to: boss } ]
        expires: 6h
        on_expiry: continue
      - { id: last, set: { y: 1 } }
    """

  /// A run that stands at the approval again, behind which a question is open.
  private func run() throws -> (Rehearsal, Workflow) {
    let run = try Rehearsal(Self.body, catalog: Rehearsal.shop)
    run.proceed()
    approve(run)
    #expect(run.statuses["sure"] == .waiting)
    let new = try Rehearsal.version(
      Self.body.replacing("y: 1", with: "y: 2"), catalog: Rehearsal.shop)
    try run.move(to: new)
    run.proceed()
    #expect(run.statuses["ok"] == .waiting)
    return (run, new)
  }

  private func approve(_ run: Rehearsal) {
    #expect(run.handle(.decide(step: "ok", approves: true, comment: nil, shown: nil)) == nil)
    run.proceed()
  }

  private func pass(_ run: Rehearsal, hours: Int64) {
    run.now = run.now.adding(TimeSpan(seconds: hours * 3600)) ?? run.now
    run.proceed()
  }

  private func reached(_ run: Rehearsal) -> [String] {
    run.events.compactMap { event in
      guard case .people(.deadlineReached(let reached)) = event.kind else { return nil }
      return reached.timer
    }
  }

  @Test func `its deadlines come at their moments, and what follows once the run is there`() throws
  {
    let (run, _) = try run()
    guard case .wait(let next?) = run.engine.next(now: run.now) else {
      Issue.record("nothing is due")
      return
    }
    #expect(next == run.now.adding(TimeSpan(seconds: 2 * 3600)))
    #expect(run.engine.hasMissed(before: next) == false)
    pass(run, hours: 3)
    #expect(reached(run) == ["escalate.1"])
    #expect(run.engine.state.steps["sure"]?.people.addedRoles == ["boss"])
    #expect(run.engine.hasMissed(before: run.now.adding(TimeSpan(seconds: 4 * 3600)) ?? run.now))
    pass(run, hours: 4)
    #expect(reached(run) == ["escalate.1", "expires"])
    #expect(run.statuses["sure"] == .failed)
    #expect(run.statuses["ok"] == .waiting)
    approve(run)
    #expect(run.statuses["last"] == .succeeded)
    #expect(run.status == .succeeded)
  }

  @Test func `it is ticked, answered and over before the run comes to it again`() throws {
    let (run, new) = try run()
    #expect(run.engine.awaitedEventsWithDemands(now: run.now).map(\.name) == ["shop.paid"])
    #expect(run.handle(.event(name: "shop.paid", data: ["order_id": "a", "amount": 5])) == nil)
    run.proceed()
    #expect(run.engine.state.steps["sure"]?.answers.clear["paid"] == true)
    #expect(run.handle(.answer(step: "sure", values: ["x": "yes"])) == nil)
    run.proceed()
    #expect(run.statuses["sure"] == .succeeded)
    #expect(run.statuses["last"] == nil)
    let saved = run.engine.state.saved
    #expect(RunState(saved: saved, workflow: new)?.saved == saved)
    pass(run, hours: 9)
    #expect(reached(run) == [])
    approve(run)
    #expect(run.status == .succeeded)
  }

  @Test func `somebody can answer in place of all, or pass over it`() throws {
    let (run, _) = try run()
    #expect(run.handle(.skip(step: "sure", reason: "not needed")) == nil)
    run.proceed()
    #expect(run.statuses["sure"] == .skipped)
    approve(run)
    #expect(run.status == .succeeded)
  }

  @Test func `it ends with the run`() throws {
    let (run, _) = try run()
    #expect(run.handle(.cancel(reason: "enough")) == nil)
    run.proceed()
    #expect(run.statuses["sure"] == .cancelled)
    #expect(run.handle(.answer(step: "sure", values: ["x": "yes"])) != nil)
  }

  @Test func `it is moved once more as any open question`() throws {
    let (run, _) = try run()
    let text = Self.body.replacing("fields: { x: string }", with: "fields: { x: integer }")
    let other = try Rehearsal.version(text, catalog: Rehearsal.shop)
    #expect(
      try run.plan(to: other).sentences["sure"] == "decide keep again: people are being asked")
  }

  @Test func `a question behind a new step that is carried out keeps its deadlines, too`() throws {
    let body = Self.body.replacing("  - { id: ok, approve: { message: Go? } }\n", with: "")
    let run = try Rehearsal(body, catalog: Rehearsal.shop)
    run.proceed()
    let new = try Rehearsal.version(
      body.replacing("steps:\n", with: "steps:\n  - { id: early, wait: 9h }\n"),
      catalog: Rehearsal.shop)
    try run.move(to: new, ["early": "do"])
    run.proceed()
    pass(run, hours: 3)
    #expect(run.statuses["early"] == .waiting)
    #expect(reached(run) == ["escalate.1"])
  }
}

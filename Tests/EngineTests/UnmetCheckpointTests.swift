import Testing
import Values

@testable import Engine

/// A checkpoint that does not hold any more lets nothing begin; people and time do not stand still for it.
@Suite struct UnmetCheckpointTests {
  private static let workflow = """
    roles: { support: Support }
    steps:
      - id: a
        set: { name: ana }
        verify: [ { action: shop.find, with: { name: ana }, check: outputs.found, message: It is gone } ]
        checkpoint: made
      - id: q
        role: support
        ask: { fields: { n: integer } }
        due: 1d
        remind: [ 2h before ]
        escalate: [ { after_due: 1d } ]
        expires: 3d
        on_expiry: stop
      - { id: then, set: { x: 1 } }
    """

  private func look(_ run: Rehearsal, finds found: Bool) {
    run.proceed()
    while case .look(let request) = run.engine.next(now: run.now) {
      run.apply(
        .lookAnswered(request.look, outputs: StoredValues(clear: ["found": .bool(found)])),
        step: request.address)
      run.proceed()
    }
  }

  /// A run that waits for an answer, and whose checkpoint does not hold any more.
  private func unmet() throws -> Rehearsal {
    let run = try Rehearsal(Self.workflow, catalog: Shop.catalog)
    look(run, finds: true)
    #expect(run.statuses["q"] == .waiting)
    run.apply(.runResumed(process: 2, host: "h"))
    look(run, finds: false)
    #expect(run.park.status == .needsAttention)
    return run
  }

  private func pass(days: Int64, in run: Rehearsal) {
    run.now = run.now.adding(TimeSpan(seconds: days * 86_400)) ?? run.now
    run.proceed()
  }

  private func wait(of run: Rehearsal) -> Timestamp? {
    if case .wait(let until) = run.engine.next(now: run.now) { until } else { nil }
  }

  @Test func `deadlines come while it does not hold`() throws {
    let run = try unmet()
    let asked = run.now
    #expect(wait(of: run) == asked.adding(TimeSpan(seconds: 22 * 3600)))
    #expect(!run.engine.hasMissed(before: run.now))
    run.now = asked.adding(TimeSpan(seconds: 2 * 86_400)) ?? run.now
    #expect(run.engine.hasMissed(before: run.now))
    run.proceed()
    #expect(run.engine.state.tellings.map(\.timer) == ["remind.1", "escalate.1"])
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what has expired takes no answer, and ends once the checkpoint is passed over`()
    throws
  {
    let run = try unmet()
    pass(days: 4, in: run)
    #expect(run.statuses["q"] == .failed)
    #expect(run.handle(.answer(step: "q", values: ["n": 1])) != nil)
    #expect(run.status != .failed)
    #expect(run.handle(.skip(step: "a", reason: "known")) == nil)
    run.proceed()
    #expect(run.status == .failed)
  }

  @Test func `an answer closes its question, and what follows waits`() throws {
    let run = try unmet()
    #expect(run.handle(.answer(step: "q", values: ["n": 1])) == nil)
    run.proceed()
    #expect(run.statuses["q"] == .succeeded)
    #expect(run.statuses["then"] == nil)
    pass(days: 4, in: run)
    #expect(run.engine.state.tellings.isEmpty)
    run.apply(.runResumed(process: 3, host: "h"))
    look(run, finds: true)
    #expect(run.status == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }
}

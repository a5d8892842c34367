import Testing
import Values

@testable import Engine

/// Failures from which something follows by itself, as soon as what goes on beside them is over.
@Suite struct FollowUpTests {
  private func parked(_ policy: String) throws -> Rehearsal {
    let run = try Rehearsal(
      """
      inputs: { n: integer }
      steps:
        - id: sec
          \(policy)
          parallel:
            - { id: a, steps: [ { id: bad, set: { n: "${{ 10 / inputs.n }}" } } ] }
            - { id: b, steps: [ { id: q, ask: { message: Well?, fields: { ok: boolean } } } ] }
      """, inputs: ["n": 0])
    run.proceed()
    return run
  }

  @Test(arguments: [
    ("on_failure: continue", "the run goes on without `sec`"),
    ("on_failure: undo", "the run is taken back"),
    ("on_failure: { steps: [ { id: fix, set: { x: 1 } } ] }", "`sec` is put right"),
  ])
  func `nobody is needed for a failure that something follows from`(
    policy: String, followUp: String
  ) throws {
    let run = try parked(policy)
    #expect(run.statuses["bad"] == .failed)
    #expect(run.park.status == .waiting)
    #expect(run.park.reasons.map(\.step) == ["q"])
    #expect(
      run.engine.followUp(at: "bad") == "once what goes on beside it is over, \(followUp)")
    #expect(run.engine.followUp(at: "q") == nil)
    #expect(run.handle(.answer(step: "q", values: ["ok": true])) == nil)
    run.proceed()
    #expect(run.engine.followUp(at: "bad") == nil)
  }

  @Test func `nothing follows any more once the run is taken back, or ends`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: a, set: { x: 1 }, undo: { manual: Take it back } }
        - { id: q, ask: { fields: { n: integer } }, expires: 1h, on_expiry: undo }
      finally:
        - { id: f, ask: { fields: { ok: boolean } } }
      """)
    run.proceed()
    run.now = run.now.adding(TimeSpan(seconds: 7200)) ?? run.now
    run.proceed()
    #expect(run.statuses["q"] == .failed)
    #expect(run.engine.followUp(at: "q") == nil)
    #expect(run.handle(.skip(step: "a.undo", reason: "no need")) == nil)
    run.proceed()
    #expect(run.statuses["f"] == .waiting)
    #expect(run.engine.followUp(at: "q") == nil)
  }

  @Test func `a failure that waits for a person needs one`() throws {
    let run = try parked("on_failure: park")
    #expect(run.park.status == .needsAttention)
    #expect(run.park.reasons.map(\.step) == ["bad", "q"])
    #expect(run.engine.followUp(at: "bad") == nil)
  }

  @Test func `somebody may decide about it before something follows`() throws {
    let run = try parked("on_failure: undo")
    #expect(run.handle(.retry(step: "bad", with: [:], again: false, reason: nil)) == nil)
    run.proceed()
    #expect(run.statuses["bad"] == .failed)
    #expect(run.handle(.skip(step: "bad", reason: "not needed")) == nil)
    #expect(run.handle(.answer(step: "q", values: ["ok": true])) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }
}

import Testing
import Values
import Workflows

@testable import Engine

/// What a process that died left open is found out before something is asked that needs to know it.
@Suite struct SettlingTests {
  /// A run whose process dies in the middle of its first attempt.
  private func interrupted(_ step: String) throws -> Rehearsal {
    let run = try Rehearsal("steps:\n  - \(step)\n", catalog: Shop.catalog)
    run.start(try #require(run.nextAttempt()))
    run.apply(.runInterrupted(lastSequence: run.events.count - 1))
    return run
  }

  private func settle(_ run: Rehearsal) -> [String] {
    var called: [String] = []
    while let decision = run.engine.nextToSettle(now: run.now) {
      switch decision {
      case .record(let events):
        for event in events { run.apply(event.kind, step: event.step, attempt: event.attempt) }
      case .attempt(let request):
        called.append(request.call.operation)
        run.start(request)
        run.end(request, Shop.answer(request))
      case .look(let request):
        called.append(request.call.operation)
        run.apply(
          .lookAnswered(request.look, outputs: StoredValues(clear: ["found": true])),
          step: request.address)
      case .wait, .end: return called
      }
    }
    return called
  }

  private static let open = #"id: one, action: shop.open, with: { name: ana }"#

  @Test func `undo needs to know what came of an attempt, and cancel does not`() throws {
    let run = try interrupted("{ \(Self.open) }")
    #expect(run.engine.hasToSettle(before: .undo(reason: nil)))
    #expect(run.engine.hasToSettle(before: .skip(step: "one", reason: "so")))
    #expect(!run.engine.hasToSettle(before: .skip(step: "two", reason: "so")))
    #expect(!run.engine.hasToSettle(before: .cancel(reason: "so")))
  }

  @Test func `what nobody can know is a doubt, which undo is refused for`() throws {
    let run = try interrupted("{ \(Self.open) }")
    run.apply(.runResumed(process: 1, host: "h"))
    #expect(settle(run) == [])
    #expect(run.statuses["one"] == .inDoubt)
    let refusal = try #require(run.handle(.undo(reason: nil)))
    #expect(refusal.hint?.contains("baton resolve") == true)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `the world is asked, and what had happened is taken back`() throws {
    let run = try interrupted(
      """
      { \(Self.open), probe: { action: shop.find, with: { name: ana }, check: outputs.found, outputs: { id: ana-0 } } }
      """)
    run.apply(.runResumed(process: 1, host: "h"))
    #expect(settle(run) == ["shop.find"])
    #expect(!run.engine.hasUnsettled)
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close ana-0"])
    #expect(run.status == .undone)
  }

  @Test func `what is safe is tried again with its key, and nothing else begins`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: one, action: shop.open, with: { name: ana }, effects: keyed }
        - { id: two, action: shop.tell, with: { text: two } }
      """, catalog: Shop.catalog)
    let first = try #require(run.nextAttempt())
    run.start(first)
    run.apply(.runInterrupted(lastSequence: 2))
    run.apply(.runResumed(process: 1, host: "h"))
    guard case .attempt(let second)? = run.engine.nextToSettle(now: run.now) else {
      Issue.record("it is not tried again")
      return
    }
    #expect(second.key == first.key)
    #expect(settle(run) == ["shop.open"])
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close ana-0"])
  }

  @Test func `what could not be tried again may have happened the first time`() throws {
    let run = try interrupted("{ \(Self.open), effects: keyed }")
    run.apply(.runResumed(process: 1, host: "h"))
    guard case .attempt(let request)? = run.engine.nextToSettle(now: run.now) else {
      Issue.record("it is not tried again")
      return
    }
    run.start(request)
    run.end(request, .unavailable(Failure(code: "unavailable", message: "it is down")))
    guard case nil = run.engine.nextToSettle(now: run.now) else {
      Issue.record("it is tried once more")
      return
    }
    let refusal = try #require(run.handle(.undo(reason: nil)))
    #expect(refusal.hint?.contains("baton retry") == true)
    #expect(run.handle(.retry(step: "one", with: [:], again: false, reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.open ana"])
  }
}

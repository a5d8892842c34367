import Testing
import Values
import Workflows

@testable import Engine

/// Steps that wait until an approval is given that is asked again.
@Suite struct HeldStepTests {
  private static let steps = """
    steps:
      - { id: ok, approve: { message: Pay? } }
      - { id: pay, action: shop.tell, with: { text: ana } }
    """

  private static let branches = """
    steps:
      - { id: ok, approve: { message: Go? } }
      - id: both
        parallel:
          - { id: pay, action: shop.tell, with: { text: ana } }
          - { id: say, action: shop.tell, with: { text: hi }, effects: repeatable, retry: { attempts: 9, wait: 100s } }
    """

  private func start(_ workflow: String = steps, refusing texts: Set<String> = ["ana"]) throws
    -> Rehearsal
  {
    let run = try Rehearsal(workflow, catalog: Shop.catalog)
    run.proceed()
    #expect(run.approve() == nil)
    run.carryOut { request in
      texts.contains(request.inputs["text"]?.asString ?? "")
        ? .failed(Failure(code: "refused", message: "no"), canRetry: nil) : Shop.answer(request)
    }
    return run
  }

  @Test(arguments: [false, true])
  func `a value is put right while it is not approved, and after it was rejected`(
    isRejected: Bool
  ) throws {
    let run = try start()
    #expect(run.retry("pay", text: "benn") == nil)
    run.proceed()
    let wrong = try run.shown()
    if isRejected {
      #expect(run.reject() == nil)
      run.proceed()
      #expect(run.statuses["ok"] == .failed)
      let hint = run.retry("pay")?.hint ?? ""
      #expect(hint.contains("baton retry 20261120-abc234 ok"), "\(hint)")
      #expect(hint.contains("baton retry 20261120-abc234 pay --with"), "\(hint)")
    }
    #expect(run.retry("pay", text: "ben") == nil)
    #expect(run.carryOut() == [])
    let right = try run.shown()
    #expect(right.changes.map(\.with.clear) == [["text": "ben"]])
    #expect(right.sha256 != wrong.sha256)
    #expect(run.engine.state.steps["ok"]?.people.decisions == [])
    #expect(try run.agreesWithItsJournal())
    #expect(run.approve() == nil)
    #expect(run.carryOut() == ["shop.tell ben"])
    #expect(run.status == .succeeded)
  }

  @Test func `what was not begun is not tried with other values`() throws {
    let run = try start()
    #expect(run.retry("pay", text: "ben") == nil)
    run.proceed()
    #expect(run.retry("ok", text: "x") != nil)
    #expect(run.handle(.skip(step: "pay", reason: "x")) != nil)
  }

  @Test(arguments: [false, true])
  func `what is tried again by itself waits for the approval, too`(isRejected: Bool) throws {
    let run = try start(Self.branches, refusing: ["ana", "hi"])
    #expect(run.engine.nextMoment(at: "say") != nil)
    #expect(run.retry("pay", text: "ben") == nil)
    run.proceed()
    if isRejected {
      #expect(run.reject() == nil)
      run.proceed()
    }
    #expect(run.park.reasons.map(\.step) == ["ok"])
    #expect(run.engine.nextMoment(at: "say") == nil)
    run.now = run.now.adding(TimeSpan(seconds: 3600)) ?? run.now
    #expect(run.carryOut() == [])
    #expect(try run.agreesWithItsJournal())
    if isRejected { #expect(run.retry("ok") == nil) }
    run.proceed()
    #expect(run.approve() == nil)
    #expect(run.carryOut().sorted() == ["shop.tell ben", "shop.tell hi"])
    #expect(run.status == .succeeded)
  }

  @Test(arguments: [false, true])
  func `nobody does what failed beside it by hand, or passes over it`(isRejected: Bool) throws {
    let steps = Self.branches.replacing(
      ", effects: repeatable, retry: { attempts: 9, wait: 100s }", with: "")
    let run = try start(steps, refusing: ["ana", "hi"])
    #expect(run.engine.canBeDoneByHand("say"))
    #expect(run.retry("pay", text: "ben") == nil)
    run.proceed()
    if isRejected {
      #expect(run.reject() == nil)
      run.proceed()
    }
    #expect(!run.engine.canBeDoneByHand("say"))
    #expect(!run.engine.canSkip("say"))
    let done = CommandKind.done(step: "say", values: [:], reason: "x", evidence: [])
    #expect(run.handle(done)?.message.contains("`say` waits for `ok`") == true)
    // To have it tried again is no more than to say that it comes once the approval is given.
    #expect(run.retry("say") == nil)
    #expect(run.carryOut() == [])
  }

  @Test func `what may have happened is settled meanwhile`() throws {
    let run = try start(
      Self.branches.replacing(
        "effects: repeatable, retry: { attempts: 9, wait: 100s }", with: "effects: keyed"),
      refusing: ["ana", "hi"])
    #expect(run.retry("say") == nil)
    let request = try #require(run.nextAttempt())
    run.start(request)
    run.apply(.attemptLost(message: "gone", byCrash: true), step: "say", attempt: 2)
    #expect(run.retry("pay", text: "ben") == nil)
    let again = try #require(run.nextAttempt())
    #expect(again.address == "say" && again.key == request.key)
    run.start(again)
    run.end(again, .failed(Failure(code: "refused", message: "no"), canRetry: true))
    #expect(run.carryOut() == [])
  }
}

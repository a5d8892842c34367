import Testing
import Values
import Workflows

@testable import Engine

/// What could not tell whether a step took effect is asked again when somebody goes on with the run.
@Suite struct ProbeAskedAgainTests {
  static let bill = "{ id: b, action: till.bill, with: { amount: 1 } }"
  static let seen = "{ id: b, action: till.seen, with: { amount: 1 } }"

  private func rehearsal(_ steps: String) throws -> Rehearsal {
    try Rehearsal("steps: [ \(steps) ]", catalog: Till.catalog)
  }

  /// A run whose step is in doubt, since the probe could not be asked.
  private func doubtful(
    _ step: String = bill, after results: [AttemptResult] = [Till.lost]
  ) throws -> Rehearsal {
    let run = try rehearsal(step)
    run.play(results)
    try fail(run)
    return run
  }

  private func fail(_ run: Rehearsal, _ message: String = "the register is down") throws {
    guard case .look(let request) = run.engine.next(now: run.now) else {
      Issue.record("the world is not asked")
      return
    }
    run.apply(.lookFailed(request.look, message: message), step: request.address)
    run.proceed()
    #expect(run.statuses["b"] == .inDoubt)
    #expect(try run.agreesWithItsJournal())
  }

  private func resume(_ run: Rehearsal) {
    run.apply(.runParked(status: .needsAttention, reasons: [], stateHash: ""))
    run.apply(.runResumed(process: 2, host: "h"))
  }

  @Test(arguments: Rehearsal.Source.allCases)
  func `what it finds settles the doubt`(_ source: Rehearsal.Source) throws {
    let run = try doubtful()
    #expect(run.engine.canAskAgain("b"))
    resume(run)
    #expect(run.statuses["b"] == .inDoubt)
    #expect(run.engine.isInDoubt("b"))
    try run.reopen(from: source)
    #expect(run.look(finding: true) != nil)
    #expect(run.statuses["b"] == .succeeded)
    #expect(run.engine.state.steps["b"]?.outputs.clear["id"] == "found")
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what did not happen is tried again with another key`() throws {
    let run = try rehearsal(Self.bill)
    let tries = run.play([Till.lost])
    try fail(run)
    resume(run)
    run.look(finding: false)
    let again = run.play([Till.paid])
    #expect(again.count == 1 && again.first?.key != tries.first?.key)
    #expect(run.statuses["b"] == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `where it can tell nothing again the doubt says why anew, and is not asked in a row`()
    throws
  {
    let run = try doubtful()
    resume(run)
    try fail(run, "the register is closed")
    let doubt = try #require(run.engine.doubt(at: "b"))
    #expect(doubt.hasSuffix("could not be asked: the register is closed"), "\(doubt)")
    #expect(!doubt.contains("down"), "\(doubt)")
    guard case .wait = run.engine.next(now: run.now) else {
      Issue.record("it is asked once more")
      return
    }
  }

  @Test func `the refusal behind the lost answer stands where it did not happen`() throws {
    let run = try doubtful(Self.seen, after: [Till.lost, Till.refused])
    resume(run)
    run.look(finding: false)
    #expect(run.statuses["b"] == .failed)
    #expect(run.engine.state.steps["b"]?.failure?.code == "no")
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a refusal before the lost answer is none behind it`() throws {
    let busy = AttemptResult.failed(Failure(code: "busy", message: "busy"), canRetry: true)
    let run = try doubtful(
      "{ id: b, action: till.seen, with: { amount: 1 }, retry: { attempts: 3, wait: 0s } }",
      after: [busy, Till.lost, Till.lost])
    resume(run)
    let doubt = try #require(run.engine.doubt(at: "b"))
    #expect(!doubt.contains("busy"), "\(doubt)")
    run.look(finding: false)
    #expect(run.statuses["b"] == .failed)
    #expect(run.engine.state.steps["b"]?.failure?.code == "lost")
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what a person says before it answers counts`() throws {
    let run = try doubtful()
    resume(run)
    let said = CommandKind.resolve(
      step: "b", happened: true, values: ["id": "seen"], reason: "looked")
    #expect(run.handle(said) == nil)
    run.proceed()
    #expect(run.statuses["b"] == .succeeded)
    #expect(run.engine.state.steps["b"]?.outputs.clear["id"] == "seen")
    #expect(!run.types.dropFirst(4).contains("look.answered"))
  }

  @Test func `an answer that comes once it is over is waited for by nobody`() throws {
    let run = try doubtful()
    resume(run)
    guard case .look(let request) = run.engine.next(now: run.now) else {
      Issue.record("the world is not asked")
      return
    }
    #expect(run.engine.awaits(request))
    let said = CommandKind.resolve(
      step: "b", happened: true, values: ["id": "seen"], reason: "looked")
    #expect(run.handle(said) == nil)
    run.proceed()
    #expect(!run.engine.awaits(request))
  }

  @Test func `without a probe nothing comes of going on`() throws {
    let run = try rehearsal("{ id: b, action: till.pay, with: { amount: 1 } }")
    run.play([Till.lost, Till.lost])
    #expect(run.statuses["b"] == .inDoubt && !run.engine.canAskAgain("b"))
    let count = run.events.count
    resume(run)
    run.proceed()
    #expect(run.events.count == count + 2)
    #expect(run.engine.waysToSettle("b", now: run.now).contains("baton resume") == false)
  }

  @Test func `what is refused while it is in doubt says that it can be asked again`() throws {
    let run = try doubtful()
    let hint = try #require(run.handle(.skip(step: "b", reason: "so"))?.hint)
    #expect(hint.contains("baton resume 20261120-abc234; or look: baton resolve"), "\(hint)")
  }

  @Test func `in branches and items every one is asked again`() throws {
    let run = try rehearsal(
      """
      { id: all, for_each: { in: lists.range(3), as: i, max_parallel: 3, steps: [
        { id: b, action: till.bill, with: { amount: "${{ i }}" } } ] } }
      """)
    for index in 0..<3 {
      run.play([Till.lost])
      guard case .look(let request) = run.engine.next(now: run.now) else { break }
      run.apply(.lookFailed(request.look, message: "no \(index)"), step: request.address)
      run.proceed()
    }
    #expect(run.engine.doubts.count == 3)
    resume(run)
    for _ in 0..<3 { #expect(run.look(finding: true) != nil) }
    #expect(run.status == .succeeded, "\(run.statuses)")
    #expect(try run.agreesWithItsJournal())
  }

  // MARK: Who looks by hand

  @Test func `whoever looks is told what was called, with which key, and when`() throws {
    let run = try doubtful()
    let lost = try #require(run.engine.lostAttempt(at: "b"))
    #expect(lost.operation == "till.bill")
    #expect(lost.with == ["amount": 1] && lost.sensitive.isEmpty)
    #expect(lost.key == run.engine.state.steps["b"]?.doubt?.intent.key && !lost.key.isEmpty)
    #expect(lost.since == run.now)
    #expect(lost.manual == "Look for \(lost.key).")
    #expect(run.handle(.resolve(step: "b", happened: false, values: [:], reason: "no")) == nil)
    #expect(run.engine.lostAttempt(at: "b") == nil)
  }

  @Test func `nothing sensitive is in what whoever looks is told`() throws {
    let vault = LosingVault()
    let run = try Rehearsal(
      """
      inputs: { token: { type: string, sensitive: true } }
      steps:
        - id: b
          action: till.bill
          with: { amount: 1 }
          probe: { action: till.find, with: { key: "${{ inputs.token }}" }, check: outputs.found }
      """,
      inputs: ["token": "abc-def-ghi"], catalog: Till.catalog, sealing: vault)
    run.play([Till.lost])
    try fail(run)
    let manual = try #require(run.engine.lostAttempt(at: "b")?.manual)
    #expect(manual.hasPrefix("Look for ") && !manual.contains("abc-def"), "\(manual)")
  }
}

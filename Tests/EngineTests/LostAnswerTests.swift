import Testing
import Values
import Workflows

@testable import Engine

/// What may have happened is a doubt to everybody until it is known what did.
@Suite struct LostAnswerTests {
  private func rehearsal(_ body: String) throws -> Rehearsal {
    try Rehearsal(body, catalog: Till.catalog)
  }

  private func paying(_ extra: String = "") throws -> Rehearsal {
    try rehearsal(
      """
      steps:
        - { id: k, action: till.pay, with: { amount: 1 }\(extra) }
        - { id: hold, wait: 7d }
      """)
  }

  private func resolve(_ step: String, happened: Bool) -> CommandKind {
    .resolve(
      step: step, happened: happened, values: happened ? ["id": "seen"] : [:], reason: "looked")
  }

  private static let retry = CommandKind.retry(step: "k", with: [:], again: false, reason: nil)

  // MARK: One step

  @Test(arguments: [[Till.lost, Till.lost], [Till.lost, Till.refused]])
  func `lost answers and a refusal after one leave a doubt that no policy takes`(
    _ results: [AttemptResult]
  ) throws {
    for policy in [
      "continue", "stop", "undo", "{ steps: [ { id: r, set: { x: 1 } } ], then: undo }",
    ] {
      let run = try paying(", on_failure: \(policy)")
      run.play(results)
      #expect(run.statuses == ["k": .inDoubt], "\(policy)")
      #expect(run.park.status == .needsAttention)
      #expect(run.park.reasons.map(\.step) == ["k"])
      #expect(try run.agreesWithItsJournal())
    }
  }

  @Test func `nobody does in another way what may have happened`() throws {
    let run = try paying()
    run.play([Till.lost, Till.refused])
    let commands: [CommandKind] = [
      .retry(step: "k", with: ["amount": 2], again: false, reason: nil),
      .retry(step: "k", with: [:], again: true, reason: nil), .skip(step: "k", reason: "so"),
      .done(step: "k", values: ["id": "x"], reason: "by hand", evidence: []),
      .byHand(step: "k", reason: nil), .undo(reason: nil),
    ]
    for command in commands {
      let refusal = try #require(run.handle(command))
      #expect(refusal.message.hasPrefix("`k` is in doubt: "), "\(refusal.message)")
      #expect(refusal.hint?.contains("the same again: baton retry 20261120-abc234 k;") == true)
      #expect(refusal.hint?.contains("k --happened --set id=… --reason") == true)
    }
    #expect(!run.engine.canSkip("k") && !run.engine.canBeDoneByHand("k"))
  }

  @Test func `a person has the same tried again with the same key, or says what happened`() throws {
    let run = try paying()
    let tries = run.play([Till.lost, Till.lost])
    #expect(run.handle(Self.retry) == nil)
    #expect(try run.agreesWithItsJournal())
    let again = run.play([Till.lost, Till.refused])
    #expect(again.count == 2)
    #expect(Set((tries + again).map(\.key)).count == 1)
    #expect(run.statuses["k"] == .inDoubt)
    #expect(run.handle(resolve("k", happened: false)) == nil)
    let anew = run.play([Till.paid])
    #expect(anew.first?.key != tries.first?.key)
    #expect(run.statuses["k"] == .succeeded)
  }

  @Test func `what could not be sent after a lost answer is in doubt still`() throws {
    let run = try paying()
    run.play([Till.lost, .unavailable(Failure(code: "down", message: "it is down"))])
    #expect(run.statuses["k"] == .blocked)
    let skip = try #require(run.handle(.skip(step: "k", reason: "so")))
    #expect(skip.message.hasPrefix("nobody knows yet whether `k` took effect"))
    #expect(run.engine.doubt(at: "k")?.contains("no answer") == true)
    #expect(run.handle(.cancel(reason: "enough")) == nil)
    #expect(run.statuses["k"] == .inDoubt)
  }

  @Test func `a try that waits for its turn is in doubt where the run is cancelled`() throws {
    let run = try paying(", retry: { attempts: 5, wait: 1h }")
    run.play([
      Till.lost, .failed(Failure(code: "busy", message: "busy"), canRetry: true),
    ])
    guard case .retrying? = run.engine.state.steps["k"]?.phase else {
      Issue.record("it is not tried again")
      return
    }
    #expect(run.handle(.cancel(reason: "enough")) == nil)
    #expect(run.types.suffix(2) == ["step.in_doubt", "run.finishing"])
    #expect(run.statuses["k"] == .inDoubt)
  }

  // MARK: Keys

  @Test func `a key that is older than it lasts is not used again`() throws {
    let run = try paying()
    run.start(try #require(run.nextAttempt()))
    run.now = run.now.adding(TimeSpan(seconds: 3600)) ?? run.now
    run.apply(.runResumed(process: 2, host: "h"))
    #expect(run.nextAttempt() == nil)
    #expect(run.statuses["k"] == .inDoubt)
    let refusal = try #require(run.handle(Self.retry))
    #expect(refusal.message == "`k` is in doubt: trying it again could do it twice")
    #expect(run.handle(resolve("k", happened: true)) == nil)
  }

  @Test func `whether the same again is safe goes by the moment of the command`() throws {
    let run = try paying()
    run.play([Till.lost, Till.lost])
    #expect(run.engine.canRepeat("k", now: run.now))
    run.now = run.now.adding(TimeSpan(seconds: 3600)) ?? run.now
    #expect(!run.engine.canRepeat("k", now: run.now))
    func refusal(_ kind: CommandKind) -> Refusal? {
      let command = Command(id: "late", kind: kind, actor: Actor(kind: .person, id: "ana"))
      guard case .failure(let refusal) = run.engine.handle(command, now: run.now) else {
        return nil
      }
      return refusal
    }
    let again = try #require(refusal(Self.retry))
    #expect(again.message == "`k` is in doubt: trying it again could do it twice")
    for kind in [
      CommandKind.skip(step: "k", reason: "so"), .byHand(step: "k", reason: nil),
      .undo(reason: nil), .retry(step: "k", with: ["amount": 2], again: false, reason: nil),
    ] {
      let hint = try #require(refusal(kind)?.hint)
      #expect(!hint.contains("baton retry"), "\(hint)")
      #expect(hint.contains("baton resolve"), "\(hint)")
    }
  }

  @Test func `a probe that could not be asked is named in the doubt, and why`() throws {
    let run = try rehearsal("steps: [ { id: b, action: till.bill, with: { amount: 1 } } ]")
    run.play([Till.lost])
    guard case .look(let request) = run.engine.next(now: run.now) else {
      Issue.record("the world is not asked")
      return
    }
    run.apply(.lookFailed(request.look, message: "the register is down"), step: "b")
    run.proceed()
    #expect(run.statuses["b"] == .inDoubt)
    let doubt = try #require(run.engine.doubt(at: "b"))
    #expect(
      doubt.hasSuffix("no answer; the probe could not be asked: the register is down"), "\(doubt)")
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `its age counts from the first attempt with it`() throws {
    let run = try paying(", retry: { attempts: 9, wait: 40m }")
    let busy = AttemptResult.failed(Failure(code: "busy", message: "busy"), canRetry: true)
    run.play([Till.lost, busy])
    run.now = run.now.adding(TimeSpan(seconds: 2400)) ?? run.now
    #expect(run.play([busy]).count == 1)
    run.now = run.now.adding(TimeSpan(seconds: 2400)) ?? run.now
    #expect(run.play([busy]).isEmpty)
    #expect(run.statuses["k"] == .inDoubt)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `where the key is too old the world is asked`() throws {
    let run = try rehearsal("steps: [ { id: k, action: till.seen, with: { amount: 1 } } ]")
    run.start(try #require(run.nextAttempt()))
    run.now = run.now.adding(TimeSpan(seconds: 4000)) ?? run.now
    run.apply(.runResumed(process: 2, host: "h"))
    #expect(run.look(finding: true)?.address == "k")
    #expect(run.statuses["k"] == .succeeded)
  }

  @Test(arguments: [[Till.lost, Till.lost], [Till.lost, Till.refused]])
  func `the world is asked before a step with a key counts as failed`(
    _ results: [AttemptResult]
  ) throws {
    for isFound in [true, false] {
      let run = try rehearsal(
        "steps: [ { id: k, action: till.seen, with: { amount: 1 }, on_failure: continue } ]")
      run.play(results)
      #expect(run.look(finding: isFound)?.address == "k")
      #expect(run.statuses["k"] == (isFound ? .succeeded : .failed))
      #expect(run.status == .succeeded)
      #expect(try run.agreesWithItsJournal())
    }
  }

  // MARK: The same request

  @Test func `what is tried again with its key is the same request`() throws {
    let run = try rehearsal(
      """
      steps:
        - id: both
          parallel:
            - id: a
              action: till.pay
              with: { amount: 1, note: "${{ steps.b.outputs.?id.orValue('not yet') }}" }
            - { id: b, action: till.pay, with: { amount: 2 } }
      """)
    let a = try #require(run.nextAttempt())
    run.start(a)
    let b = try #require(run.nextAttempt())
    run.start(b)
    run.end(b, Till.paid)
    run.end(a, Till.lost)
    let again = try #require(run.nextAttempt())
    #expect(again.key == a.key)
    #expect(again.inputs == a.inputs)
    #expect(again.inputs["note"] == "not yet")
  }

  @Test func `every try sees the moment that the first one saw`() throws {
    let run = try rehearsal(
      """
      steps:
        - id: k
          action: till.tell
          retry: { attempts: 3 }
          with: { text: "${{ string(now) }}" }
      """)
    let first = try #require(run.nextAttempt())
    // The record is written a moment later.
    run.now = run.now.adding(TimeSpan(seconds: 1)) ?? run.now
    run.start(first)
    run.end(first, .failed(Failure(code: "busy", message: "busy"), canRetry: true))
    #expect(run.nextAttempt()?.inputs == first.inputs)
    #expect(try run.agreesWithItsJournal())
    #expect(try run.folded(run.events.count).state.steps["k"]?.now == run.events[0].at)
  }

  // MARK: What may be done twice

  @Test func `a notice is passed over, and counts among what nothing takes back`() throws {
    let run = try rehearsal(
      """
      steps:
        - { id: mail, action: till.tell, with: { text: x }, on_failure: continue }
        - id: each
          repeat:
            steps:
              - { id: again, action: till.tell, with: { text: x }, on_failure: continue }
            until: index == 1
        - { id: hold, wait: 7d }
      """)
    run.play(Array(repeating: Till.lost, count: 6))
    #expect(run.statuses["mail"] == .failed && run.statuses["hold"] == .waiting)
    #expect(run.engine.state.steps["mail"]?.failure?.code == "outcome_unknown")
    #expect(run.engine.undoPreview.irreversible.map(\.step) == ["each/again", "mail"])
    #expect(run.engine.undoPreview.irreversible.map(\.count) == [2, 1])
    #expect(try run.agreesWithItsJournal())
    #expect(run.handle(.undo(reason: nil)) == nil)
    run.proceed()
    #expect(run.status == .undone)
  }

  @Test func `what can be taken back is in doubt though it may be done twice`() throws {
    let run = try rehearsal(
      """
      steps:
        - { id: k, action: till.set_up, with: { amount: 3 }, on_failure: continue }
        - { id: hold, wait: 7d }
      """)
    run.play([Till.lost, Till.lost])
    #expect(run.statuses == ["k": .inDoubt])
    let settled = run.handle(.resolve(step: "k", happened: true, values: [:], reason: "seen"))
    #expect(settled == nil)
    run.proceed()
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.nextAttempt()?.inputs == ["amount": 3])
  }

  @Test func `a world that lags behind is believed twice, and then the step has failed`() throws {
    let run = try rehearsal("steps: [ { id: k, action: till.bill, with: { amount: 1 } } ]")
    var keys: Set<String> = []
    for _ in 0..<9 {
      for request in run.play([Till.lost]) { keys.insert(request.key) }
      run.look(finding: false)
    }
    #expect(keys.count == 2)
    #expect(run.statuses["k"] == .failed)
    #expect(run.engine.state.steps["k"]?.failure?.code == "lost")
    #expect(try run.agreesWithItsJournal())
  }

  // MARK: Corrected values

  @Test func `what is corrected later is added to what was corrected before`() throws {
    let run = try paying()
    run.play([Till.refused])
    let note = CommandKind.retry(step: "k", with: ["note": "a"], again: false, reason: nil)
    #expect(run.handle(note) == nil)
    run.play([Till.refused])
    let amount = CommandKind.retry(step: "k", with: ["amount": 2], again: false, reason: nil)
    #expect(run.handle(amount) == nil)
    #expect(run.nextAttempt()?.inputs == ["amount": 2, "note": "a"])
  }

  @Test func `taking back goes by the values that were corrected`() throws {
    for isDone in [true, false] {
      let run = try paying()
      run.play([Till.refused])
      let retry = CommandKind.retry(step: "k", with: ["amount": 5], again: false, reason: nil)
      #expect(run.handle(retry) == nil)
      run.play(isDone ? [Till.refused] : [Till.lost, Till.refused])
      let settled =
        isDone
        ? CommandKind.done(step: "k", values: ["id": "x"], reason: "by hand", evidence: [])
        : resolve("k", happened: true)
      #expect(run.handle(settled) == nil)
      run.proceed()
      #expect(run.handle(.undo(reason: nil)) == nil)
      #expect(run.nextAttempt()?.inputs == ["amount": 5])
    }
  }
}

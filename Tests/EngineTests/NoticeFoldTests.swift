import Testing
import Values
import Workflows

@testable import Engine

/// Who is to be told of a rung, and until when, by what the journal says of its question. A run starts on
/// 2025-11-13, a Thursday, at 02:13:20 UTC.
@Suite struct NoticeFoldTests {
  private func pass(_ run: Rehearsal, hours: Int64) {
    run.now = run.now.adding(TimeSpan(seconds: hours * 3600)) ?? run.now
    run.proceed()
  }

  @Test func `what came of a message counts for the time it was asked, though it is asked anew`()
    throws
  {
    let run = try Rehearsal(
      Deadlines.question.replacing("on_expiry: continue", with: "on_expiry: park"))
    run.proceed()
    pass(run, hours: 2)
    let first = try #require(run.engine.state.tellings.first)
    func start(_ telling: Telling) {
      let intent = NoticeIntent(
        timer: telling.timer, operation: "mail.send", effects: "once", people: ["a", "b"],
        askedAt: telling.askedAt)
      run.apply(.people(.noticeStarted(intent)), step: "q")
    }
    start(first)
    pass(run, hours: 5)
    #expect(run.handle(.retry(step: "q", with: [:], again: false, reason: nil)) == nil)
    run.proceed()
    pass(run, hours: 2)
    let anew = try #require(run.engine.state.tellings.last)
    #expect(anew.timer == first.timer && !anew.isSame(as: first))
    start(anew)
    let failure = NoticeFailure(
      timer: first.timer, person: "a", message: "no", askedAt: first.askedAt)
    run.apply(.people(.noticeFailed(failure)), step: "q")
    #expect(run.engine.state.tellings.first { $0.isSame(as: first) }?.people == ["b"])
    #expect(run.engine.state.tellings.last?.people == ["a", "b"])
    #expect(run.engine.state.steps["q"]?.people.failedNotices == [])
    run.apply(
      .people(.noticeSent(timer: first.timer, person: "b", askedAt: first.askedAt)), step: "q")
    #expect(!run.engine.state.tellings.contains { $0.isSame(as: first) })
    #expect(run.engine.state.tellings.last?.people == ["a", "b"])
    #expect(try run.agreesWithItsJournal())
  }

  @Test(arguments: [0, 1])
  func `people are told of what has expired since, until somebody settles it`(_ index: Int) throws {
    let run = try Rehearsal(
      Deadlines.question.replacing("on_expiry: continue", with: "on_expiry: park"))
    run.proceed()
    pass(run, hours: 7)
    let tellings = run.engine.state.tellings
    #expect(tellings.map(\.timer) == ["escalate.1", "remind.1", "escalate.2"])
    #expect(
      tellings.map { run.engine.notice(of: $0, now: run.now)?.roles }
        == [["manager"], ["support", "manager"], ["manager"]])
    #expect(try run.agreesWithItsJournal())
    let settled: [CommandKind] = [
      .skip(step: "q", reason: "no need"), .cancel(reason: "no need"),
    ]
    #expect(run.handle(settled[index]) == nil)
    #expect(run.engine.state.tellings.count == 3)
    #expect(run.engine.state.tellings.allSatisfy { run.engine.isOver($0) })
  }

  @Test(arguments: ["stop", "continue", "{ steps: [ { id: r, set: { x: 1 } } ], then: retry }"])
  func `people are told of what has expired, whatever follows from that`(_ onExpiry: String) throws
  {
    let run = try Rehearsal(
      Deadlines.question.replacing("on_expiry: continue", with: "on_expiry: \(onExpiry)"))
    run.proceed()
    pass(run, hours: 7)
    let expired = run.engine.state.tellings.filter { $0.expired != nil }
    #expect(expired.map(\.timer) == ["escalate.1", "remind.1", "escalate.2"])
    #expect(expired.allSatisfy { run.engine.notice(of: $0, now: run.now) != nil })
    #expect(try run.agreesWithItsJournal())
  }

  @Test(arguments: [2, 7])
  func `what people are told of has the number of its rung by the new definition`(
    _ hours: Int64
  ) throws {
    let run = try Rehearsal(
      Deadlines.question.replacing("set: { x: 1 }", with: "ask: { fields: { ok: boolean } }"))
    run.proceed()
    pass(run, hours: hours)
    let before = run.engine.state.tellings
    let new = try Rehearsal.version(
      Deadlines.question.replacing("set: { x: 1 }", with: "ask: { fields: { ok: boolean } }")
        .replacing("manager: Manager", with: "manager: Manager, boss: Boss")
        .replacing("escalate: [", with: "escalate: [ { after: 5h, to: boss },"))
    try run.move(to: new)
    let after = run.engine.state.tellings
    let numbers = ["escalate.1": "escalate.2", "escalate.2": "escalate.3"]
    #expect(after.map(\.timer) == before.map { numbers[$0.timer] ?? $0.timer })
    #expect(after.map(\.origin) == before.map(\.origin))
    #expect(
      after.map { run.engine.notice(of: $0, now: run.now)?.roles }.first == ["manager"])
    guard
      case .recovery(.migrated(let migration))? = run.events.last(where: {
        $0.kind.type == "run.migrated"
      })?.kind
    else {
      Issue.record("it was not moved")
      return
    }
    let read = try Migration(DataReader(type: "run.migrated", data: migration.data))
    #expect(!migration.rungs.isEmpty && read.rungs == migration.rungs)
    let saved = try #require(RunState(saved: run.engine.state.saved, workflow: new))
    #expect(saved.tellings == after)
  }

  @Test func `nobody is reminded of an approval that was rejected`() throws {
    let run = try Rehearsal(
      """
      roles: { support: Support }
      steps:
        - id: q
          role: support
          approve: { message: Go? }
          due: 4h
          remind: [ 1h before ]
          on_failure: continue
        - { id: z, ask: { fields: { ok: boolean } } }
      """)
    run.proceed()
    pass(run, hours: 3)
    let telling = try #require(run.engine.state.tellings.first)
    #expect(!run.engine.isOver(telling))
    guard case .waiting(let waiting, _)? = run.engine.state.steps["q"]?.phase,
      case .approval(let shown) = waiting.cause
    else {
      Issue.record("it does not wait")
      return
    }
    run.apply(
      .people(.decided(Decided(approves: false, comment: nil, shown: shown.sha256))), step: "q")
    run.proceed()
    #expect(run.statuses["q"] == .failed && run.statuses["z"] == .waiting)
    #expect(run.engine.isOver(telling))
    #expect(run.engine.notice(of: telling, now: run.now) == nil)
  }
}

import Testing
import Values

@testable import Engine

/// What was due while nobody looked has its turn in the order of its moments, as if somebody had.
@Suite struct MissedMomentTests {
  private func run(_ workflow: String, waking hours: [Int64]) throws -> Rehearsal {
    let run = try Rehearsal(workflow)
    run.proceed()
    let start = run.now
    for hour in hours {
      run.now = start.adding(TimeSpan(seconds: hour * 3600)) ?? run.now
      run.proceed()
    }
    return run
  }

  private let race = """
    steps:
      - id: par
        parallel:
          - { id: a, steps: [ { id: wa, wait: 5h }, { id: fa, finish: { outcome: failed, message: a } } ] }
          - { id: b, steps: [ { id: wb, wait: 3h }, { id: fb, finish: { outcome: succeeded, message: b } } ] }
    """

  @Test(arguments: [[3, 5], [6], [100]] as [[Int64]])
  func `the branch whose wait is over first ends the run, whenever that is noticed`(
    hours: [Int64]
  ) throws {
    let run = try run(race, waking: hours)
    #expect(run.status == .succeeded)
    #expect(run.statuses["par/a/wa"] == nil || run.statuses["par/a/wa"] != .succeeded)
  }

  @Test func `what an expiry brings comes before the next moment`() throws {
    let run = try run(
      """
      steps:
        - id: par
          parallel:
            - id: a
              steps: [ { id: qa, ask: { fields: { n: integer } }, expires: 5h, on_expiry: stop } ]
            - id: b
              steps:
                - id: qb
                  ask: { fields: { n: integer } }
                  expires: 3h
                  on_expiry: { steps: [ { id: told, set: { x: 1 } }, { id: more, wait: 1h } ], then: continue }
      """, waking: [100])
    let order = run.events.compactMap { event -> String? in
      switch event.kind {
      case .people(.deadlineReached(let reached)): "\(event.step ?? "") \(reached.timer)"
      case .stepSucceeded: event.step
      default: nil
      }
    }
    #expect(order.first == "qb expires", "\(order)")
    #expect(order.firstIndex { $0.hasSuffix("told") } == 1, "\(order)")
    #expect(order.firstIndex { $0.hasSuffix("qa expires") } == 2, "\(order)")
  }

  @Test func `what was due before an answer is told from what is due at its moment`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: par
          parallel:
            - { id: q, ask: { fields: { n: integer } } }
            - { id: b, steps: [ { id: wait, wait: 3h }, { id: over, finish: { outcome: cancelled, message: late } } ] }
      """)
    run.proceed()
    let due = run.now.adding(TimeSpan(seconds: 3 * 3600)) ?? run.now
    #expect(!run.engine.hasMissed(before: run.now))
    #expect(!run.engine.hasMissed(before: due))
    #expect(run.engine.hasMissed(before: due.adding(TimeSpan(seconds: 1)) ?? due))
    run.now = due
    run.proceed()
    #expect(!run.engine.hasMissed(before: due.adding(TimeSpan(seconds: 1)) ?? due))
    #expect(run.status == .cancelled)
  }

  @Test func `a call that something missed has begun holds up the next for a minute at most`()
    throws
  {
    let run = try Rehearsal(
      """
      steps:
        - id: par
          parallel:
            - { id: a, steps: [ { id: wa, wait: 5h } ] }
            - { id: b, steps: [ { id: wb, wait: 3h }, { id: call, action: log.write, with: { message: m } } ] }
      """)
    run.proceed()
    run.now = run.now.adding(TimeSpan(seconds: 6 * 3600)) ?? run.now
    let request = try #require(run.nextAttempt())
    #expect(request.address.hasSuffix("call"))
    run.start(request)
    guard case .wait(let until?) = run.engine.next(now: run.now) else {
      Issue.record("nothing is waited for")
      return
    }
    #expect(until.since(run.now) == TimeSpan(seconds: 60))
    run.now = until
    guard case .record(let events) = run.engine.next(now: run.now) else {
      Issue.record("nothing comes of what was missed")
      return
    }
    #expect(events.contains { $0.step?.hasSuffix("wa") == true })
  }

  private let tied = """
    steps:
      - id: par
        parallel:
          - id: a
            steps:
              - { id: qa, ask: { fields: { n: integer } }, due: 1h, expires: 3h, on_expiry: continue }
              - { id: act, set: { x: 1 } }
          - id: b
            steps: [ { id: qb, ask: { fields: { n: integer } }, due: 1h, expires: 2h, on_expiry: stop } ]
    """

  @Test(arguments: [[1, 2, 3], [1, 100], [2, 3], [100]] as [[Int64]])
  func `deadlines of one moment bring none of the moments behind it forward`(
    hours: [Int64]
  ) throws {
    let run = try run(tied, waking: hours)
    #expect(run.status == .failed)
    #expect(run.engine.state.steps["act"] == nil)
    let reached = run.events.compactMap { event -> String? in
      guard case .people(.deadlineReached(let reached)) = event.kind else { return nil }
      return "\(event.step ?? "") \(reached.timer)"
    }
    #expect(reached == ["qa due", "qb due", "qb expires"])
  }

  @Test func `what a call has held up for too long comes in the order of its moments`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: par
          parallel:
            - id: a
              steps:
                - { id: qa, ask: { fields: { n: integer } }, due: 4h, expires: 9h, on_expiry: continue }
                - { id: act, set: { x: 1 } }
            - id: b
              steps: [ { id: qb, ask: { fields: { n: integer } }, expires: 6h, on_expiry: stop } ]
            - { id: c, steps: [ { id: wc, wait: 3h }, { id: call, action: log.write, with: { message: m } } ] }
      """)
    run.proceed()
    run.now = run.now.adding(TimeSpan(seconds: 10 * 3600)) ?? run.now
    run.start(try #require(run.nextAttempt()))
    run.proceed()
    #expect(run.statuses["qa"] == .waiting)
    run.now = run.now.adding(TimeSpan(seconds: 60)) ?? run.now
    run.proceed()
    #expect(run.engine.state.steps["act"] == nil)
    #expect(run.engine.state.steps["qb"]?.failure?.code == Failure.expired)
  }
}

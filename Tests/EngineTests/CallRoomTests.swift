import Testing
import Values

@testable import Engine

/// As many calls are under way as may be: what needs none goes on beside them.
@Suite struct CallRoomTests {
  private static let beside = """
    steps:
      - id: par
        parallel:
          - { id: one, action: log.write, with: { message: one } }
          - { id: two, action: log.write, with: { message: two } }
          - { id: three, action: log.write, with: { message: three } }
          - { id: q, ask: { fields: { n: integer } }, due: 1h, remind: [ 10m before ] }
          - id: late
            steps: [ { id: rest, wait: 2h }, { id: then, set: { x: 1 } } ]
    """

  /// Records what needs no call.
  private func proceed(_ run: Rehearsal) {
    while case .record(let events) = run.engine.next(now: run.now, mayCall: false) {
      for event in events { run.apply(event.kind, step: event.step, attempt: event.attempt) }
    }
  }

  private func isWait(_ run: Rehearsal) -> Bool {
    if case .wait = run.engine.next(now: run.now, mayCall: false) { true } else { false }
  }

  @Test func `a question is settled by its answer while no call may begin`() throws {
    let run = try Rehearsal(Self.beside)
    run.start(try #require(run.nextAttempt()))
    proceed(run)
    #expect(run.statuses["q"] == .waiting)
    #expect(run.handle(.answer(step: "q", values: ["n": 1])) == nil)
    proceed(run)
    #expect(run.statuses["q"] == .succeeded)
    #expect(isWait(run))
  }

  @Test func `what is due comes in time while no call may begin`() throws {
    let run = try Rehearsal(Self.beside)
    run.start(try #require(run.nextAttempt()))
    proceed(run)
    run.now = run.now.adding(TimeSpan(seconds: 7200)) ?? run.now
    proceed(run)
    #expect(run.statuses["then"] == .succeeded)
    #expect(run.engine.state.tellings.count == 1)
    #expect(isWait(run))
  }

  @Test func `calls that there was no room for begin in their order, each once`() throws {
    let run = try Rehearsal(Self.beside)
    var begun: [String] = []
    for _ in 0..<3 {
      proceed(run)
      guard case .attempt(let request) = run.engine.next(now: run.now) else { break }
      begun.append(request.address)
      run.start(request)
      #expect(isWait(run))
      run.end(request, .succeeded([:]))
    }
    #expect(begun == ["one", "two", "three"])
    proceed(run)
    #expect(run.statuses["three"] == .succeeded)
    guard case .wait = run.engine.next(now: run.now) else {
      Issue.record("something is called once more")
      return
    }
  }
}

import Testing
import Values
import Workflows

@testable import Engine

/// What ends a run, or a part of it, and has to wait holds up the rest of it in every process that goes on
/// with the run, whatever the order of the branches.
@Suite struct EndingsTests {
  /// Begins everything that may be under way at once, and ends it in the order of some addresses.
  private func endAttempts(_ run: Rehearsal, _ results: [(String, AttemptResult)]) throws {
    var requests: [String: AttemptRequest] = [:]
    while let request = run.nextAttempt() {
      run.start(request)
      requests[request.address] = request
    }
    for (address, result) in results { run.end(try #require(requests[address]), result) }
    run.proceed()
  }

  private func rehearsal(_ branches: [String], _ called: Bool) throws -> Rehearsal {
    let body = "steps:\n  - id: par\n    parallel:\n" + branches.map { $0 + "\n" }.joined()
    guard called else { return try Rehearsal(body, catalog: Till.catalog) }
    return try Rehearsal(
      """
      steps:
        - { id: c, workflow: sub, on_failure: continue }
        - { id: hold, wait: 7d }
      """, called: ["sub": body], catalog: Till.catalog)
  }

  private func answer(_ step: String) -> CommandKind { .answer(step: step, values: ["a": "x"]) }

  private func resolve(_ step: String, happened: Bool) -> CommandKind {
    .resolve(
      step: step, happened: happened, values: happened ? ["id": "seen"] : [:], reason: "looked")
  }

  private static let doubtful =
    "      - { id: d, action: till.pay, effects: once, with: { amount: 1 } }"
  private static let asking = """
          - id: z
            steps:
              - { id: q, ask: { fields: { a: string } } }
              - { id: act, action: till.tell, with: { text: z } }
              - { id: q2, ask: { fields: { a: string } } }
    """
  private static let finishing = """
          - id: e
            steps:
              - { id: qe, ask: { fields: { a: string } } }
              - { id: end, finish: { outcome: failed, message: enough } }
    """

  private static let orders = [
    [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0],
  ]

  @Test(arguments: orders, Rehearsal.Source.allCases)
  func `a called workflow that is to end begins nothing more`(
    _ order: [Int], _ source: Rehearsal.Source
  ) throws {
    let branches = [Self.doubtful, Self.asking, Self.finishing]
    let run = try rehearsal(order.map { branches[$0] }, true)
    try endAttempts(run, [("c/d", Till.lost)])
    #expect(run.statuses["c/d"] == .inDoubt)
    try run.reopen(from: source)
    #expect(run.handle(answer("c/qe")) == nil)
    run.proceed()
    try run.reopen(from: source)
    #expect(run.engine.heldSteps["c/q"] == ["c/d"])
    #expect(run.handle(answer("c/q")) == nil)
    #expect(run.nextAttempt() == nil)
    try run.reopen(from: source)
    #expect(run.handle(resolve("c/d", happened: false)) == nil)
    #expect(run.nextAttempt() == nil)
    #expect(run.statuses["c"] == .failed && run.statuses["hold"] == .waiting)
    #expect(run.engine.heldSteps.isEmpty)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what a part waits for is what is open in that part`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: both
          parallel:
            - { id: beside, action: till.pay, effects: once, with: { amount: 1 } }
            - { id: c, workflow: called, on_failure: continue }
      """,
      called: [
        "called": "steps:\n  - id: all\n    parallel:\n"
          + [Self.doubtful, Self.asking, Self.finishing].joined(separator: "\n")
      ], catalog: Till.catalog)
    try endAttempts(run, [("beside", Till.lost), ("c/d", Till.lost)])
    #expect(run.handle(answer("c/qe")) == nil)
    run.proceed()
    #expect(run.engine.heldSteps["c/q"] == ["c/d"])
  }

  private static let failing = """
          - id: s
            steps: [ { id: b, action: till.tell, with: { text: b }, on_failure: undo } ]
    """

  @Test(arguments: orders, Rehearsal.Source.allCases)
  func `a run that is to be taken back begins nothing more`(
    _ order: [Int], _ source: Rehearsal.Source
  ) throws {
    let branches = [Self.doubtful, Self.asking, Self.failing]
    let run = try rehearsal(order.map { branches[$0] }, false)
    try endAttempts(run, [("b", Till.refused), ("d", Till.lost)])
    #expect(run.statuses["d"] == .inDoubt && !run.types.contains("run.undoing"))
    try run.reopen(from: source)
    #expect(run.engine.heldSteps == ["q": ["d"]])
    #expect(run.handle(answer("q")) == nil)
    #expect(run.nextAttempt() == nil)
    try run.reopen(from: source)
    // What is due there is as good as missed: nothing comes of it.
    #expect(!run.engine.hasMissed(before: run.now.adding(TimeSpan(seconds: 9)) ?? run.now))
    #expect(run.handle(resolve("d", happened: false)) == nil)
    #expect(run.nextAttempt() == nil)
    #expect(run.status == .undone)
    #expect(try run.agreesWithItsJournal())
  }

  @Test(arguments: Rehearsal.Source.allCases)
  func `recovery steps that end the run are before what is beside them`(
    _ source: Rehearsal.Source
  ) throws {
    let failing =
      "      - { id: b, action: till.tell, with: { text: b }, on_failure: { steps: [ { id: fix, set: { x: 1 } } ], then: undo } }"
    let run = try rehearsal([Self.doubtful, Self.asking, failing], false)
    try endAttempts(run, [("b", Till.refused), ("d", Till.lost)])
    #expect(run.statuses["fix"] == .succeeded && !run.types.contains("run.undoing"))
    try run.reopen(from: source)
    #expect(run.handle(answer("q")) == nil)
    #expect(run.nextAttempt() == nil)
    try run.reopen(from: source)
    #expect(run.handle(resolve("d", happened: true)) == nil)
    run.proceed()
    #expect(run.nextAttempt()?.call.operation == "till.refund")
  }

  // MARK: What has taken effect

  @Test(arguments: [true, false])
  func `what took effect is checked before the run ends beside it`(_ isGood: Bool) throws {
    let run = try rehearsal(
      [
        "      - { id: bad, action: till.tell, with: { text: b }, on_failure: stop }",
        """
              - id: made
                action: till.pay
                with: { amount: 1 }
                verify: [ { action: till.find, with: { key: k }, check: outputs.found } ]
        """, "      - { id: more, action: till.tell, with: { text: m } }",
      ], false)
    var requests: [String: AttemptRequest] = [:]
    while let request = run.nextAttempt() {
      run.start(request)
      requests[request.address] = request
    }
    run.end(try #require(requests["bad"]), Till.refused)
    run.proceed()
    run.end(try #require(requests["made"]), Till.paid)
    run.proceed()
    guard case .look(let look) = run.engine.next(now: run.now) else {
      Issue.record("it is not checked")
      return
    }
    let isAwaited = run.engine.expect(look)
    #expect(isAwaited)
    run.end(try #require(requests["more"]), .succeeded([:]))
    run.proceed()
    #expect(run.status == .running && run.statuses["made"] == .running)
    run.apply(
      .lookAnswered(look.look, outputs: StoredValues(clear: ["found": .bool(isGood)])),
      step: look.address)
    run.proceed()
    #expect(run.statuses["made"] == (isGood ? .succeeded : .failed))
    #expect(run.status == .failed)
    #expect(try run.agreesWithItsJournal())
  }
}

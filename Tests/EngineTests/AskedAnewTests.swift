import Testing
import Values
import Workflows

@testable import Engine

/// Who the record says did something: nobody who did nothing of what is asked now.
@Suite struct AskedAnewTests {
  private let ana = Actor(kind: .person, id: "ana")
  private let ben = Actor(kind: .person, id: "ben")
  private let list = """
    steps:
      - id: q
        ask:
          items:
            a: { label: A, done_on: { event: shop.paid, match: "event.order_id == 'a'" } }
            b: { label: B, done_on: { event: shop.paid, match: "event.order_id == 'b'" } }
        expires: 1h
      - { id: end, wait: 9d }
    """

  private func pay(_ order: String, _ run: Rehearsal) throws {
    let data: ValueMap = ["order_id": .string(order), "amount": 1.0]
    try #require(run.handle(.event(name: "shop.paid", data: data)) == nil)
    run.proceed()
  }

  @Test func `what events ticked after a question was asked anew is nobody's`() throws {
    let run = try Rehearsal(list, catalog: Rehearsal.shop)
    run.proceed()
    #expect(run.handle(.answer(step: "q", values: ["a": true]), by: ana) == nil)
    run.now = run.now.adding(TimeSpan(seconds: 7200)) ?? run.now
    run.proceed()
    #expect(run.handle(.retry(step: "q", with: [:], again: false, reason: nil), by: ben) == nil)
    run.proceed()
    #expect(run.engine.state.steps["q"]?.by == nil)
    try pay("a", run)
    try pay("b", run)
    let record = try #require(run.engine.state.steps["q"])
    #expect(record.phase.status == .succeeded)
    #expect(record.manner == .machine)
    #expect(record.doers == [.machine])
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `whoever gave an answer that did not hold has no part in the next`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: q
          ask: { fields: { n: number, m: number } }
          verify: [ { check: outputs.n > 5.0, message: too small } ]
        - { id: end, wait: 9d }
      """)
    run.proceed()
    #expect(run.handle(.answer(step: "q", values: ["n": 1.0, "m": 1.0]), by: ana) == nil)
    run.proceed()
    #expect(run.statuses["q"] == .failed)
    #expect(run.handle(.retry(step: "q", with: [:], again: false, reason: nil), by: ana) == nil)
    run.proceed()
    #expect(run.handle(.answer(step: "q", values: ["n": 9.0, "m": 1.0]), by: ben) == nil)
    run.proceed()
    #expect(run.engine.state.steps["q"]?.doers == [ben])
  }

  @Test func `who approved before an approval was asked anew did not approve it`() throws {
    let run = try Rehearsal(
      "steps: [ { id: ok, approve: { message: Act?, approvals: 2 }, expires: 1h } ]")
    run.proceed()
    let decision = CommandKind.decide(step: "ok", approves: true, comment: nil, shown: nil)
    let standing = Standing(roles: [], names: ["ana"])
    #expect(run.handle(decision, by: ana, standing: standing) == nil)
    run.now = run.now.adding(TimeSpan(seconds: 7200)) ?? run.now
    run.proceed()
    #expect(run.handle(.retry(step: "ok", with: [:], again: false, reason: nil), by: ben) == nil)
    run.proceed()
    #expect(run.engine.state.steps["ok"]?.by == nil)
  }

  private let mixed = """
    steps:
      - id: q
        ask:
          fields: { n: integer }
          items: { b: { label: B, done_on: { event: shop.paid } }, c: C }
      - { id: end, wait: 9d }
    """

  @Test(arguments: [true, false])
  func `what an event has ticked is nobody's answer, and anybody may say otherwise`(
    isFirst: Bool
  ) throws {
    let run = try Rehearsal(mixed, catalog: Rehearsal.shop)
    run.proceed()
    if isFirst { try pay("a", run) }
    #expect(run.handle(.answer(step: "q", values: ["n": 1]), by: ana) == nil)
    if !isFirst { try pay("a", run) }
    #expect(run.handle(.answer(step: "q", values: ["b": false]), by: ben) == nil)
    // What a person has said of it is theirs.
    #expect(run.handle(.answer(step: "q", values: ["b": true]), by: ana) == nil)
    let refusal = run.handle(.answer(step: "q", values: ["b": false]), by: ben)
    #expect(refusal?.message.contains("answered differently by ana") == true)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `an event that ticked something is none of the people who answered`() throws {
    let run = try Rehearsal(mixed, catalog: Rehearsal.shop)
    run.proceed()
    try pay("a", run)
    #expect(run.handle(.answer(step: "q", values: ["n": 1, "c": true]), by: ana) == nil)
    run.proceed()
    #expect(run.engine.state.steps["q"]?.doers == [ana])
    let late = run.handle(.answer(step: "q", values: ["b": false]), by: ben)
    #expect(late?.message.contains("answered differently by an event") == true)
  }
}

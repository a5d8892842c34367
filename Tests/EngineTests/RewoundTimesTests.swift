import Testing
import Values
import Workflows

@testable import Engine

/// When things were over that a run comes to once more since it went back, and that come to the same.
@Suite struct RewoundTimesTests {
  private static let inner = "  - { id: q, ask: { fields: { n: integer } } }"
  private static let called = [
    "inner": """
    outputs: { n: "${{ steps.q.outputs.n }}" }
    steps:
    \(inner)
      - { id: m, set: { n: "${{ steps.q.outputs.n }}" } }
    """
  ]

  /// - Parameters:
  ///   - part: what `talk` is, with `q` in it.
  ///   - first: what comes before it.
  private func rehearsal(
    _ part: String, first: String = "", rest: String = ""
  ) throws -> Rehearsal {
    let run = try Rehearsal(
      """
      inputs: { more: { type: boolean, default: false } }
      steps:
        - { id: start, set: { a: 1 }, checkpoint: begun }
      \(first)  - id: talk
          \(part)
      \(rest)  - { id: y, ask: { fields: { n: integer } } }
        - { id: w, wait: { event: shop.paid, since: talk } }
      """, called: Self.called, catalog: Rehearsal.shop)
    run.proceed()
    return run
  }

  private func pass(_ run: Rehearsal, hours: Int64 = 1) {
    run.now = run.now.adding(TimeSpan(seconds: hours * 3600)) ?? run.now
  }

  private func answer(_ run: Rehearsal, _ step: String) {
    #expect(run.handle(.answer(step: step, values: ["n": 1])) == nil)
    run.proceed()
  }

  private func pay(_ run: Rehearsal) {
    #expect(run.handle(.event(name: "shop.paid", data: ["order_id": "a", "amount": 1.0])) == nil)
    run.proceed()
  }

  private func rewind(_ run: Rehearsal, to name: String = "begun", again: [String] = []) {
    #expect(run.handle(.rewind(to: name, again: again, reason: nil)) == nil)
    run.proceed()
  }

  private func times(_ run: Rehearsal, _ step: String = "talk") -> [Timestamp?] {
    let record = run.engine.state.steps[step]
    return [record?.startedAt, record?.finishedAt]
  }

  private static let parts = [
    "steps: [ { id: q, ask: { fields: { n: integer } } } ]",
    """
    steps:
          - { id: q, ask: { fields: { n: integer } } }
          - { id: m, set: { n: "${{ steps.q.outputs.n }}" } }
          - { id: left, if: inputs.more, steps: [ { id: p, approve: Sure? } ] }
          - id: deep
            steps: [ { id: r, set: { n: "${{ steps.m.outputs.n }}" } } ]
    """,
    "parallel: [ { id: q, ask: { fields: { n: integer } } }, { id: m, set: { n: 1 } } ]",
    "choose: [ { when: steps.start.outputs.a == 1, steps: [ { id: q, ask: { fields: { n: integer } } } ] } ]",
    "workflow: inner",
  ]

  private func question(_ run: Rehearsal) -> String {
    run.engine.step(at: "q") == nil ? "talk/q" : "q"
  }

  @Test(arguments: parts)
  func `a part that keeps all it did has the times that it had`(part: String) throws {
    let run = try rehearsal(part)
    pass(run)
    answer(run, question(run))
    let before = times(run)
    pass(run)
    pay(run)
    pass(run)
    rewind(run)
    #expect(times(run) == before)
    #expect(times(run).allSatisfy { $0 != nil })
    #expect(!run.engine.state.hasEarlierTimes)
    answer(run, "y")
    #expect(run.status == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test(arguments: parts)
  func `what is carried out in it gives it times of its own`(part: String) throws {
    let run = try rehearsal(part)
    answer(run, question(run))
    pass(run)
    pay(run)
    pass(run)
    rewind(run, again: [question(run)])
    let begun = run.now
    pass(run)
    answer(run, question(run))
    #expect(times(run) == [begun, run.now])
    answer(run, "y")
    #expect(run.statuses["w"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test(arguments: Rehearsal.Source.allCases)
  func `the times are known as long as the run has not come there`(source: Rehearsal.Source) throws
  {
    let run = try rehearsal(Self.parts[1], first: "  - { id: ok, approve: Go on? }\n")
    #expect(run.approve() == nil)
    run.proceed()
    answer(run, "q")
    let before = times(run)
    pass(run)
    pay(run)
    rewind(run)
    pass(run)
    rewind(run)
    #expect(times(run) == [nil, nil])
    try run.reopen(from: source)
    #expect(run.approve() == nil)
    run.proceed()
    #expect(times(run) == before)
    answer(run, "y")
    #expect(run.status == .succeeded)
  }

  @Test func `what had been left out and is done now has times of its own, with all around it`()
    throws
  {
    let run = try rehearsal(
      """
      steps:
            - { id: q, ask: { fields: { n: integer } } }
            - { id: late, if: steps.first.outputs.n > 1, set: { n: 1 } }
      """, first: "  - { id: first, ask: { fields: { n: integer } } }\n")
    answer(run, "first")
    answer(run, "q")
    pass(run)
    rewind(run, again: ["first"])
    #expect(run.handle(.answer(step: "first", values: ["n": 2])) == nil)
    run.proceed()
    #expect(run.statuses["late"] == .succeeded)
    #expect(times(run) == [run.now, run.now])
    #expect(times(run, "late") == [run.now, run.now])
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a part around the checkpoint is over when it was, where nothing more is done in it`()
    throws
  {
    let run = try rehearsal(
      """
      steps:
            - { id: in, set: { a: 1 }, checkpoint: inside }
            - { id: q, ask: { fields: { n: integer } } }
      """)
    pass(run)
    answer(run, "q")
    let before = times(run)
    pass(run)
    pay(run)
    rewind(run, to: "inside")
    #expect(times(run) == before)
    answer(run, "y")
    #expect(run.status == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `journals of old fold as before`() throws {
    let run = try rehearsal(Self.parts[0])
    answer(run, "q")
    pass(run)
    run.apply(.recovery(.rewinding(to: "start", again: [], message: nil, keepsManual: true)))
    let old: ValueMap = [
      "from_first_round": true, "keeps_effects": true, "renews_readers": true,
      "follows_outcomes": true,
    ]
    let rewound = try EventKind(type: "run.rewound", data: old)
    #expect(rewound.data == old)
    run.apply(rewound)
    run.proceed()
    #expect(times(run) == [run.now, run.now])
  }
}

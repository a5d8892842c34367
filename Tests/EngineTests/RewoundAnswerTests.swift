import Testing
import Values

@testable import Engine

/// What people had given of a question that was open when the run went back.
@Suite struct RewoundAnswerTests {
  private static let body = """
    steps:
      - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }
      - { id: one, action: shop.open, with: { name: ana } }
      - id: part
        steps:
          - id: day
            ask: { message: Which day?, fields: { a: string, b: string }, items: { i: One, j: Two } }
            due: 1d
          - { id: later, ask: { message: When?, fields: { n: integer } } }
      - id: both
        parallel:
          - id: sure
            ask: { message: "Is ${{ steps.one.outputs.id }} fine?", fields: { a: string, b: string } }
          - { id: ok, approve: { message: Go?, approvals: 2 } }
    """
  private static let ben = Actor(kind: .person, id: "ben")

  private func rehearsal() throws -> Rehearsal {
    let run = try Rehearsal(Self.body, catalog: Shop.catalog)
    run.carryOut()
    return run
  }

  private func answer(_ run: Rehearsal, _ step: String, _ values: ValueMap) {
    #expect(run.handle(.answer(step: step, values: values)) == nil)
    run.carryOut()
  }

  private func answers(_ run: Rehearsal, _ step: String) -> [String]? {
    run.engine.state.steps[step]?.answers.names.sorted()
  }

  @Test func `what was given of it stays given where it is about nothing that is done anew`() throws
  {
    let run = try rehearsal()
    answer(run, "day", ["a": "x", "i": true])
    let asked = try #require(run.waiting(at: "day")?.0.dueAt)
    run.now = run.now.adding(TimeSpan(seconds: 3600)) ?? run.now
    let preview = try run.engine.rewindPreview(to: "begun", again: [])
    #expect(preview.answersKept == ["day"])
    #expect(preview.answersLost == [])
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana"])
    #expect(answers(run, "day") == ["a", "i"])
    #expect(try #require(run.waiting(at: "day")?.0.dueAt) > asked)
    #expect(try run.agreesWithItsJournal())
    let last = try #require(run.events.last { $0.step == "day" })
    #expect(last.data["given"] == ["a", "i"])
    #expect(try EventKind(type: last.kind.type, data: last.data).data == last.data)
    #expect(
      run.handle(.answer(step: "day", values: ["b": "y", "j": true]), by: Self.ben) == nil)
    run.proceed()
    #expect(run.statuses["day"] == .succeeded)
    #expect(run.engine.state.steps["day"]?.doers.map(\.id) == ["ana", "ben"])
    #expect(run.engine.state.steps["day"]?.outputs.clear["a"] == "x")
  }

  @Test func `what is about something that is done anew, or wanted again, is asked from the start`()
    throws
  {
    let run = try rehearsal()
    answer(run, "day", ["a": "x", "b": "y", "i": true, "j": true])
    answer(run, "later", ["n": 1])
    answer(run, "sure", ["a": "x"])
    #expect(
      run.handle(.decide(step: "ok", approves: true, comment: nil, shown: nil), by: Self.ben) == nil
    )
    run.proceed()
    let preview = try run.engine.rewindPreview(to: "begun", again: [])
    #expect(preview.kept == ["day", "later"])
    #expect(preview.answersKept == [])
    #expect(preview.answersLost == ["sure"])
    #expect(preview.voided == ["ok"])
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    run.carryOut()
    #expect(answers(run, "sure") == [])
    answer(run, "sure", ["b": "x"])
    #expect(try run.engine.rewindPreview(to: "begun", again: ["both"]).answersLost == ["sure"])
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `journals of old fold as before`() throws {
    let run = try rehearsal()
    answer(run, "day", ["a": "x"])
    run.apply(.recovery(.rewinding(to: "start", again: [], message: nil, keepsManual: true)))
    let old: ValueMap = ["from_first_round": true, "keeps_effects": true, "renews_readers": true]
    let rewound = try EventKind(type: "run.rewound", data: old)
    #expect(rewound.data == old)
    run.apply(rewound)
    #expect(answers(run, "day") == [])
    let new = EventKind.recovery(.rewound(.newest)).data
    #expect(try EventKind(type: "run.rewound", data: new).data == new)
  }
}

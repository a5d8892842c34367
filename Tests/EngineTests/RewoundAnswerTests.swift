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

  // MARK: Before it is asked again

  private static let behind = """
    steps:
      - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }
      - { id: one, action: shop.open, with: { name: ana } }
      - id: day
        ask: { message: Which day?, fields: { a: string, b: string }, items: { i: One } }
      - { id: two, action: shop.rent, with: { name: room } }
    """

  /// A run that went back before a half-answered question, and stands before it.
  private func behind() throws -> Rehearsal {
    let run = try Rehearsal(Self.behind, catalog: Shop.catalog)
    run.carryOut()
    answer(run, "day", ["a": "x", "i": true])
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    run.carryOut { request in
      request.address == "one"
        ? .failed(Failure(code: "busy", message: "busy"), canRetry: false) : Shop.answer(request)
    }
    #expect(run.statuses["one"] == .failed)
    #expect(answers(run, "day") == ["a", "i"])
    return run
  }

  private func goOn(_ run: Rehearsal) {
    #expect(run.handle(.retry(step: "one", with: [:], again: false, reason: nil)) == nil)
    run.carryOut()
  }

  @Test func `it stays given when the run goes back once more before it is asked again`() throws {
    let run = try behind()
    let preview = try run.engine.rewindPreview(to: "begun", again: [])
    #expect(preview.answersKept == ["day"])
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    run.carryOut()
    #expect(answers(run, "day") == ["a", "i"])
    #expect(try run.agreesWithItsJournal())
  }

  @Test(arguments: [
    ("keep", "b: string }, message: Which other day?", ["a", "i"]), ("again", "b: string }", []),
    ("keep", "b: boolean }", ["a", "i"]),
  ])
  func `a version that asks otherwise has somebody decide whether it counts`(
    choice: String, fields: String, kept: [String]
  ) throws {
    let run = try behind()
    let text = Self.behind.replacing("message: Which day?, ", with: "")
      .replacing("b: string }", with: fields)
    let new = try Rehearsal.version(text)
    #expect(try !run.plan(to: new).isReady)
    try run.move(to: new, ["day": choice])
    goOn(run)
    #expect(answers(run, "day") == kept)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what does not fit any more is asked for again`() throws {
    let run = try behind()
    let new = try Rehearsal.version(Self.behind.replacing("{ a: string", with: "{ a: integer"))
    let plan = try "\(run.plan(to: new).sentences)"
    #expect(plan.contains("what was answered does not fit"), "\(plan)")
    try run.move(to: new, ["day": "keep"])
    goOn(run)
    #expect(answers(run, "day") == ["i"])
    #expect(run.handle(.answer(step: "day", values: ["a": 1, "b": "y"])) == nil)
    run.carryOut()
    #expect(run.status == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test(arguments: ["keep", "again"])
  func `of values that somebody gave to try a step with it is decided, too`(choice: String) throws {
    let text = """
      steps:
        - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }
        - { id: one, action: shop.open, with: { name: ana } }
        - { id: two, action: shop.rent, with: { name: room } }
        - { id: q, ask: { fields: { n: integer } } }
      """
    let run = try Rehearsal(text, catalog: Shop.catalog)
    run.carryOut {
      $0.address == "two"
        ? .failed(Failure(code: "no", message: "no"), canRetry: false) : Shop.answer($0)
    }
    #expect(
      run.handle(.retry(step: "two", with: ["name": "hall"], again: false, reason: nil)) == nil)
    run.carryOut()
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    run.carryOut {
      $0.address == "one"
        ? .failed(Failure(code: "no", message: "no"), canRetry: false) : Shop.answer($0)
    }
    let new = try Rehearsal.version(text.replacing("{ name: room }", with: "{ name: suite }"))
    #expect(try !run.plan(to: new).isReady)
    try run.move(to: new, ["two": choice])
    #expect(run.handle(.retry(step: "one", with: [:], again: false, reason: nil)) == nil)
    var names: [String] = []
    run.carryOut { request in
      if request.address == "two" { names.append(request.inputs["name"]?.asString ?? "") }
      return Shop.answer(request)
    }
    #expect(names == [choice == "keep" ? "hall" : "suite"])
    #expect(try run.agreesWithItsJournal())
  }
}

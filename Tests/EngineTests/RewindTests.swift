import Testing
import Values
import Workflows

@testable import Engine

@Suite struct RewindTests {
  private static let body = """
    steps:
      - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }
      - { id: one, action: shop.open, with: { name: ana } }
      - { id: letter, action: shop.tell, with: { text: letter } }
      - { id: note, set: { text: "${{ steps.one.outputs.id }}" } }
      - { id: sure, ask: { fields: { answer: string } } }
      - { id: last, action: shop.tell, with: { text: "${{ steps.note.outputs.text }}" } }
    """

  private func rehearsal() throws -> Rehearsal {
    let run = try Rehearsal(Self.body, catalog: Shop.catalog)
    run.carryOut()
    return run
  }

  @Test func `later steps are taken back where they can be, else keep their outcome`() throws {
    let run = try rehearsal()
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana"])
    #expect(run.statuses["letter"] == .succeeded)
    #expect(run.engine.state.steps["note"]?.outputs.clear["text"] == "ana-1")
    #expect(try run.agreesWithItsJournal())
    #expect(run.handle(.answer(step: "sure", values: ["answer": "yes"])) == nil)
    #expect(run.carryOut() == ["shop.tell ana-1"])
    #expect(run.status == .succeeded)
  }

  @Test func `again does it again, with a new key`() throws {
    let run = try rehearsal()
    #expect(run.handle(.rewind(to: "start", again: ["letter"], reason: nil)) == nil)
    var keys: [String] = []
    run.carryOut { request in
      keys.append(request.key)
      return Shop.answer(request)
    }
    #expect(
      keys == [
        "20261120-abc234:one.undo:0", "20261120-abc234:one:1:1", "20261120-abc234:letter:1:1",
      ])
  }

  private static let letters = """
    steps:
      - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }
      - { id: one, action: shop.open, with: { name: ana } }
      - { id: letter, action: shop.tell, with: { text: letter }, undo: { manual: Write that it was withdrawn. } }
      - { id: sure, approve: { message: Sure? } }
      - { id: hold, wait: 7d }
    """

  @Test func `what only a person can take back keeps its outcome, and can be taken back later`()
    throws
  {
    let run = try Rehearsal(Self.letters, catalog: Shop.catalog)
    run.carryOut()
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana"])
    #expect(run.statuses["letter"] == .succeeded)
    #expect(run.engine.undoPreview.entries.map(\.address) == ["one.undo2", "letter.undo"])
    #expect(try run.agreesWithItsJournal())
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close ana-1"])
    #expect(run.statuses["letter.undo"] == .waiting)
  }

  @Test func `with again it is done a second time, and nobody is asked to take it back`() throws {
    let run = try Rehearsal(Self.letters, catalog: Shop.catalog)
    run.carryOut()
    #expect(run.handle(.rewind(to: "begun", again: ["letter"], reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana", "shop.tell letter"])
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `in a journal of old a person takes it back on the way`() throws {
    let run = try Rehearsal(Self.letters, catalog: Shop.catalog)
    run.carryOut()
    var engine = try run.folded(run.events.count)
    let old = try EventKind(type: "run.rewinding", data: ["to": "start"])
    engine.apply(Event(old, actor: .machine, at: run.now))
    #expect(engine.currentAddresses == ["letter.undo"])
  }

  @Test func `a preview says what is taken back, what stays and what is asked again`() throws {
    let run = try Rehearsal(Self.letters, catalog: Shop.catalog)
    run.carryOut()
    approve(run, "sure")
    run.proceed()
    let preview = try run.engine.rewindPreview(to: "begun", again: [])
    #expect(preview.undo.entries.map(\.step) == ["one"])
    #expect(preview.kept == ["letter"])
    #expect(preview.again == [])
    #expect(preview.voided == ["sure"])
    let again = try run.engine.rewindPreview(to: "begun", again: ["letter"])
    #expect(again.kept == [] && again.again == ["letter"])
    #expect(throws: Refusal.self) { try run.engine.rewindPreview(to: "nowhere", again: []) }
  }

  @Test func `a loop in which only a person can take something back is not gone behind halfway`()
    throws
  {
    func body(_ more: String) -> String {
      """
      steps:
        - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }
        - id: each
          for_each:
            in: "['a', 'b']"
            steps:
              - { id: letter, action: shop.tell, with: { text: "${{ item }}" }, undo: { manual: Write. } }\(more)
        - { id: hold, wait: 7d }
      """
    }
    let mixed = try Rehearsal(
      body("\n        - { id: account, action: shop.open, with: { name: \"${{ item }}\" } }"),
      catalog: Shop.catalog)
    mixed.carryOut()
    #expect(
      mixed.handle(.rewind(to: "begun", again: [], reason: nil))?.hint
        == "to do all of it again: --again each")
    let letters = try Rehearsal(body(""), catalog: Shop.catalog)
    letters.carryOut()
    #expect(letters.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    #expect(letters.carryOut() == [])
    #expect(letters.statuses["each"] == .succeeded)
    #expect(letters.statuses["hold"] == .waiting)
    #expect(try letters.agreesWithItsJournal())
  }

  @Test func `answers that were given stay given`() throws {
    let run = try rehearsal()
    #expect(run.handle(.answer(step: "sure", values: ["answer": "yes"])) == nil)
    run.proceed()
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana", "shop.tell ana-1"])
    #expect(run.status == .succeeded)
  }

  @Test func `a rewind to a checkpoint inside a section stands inside it again`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: part
          steps:
            - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }
            - { id: one, action: shop.open, with: { name: ana } }
        - { id: two, action: shop.open, with: { name: ben } }
        - { id: hold, wait: 7d }
      """, catalog: Shop.catalog)
    run.carryOut()
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    #expect(
      run.carryOut() == [
        "shop.close ben-0", "shop.close ana-0", "shop.open ana", "shop.open ben",
      ])
    #expect(run.statuses["part"] == .succeeded)
    #expect(run.statuses["hold"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a checkpoint that was not passed is refused, with those that were`() throws {
    let run = try rehearsal()
    let refusal = run.handle(.rewind(to: "nowhere", again: [], reason: nil))
    #expect(refusal?.message == "the run has not passed a checkpoint `nowhere`")
    #expect(refusal?.hint == "it has passed `begun`")
  }

  @Test func `a loop that cannot be taken back as a whole is not gone behind`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }
        - id: each
          for_each:
            in: "['a', 'b']"
            steps:
              - { id: account, action: shop.open, with: { name: "${{ item }}" } }
              - { id: letter, action: shop.tell, with: { text: "${{ item }}" } }
        - { id: hold, wait: 7d }
      """, catalog: Shop.catalog)
    run.carryOut()
    #expect(
      run.handle(.rewind(to: "begun", again: [], reason: nil))?.hint
        == "to do all of it again: --again each")
    #expect(run.handle(.rewind(to: "begun", again: ["each"], reason: nil)) == nil)
    #expect(
      run.carryOut() == [
        "shop.close b-0", "shop.close a-0", "shop.open a", "shop.tell a", "shop.open b",
        "shop.tell b",
      ])
  }

  // MARK: Rounds

  private static let rounds = """
    steps:
      - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }
      - id: again
        repeat:
          steps: [ { id: make, action: shop.open, with: { name: "n${{ index }}" } } ]
          until: index == 2
      - { id: hold, wait: 7d }
    """

  @Test func `a repeat that is done again begins with its first round, with new keys`() throws {
    let run = try Rehearsal(Self.rounds, catalog: Shop.catalog)
    run.carryOut()
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    var done: [String] = []
    var keys: Set<String> = []
    run.carryOut { request in
      done.append(request.address)
      keys.insert(request.key)
      return Shop.answer(request)
    }
    #expect(
      done == [
        "again[2]/make.undo", "again[1]/make.undo", "again[0]/make.undo",
        "again[0]/make", "again[1]/make", "again[2]/make",
      ])
    #expect(keys.contains("20261120-abc234:again[0]/make:1:1"), "\(keys)")
    #expect(run.statuses["again"] == .succeeded)
    #expect(run.engine.state.steps["again"]?.group?.roundsOfSeries == 3)
    #expect(run.statuses["hold"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `in a journal of old it goes on with its last round`() throws {
    let run = try Rehearsal(Self.rounds, catalog: Shop.catalog)
    run.carryOut()
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    run.carryOut()
    let position = try #require(run.events.firstIndex { $0.kind.type == "run.rewound" })
    var engine = try run.folded(position)
    func apply(_ pending: PendingEvent) {
      engine.apply(
        Event(pending.kind, step: pending.step, attempt: nil, actor: .machine, at: run.now))
    }
    apply(PendingEvent(try EventKind(type: "run.rewound", data: [:])))
    while case .record(let pending) = engine.next(now: run.now) { pending.forEach(apply) }
    #expect(engine.currentAddresses.contains("again[2]/make"), "\(engine.currentAddresses)")
  }

  // MARK: Approvals

  private func approve(_ run: Rehearsal, _ address: String) {
    #expect(
      run.handle(.decide(step: address, approves: true, comment: nil, shown: nil)) == nil)
  }

  @Test func `an approval after the checkpoint is void, one before it stands`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: first, approve: { message: Begin? } }
        - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }
        - id: part
          steps: [ { id: second, approve: { message: Send? } } ]
        - { id: letter, action: shop.tell, with: { text: letter } }
        - { id: sure, ask: { fields: { answer: string } } }
      """, catalog: Shop.catalog)
    run.proceed()
    approve(run, "first")
    run.carryOut()
    approve(run, "second")
    #expect(run.carryOut() == ["shop.tell letter"])
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["first"] == .succeeded)
    #expect(run.statuses["second"] == .waiting)
    #expect(run.engine.state.steps["second"]?.people.decisions == [])
    approve(run, "second")
    #expect(run.carryOut() == [])
    #expect(run.statuses["letter"] == .succeeded)
    #expect(run.statuses["sure"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `approvals in a loop are void unless something there would happen twice`() throws {
    func rewound(_ inner: String) throws -> Rehearsal {
      let run = try Rehearsal(
        """
        steps:
          - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }
          - id: each
            for_each:
              in: "['a']"
              steps:
                - { id: second, approve: { message: Send? } }
                - \(inner)
          - { id: sure, ask: { fields: { answer: string } } }
        """, catalog: Shop.catalog)
      run.carryOut()
      approve(run, "each[0]/second")
      run.carryOut()
      #expect(run.statuses["sure"] == .waiting)
      #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
      run.carryOut()
      return run
    }
    let void = try rewound("{ id: look, action: shop.find, with: { name: ana } }")
    #expect(void.statuses["each[0]/second"] == .waiting)
    let kept = try rewound("{ id: letter, action: shop.tell, with: { text: letter } }")
    #expect(kept.statuses["each"] == .succeeded)
    #expect(kept.statuses["sure"] == .waiting)
  }

  @Test func `an approval that was given is asked for again`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }
        - { id: ok, approve: { message: Go?, approvals: 2 } }
        - { id: hold, wait: 7d }
      """, catalog: Shop.catalog)
    run.carryOut()
    let people = ["ana", "ben"].map { Actor(kind: .person, id: $0) }
    func approve(_ person: Actor) {
      let decision = CommandKind.decide(step: "ok", approves: true, comment: nil, shown: nil)
      #expect(run.handle(decision, by: person) == nil)
      run.proceed()
    }
    people.forEach(approve)
    #expect(run.statuses["hold"] == .waiting)
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    run.carryOut()
    #expect(run.statuses["ok"] == .waiting)
    approve(people[0])
    #expect(run.statuses["ok"] == .waiting)
    // One that was given before the run went back does not count for the second.
    approve(people[0])
    #expect(run.statuses["ok"] == .waiting)
    approve(people[1])
    #expect(run.statuses["ok"] == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a run does not go back while something is under way, in doubt, or taken back`() throws
  {
    let lost = AttemptResult.lost(Failure(code: "timeout", message: "no answer"))
    let run = try Rehearsal(
      """
      steps:
        - { id: start, action: shop.open, with: { name: ana }, checkpoint: begun }
        - { id: letter, action: shop.tell, with: { text: letter } }
        - { id: hold, wait: 7d }
      """, catalog: Shop.catalog)
    run.carryOut { $0.address == "letter" ? lost : Shop.answer($0) }
    func back() -> String? { run.handle(.rewind(to: "begun", again: [], reason: nil))?.message }
    #expect(back()?.contains("`letter` is in doubt") == true)
    let settled = run.handle(
      .resolve(step: "letter", happened: false, values: [:], reason: "looked"))
    #expect(settled == nil)
    let request = try #require(run.nextAttempt())
    run.start(request)
    #expect(back()?.contains("`letter` is being carried out") == true)
    run.end(request, .succeeded([:]))
    run.proceed()
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(back()?.contains("takes back what it did") == true)
  }
}

import Testing
import Values
import Workflows

@testable import Engine

@Suite struct UndoTests {
  @Test func `who cancels in the middle of taking back leaves a record of what is still there`()
    throws
  {
    let run = try Rehearsal(
      """
      steps:
        - { id: a, action: shop.open, with: { name: ana } }
        - { id: b, action: shop.open, with: { name: bo } }
        - { id: c, action: shop.open, with: { name: cy } }
        - { id: hold, ask: { fields: { answer: string } } }
      """, catalog: Shop.catalog)
    run.carryOut()
    #expect(run.handle(.undo(reason: nil)) == nil)
    run.carryOut { request in
      request.inputs["id"]?.asString?.hasPrefix("bo") ?? false
        ? .failed(Failure(code: "busy", message: "not now"), canRetry: false)
        : Shop.answer(request)
    }
    #expect(run.statuses["b.undo"] == .failed)
    #expect(run.handle(.cancel(reason: "enough")) == nil)
    run.carryOut()
    #expect(run.status == .cancelled)
    #expect(run.engine.state.begunEnd?.notTakenBack == ["b", "a"])
    #expect(try run.agreesWithItsJournal())
  }

  private func rehearsal(_ body: String) throws -> Rehearsal {
    try Rehearsal(body, catalog: Shop.catalog)
  }

  private static let two = """
    steps:
      - { id: one, action: shop.open, with: { name: ana } }
      - { id: two, action: shop.open, with: { name: ben } }
      - { id: hold, wait: 7d }
    """

  @Test func `what was done is taken back newest first, then finally, then undone`() throws {
    let run = try rehearsal(
      Self.two + "\nfinally:\n  - { id: last, action: shop.tell, with: { text: bye } }\n")
    #expect(run.carryOut() == ["shop.open ana", "shop.open ben"])
    #expect(run.handle(.undo(reason: "a mistake")) == nil)
    #expect(run.carryOut() == ["shop.close ben-0", "shop.close ana-0", "shop.tell bye"])
    #expect(run.status == .undone)
    #expect(run.statuses["one"] == .undone)
    #expect(run.statuses["two"] == .undone)
    #expect(run.statuses["hold"] == .cancelled)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `loops and branches are taken back by the order of the journal`() throws {
    let run = try rehearsal(
      """
      steps:
        - id: each
          for_each:
            in: "['a', 'b']"
            steps: [ { id: account, action: shop.open, with: { name: "${{ item }}" } } ]
        - id: beside
          parallel:
            - { id: left, action: shop.open, with: { name: l } }
            - { id: right, action: shop.open, with: { name: r } }
        - { id: hold, wait: 7d }
      """)
    let opened = run.carryOut()
    #expect(opened.count == 4)
    #expect(run.handle(.undo(reason: nil)) == nil)
    let closed = run.carryOut()
    #expect(
      closed == opened.reversed().map { $0.replacing("shop.open", with: "shop.close") + "-0" })
    #expect(run.status == .undone)
  }

  @Test func `of a loop it is counted in how many items all was taken back`() throws {
    let run = try rehearsal(
      """
      steps:
        - id: each
          for_each:
            in: "['a', 'b', 'c']"
            steps:
              - { id: one, action: shop.open, with: { name: "${{ item }}" } }
              - { id: two, if: item == 'b', action: shop.open, with: { name: "${{ item }}" } }
        - { id: hold, wait: 7d }
      """)
    run.carryOut()
    func counted() throws -> Int? {
      let step = try #require(run.workflow.allSteps.first { $0.id == "each" })
      return run.engine.items(of: step, at: "each")?.takenBack
    }
    #expect(try counted() == 0)
    #expect(run.handle(.undo(reason: nil)) == nil)
    var calls = 0
    let lost = AttemptResult.lost(Failure(code: "timeout", message: "no answer"))
    run.carryOut { request in
      calls += 1
      return calls == 3 ? lost : Shop.answer(request)
    }
    // Of `b` one of two effects is taken back, of the other nobody knows.
    #expect(try counted() == 1)
    let passed = run.handle(
      .resolve(step: "each[1]/one.undo", happened: true, values: [:], reason: "looked"))
    #expect(passed == nil)
    run.carryOut()
    #expect(run.status == .undone)
    #expect(try counted() == 3)
  }

  @Test func `what undo calls is what was known when the step succeeded`() throws {
    let run = try rehearsal(
      """
      steps:
        - id: one
          action: shop.open
          with: { name: ana }
          undo:
            action: shop.tell
            with: { text: "${{ with.name }} ${{ steps.one.outputs.id }} ${{ key }}" }
        - { id: hold, wait: 7d }
      """)
    run.carryOut()
    #expect(
      run.engine.undoPreview.entries.map(\.plan) == [
        .call(
          operation: "shop.tell",
          with: StoredValues(clear: ["text": "ana ana-0 20261120-abc234:one:0"]))
      ])
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.tell ana ana-0 20261120-abc234:one:0"])
  }

  @Test func `an effect whose check did not hold is taken back as well`() throws {
    let run = try rehearsal(
      """
      steps:
        - id: one
          action: shop.open
          with: { name: ana }
          verify: [ { check: "outputs.id == 'other'" } ]
      """)
    run.carryOut()
    #expect(run.statuses["one"] == .failed)
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close ana-0"])
    #expect(run.status == .undone)
  }

  @Test func `a doubt is settled before anything is taken back`() throws {
    let run = try rehearsal(Self.two)
    run.carryOut { request in
      request.address == "two"
        ? .lost(Failure(code: "timeout", message: "no answer"))
        : Shop.answer(request)
    }
    #expect(run.statuses["two"] == .inDoubt)
    let refusal = run.handle(.undo(reason: nil))
    #expect(
      refusal?.message == "`two` is in doubt: that is settled before what was done is taken back")
    #expect(refusal?.hint?.contains("two --happened --set id=… --reason") == true)
    #expect(
      run.handle(.resolve(step: "two", happened: true, values: ["id": "b"], reason: "seen")) == nil)
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close b", "shop.close ana-0"])
  }

  @Test func `a failed undo parks, and is retried, done by hand or passed over`() throws {
    let run = try rehearsal(Self.two)
    run.carryOut()
    #expect(run.handle(.undo(reason: nil)) == nil)
    let failure = AttemptResult.failed(
      Failure(code: "closed", message: "the shop is closed"), canRetry: false)
    #expect(run.carryOut { _ in failure } == ["shop.close ben-0"])
    #expect(run.park.status == .needsAttention)
    #expect(run.park.reasons.map(\.step) == ["two.undo"])
    #expect(try run.agreesWithItsJournal())
    #expect(run.handle(.retry(step: "two.undo", with: [:], again: false, reason: nil)) == nil)
    #expect(run.carryOut { _ in failure } == ["shop.close ben-0"])
    #expect(
      run.handle(.done(step: "two.undo", values: [:], reason: "by phone", evidence: [])) == nil)
    #expect(run.statuses["two"] == .undone)
    #expect(run.carryOut { _ in failure } == ["shop.close ana-0"])
    #expect(run.handle(.skip(step: "one.undo", reason: "let it be")) == nil)
    run.carryOut()
    #expect(run.status == .undone)
    #expect(run.statuses["one"] == .succeeded)
  }

  @Test func `a lost answer while taking back is a doubt like any other`() throws {
    let run = try rehearsal(Self.two)
    run.carryOut()
    #expect(run.handle(.undo(reason: nil)) == nil)
    run.carryOut { _ in .lost(Failure(code: "timeout", message: "no answer")) }
    #expect(run.statuses["two.undo"] == .inDoubt)
    #expect(
      run.handle(.resolve(step: "two.undo", happened: true, values: [:], reason: "seen")) == nil)
    #expect(run.carryOut() == ["shop.close ana-0"])
    #expect(run.status == .undone)
  }

  @Test func `a person is asked to take back what no machine can`() throws {
    let run = try rehearsal(
      """
      steps:
        - id: letter
          action: shop.tell
          with: { text: hello }
          undo: { manual: "Ask for the letter ${{ with.text }} back." }
        - { id: hold, wait: 7d }
      """)
    run.carryOut()
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.carryOut() == [])
    guard case .waiting(let waiting, _)? = run.engine.state.steps["letter.undo"]?.phase else {
      Issue.record("nobody is asked")
      return
    }
    #expect(waiting.cause == .byHand(message: "Ask for the letter hello back."))
    #expect(
      run.handle(.done(step: "letter.undo", values: [:], reason: "got it", evidence: [])) == nil)
    run.proceed()
    #expect(run.status == .undone)
  }

  @Test func `what is sensitive is not in the words in which somebody is asked to take it back`()
    throws
  {
    let run = try Rehearsal(
      """
      inputs: { text: { type: string, sensitive: true } }
      steps:
        - id: letter
          action: shop.tell
          with: { text: "${{ inputs.text }}" }
          undo: { manual: "Ask for ${{ inputs.text }} back, or ${{ with.text }}." }
        - { id: hold, wait: 7d }
      """, inputs: ["text": "hello"], catalog: Shop.catalog)
    run.carryOut()
    #expect(run.handle(.undo(reason: nil)) == nil)
    run.carryOut()
    #expect(run.shown(at: "letter.undo") == "Ask for (sensitive) back, or (sensitive).")
  }

  @Test func `what cannot be taken back is named`() throws {
    let run = try rehearsal(
      """
      steps:
        - { id: told, action: shop.tell, with: { text: hello } }
        - { id: looked, action: shop.find, with: { name: ana } }
        - { id: hold, wait: 7d }
      """)
    run.carryOut()
    let preview = run.engine.undoPreview
    #expect(preview.entries.isEmpty)
    #expect(preview.irreversible.map(\.step) == ["told"])
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.carryOut() == [])
    #expect(run.status == .undone)
  }

  @Test func `the policy takes back what was done`() throws {
    let run = try rehearsal(
      """
      steps:
        - { id: one, action: shop.open, with: { name: ana } }
        - { id: two, action: shop.tell, with: { text: hello }, on_failure: undo }
      """)
    let called = run.carryOut { request in
      request.address == "two"
        ? .failed(Failure(code: "x", message: "no"), canRetry: false) : Shop.answer(request)
    }
    #expect(called == ["shop.open ana", "shop.tell hello", "shop.close ana-0"])
    #expect(run.status == .undone)
  }

  @Test func `a process that dies while taking back goes on where it was`() throws {
    let run = try rehearsal(Self.two)
    run.carryOut()
    #expect(run.handle(.undo(reason: nil)) == nil)
    let request = try #require(run.nextAttempt())
    run.start(request)
    let saved = run.engine.state.saved
    let state = try #require(RunState(saved: saved, workflow: run.workflow))
    run.engine = RunEngine(workflow: run.workflow, state: state, vault: run.engine.vault)
    run.apply(.runResumed(process: 2, host: "here"))
    run.proceed()
    #expect(run.statuses["two.undo"] == .inDoubt)
    #expect(run.statuses["one"] == .succeeded)
    #expect(
      run.handle(.resolve(step: "two.undo", happened: false, values: [:], reason: "looked")) == nil)
    #expect(run.carryOut() == ["shop.close ben-0", "shop.close ana-0"])
  }

  @Test func `what an earlier try may have done is settled before anything is taken back`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: one, action: shop.open, effects: keyed, with: { name: ana } }
        - { id: last, wait: 1d }
      """, catalog: Shop.catalog)
    var results: [AttemptResult] = [
      .lost(Failure(code: "timeout", message: "no answer")),
      .failed(Failure(code: "busy", message: "not now"), canRetry: false),
    ]
    run.carryOut { _ in results.removeFirst() }
    #expect(run.statuses["one"] == .inDoubt)
    let refusal = run.handle(.undo(reason: nil))
    #expect(refusal?.message.contains("`one` is in doubt: that is settled before") == true)
    let settled = run.handle(
      .resolve(step: "one", happened: true, values: ["id": "ana-0"], reason: "seen"))
    #expect(settled == nil)
    run.proceed()
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close ana-0"])
    #expect(run.status == .undone)
  }

  @Test func `what is done by hand is taken back with the defaults that its text shows`() throws {
    let run = try Rehearsal(
      """
      inputs: { name: string }
      steps:
        - { id: room, action: shop.rent, with: { name: "${{ inputs.name }}" } }
        - { id: hold, wait: 7d }
      """, inputs: ["name": "x"], catalog: Shop.catalog)
    #expect(run.carryOut().isEmpty)
    #expect(run.statuses["room"] == .failed)
    let step = try #require(run.engine.step(at: "room"))
    #expect(run.engine.manual(of: step, at: "room") == "Rent 2 rooms.")
    #expect(run.handle(.done(step: "room", values: [:], reason: "so", evidence: [])) == nil)
    let plan = try #require(run.engine.state.undo.entries.first?.plan)
    #expect(plan == .call(operation: "shop.leave", with: StoredValues(clear: ["size": 2])))
  }

  @Test func `of loops in a loop each counts what is its own`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: outer
          for_each:
            in: "['a', 'b']"
            steps:
              - id: inner
                for_each:
                  in: "['c', 'd']"
                  steps:
                    - id: one
                      action: shop.open
                      on_failure: continue
                      with: { name: "${{ item }}" }
                    - { id: two, action: shop.open, with: { name: x } }
              - { id: hold, if: index == 1, wait: 7d }
      """, catalog: Shop.catalog)
    let refused = AttemptResult.failed(Failure(code: "no", message: "no"), canRetry: false)
    run.carryOut { request in
      switch request.address {
      case "outer[0]/inner[1]/one", "outer[1]/inner[0]/two": refused
      default: Shop.answer(request)
      }
    }
    func items(_ address: String) throws -> LoopItems {
      let step = try #require(run.engine.step(at: address))
      return try #require(run.engine.items(of: step, at: address))
    }
    #expect(try items("outer").passedOver.map(\.index) == [0])
    #expect(try items("outer[1]/inner").stuck.map(\.index) == [0])
    #expect(try items("outer[1]/inner").done == 1)
    #expect(run.handle(.cancel(reason: "enough")) == nil)
    #expect(run.handle(.undo(reason: nil)) != nil)
    run.proceed()
    #expect(try items("outer").brokenOff.isEmpty)
    #expect(try items("outer").stuck.map(\.index) == [1])
    #expect(try items("outer[1]/inner").stuck.map(\.index) == [0])
    #expect(try items("outer[1]/inner").passedOver.isEmpty)
  }
}

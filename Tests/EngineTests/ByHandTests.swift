import SourceText
import Testing
import Values
import Workflows

@testable import Engine

@Suite struct ByHandTests {
  private static let body = """
    steps:
      - { id: one, action: shop.open, with: { name: ana } }
      - { id: two, action: shop.tell, with: { text: "${{ steps.one.outputs.id }}" } }
    """

  @Test func `a person does a step in place of the machine`() throws {
    let run = try Rehearsal(Self.body, catalog: Shop.catalog)
    #expect(run.handle(.byHand(step: "one", reason: nil)) == nil)
    #expect(run.carryOut() == [])
    guard case .waiting(let waiting, _)? = run.engine.state.steps["one"]?.phase else {
      Issue.record("nobody is asked")
      return
    }
    #expect(waiting.cause == .byHand(message: "Open the account of ana on paper."))
    #expect(run.park.status == .waiting)
    let unfit = run.handle(.done(step: "one", values: [:], reason: "x", evidence: []))
    #expect(unfit?.message.contains("`id` is missing") == true)
    #expect(
      run.handle(.done(step: "one", values: ["id": "paper-1"], reason: "x", evidence: [])) == nil)
    #expect(run.carryOut() == ["shop.tell paper-1"])
    #expect(run.engine.undoPreview.entries.map(\.step) == ["one"])
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a contract's text has the defaults of what the step does not give`() throws {
    let contract = PluginContract.decode(
      SourceFile(
        path: "plugins/desk/plugin.yaml",
        text: """
          plugin: desk
          operations:
            open:
              summary: Open
              effects: once
              inputs:
                name: string
                roles: { type: array, items: { type: string }, default: [member] }
                room: { type: string, optional: true }
              outputs: {}
              manual: >-
                Open ${{ inputs.name }} as ${{ inputs.roles.join(', ') }} at
                ${{ inputs.?room.orValue('any desk') }}.
          """), into: Diagnostics())
    let run = try Rehearsal(
      "steps: [ { id: one, action: desk.open, with: { name: ana } } ]\n",
      catalog: Catalog(contract.map { ["desk": $0] } ?? [:]), isByHand: true)
    run.proceed()
    guard case .waiting(let waiting, _)? = run.engine.state.steps["one"]?.phase else {
      Issue.record("nobody is asked")
      return
    }
    #expect(waiting.cause == .byHand(message: "Open ana as member at any desk."))
  }

  private static let bank: Catalog = {
    let contract = PluginContract.decode(
      SourceFile(
        path: "plugins/bank/plugin.yaml",
        text: """
          plugin: bank
          operations:
            pay:
              summary: Pay
              effects: once
              inputs:
                to: string
                sum: number
                parts: { type: array, items: { type: integer }, default: [1] }
                note: { type: string, optional: true }
                pin: { type: string, sensitive: true }
                code: string
              outputs: {}
              undo: { action: take, with: { to: "${{ inputs.to }}", pin: "${{ inputs.pin }}" } }
            take:
              summary: Take it back
              effects: once
              inputs: { to: string, pin: { type: string, sensitive: true } }
              outputs: {}
          """), into: Diagnostics())
    return Catalog(contract.map { ["bank": $0] } ?? [:])
  }()

  private func told(_ run: Rehearsal, at address: String) -> String? {
    guard case .waiting(let waiting, _)? = run.engine.state.steps[address]?.phase,
      case .byHand(let message) = waiting.cause
    else { return nil }
    return message
  }

  @Test func `without a text of its own a step shows what would have been called`() throws {
    let run = try Rehearsal(
      """
      inputs: { who: string, code: { type: string, sensitive: true } }
      steps:
        - id: pay
          name: Pay it
          action: bank.pay
          with:
            to: "${{ inputs.who }}"
            sum: 9.5
            note: "a `b`\\nc"
            pin: "no-${{ inputs.who }}"
            code: "${{ inputs.code }}"
        - { id: hold, wait: 7d }
      """, inputs: ["who": "ana", "code": "TOPSECRET99"], catalog: Self.bank, isByHand: true,
      sealing: LosingVault())
    run.proceed()
    let call =
      "`to: ana`, `sum: 9.5`, `note: \"a 'b'\\nc\"`, `pin: no-${{ inputs.who }}`,"
      + " `code: ${{ inputs.code }}`, `parts: [1]`"
    #expect(told(run, at: "pay") == "Pay it: do by hand what `bank.pay` does, with \(call)")
    #expect(run.handle(.done(step: "pay", values: [:], reason: "x", evidence: [])) == nil)
    run.proceed()
    #expect(run.handle(.undo(reason: nil)) == nil)
    run.proceed()
    #expect(
      told(run, at: "pay.undo")
        == "Take back: Pay it: do by hand what `bank.take` does, with `to: ana`, `pin: (sensitive)`"
    )
    #expect(!run.events.contains { "\($0.kind.data)".contains("TOPSECRET99") })
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what a person corrected, and what cannot be computed, is shown as well`() throws {
    let body = """
      inputs: { n: { type: integer, default: 0 } }
      steps: [ { id: say, action: shop.tell, with: { text: "${{ string(1 / inputs.n) }}" } } ]
      """
    let failing = try Rehearsal(body, catalog: Shop.catalog, isByHand: true)
    failing.proceed()
    #expect(
      told(failing, at: "say")
        == "say: do by hand what `shop.tell` does, with `text: ${{ string(1 / inputs.n) }}`")
    let run = try Rehearsal(body, catalog: Shop.catalog)
    run.carryOut()
    #expect(run.handle(.retry(step: "say", with: ["text": "so"], again: false, reason: nil)) == nil)
    run.carryOut { _ in .failed(Failure(code: "x", message: "no"), canRetry: false) }
    #expect(run.handle(.byHand(step: "say", reason: nil)) == nil)
    run.proceed()
    #expect(told(run, at: "say") == "say: do by hand what `shop.tell` does, with `text: so`")
  }

  @Test(arguments: [false, true])
  func `whoever takes something back by hand is told what was corrected of that`(hasText: Bool)
    throws
  {
    let contract = PluginContract.decode(
      SourceFile(
        path: "plugins/desk/plugin.yaml",
        text: """
          plugin: desk
          operations:
            open:
              summary: Open
              effects: once
              inputs: { name: string }
              outputs: {}
              undo: { action: close, with: { name: "${{ inputs.name }}", room: big } }
            close:
              summary: Close
              effects: once
              inputs: { name: string, room: string }
              outputs: {}
              \(hasText ? "manual: Close ${{ inputs.name }} in ${{ inputs.room }}." : "")
          """), into: Diagnostics())
    let run = try Rehearsal(
      """
      steps: [ { id: one, action: desk.open, with: { name: ana } }, { id: hold, wait: 7d } ]
      """, catalog: Catalog(contract.map { ["desk": $0] } ?? [:]))
    run.carryOut()
    #expect(run.handle(.undo(reason: nil)) == nil)
    let refused = AttemptResult.failed(Failure(code: "x", message: "no"), canRetry: false)
    run.carryOut { _ in refused }
    let retry = CommandKind.retry(
      step: "one.undo", with: ["name": "ben"], again: false, reason: nil)
    #expect(run.handle(retry) == nil)
    run.carryOut { _ in refused }
    #expect(run.handle(.byHand(step: "one.undo", reason: nil)) == nil)
    run.carryOut()
    let words = "Take back: one: do by hand what `desk.close` does, with `name: ben`, `room: big`"
    #expect(told(run, at: "one.undo") == (hasText ? "Close ben in big." : words))
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a failed step is taken over, and given back by a retry`() throws {
    let run = try Rehearsal(Self.body, catalog: Shop.catalog)
    run.carryOut { _ in .failed(Failure(code: "x", message: "no"), canRetry: false) }
    #expect(run.handle(.byHand(step: "one", reason: "the shop is down")) == nil)
    run.proceed()
    #expect(run.statuses["one"] == .waiting)
    #expect(run.handle(.retry(step: "one", with: [:], again: false, reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.open ana", "shop.tell ana-1"])
  }

  @Test func `nothing is called in a run that is done by hand`() throws {
    let run = try Rehearsal(Self.body, catalog: Shop.catalog, isByHand: true)
    #expect(run.carryOut() == [])
    #expect(run.handle(.done(step: "one", values: ["id": "p"], reason: "x", evidence: [])) == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["two"] == .waiting)
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["one.undo"] == .waiting)
    #expect(run.handle(.done(step: "one.undo", values: [:], reason: "x", evidence: [])) == nil)
    run.proceed()
    #expect(run.status == .undone)
  }

  @Test func `what takes back a step that was done by hand sees the defaults of its operation`()
    throws
  {
    let run = try Rehearsal(
      """
      steps:
        - id: note
          action: files.write
          with: { path: a.txt, content: x }
          undo: { manual: "Remove ${{ with.path }}, which is ${{ with.encoding }}." }
        - { id: hold, wait: 7d }
      """, catalog: Shop.catalog)
    #expect(run.handle(.byHand(step: "note", reason: nil)) == nil)
    run.carryOut()
    let written: ValueMap = ["path": "a.txt", "size": 1, "sha256": "-"]
    #expect(run.handle(.done(step: "note", values: written, reason: "x", evidence: [])) == nil)
    run.carryOut()
    #expect(run.handle(.undo(reason: nil)) == nil)
    run.carryOut()
    guard case .waiting(let waiting, _)? = run.engine.state.steps["note.undo"]?.phase else {
      Issue.record("nobody is asked")
      return
    }
    #expect(waiting.cause == .byHand(message: "Remove a.txt, which is text."))
  }

  @Test func `a step that is no operation cannot be taken over`() throws {
    let run = try Rehearsal("steps: [ { id: a, ask: { fields: { x: string } } } ]\n")
    run.proceed()
    #expect(
      run.handle(.byHand(step: "a", reason: nil))?.message
        == "`a` is not done by the machine: there is nothing to take over")
  }
}

extension ByHandTests {
  @Test func `a step whose recovery is under way is not taken over beside it`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: one
          action: shop.open
          with: { name: ana }
          on_failure: { steps: [ { id: why, ask: { fields: { cause: string } } } ], then: retry }
      """, catalog: Shop.catalog)
    run.carryOut { _ in
      .failed(Failure(code: "busy", message: "not now"), canRetry: false)
    }
    #expect(
      run.handle(.byHand(step: "one", reason: nil))?.message
        == "the recovery steps of `one` are under way")
  }

  @Test func `only a step that the run comes to is taken over, by its own address`() throws {
    let run = try Rehearsal(
      """
      inputs: { more: { type: boolean, default: false } }
      steps:
        - { id: left, if: inputs.more, steps: [ { id: never, action: shop.open, with: { name: ana } } ] }
        - { id: q, ask: { fields: { v: integer } } }
        - { id: sec, steps: [ { id: buy, action: shop.open, with: { name: ana } } ] }
        - id: l
          for_each: { in: "['a', 'b']", as: h, steps: [ { id: i, action: shop.open, with: { name: "${{ h }}" } }, { id: w, ask: { fields: { v: integer } } } ] }
        - { id: c, workflow: called }
      """,
      called: ["called": "steps: [ { id: x, action: shop.open, with: { name: ana } } ]\n"],
      catalog: Shop.catalog)
    run.proceed()
    func refusal(_ address: String) -> Refusal? {
      run.handle(.byHand(step: address, reason: nil))
    }
    for (loose, hint) in [
      ("sec/buy", "its address is `buy`"), ("sec[0]/buy", "its address is `buy`"),
      ("i", "`l[0]/i` is the first of them"), ("l/i", "`l[0]/i` is the first of them"),
      ("l[x]/i", "`l[0]/i` is the first of them"), ("l[01]/i", "`l[0]/i` is the first of them"),
      ("l[-1]/i", "`l[0]/i` is the first of them"), ("c[0]/x", "its address is `c/x`"),
      ("x", "its address is `c/x`"), ("nothing", "the run stands at `q`"),
    ] {
      let refused = try #require(refusal(loose), "\(loose)")
      #expect(refused.message == "this run has no step `\(loose)`")
      #expect(refused.hint == hint)
    }
    #expect(
      refusal("never")?.message == "the run has passed `left`, and `never` with it")
    #expect(
      run.handle(.skip(step: "sec/buy", reason: "x"))?.message == "this run has no step `sec/buy`")
    for address in ["buy", "l[1]/i", "c/x"] { #expect(refusal(address) == nil) }
    #expect(run.handle(.answer(step: "q", values: ["v": 1])) == nil)
    #expect(run.carryOut() == [])
    #expect(run.handle(.done(step: "buy", values: ["id": "p"], reason: "x", evidence: [])) == nil)
    #expect(run.carryOut() == ["shop.open a"])
    #expect(refusal("l[5]/i")?.hint == "`l[1]` is the last item of `l`")
    #expect(run.handle(.answer(step: "l[0]/w", values: ["v": 1])) == nil)
    #expect(run.carryOut() == [])
    #expect(refusal("l[0]/i")?.message == "`l[0]` is over, and `l[0]/i` with it")
    #expect(try run.agreesWithItsJournal())
  }
}

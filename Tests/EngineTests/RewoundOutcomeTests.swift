import Testing
import Values
import Workflows

@testable import Engine

/// What comes to another end once a run has gone back, and what reads that.
@Suite struct RewoundOutcomeTests {
  private static let begin =
    "  - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }"
  private static let one = "  - { id: one, action: shop.open, with: { name: ana } }"

  private func rehearsal(
    _ steps: String, called: [String: String] = [:], catalog: Catalog = Shop.catalog,
    _ world: (AttemptRequest) -> AttemptResult = Shop.answer
  ) throws -> Rehearsal {
    let end = "  - { id: hold, wait: 7d }"
    let run = try Rehearsal(
      "steps:\n\(Self.begin)\n\(steps)\n\(end)\n", called: called, catalog: catalog)
    run.carryOut(world)
    return run
  }

  private func plan(_ run: Rehearsal, to name: String = "begun") throws -> RewindPreview {
    #expect(run.statuses["hold"] == .waiting)
    return try run.engine.rewindPreview(to: name, again: [])
  }

  private func rewind(_ run: Rehearsal, to name: String = "begun") -> Refusal? {
    run.handle(.rewind(to: name, again: [], reason: nil))
  }

  private func answer(_ run: Rehearsal, _ step: String, _ values: ValueMap = ["n": 1]) {
    #expect(run.handle(.answer(step: step, values: values)) == nil)
    run.carryOut()
  }

  // MARK: Calls

  @Test func `what reads the outputs of the call that it goes back into is done anew`() throws {
    let called = [
      "inner": """
      outputs: { id: "${{ steps.one.outputs.id }}" }
      steps:
        - { id: before, set: { x: 1 }, checkpoint: inside }
        - { id: one, action: shop.open, with: { name: ana } }
      """
    ]
    let run = try rehearsal(
      """
        - { id: call, workflow: inner }
        - { id: found, action: shop.find, with: { name: "${{ steps.call.outputs.id }}" } }
        - { id: sure, ask: { message: "${{ steps.call.outputs.id }}?", fields: { n: integer } } }
        - { id: mail, action: shop.tell, with: { text: "${{ steps.call.outputs.id }}" } }
        - { id: other, ask: { message: The day?, fields: { n: integer } } }
      """, called: called)
    answer(run, "sure")
    answer(run, "other")
    let preview = try plan(run, to: "inside")
    #expect(preview.renewed == ["found", "sure"])
    #expect(preview.kept == ["mail", "other"])
    #expect(preview.outdated == ["mail"])
    #expect(rewind(run, to: "inside") == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana", "shop.find ana-1"])
    #expect(run.statuses["sure"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what reads an output that a call makes of its inputs is done anew`() throws {
    let called = [
      "inner": """
      inputs: { id: string }
      outputs: { url: "https://${{ inputs.id }}" }
      steps: [ { id: told, action: shop.tell, with: { text: told } } ]
      """
    ]
    let run = try rehearsal(
      """
      \(Self.one)
        - { id: call, workflow: inner, with: { id: "${{ steps.one.outputs.id }}" } }
        - { id: found, action: shop.find, with: { name: "${{ steps.call.outputs.url }}" } }
      """, called: called)
    let preview = try plan(run)
    #expect(preview.renewed == ["found"])
    #expect(preview.kept == ["call/told"])
    #expect(preview.outdated == [])
  }

  @Test func `of a call nothing is done anew for an approval in it that it gives nothing of`()
    throws
  {
    let called = [
      "inner": """
      outputs: { n: "${{ steps.kept.outputs.n }}" }
      steps:
        - { id: ok, approve: { message: Go? } }
        - { id: kept, ask: { fields: { n: integer } } }
      """
    ]
    let run = try rehearsal(
      """
        - { id: call, workflow: inner }
        - { id: sure, ask: { message: "${{ steps.call.outputs.n }}?", fields: { n: integer } } }
      """, called: called)
    #expect(run.approve("call/ok") == nil)
    run.carryOut()
    answer(run, "call/kept")
    answer(run, "sure")
    let preview = try plan(run)
    #expect(preview.voided == ["call/ok"])
    #expect(preview.kept == ["call/kept", "sure"])
  }

  // MARK: Branches and jumps

  @Test func `what reads a later branch is done anew with that`() throws {
    let run = try rehearsal(
      """
        - id: both
          parallel:
            - id: first
              steps:
                - { id: sure, ask: { message: "${{ steps.one.outputs.?id.orValue('none') }}?", fields: { n: integer } } }
                - { id: other, ask: { message: The day?, fields: { n: integer } } }
            - { id: one, action: shop.open, with: { name: ana } }
      """)
    answer(run, "sure")
    answer(run, "other")
    let preview = try plan(run)
    #expect(preview.renewed == ["sure"])
    #expect(preview.kept == ["other"])
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana"])
    #expect(run.statuses["sure"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  private static func jump(where found: String) -> String {
    """
    \(one)
      - { id: jump, if: "steps.one.outputs.id \(found)", go_to: other }
      - { id: look, action: shop.find, with: { name: ana } }
      - { id: sure, ask: { message: Sure?, fields: { n: integer } } }
      - { id: other, ask: { message: The day?, fields: { n: integer } } }
      - { id: last, ask: { message: "${{ string(steps.look.outputs.?found.orValue(false)) }}?", fields: { n: integer } } }
    """
  }

  @Test func `what a jump passed by may come, and what reads it is done anew`() throws {
    let run = try rehearsal(Self.jump(where: "== 'ana-0'"))
    for step in ["other", "last"] { answer(run, step) }
    let preview = try plan(run)
    #expect(preview.renewed == ["last"])
    #expect(preview.kept == ["other"])
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana", "shop.find ana"])
    #expect(run.statuses["sure"] == .waiting)
    answer(run, "sure")
    #expect(run.statuses["last"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what a jump may pass by now is not there for what reads it`() throws {
    let run = try rehearsal(Self.jump(where: "!= 'ana-0'"))
    for step in ["sure", "other", "last"] { answer(run, step) }
    #expect(try plan(run).renewed == ["look", "sure", "last"])
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana"])
    #expect(run.statuses["last"] == .waiting)
    #expect(run.shown(at: "last") == "false?")
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a journal of before follows neither`() throws {
    let run = try rehearsal(Self.jump(where: "== 'ana-0'"))
    for step in ["other", "last"] { answer(run, step) }
    #expect(rewind(run) == nil)
    let request = try #require(run.nextAttempt())
    run.start(request)
    run.end(request, .succeeded([:]))
    var engine = try run.folded(run.events.count)
    let data: ValueMap = [
      "from_first_round": true, "keeps_effects": true, "renews_readers": true,
      "follows_outcomes": true,
    ]
    engine.apply(
      Event(try EventKind(type: "run.rewound", data: data), actor: .machine, at: run.now))
    #expect(engine.state.recovery.kept == ["other", "last"])
  }

  // MARK: Other ends

  @Test func `what reads an approval is done anew with it`() throws {
    let run = try rehearsal(
      """
        - { id: go, approve: { message: Go? } }
        - { id: said, ask: { message: "${{ steps.go.outputs.comment }}?", fields: { n: integer } } }
        - { id: mail, action: shop.tell, with: { text: "${{ steps.go.outputs.comment }}" } }
      """)
    let approve = CommandKind.decide(step: "go", approves: true, comment: "yes", shown: nil)
    #expect(run.handle(approve) == nil)
    run.carryOut()
    answer(run, "said")
    let preview = try plan(run)
    #expect(preview.renewed == ["said"])
    #expect(preview.kept == ["mail"])
    #expect(preview.outdated == ["mail"])
  }

  @Test func `what had failed is tried again, says the plan, and what reads it is done anew`()
    throws
  {
    let run = try rehearsal(
      """
        - { id: make, action: shop.tell, with: { text: make }, on_failure: continue }
        - { id: hand, if: steps.make.status == 'failed', ask: { fields: { n: integer } } }
      """
    ) { request in
      guard request.address == "make" else { return Shop.answer(request) }
      return .failed(Failure(code: "down", message: "it is down"), canRetry: false)
    }
    answer(run, "hand")
    let preview = try plan(run)
    #expect(preview.retried == ["make"])
    #expect(preview.renewed == ["hand"])
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == ["shop.tell make"])
    #expect(run.statuses["hand"] == .skipped)
    #expect(run.statuses["hold"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what reads what another case has, or a part that is left out, is done anew`() throws {
    let run = try rehearsal(
      """
      \(Self.one)
        - { id: tier, ask: { message: "${{ steps.one.outputs.id }}?", fields: { gold: boolean } } }
        - id: pick
          choose:
            - { when: steps.tier.outputs.gold, steps: [ { id: much, set: { fee: 100 } } ] }
            - { steps: [ { id: little, set: { fee: 10 } } ] }
        - id: part
          if: steps.tier.outputs.gold
          steps:
            - { id: home, ask: { fields: { n: integer } } }
            - { id: told, action: shop.tell, with: { text: told } }
        - { id: fee, ask: { message: "${{ steps.much.outputs.?fee.orValue(10) }}", fields: { n: integer } } }
        - { id: low, ask: { message: "${{ steps.little.outputs.?fee.orValue(100) }}", fields: { n: integer } } }
        - { id: look, action: shop.find, with: { name: "${{ string(steps.home.outputs.?n.orValue(0)) }}" } }
        - { id: other, ask: { fields: { n: integer } } }
      """)
    answer(run, "tier", ["gold": true])
    for step in ["home", "fee", "low", "other"] { answer(run, step) }
    let preview = try plan(run)
    #expect(preview.renewed == ["tier", "home", "fee", "low", "look"])
    #expect(preview.kept == ["told", "other"])
    #expect(preview.outdated == ["told"])
    #expect(rewind(run) == nil)
    run.carryOut()
    #expect(run.handle(.answer(step: "tier", values: ["gold": false])) == nil)
    #expect(run.carryOut().isEmpty)
    #expect(run.shown(at: "fee") == "10")
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what counts events since a step is done anew with the step`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: start, set: { n: 1 }, checkpoint: begun }
        - { id: ok, approve: { message: Go? } }
        - { id: paid, wait: { event: shop.paid, since: ok } }
        - id: first
          wait: { first_of: { paid: { event: shop.paid, since: ok }, time: 30d } }
        - { id: ticked, ask: { items: { i: { label: I, done_on: { event: shop.paid, since: ok } } } } }
        - { id: any, wait: { event: shop.paid } }
        - { id: hold, wait: 7d }
      """, catalog: Rehearsal.shop)
    run.proceed()
    #expect(run.approve("ok") == nil)
    for id in ["1", "2", "3", "4", "5"] where run.statuses["hold"] != .waiting {
      run.proceed()
      let data: ValueMap = ["order_id": .string(id), "amount": 1]
      #expect(run.handle(.event(name: "shop.paid", data: data)) == nil)
      run.proceed()
    }
    let preview = try plan(run)
    #expect(preview.renewed == ["paid", "first", "ticked"])
    #expect(preview.kept == ["any"])
  }

  // MARK: The plan

  @Test func `what acts and is taken back is not said to be looked at again`() throws {
    let run = try rehearsal(
      """
      \(Self.one)
        - { id: two, action: shop.open, with: { name: "${{ steps.one.outputs.id }}" } }
        - id: each
          for_each:
            in: "['a', 'b']"
            steps: [ { id: acc, action: shop.open, with: { name: "${{ steps.one.outputs.id }}" } } ]
      """)
    let preview = try plan(run)
    #expect(preview.undo.entries.map(\.step) == ["each[1]/acc", "each[0]/acc", "two", "one"])
    #expect(preview.renewed == [])
  }

  @Test func `a journal of yesterday follows what it followed`() throws {
    let run = try rehearsal(
      """
        - { id: go, approve: { message: Go? } }
        - { id: said, ask: { message: "${{ steps.go.outputs.comment }}?", fields: { n: integer } } }
      """)
    #expect(run.approve("go") == nil)
    run.carryOut()
    answer(run, "said")
    #expect(rewind(run) == nil)
    var engine = try run.folded(run.events.count)
    let data: ValueMap = ["from_first_round": true, "keeps_effects": true, "renews_readers": true]
    let old = try EventKind(type: "run.rewound", data: data)
    engine.apply(Event(old, actor: .machine, at: run.now))
    #expect(engine.state.recovery.kept.contains("said"))
  }
}

import Testing
import Values
import Workflows

@testable import Engine

/// Loops and calls that have another id from a migration on: what is in them goes with them.
@Suite struct MovedInsideTests {
  private static let called = """
    steps:
      - { id: x, action: shop.tell, with: { text: x }, checkpoint: inner }
      - { id: y, action: shop.open, with: { name: y } }
    """

  private func body(_ loop: String, _ call: String) -> String {
    """
    steps:
      - { id: first, set: { x: 1 }, checkpoint: begun }
      - id: \(loop)
        for_each:
          in: "['a', 'b']"
          as: letter
          steps:
            - { id: c, action: shop.open, with: { name: "${{ letter }}" } }
      - { id: \(call), workflow: sub }
      - { id: hold, ask: { fields: { answer: string } } }
    """
  }

  /// A run whose loop and call are over and have other ids since.
  private func moved() throws -> Rehearsal {
    let called = ["sub": Self.called]
    let run = try Rehearsal(body("loop", "call"), called: called, catalog: Shop.catalog)
    #expect(run.carryOut() == ["shop.open a", "shop.open b", "shop.tell x", "shop.open y"])
    try run.move(
      to: try Rehearsal.version(body("looop", "caall"), called: called),
      ["looop": "keep", "caall": "keep"])
    return run
  }

  @Test func `a rewind does again what it takes back, and nothing else`() throws {
    let run = try moved()
    let preview = try run.engine.rewindPreview(to: "begun", again: [])
    #expect(preview.undo.entries.map(\.step) == ["caall/y", "looop[1]/c", "looop[0]/c"])
    #expect(preview.kept == ["caall/x"])
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    #expect(
      run.carryOut() == [
        "shop.close y-0", "shop.close b-0", "shop.close a-0", "shop.open a", "shop.open b",
        "shop.open y",
      ])
    #expect(run.engine.currentAddresses == ["hold"])
  }

  /// The call stands behind an approval, and the run has gone back before both.
  @Test(arguments: [true, false])
  func `what stays done in a call that the run went back before is known under another id`(
    _ comesFirst: Bool
  ) throws {
    func body(_ first: String, _ second: String) -> String {
      """
      steps:
        - { id: first, set: { x: 1 }, checkpoint: begun }
        - \(first)
        - \(second)
        - { id: hold, ask: { fields: { answer: string } } }
      """
    }
    let (approval, called) = ("{ id: ok, approve: Go? }", ["sub": Self.called])
    let run = try Rehearsal(
      body(approval, "{ id: call, workflow: sub }"), called: called, catalog: Shop.catalog)
    run.carryOut()
    #expect(run.handle(.decide(step: "ok", approves: true, comment: nil, shown: nil)) == nil)
    #expect(run.carryOut() == ["shop.tell x", "shop.open y"])
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close y-0"])
    #expect(run.engine.currentAddresses == ["ok"])
    let other = "{ id: caall, workflow: sub }"
    let new = try Rehearsal.version(
      comesFirst ? body(other, approval) : body(approval, other), called: called)
    let words =
      "it is what `call` was, which the run went back before; `keep`: `call/x` is not done again in it"
    #expect(
      try run.plan(to: new).sentences["caall"]
        == (comesFirst
          ? "decide keep do leave_out: the run has passed its place; \(words)"
          : "decide keep do: it comes later; \(words)"))
    try run.move(to: new, ["caall": "keep"])
    if comesFirst { #expect(run.carryOut() == ["shop.open y"]) }
    #expect(run.engine.currentAddresses == ["ok"])
    #expect(run.handle(.decide(step: "ok", approves: true, comment: nil, shown: nil)) == nil)
    #expect(run.carryOut() == (comesFirst ? [] : ["shop.open y"]))
    #expect(run.engine.currentAddresses == ["hold"])
  }

  @Test func `a checkpoint inside a call can be gone back to`() throws {
    let run = try moved()
    #expect(run.handle(.rewind(to: "inner", again: [], reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close y-0", "shop.open y"])
    #expect(run.engine.currentAddresses == ["hold"])
  }

  @Test func `everything is taken back under its new address`() throws {
    let run = try moved()
    #expect(run.engine.undoPreview.irreversible.map(\.step) == ["caall/x"])
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close y-0", "shop.close b-0", "shop.close a-0"])
    #expect(run.statuses["caall/y"] == .undone)
    #expect(run.status == .undone)
  }

  @Test func `a step that takes back gets a free address where there was one before`() throws {
    var log = UndoLog()
    log.add(.manual("one"), for: "call/y", replacing: false)
    log.add(.manual("two"), for: "caall/y", replacing: false)
    let renamed = log.rename(Renaming("caall", to: "call", takesAlong: true))
    #expect(renamed == ["caall/y.undo": "call/y.undo2"])
    #expect(log.entries.map(\.address) == ["call/y.undo", "call/y.undo2"])
    #expect(log.position(of: "call/y.undo2") == 1)
    #expect(log.position(of: "caall/y.undo") == nil)
  }

  @Test func `a wait with another id takes no event a second time`() throws {
    func body(_ wait: String) -> String {
      """
      steps:
        - id: rounds
          repeat:
            steps:
              - { id: \(wait), wait: { event: shop.paid } }
              - { id: ok, ask: { fields: { x: boolean } } }
            until: steps.ok.outputs.x
      """
    }
    let run = try Rehearsal(body("w"), catalog: Rehearsal.shop)
    func pay(_ order: String) {
      #expect(
        run.handle(.event(name: "shop.paid", data: ["order_id": .string(order), "amount": 1]))
          == nil)
      run.proceed()
    }
    func goOn(_ round: Int) {
      #expect(run.handle(.answer(step: "rounds[\(round)]/ok", values: ["x": false])) == nil)
      run.proceed()
    }
    run.proceed()
    pay("E1")
    goOn(0)
    pay("E2")
    let new = try Rehearsal.version(body("ww"), catalog: Rehearsal.shop)
    try run.move(to: new, ["rounds[1]/ww": "keep"])
    goOn(1)
    #expect(run.statuses["rounds[2]/ww"] == .waiting)
  }

  @Test func `a step whose undo names itself is known under another id`() throws {
    func body(_ id: String, _ named: String) -> String {
      """
      steps:
        - id: \(id)
          action: shop.open
          with: { name: ana }
          undo: { action: shop.close, with: { id: "${{ steps.\(named).outputs.id }}" } }
        - { id: one_more, action: shop.open, with: { name: ben } }
        - { id: hold, ask: { fields: { answer: string } } }
      """
    }
    let run = try Rehearsal(body("one", "one"), catalog: Shop.catalog)
    run.carryOut()
    #expect(
      try run.plan(to: try Rehearsal.version(body("uno", "uno"))).sentences["uno"]?
        .hasPrefix("decide keep do") == true)
  }
}

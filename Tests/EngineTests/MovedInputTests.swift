import Testing
import Values

@testable import Engine

/// Runs that are moved with other inputs, or to other people.
@Suite struct MovedInputTests {
  private static let payment = """
    inputs: { amount: integer, payee: { type: string, default: Bob } }
    steps:
      - { id: ok, approve: { message: "Pay ${{ inputs.amount }} to ${{ inputs.payee }}?" } }
      - { id: hold, ask: { message: "Go for ${{ inputs.amount }}?", fields: { answer: string } } }
      - { id: pay, action: shop.tell, with: { text: "${{ inputs.payee }} gets ${{ inputs.amount }}" } }
    """

  private func run(_ body: String = payment, inputs: ValueMap = ["amount": 1]) throws -> Rehearsal {
    let run = try Rehearsal(body, inputs: inputs, catalog: Shop.catalog)
    run.carryOut()
    return run
  }

  private func approve(_ run: Rehearsal) throws {
    try #require(run.handle(.decide(step: "ok", approves: true, comment: nil, shown: nil)) == nil)
    run.proceed()
  }

  @Test func `an approval that was given is void where an input gets another value`() throws {
    let run = try run()
    try approve(run)
    let inputs: ValueMap = ["amount": 1_000_000, "payee": "Eve"]
    let new = try Rehearsal.version(Self.payment)
    #expect(
      try run.plan(to: new, inputs: inputs).sentences == [
        "amount":
          "safe: it is 1 and becomes 1000000: counts from now on, and what was done before stays done",
        "payee":
          "safe: it is `Bob` and becomes `Eve`: counts from now on, and what was done before stays done",
        "ok":
          "void: it was approved by ana for the procedure as it was: the approval is void, and asked again",
        "hold": "safe: people are asked in the words that the new inputs give",
      ])
    try run.move(to: new, inputs: inputs)
    #expect(run.carryOut() == [])
    #expect(run.shown(at: "ok") == "Pay 1000000 to Eve?")
    try approve(run)
    #expect(run.carryOut() == [])
    #expect(run.shown(at: "hold") == "Go for 1000000?")
    #expect(run.handle(.answer(step: "hold", values: ["answer": "yes"])) == nil)
    #expect(run.carryOut() == ["shop.tell Eve gets 1000000"])
  }

  @Test func `what is under way with the value of an input goes on with it, and the plan says so`()
    throws
  {
    let body = """
      inputs: { amount: integer, names: { type: array, items: string }, other: { type: string, default: x } }
      steps:
        - id: all
          parallel:
            - { id: call, workflow: inner, with: { amount: "${{ inputs.amount }}" } }
            - id: each
              for_each: { in: inputs.names, steps: [ { id: q, ask: { fields: { a: string } } } ] }
            - id: way
              choose:
                - { when: inputs.amount > 50, steps: [ { id: big, ask: { fields: { a: string } } } ] }
                - { steps: [ { id: small, ask: { fields: { a: string } } } ] }
            - { id: other, steps: [ { id: hold, ask: { message: "${{ inputs.other }}?", fields: { a: string } } } ] }
        - { id: book, action: shop.tell, with: { text: "${{ inputs.other }}" } }
      """
    let called = [
      "inner": """
      inputs: { amount: integer }
      steps:
        - { id: deeper, workflow: deepest, with: { amount: "${{ inputs.amount }}" } }
      """,
      "deepest": """
      inputs: { amount: integer }
      steps:
        - { id: ok, approve: { message: "Pay ${{ inputs.amount }}?" } }
      """,
    ]
    let run = try Rehearsal(
      body, inputs: ["amount": 100, "names": ["a"]], called: called, catalog: Shop.catalog)
    run.carryOut()
    let new = try Rehearsal.version(body, called: called)
    let inputs: ValueMap = ["amount": 50, "names": ["x", "y"], "other": "y"]
    let plan = try run.plan(to: new, inputs: inputs)
    #expect(!plan.isReady)
    let said = plan.sentences
    #expect(
      said["amount"]
        == "safe: it is 100 and becomes 50: counts from now on, and what was done before stays done; "
        + "`call`, `way` goes on with what it was begun with")
    #expect(
      said["call"]
        == "decide keep: the call goes on with the `amount` that it was made with: nothing in it sees "
        + "another value")
    #expect(
      said["each"]
        == "decide keep: the loop goes on with the items that it was begun with, by the old `names`"
    )
    #expect(said["way"] == "decide keep: the case that was taken by the old `amount` goes on")
    #expect(said["call/deeper"] == nil)
    #expect(said["other"]?.hasSuffix("what was done before stays done") == true)
    try run.move(to: new, ["call": "keep", "each": "keep", "way": "keep"], inputs: inputs)
    run.carryOut()
    #expect(run.shown(at: "call/deeper/ok") == "Pay 100?")
    #expect(run.shown(at: "hold") == "y?")
    #expect(try run.plan(to: new, inputs: ["amount": 50]).sentences["call"] == nil)
  }

  @Test func `an input that is given the value it has changes nothing`() throws {
    let run = try run()
    try approve(run)
    let new = try Rehearsal.version(Self.payment)
    let plan = try run.plan(to: new, inputs: ["amount": 1])
    #expect(plan.sentences == [:])
    #expect(plan.voided == [])
  }

  @Test func `a sensitive input that changes is named without its value`() throws {
    let body = """
      inputs: { pin: { type: string, sensitive: true } }
      steps:
        - { id: ok, approve: { message: Go? } }
        - { id: hold, ask: { fields: { answer: string } } }
      """
    let run = try Rehearsal(body, inputs: ["pin": "1234"], sealing: LosingVault())
    run.proceed()
    try approve(run)
    let plan = try run.plan(to: try Rehearsal.version(body), inputs: ["pin": "9876"])
    #expect(
      plan.sentences["pin"]
        == "safe: its value becomes another: counts from now on, and what was done before stays done"
    )
    #expect(plan.voided == ["ok"])
    #expect(!"\(plan.items)".contains("9876"))
  }

  @Test func `who answered in part what other inputs put otherwise keeps that or is asked again`()
    throws
  {
    let body = """
      inputs: { who: string }
      steps:
        - { id: q, ask: { message: "Is ${{ inputs.who }} right?", fields: { a: string, b: string } } }
      """
    let run = try run(body, inputs: ["who": "wrong"])
    #expect(run.handle(.answer(step: "q", values: ["a": "yes"])) == nil)
    let new = try Rehearsal.version(body)
    let plan = try run.plan(to: new, inputs: ["who": "right"])
    #expect(
      plan.sentences["q"]
        == "decide keep again: people have answered in part, and are asked in other words now")
    let kept = run
    try kept.move(to: new, ["q": "keep"], inputs: ["who": "right"])
    #expect(kept.shown(at: "q") == "Is right right?")
    #expect(kept.engine.state.steps["q"]?.answers.names == ["a"])
  }

  @Test func `what is done by hand is told in the words of the new inputs`() throws {
    let body = """
      inputs: { who: string }
      steps:
        - { id: one, action: shop.open, with: { name: "${{ inputs.who }}" } }
      """
    let run = try Rehearsal(body, inputs: ["who": "wrong"], catalog: Shop.catalog, isByHand: true)
    run.proceed()
    #expect(run.shown(at: "one") == "Open the account of wrong on paper.")
    try run.move(to: try Rehearsal.version(body), inputs: ["who": "right"])
    #expect(run.shown(at: "one") == "Open the account of right on paper.")
  }

  @Test(arguments: [
    "ask: { fields: { answer: string } }", "wait: { event: shop.paid }",
    "wait: { first_of: { paid: { event: shop.paid }, time: 2d } }",
  ])
  func `an open question or wait is of the role that the new version says`(kind: String) throws {
    let body = """
      roles: { support: Support, success: Success }
      steps:
        - { id: q, role: support, due: 1d, \(kind) }
      """
    let run = try Rehearsal(body, catalog: Rehearsal.shop)
    run.proceed()
    let asked = try #require(run.waiting(at: "q"))
    #expect(asked.0.role == "support")
    run.now = run.now.adding(TimeSpan(seconds: 7200)) ?? run.now
    let new = try Rehearsal.version(
      body.replacing("role: support", with: "role: success"), catalog: Rehearsal.shop)
    try run.move(to: new)
    let moved = try #require(run.waiting(at: "q"))
    #expect(moved.0.role == "success")
    #expect(moved.0.dueAt == asked.0.dueAt)
    #expect(moved.since == asked.since)
    #expect(moved.0.cause == asked.0.cause)
  }

  @Test func `what is put otherwise waits since it was asked first`() throws {
    let run = try run()
    let since = try #require(run.waiting(at: "ok")).since
    run.now = run.now.adding(TimeSpan(seconds: 7200)) ?? run.now
    let new = try Rehearsal.version(Self.payment)
    try run.move(to: new, inputs: ["amount": 2])
    #expect(run.shown(at: "ok") == "Pay 2 to Bob?")
    #expect(run.waiting(at: "ok")?.since == since)
    let saved = run.engine.state.saved
    #expect(RunState(saved: saved, workflow: new)?.saved == saved)
    let last = try #require(run.events.last)
    let read = try EventKind(type: last.kind.type, data: last.data)
    guard case .stepWaiting(let waiting) = read else {
      Issue.record("nobody is asked")
      return
    }
    #expect(waiting.since == since)
  }
}

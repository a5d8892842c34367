import Testing
import Values
import Workflows

@testable import Engine

/// An event that ended a wait does not end it once more, wherever the wait is begun anew.
@Suite struct TakenEventTests {
  private func pay(
    _ run: Rehearsal, _ amount: Double = 1,
    world: (AttemptRequest) -> AttemptResult = { _ in .succeeded([:]) }
  ) throws {
    let data: ValueMap = ["order_id": "a", "amount": .double(amount)]
    try #require(run.handle(.event(name: "shop.paid", data: data)) == nil)
    run.carryOut(world)
  }

  private func taken(_ run: Rehearsal) -> [String] {
    run.events.compactMap { event in
      if case .eventMatched(let id, _) = event.kind { id } else { nil }
    }
  }

  @Test func `every recovery waits for an event of its own`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: a
          action: log.write
          with: { message: hello }
          on_failure: { steps: [ { id: fixed, wait: { event: shop.paid } } ], then: retry }
      """, catalog: Rehearsal.shop)
    let busy = AttemptResult.failed(Failure(code: "busy", message: "not now"), canRetry: false)
    run.carryOut { _ in busy }
    for count in 1...2 {
      #expect(run.statuses["fixed"] == .waiting)
      try pay(run) { _ in busy }
      #expect(taken(run).count == count)
    }
    #expect(run.statuses["fixed"] == .waiting)
    #expect(try run.agreesWithItsJournal())
    try pay(run)
    #expect(run.status == .succeeded)
    #expect(Set(taken(run)).count == 3)
  }

  @Test(arguments: [
    "{ id: w, wait: { event: shop.paid } }",
    "{ id: r, repeat: { steps: [ { id: w, wait: { event: shop.paid } } ], until: 'true', at_most: 1 } }",
    "{ id: l, for_each: { in: '[1]', steps: [ { id: w, wait: { event: shop.paid } } ] } }",
  ])
  func `a call that is begun anew by its recovery waits for another event`(wait: String) throws {
    let run = try Rehearsal(
      """
      steps:
        - id: c
          workflow: sub
          on_failure: { steps: [ { id: note, set: { x: 1 } } ], then: retry }
      """,
      called: [
        "sub": """
        steps:
          - \(wait)
          - { id: sure, ask: { fields: { bad: boolean } } }
          - { id: bad, if: steps.sure.outputs.bad, finish: { outcome: failed, message: bad } }
        """
      ], catalog: Rehearsal.shop)
    run.proceed()
    for bad in [true, true, false] {
      #expect(run.statuses["c/sure"] != .waiting)
      try pay(run)
      #expect(run.handle(.answer(step: "c/sure", values: ["bad": .bool(bad)])) == nil)
      run.proceed()
    }
    #expect(run.status == .succeeded)
    #expect(taken(run).count == 3 && Set(taken(run)).count == 3)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what events ticked is ticked again where an expiry asks anew`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: q
          ask: { items: { x: { label: Paid, done_on: { event: shop.paid } }, y: Checked } }
          expires: 2d
          on_expiry: { steps: [ { id: n, set: { m: late } } ], then: retry }
      """, catalog: Rehearsal.shop)
    run.proceed()
    try pay(run)
    #expect(run.engine.state.steps["q"]?.answers.clear["x"] == true)
    run.now = run.now.adding(TimeSpan(seconds: 2 * 86_400)) ?? run.now
    run.proceed()
    #expect(run.statuses["n"] == .succeeded)
    #expect(run.statuses["q"] == .waiting)
    #expect(run.engine.state.steps["q"]?.answers.clear["x"] == true)
    #expect(try run.agreesWithItsJournal())
  }

  private static let holders = [
    ("g[0]/w", "for_each: { in: '[1, 2]', steps: [ { id: w, wait: { event: shop.paid } } ] }"),
    (
      "g[0]/w",
      "repeat: { steps: [ { id: w, wait: { event: shop.paid } } ], until: 'true', at_most: 2 }"
    ),
    ("w", "steps: [ { id: w, wait: { event: shop.paid } } ]"),
    ("g/w", "workflow: sub"),
    ("g", "wait: { event: shop.paid }"),
  ]

  @Test(arguments: 0..<5)
  func `a wait that is done again does not take what it took before`(holder: Int) throws {
    let (address, step) = Self.holders[holder]
    let run = try Rehearsal(
      """
      steps:
        - { id: s0, set: { x: 1 }, checkpoint: cp }
        - id: g
          \(step)
        - { id: q, ask: { fields: { ok: boolean } } }
      """, called: ["sub": "steps: [ { id: w, wait: { event: shop.paid } } ]"],
      catalog: Rehearsal.shop)
    run.proceed()
    for _ in 1...3 {
      #expect(run.statuses[address] == .waiting)
      try pay(run)
      // Each item waits for itself, and takes what came before.
      #expect(run.statuses["q"] == .waiting)
      #expect(run.handle(.rewind(to: "cp", again: ["g"], reason: nil)) == nil)
      run.proceed()
      #expect(try run.agreesWithItsJournal())
    }
    #expect(run.statuses["q"] != .waiting)
  }

  @Test func `what took a wait back is not done once more for the same event`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: s0, set: { x: 1 }, checkpoint: cp }
        - id: w
          wait: { event: shop.paid }
          undo: { action: log.write, with: { message: back } }
        - { id: q, ask: { fields: { ok: boolean } } }
      """, catalog: Rehearsal.shop)
    run.proceed()
    for _ in 1...2 {
      try pay(run)
      #expect(run.statuses["q"] == .waiting)
      #expect(run.handle(.rewind(to: "cp", again: [], reason: nil)) == nil)
      #expect(run.carryOut { _ in .succeeded([:]) }.count == 1)
      #expect(run.statuses["w"] == .waiting)
    }
    #expect(Set(taken(run)).count == 2)
    #expect(try run.agreesWithItsJournal())
  }
}

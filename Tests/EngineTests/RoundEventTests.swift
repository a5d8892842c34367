import Testing
import Values
import Workflows

@testable import Engine

/// Events and the rounds of a `repeat`: every wait takes each event once, in whatever round.
@Suite struct RoundEventTests {
  @Test(arguments: [1, 2, 3])
  func `who tries a loop again that ran out gets as many rounds as the first time`(limit: Int)
    throws
  {
    let run = try Rehearsal(
      """
      steps:
        - id: r
          repeat: { until: index > 20, at_most: \(limit), steps: [ { id: a, set: { n: "${{ index }}" } } ] }
      """)
    func rounds() -> Int { run.events.count { $0.kind.type == "step.succeeded" } }
    run.proceed()
    #expect(rounds() == limit)
    #expect(run.statuses["r"] == .failed)
    for series in 2...3 {
      #expect(run.handle(.retry(step: "r", with: [:], again: false, reason: nil)) == nil)
      run.proceed()
      #expect(rounds() == limit * series)
      let message = run.engine.state.steps["r"]?.failure?.message
      #expect(message == "`index > 20` does not hold after \(limit * series) rounds")
    }
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `between the further rounds of a loop that ran out it waits inside of it`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: r
          repeat: { until: index > 20, at_most: 1, every: 1h, steps: [ { id: a, set: { n: 1 } } ] }
      """)
    run.proceed()
    #expect(
      run.engine.state.steps["r"]?.failure?.message == "`index > 20` does not hold after one round")
    #expect(run.handle(.retry(step: "r", with: [:], again: false, reason: nil)) == nil)
    run.proceed()
    #expect(run.park.status == .waiting)
    run.now = run.now.adding(TimeSpan(seconds: 3600)) ?? run.now
    run.proceed()
    #expect(run.events.count { $0.kind.type == "step.succeeded" } == 2)
  }

  private let loop = """
    steps:
      - id: ready
        repeat:
          steps: [ { id: paid, wait: { event: shop.paid } } ]
          until: steps.paid.outputs.event.amount > 10.0
    """

  private func pay(_ run: Rehearsal, _ amount: Double, order: String = "a") throws {
    let data: ValueMap = ["order_id": .string(order), "amount": .double(amount)]
    try #require(run.handle(.event(name: "shop.paid", data: data)) == nil)
    run.proceed()
  }

  @Test func `an event that an earlier round took is not taken again`() throws {
    let run = try Rehearsal(loop, catalog: Rehearsal.shop)
    run.proceed()
    try pay(run, 5)
    #expect(run.statuses["ready[1]/paid"] == .waiting)
    try pay(run, 6)
    #expect(run.statuses["ready[2]/paid"] == .waiting)
    #expect(try run.agreesWithItsJournal())
    try pay(run, 50)
    #expect(run.status == .succeeded)
    let taken = run.events.compactMap { event -> String? in
      if case .eventMatched(let id, _) = event.kind { id } else { nil }
    }
    #expect(taken.count == 3 && Set(taken).count == 3)
  }

  @Test func `two events that came at once are taken by two rounds`() throws {
    let run = try Rehearsal(
      "steps:\n  - { id: first, wait: 1h }\n" + loop.replacing("steps:\n  - id", with: "  - id"),
      catalog: Rehearsal.shop)
    run.proceed()
    try pay(run, 5)
    try pay(run, 50)
    run.now = run.now.adding(TimeSpan(seconds: 3600)) ?? run.now
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.engine.state.steps["ready"]?.group?.rounds == 1)
  }

  @Test func `the items of a loop inside the rounds are waits of their own in each`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: ready
          repeat:
            steps:
              - id: each
                for_each:
                  in: "['a', 'b']"
                  as: order
                  max_parallel: 2
                  collect: ${{ steps.paid.outputs.event.amount }}
                  steps: [ { id: paid, wait: { event: shop.paid } } ]
              - { id: sum, set: { enough: "${{ steps.each.outputs[0] > 10.0 }}" } }
            until: steps.sum.outputs.enough
      """, catalog: Rehearsal.shop)
    run.proceed()
    // Every item takes it once.
    try pay(run, 5)
    #expect(run.statuses["ready[1]/each[0]/paid"] == .waiting)
    #expect(run.statuses["ready[1]/each[1]/paid"] == .waiting)
    #expect(try run.agreesWithItsJournal())
    try pay(run, 50)
    #expect(run.status == .succeeded)
  }

  @Test func `an item that an event ticked in one round is open in the next`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: ready
          repeat:
            steps:
              - id: list
                ask:
                  items: { paid: { label: Paid, done_on: { event: shop.paid } } }
              - { id: sure, ask: { fields: { enough: boolean } } }
            until: steps.sure.outputs.enough
      """, catalog: Rehearsal.shop)
    run.proceed()
    try pay(run, 5)
    #expect(run.statuses["ready[0]/sure"] == .waiting)
    #expect(run.handle(.answer(step: "ready[0]/sure", values: ["enough": false])) == nil)
    run.proceed()
    #expect(run.statuses["ready[1]/list"] == .waiting)
    try pay(run, 6)
    #expect(run.statuses["ready[1]/sure"] == .waiting)
  }

  @Test func `rounds that are begun anew may take what was taken before`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: all
          steps:
            - id: ready
              repeat:
                steps: [ { id: paid, wait: { event: shop.paid } } ]
                until: steps.paid.outputs.event.amount > 10.0
                at_most: 2
      """, catalog: Rehearsal.shop)
    run.proceed()
    try pay(run, 5)
    try pay(run, 6)
    #expect(run.statuses["ready"] == .failed)
    // Tried again it goes on counting, and waits for news.
    #expect(run.handle(.retry(step: "ready", with: [:], again: false, reason: nil)) == nil)
    run.proceed()
    #expect(run.statuses["ready[2]/paid"] == .waiting)
    try pay(run, 7)
    try pay(run, 8)
    #expect(run.statuses["ready"] == .failed)
    #expect(run.handle(.retry(step: "ready", with: [:], again: true, reason: nil)) == nil)
    run.proceed()
    #expect(run.statuses["ready"] == .failed)
    #expect(try run.agreesWithItsJournal())
  }
}

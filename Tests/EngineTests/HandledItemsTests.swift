import Testing
import Values

@testable import Engine

/// In which items of a loop people did something in place of the machine.
@Suite struct HandledItemsTests {
  @Test func `neighbours take no more room than one, in any order`() throws {
    var items = HandledItems()
    for index in [5, 3, 0, 4, 1] + Array(6..<1000) { items.note(.byHand, index) }
    items.note(.overridden, 7)
    #expect(items.saved.byHand == [0, 2, 3, 997])
    #expect(items.saved.overridden == [7, 1])
    #expect(HandledItems(byHand: [0, 2, 3, 997], overridden: [7, 1], passedOver: []) == items)
  }

  @Test(arguments: [[1], [0, 0], [-1, 2], [1, -1], [1, Int.max]])
  func `numbers that are no items are not taken`(numbers: [Int]) {
    #expect(HandledItems(byHand: numbers, overridden: [], passedOver: []) == nil)
    #expect(HandledItems(byHand: [], overridden: numbers, passedOver: []) == nil)
    #expect(HandledItems(byHand: [], overridden: [], passedOver: numbers) == nil)
  }

  @Test func `a loop remembers them once it is over, and the loops around it`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: outer
          for_each:
            in: "['a', 'b', 'c']"
            steps:
              - id: inner
                for_each:
                  in: "[1, 2]"
                  steps: [ { id: one, action: shop.open, with: { name: ana } } ]
        - { id: last, ask: { fields: { yes: boolean } } }
      """, catalog: Shop.catalog)
    let refused = AttemptResult.failed(Failure(code: "no", message: "no"), canRetry: false)
    let (first, third) = ("outer[0]/inner[1]/one", "outer[2]/inner[0]/one")
    run.carryOut { [first, third].contains($0.address) ? refused : Shop.answer($0) }
    #expect(
      run.handle(.done(step: first, values: ["id": "x"], reason: "x", evidence: [])) == nil)
    run.carryOut()
    #expect(run.handle(.skip(step: third, reason: "y")) == nil)
    run.carryOut()
    let step = try #require(run.engine.step(at: "outer"))
    let items = try #require(run.engine.items(of: step, at: "outer"))
    #expect(items.byHand.map(\.index) == [0] && items.overridden.map(\.index) == [2])
    #expect(items.done == 3 && items.byHand.first?.value == "a")
    #expect(try run.agreesWithItsJournal())
    let saved = try #require(run.engine.state.steps["outer"]?.group?.handled)
    #expect(saved.byHand.ranges.map { $0 } == [0..<1])
  }
}

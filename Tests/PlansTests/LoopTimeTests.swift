import Testing
import Values

@testable import Plans

/// When loops may end.
@Suite struct LoopTimeTests {
  private func times(_ loop: String, _ inputs: ValueMap = [:]) throws -> PlanTimes {
    let found = try plan(
      """
      inputs: { names: { type: array, items: { type: string } } }
      steps:
        - id: each
          for_each: { in: inputs.names, \(loop) }
      """, inputs)
    #expect(found.times.earliest?.since(found.start) != nil)
    return found.times
  }

  private func days(_ count: Int, _ loop: String) throws -> [Int64?] {
    let names = Value.list((0..<count).map { .string("n\($0)") })
    let found = try times(loop, ["names": names])
    let start = Timestamp(seconds: 1_763_000_000)
    return [found.earliest, found.latest].map { $0?.since(start).map { $0.seconds / 86_400 } }
  }

  private static let waits = "steps: [ { id: w, wait: 2d } ]"

  @Test func `items side by side take as many turns as their number asks for`() throws {
    #expect(try days(6, "max_parallel: 2, " + Self.waits) == [6, 6])
    #expect(try days(7, "max_parallel: 2, " + Self.waits) == [8, 8])
    #expect(try days(6, "max_parallel: 9, " + Self.waits) == [2, 2])
    #expect(try days(6, Self.waits) == [12, 12])
    #expect(try days(0, Self.waits) == [0, 0])
  }

  @Test func `many items take as long as many rounds`() throws {
    #expect(try days(1000, Self.waits) == [2000, 2000])
    #expect(try days(1001, "max_parallel: 2, " + Self.waits) == [1002, 1002])
    let some = "steps: [ { id: w, if: item == 'n7', wait: 2d } ]"
    #expect(try days(1000, some) == [0, 2000])
  }

  @Test func `nothing bounds items of which nobody knows how many there are`() throws {
    let found = try times("max_parallel: 2, " + Self.waits)
    #expect(found.latest == nil)
    #expect(found.openEnded == ["each"])
    #expect(try times("max_parallel: 2, steps: [ { id: s, set: { x: 1 } } ]").latest != nil)
  }
}

import Testing
import Values
import Workflows

@testable import Engine

/// The rounds of a `repeat`: what it waits for, and what it hands on.
@Suite struct RoundTests {
  @Test func `rounds that go on after a retry are waited for like any`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: rep
          repeat:
            steps: [ { id: poll, action: shop.find, with: { name: x } } ]
            until: steps.poll.outputs.found
            every: 10m
            at_most: 1
      """, catalog: Shop.catalog)
    run.carryOut { _ in .succeeded(["found": false]) }
    #expect(run.statuses["rep"] == .failed)
    #expect(run.handle(.retry(step: "rep", with: [:], again: false, reason: nil)) == nil)
    run.proceed()
    #expect(run.park.status == .waiting)
    #expect(run.park.reasons.map(\.step) == ["rep"])
    #expect(run.park.reasons.first?.message.hasSuffix("for the next round") == true)
    let later = run.now.adding(TimeSpan(seconds: 601)) ?? run.now
    #expect(run.engine.hasMissed(before: later))
    run.now = later
    #expect(run.carryOut() == ["shop.find x"])
    #expect(run.status == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test(arguments: [(1, "x-0"), (99, "none")] as [(Int64, String)])
  func `only what its last step came to is handed on`(_ size: Int64, _ id: String) throws {
    let run = try Rehearsal(
      """
      inputs: { size: integer }
      steps:
        - id: rep
          repeat:
            steps:
              - id: x
                action: shop.open
                with: { name: x }
                verify: [ { check: inputs.size == 1, message: bad } ]
                on_failure: continue
            until: "true"
            at_most: 2
        - { id: after, set: { id: "${{ steps.rep.outputs.?id.orValue('none') }}" } }
      """, inputs: ["size": .int(size)], catalog: Shop.catalog)
    run.carryOut()
    #expect(run.status == .succeeded)
    #expect(run.engine.state.steps["after"]?.outputs.clear == ["id": .string(id)])
  }
}

import Testing
import Values
import Workflows

@testable import Engine

/// What has become of the items of a loop that is taken back, or gone through once more.
@Suite struct LoopCensusTests {
  private static let body = """
    steps:
      - { id: start, set: { x: 1 }, checkpoint: begun }
      - id: each
        for_each:
          in: "['p', 'q', 'r']"
          as: who
          steps:
            - { id: bad, set: { x: "${{ 1 / size('') }}" }, on_failure: continue }
            - { id: make, action: shop.open, with: { name: "${{ who }}" } }
            - { id: sure, ask: { fields: { yes: boolean } } }
    """

  /// The first item is over, the second one waits, and the third was not begun.
  private func rehearsal() throws -> Rehearsal {
    let run = try Rehearsal(Self.body, catalog: Shop.catalog)
    run.carryOut()
    try answer(run, 0)
    return run
  }

  private func answer(_ run: Rehearsal, _ item: Int) throws {
    #expect(run.handle(.answer(step: "each[\(item)]/sure", values: ["yes": true])) == nil)
    run.carryOut()
  }

  private func items(of run: Rehearsal) throws -> LoopItems {
    let step = try #require(run.engine.step(at: "each"))
    let items = try #require(run.engine.items(of: step, at: "each"))
    #expect(try run.agreesWithItsJournal())
    return items
  }

  @Test func `an item that was begun is broken off, whatever becomes of what takes it back`() throws
  {
    let run = try rehearsal()
    #expect(run.handle(.undo(reason: nil)) == nil)
    run.carryOut { request in
      .failed(Failure(code: "no", message: request.address), canRetry: false)
    }
    #expect(run.statuses["each[1]/make.undo"] == .failed)
    var items = try items(of: run)
    #expect(items.done == 1 && items.stuck.isEmpty)
    #expect(items.brokenOff.map(\.index) == [1] && items.notBegun == 1 && items.takenBack == 0)
    #expect(
      run.handle(.retry(step: "each[1]/make.undo", with: [:], again: false, reason: nil)) == nil)
    run.carryOut()
    #expect(run.status == .undone)
    items = try self.items(of: run)
    #expect(items.done == 1 && items.stuck.isEmpty && items.takenBack == 2)
    #expect(items.brokenOff.map(\.index) == [1] && items.notBegun == 1)
  }

  @Test func `after a rewind it is counted from the beginning`() throws {
    let run = try rehearsal()
    try answer(run, 1)
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    run.carryOut()
    try answer(run, 0)
    var items = try items(of: run)
    #expect(items.done == 1 && items.waiting == 1 && items.notBegun == 1 && items.takenBack == 0)
    #expect(items.passedOver.map(\.index) == [0, 1])
    #expect(run.handle(.cancel(reason: "x")) == nil)
    run.carryOut()
    items = try self.items(of: run)
    #expect(items.done == 1 && items.brokenOff.map(\.index) == [1] && items.notBegun == 1)
    #expect(items.stuck.isEmpty && items.takenBack == 0)
  }

  @Test func `what was taken back before a rewind is not counted with what is taken back after it`()
    throws
  {
    let run = try rehearsal()
    try answer(run, 1)
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    run.carryOut()
    #expect(run.handle(.undo(reason: nil)) == nil)
    run.carryOut()
    let items = try items(of: run)
    #expect(items.takenBack == 1 && items.done == 0)
    #expect(items.brokenOff.map(\.index) == [0] && items.notBegun == 2)
  }

  @Test func `an item that leaves a failure has failed, one that passed it over is broken off`()
    throws
  {
    let run = try Rehearsal(
      """
      steps:
        - id: each
          for_each:
            in: "['p', 'q', 'r', 's']"
            max_parallel: 3
            steps:
              - { id: bad, set: { x: "${{ 1 / size('') }}" }, on_failure: continue }
              - { id: find, action: shop.find, with: { name: "${{ item }}" } }
              - { id: part, parallel: [ { id: sure, ask: { fields: { yes: boolean } } } ] }
      """, catalog: Shop.catalog)
    run.carryOut { request in
      request.address == "each[1]/find"
        ? .failed(Failure(code: "no", message: "no"), canRetry: false) : Shop.answer(request)
    }
    #expect(run.handle(.cancel(reason: "x")) == nil)
    run.carryOut()
    let items = try items(of: run)
    #expect(items.stuck.map(\.index) == [1] && items.brokenOff.map(\.index) == [0, 2, 3])
    #expect(items.done == 0 && items.notBegun == 0)
  }

  @Test func `an item in which no step was begun is not begun`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: all
          parallel:
            - id: each
              for_each:
                in: "['p', 'q', 'r']"
                steps: [ { id: make, action: shop.open, with: { name: "${{ item }}" } } ]
            - id: end
              steps:
                - { id: w, wait: 1h }
      """, catalog: Shop.catalog)
    let request = try #require(run.nextAttempt())
    run.start(request)
    run.end(request, .failed(Failure(code: "no", message: "no"), canRetry: false))
    // The loop has gone on to the second item, and nothing was begun there.
    while case .record(let events) = run.engine.next(now: run.now),
      !events.contains(where: { if case .iterationHeld = $0.kind { true } else { false } })
    {
      for event in events { run.apply(event.kind, step: event.step, attempt: event.attempt) }
    }
    run.apply(.iterationHeld(index: 0), step: "each")
    #expect(run.handle(.cancel(reason: "x")) == nil)
    run.proceed()
    let items = try items(of: run)
    #expect(items.stuck.map(\.index) == [0] && items.brokenOff.isEmpty && items.notBegun == 2)
    #expect(items.done == 0)
  }
}

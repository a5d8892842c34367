import Engine
import Foundation
import Plugins
import RunStore
import SourceText
import Synchronization
import Testing
import Values
import Workflows

@testable import Runner

/// Events that the project keeps, what people leave and what comes due: each in its turn, whenever it is noticed.
@Suite(.timeLimit(.minutes(5))) struct EventOrderTests {
  private static let plugin = """
    plugin: shop
    summary: A shop
    events:
      paid: { order: string }
    """

  private func project() throws -> RunnerFixture {
    let fixture = try RunnerFixture(
      project: """
        baton: 1
        environments: { local: { connections: { shop: { driver: none } } } }
        """)
    try fixture.write(Self.plugin, to: "plugins/shop/plugin.yaml")
    return fixture
  }

  @discardableResult
  private func keep(_ order: String, _ fixture: RunnerFixture) async throws -> EventDelivery {
    let service = try fixture.service()
    let catalog = service.project.catalog(into: Diagnostics())
    return try await service.keep("shop.paid", data: ["order": .string(order)], catalog: catalog)
  }

  private func outcomes(_ fixture: RunnerFixture, _ run: String) throws -> [String] {
    try fixture.records(of: run).filter { $0.type == "event.matched" || $0.type == "timer.fired" }
      .map { "\($0.step ?? "") \($0.type)" }
  }

  @Test func `waits that begin one after the other find what was kept before`() async throws {
    let fixture = try project()
    let run = try await fixture.start(
      """
      steps:
        - { id: pause, wait: 30m }
        - id: loop
          for_each:
            in: "['a', 'b', 'c']"
            as: k
            steps:
              - { id: x, wait: { event: shop.paid, match: event.order == k }, expires: 1h }
      """)
    for order in ["c", "b", "a"] {
      fixture.pass(60)
      try await keep(order, fixture)
    }
    fixture.pass(3600)
    let report = try await fixture.service().tick()
    #expect(report.runs.first?.snapshot.status == .succeeded)
    #expect(try outcomes(fixture, run).count == 4)
  }

  private static let races = [
    "wait: { first_of: { paid: { event: shop.paid }, end: { at: \"timestamp('2025-11-13T03:00:00Z')\" } } }",
    """
    wait: { event: shop.paid }
        expires: { at: "timestamp('2025-11-13T03:00:00Z')" }
        on_expiry: continue
    """,
    """
    ask: { items: { it: { label: It, done_on: { event: shop.paid } } } }
        expires: { at: "timestamp('2025-11-13T03:00:00Z')" }
        on_expiry: continue
    """,
  ]

  @Test(arguments: 0..<3)
  func `what came and what was due meanwhile apply in their order`(race: Int) async throws {
    // The run starts at 02:13:20, waits until 02:43:20, and 03:00 is when its time is up.
    for (minutes, isInTime) in [(Int64(40), true), (60, false)] {
      let fixture = try project()
      let run = try await fixture.start(
        """
        steps:
          - { id: pause, wait: 30m }
          - id: race
            \(Self.races[race])
        """)
      fixture.pass(minutes * 60)
      try await keep("a", fixture)
      fixture.pass(4 * 3600)
      _ = try await fixture.service().tick()
      let records = try fixture.records(of: run).filter { $0.step == "race" }
      let came = records.contains {
        $0.type == "event.matched" || $0.type == "item.ticked"
      }
      #expect(came == isInTime, "\(records.map(\.type))")
    }
  }

  @Test func `what was due and came before an answer comes before it`() async throws {
    let fixture = try project()
    let run = try await fixture.start(
      """
      steps:
        - id: par
          parallel:
            - id: one
              steps:
                - { id: pause, wait: 30m }
                - { id: paid, wait: { event: shop.paid } }
                - { id: over, finish: { outcome: cancelled, message: paid } }
            - { id: q, ask: { fields: { n: integer } } }
      """)
    fixture.pass(40 * 60)
    try await keep("a", fixture)
    fixture.pass(3600)
    let answer = CommandKind.answer(step: "q", values: ["n": 1])
    await #expect(throws: RunnerError.self) {
      try await fixture.service().submit(answer, to: run)
    }
    #expect(try fixture.service().snapshot(run).status == .cancelled)
    #expect(try !fixture.records(of: run).contains { $0.type == "answer.given" })
  }

  @Test func `a wait that begins beside a call finds what was kept before`() async throws {
    let fixture = try project()
    let run = try await fixture.start(
      """
      steps:
        - { id: q, ask: { fields: { n: integer } } }
        - id: par
          parallel:
            - { id: slow, action: command.run, with: { command: \(RunnerFixture.waiting) } }
            - { id: x, wait: { event: shop.paid }, expires: 3s, on_expiry: continue }
      """)
    fixture.pass(60)
    try await keep("a", fixture)
    fixture.pass(60)
    let service = try fixture.service(interrupted: {
      if fixture.exists("begun") {
        fixture.pass(5)
        try? fixture.write("", to: "seen")
      }
      return false
    })
    _ = try await service.submit(.answer(step: "q", values: ["n": 1]), to: run)
    #expect(try outcomes(fixture, run) == ["x event.matched"])
  }

  @Test func `an event that was none is taken once what tells it apart is known`() async throws {
    let fixture = try project()
    let run = try await fixture.start(
      """
      steps:
        - id: par
          parallel:
            - { id: a, ask: { fields: { order: string } } }
            - id: w
              wait: { event: shop.paid, match: "event.order == steps.a.outputs.?order.orValue('')" }
              expires: 3d
              on_expiry: stop
      """)
    fixture.pass(60)
    for order in ["o1", "o2"] { try await keep(order, fixture) }
    _ = try await fixture.service().tick()
    #expect(try fixture.service().snapshot(run).status == .waiting)
    fixture.pass(60)
    let answer = CommandKind.answer(step: "a", values: ["order": "o2"])
    let snapshot = try await fixture.service().submit(answer, to: run)
    #expect(snapshot.status == .succeeded)
    #expect(try outcomes(fixture, run) == ["w event.matched"])
  }

  @Test func `an event that came beside a call is taken once the call tells it apart`() async throws
  {
    let fixture = try project()
    let run = try await fixture.start(
      """
      steps:
        - id: par
          parallel:
            - { id: slow, action: command.run, with: { command: [sh, -c, "touch begun; sleep 2"] } }
            - { id: w, wait: { event: shop.paid, match: "steps.slow.status == 'succeeded'" } }
      """,
      interrupted: {
        // Kept by another process, while the call is under way.
        guard fixture.exists("begun"), !fixture.exists("kept") else { return false }
        try? fixture.write("", to: "kept")
        let event = ProjectEvent(id: "e1", name: "shop.paid", data: ["order": "a"], at: fixture.now)
        try? KeptEvents.keep(
          event, by: Actor(kind: .user, id: "ana"), in: fixture.store(), sensitive: { _ in false })
        return false
      })
    #expect(try fixture.service().snapshot(run).status == .succeeded)
    #expect(try outcomes(fixture, run) == ["w event.matched"])
  }

  @Test func `an event comes after what a run has recorded, though the clock was set back`()
    async throws
  {
    let fixture = try project()
    let waiting = try await fixture.start("steps: [ { id: w, wait: { event: shop.paid } } ]")
    let later = try await fixture.start(
      """
      steps:
        - { id: first, set: { v: 1 } }
        - { id: pause, wait: 30m }
        - { id: w, wait: { event: shop.paid, since: first } }
      """)
    fixture.pass(-5)
    let delivery = try await keep("a", fixture)
    #expect(delivery.runs.map(\.runID) == [waiting])
    fixture.pass(3600)
    _ = try await fixture.service().tick()
    for run in [waiting, later] {
      #expect(try fixture.service().snapshot(run).status == .succeeded)
      #expect(try fixture.service().verify(run).isIntact)
    }
    // To a run that starts then it is old.
    let new = try await fixture.start("steps: [ { id: w, wait: { event: shop.paid } } ]")
    #expect(try fixture.service().snapshot(new).status == .waiting)
  }
}

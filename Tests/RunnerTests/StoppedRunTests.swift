import Engine
import Plugins
import RunStore
import SourceText
import Synchronization
import Testing
import Values
import Workflows

@testable import Runner

/// Runs that somebody stopped, and those that look like it.
@Suite struct StoppedRunTests {
  private static let branches = """
    steps:
      - id: par
        parallel:
          - { id: q, ask: { fields: { n: integer } }, expires: 1h }
          - id: s
            steps:
              - { id: s1, action: files.write, with: { path: f1, content: a } }
              - { id: s2, action: files.write, with: { path: f2, content: a } }
              - { id: s3, action: files.write, with: { path: f3, content: a } }
    """

  @Test func `a run is stopped though something waits beside what is to be done`() async throws {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(Self.branches, interrupted: { fixture.exists("f1") })
    let stopped = try fixture.service().snapshot(run)
    #expect(stopped.status == .needsAttention)
    #expect(stopped.reasons.first == .stopped)
    #expect(stopped.reasons.map(\.step).contains("q"))
    // Neither what is to be done nor a deadline brings it back: only somebody does.
    fixture.pass(7200)
    let report = try await fixture.service().tick()
    #expect(report.runs.isEmpty && report.nextAt == nil)
    #expect(!fixture.exists("f2"))
    _ = try await fixture.service().resume(run)
    #expect(fixture.exists("f3"))
    #expect(try !fixture.service().snapshot(run).reasons.contains(.stopped))
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `a run that only waits is not stopped by whoever turns away from it`() async throws {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(Self.branches)
    let waiting = try await fixture.service(interrupted: { true }).resume(run)
    #expect(waiting.status == .waiting)
    #expect(waiting.reasons.map(\.step) == ["q"])
    fixture.pass(7200)
    #expect(try await fixture.service().tick().runs.count == 1)
  }

  @Test func `what is due in a run of more steps than are named fires`() async throws {
    let fixture = try RunnerFixture()
    let items = (0..<60).map(String.init).joined(separator: ", ")
    let run = try await fixture.start(
      """
      steps:
        - id: each
          for_each:
            in: "[\(items)]"
            max_parallel: 60
            steps:
              - { id: look, if: item == 0, action: files.read, with: { path: missing } }
              - { id: q, ask: { fields: { n: integer } }, expires: 2d, on_expiry: continue }
      """)
    let parked = try fixture.service().snapshot(run)
    #expect(parked.status == .needsAttention)
    #expect(parked.reasons.last?.others != nil)
    fixture.pass(3 * 86_400)
    let report = try await fixture.service().tick()
    #expect(report.runs.first?.reached.count == 59)
  }

  // MARK: What is said of a run that somebody stopped

  private static let danger = """
    steps:
      - id: par
        parallel:
          - id: s
            steps:
              - { id: s1, action: files.write, with: { path: f1, content: a } }
              - { id: s2, action: files.write, with: { path: f2, content: a } }
          - { id: w, wait: { event: shop.paid } }
          - { id: q, ask: { fields: { n: integer } } }
    """

  private func shop() throws -> RunnerFixture {
    let fixture = try RunnerFixture(
      project: """
        baton: 1
        environments: { local: { connections: { shop: { driver: none } } } }
        """)
    try fixture.write(
      "plugin: shop\nsummary: A shop\nevents:\n  paid: { order: string }\n",
      to: "plugins/shop/plugin.yaml")
    return fixture
  }

  @Test(
    arguments: [
      .note(text: "hello"), .claim(step: "q"), .event(name: "shop.paid", data: ["order": "a"]),
    ] as [CommandKind])
  func `what is only said of a stopped run is kept, and nothing follows`(
    kind: CommandKind
  ) async throws {
    let fixture = try shop()
    let run = try await fixture.start(Self.danger, interrupted: { fixture.exists("f1") })
    let stopped = try fixture.service().snapshot(run)
    #expect(stopped.reasons.first == .stopped)
    let count = try fixture.records(of: run).count
    let after = try await fixture.service().submit(kind, to: run)
    #expect(after.status == .needsAttention)
    #expect(after.reasons == stopped.reasons)
    #expect(!fixture.exists("f2"))
    #expect(try fixture.records(of: run).count == count + 2)
    fixture.pass(7200)
    #expect(try await fixture.service().tick().runs.isEmpty)
    #expect(try fixture.service().verify(run).isIntact)
    _ = try await fixture.service().resume(run)
    #expect(fixture.exists("f2"))
  }

  @Test func `an event of the project sets no stopped run going, which takes it in time`()
    async throws
  {
    let fixture = try shop()
    let run = try await fixture.start(Self.danger, interrupted: { fixture.exists("f1") })
    let service = try fixture.service()
    let catalog = service.project.catalog(into: Diagnostics())
    let delivery = try await service.keep("shop.paid", data: ["order": "a"], catalog: catalog)
    #expect(delivery.runs.isEmpty)
    #expect(delivery.stopped == [run])
    #expect(try await fixture.service().tick().runs.isEmpty)
    #expect(!fixture.exists("f2"))
    let resumed = try await fixture.service().resume(run)
    #expect(fixture.exists("f2"))
    #expect(resumed.steps.first { $0.address == "w" }?.status == .succeeded)
  }

  @Test func `what was left for a run before it was stopped sets it not going`() async throws {
    let fixture = try shop()
    let run = try await fixture.start(Self.danger, interrupted: { fixture.exists("f1") })
    let note = Command(
      id: "c1", kind: .note(text: "hello"), actor: Actor(kind: .user, id: "ana"))
    let vault = VaultAdapter(try fixture.store().reader(run: run).vault())
    let content = note.inboxContent(sealing: { _ in false }, in: vault)
    try fixture.store().deliver(id: "c1", content: content, to: run)
    let report = try await fixture.service().tick()
    #expect(report.runs.first?.snapshot.reasons.first == .stopped)
    #expect(!fixture.exists("f2"))
    #expect(try fixture.records(of: run).contains { $0.type == "note.added" })
  }

  @Test func `what is said comes not before what was due in a stopped run`() async throws {
    let fixture = try shop()
    let run = try await fixture.start(
      Self.danger.replacing("n: integer } }", with: "n: integer } }, expires: 1h"),
      interrupted: { fixture.exists("f1") })
    fixture.pass(7200)
    await #expect(throws: RunnerError.self) {
      try await fixture.service().submit(
        .event(name: "shop.paid", data: ["order": "a"]), to: run)
    }
    #expect(!fixture.exists("f2"))
    _ = try await fixture.service().submit(.note(text: "hello"), to: run)
    #expect(!fixture.exists("f2"))
  }

  @Test func `whoever answers in a stopped run goes on with it`() async throws {
    let fixture = try shop()
    let run = try await fixture.start(Self.danger, interrupted: { fixture.exists("f1") })
    _ = try await fixture.service().submit(.answer(step: "q", values: ["n": 1]), to: run)
    #expect(fixture.exists("f2"))
  }
}

import Glibc
import Testing
import Values

@testable import Engine
@testable import Simulation

/// A test that is written from a random run passes.
@Suite(.timeLimit(.minutes(30))) struct WrittenTestPropertyTests {
  private static let runs = number("CHAOS_RUNS") ?? 100
  private static let firstSeed = UInt64(number("CHAOS_SEED") ?? 1)

  private static func number(_ variable: String) -> Int? {
    getenv(variable).flatMap { Int(String(cString: $0)) }
  }

  @Test(arguments: [false, true])
  func `the test of a run in which calls take time, fail and are lost passes`(
    isOftenAlone: Bool
  ) async throws {
    var ended = 0
    await everySeed { seed in
      let source = RandomWorkflow(seed: seed, isVaried: seed % 2 == 0)
      let workflow = try ChaosRun.workflow(source, version: 0)
      var start = Simulator.Start(at: Timestamp(seconds: 1_763_000_000))
      start.inputs = ["n": .int(Int64(seed % 7))]
      let script = RandomScript(source, seed: seed, isOftenAlone: isOftenAlone)
      let run = try Simulator(workflow, start, script: script).run()
      guard case .ended = run.engine.state.phase else { return nil }
      ended += 1
      return TestWriter(run.engine, events: Self.withParks(run.events))
    }
    #expect(ended > Self.runs / 2)
  }

  @Test func `the test of a run whose process dies now and then passes`() async {
    await everySeed { seed in
      var run = try ChaosRun(seed: seed)
      try run.playDying()
      return TestWriter(
        run.process.engine, events: try run.process.journal.map(VirtualProcess.event))
    }
  }

  /// As a process writes it that ends where nothing is to be done: in a simulation none does.
  private static func withParks(_ events: [Event]) -> [Event] {
    events.flatMap { event -> [Event] in
      guard case .runResumed = event.kind else { return [event] }
      let reasons = [ParkReason(step: "some", message: "it is stuck")]
      let parked = EventKind.runParked(status: .needsAttention, reasons: reasons, stateHash: "")
      return [Event(parked, at: event.at), event]
    }
  }

  /// What happened, for whoever looks for the cause.
  private static func story(_ events: [Event]) -> String {
    events.map { "\($0.at.journalText) \($0.actor.id) \($0.kind.type) \($0.step ?? "")" }
      .joined(separator: "\n")
  }

  /// Writes a test of what each seed gives; a few that do not pass are enough.
  private func everySeed(_ body: (UInt64) throws -> TestWriter?) async {
    var failures = 0
    for seed in Self.firstSeed..<(Self.firstSeed + UInt64(Self.runs)) where failures < 3 {
      // Other tests wait for the thread.
      await Task.yield()
      do {
        guard var writer = try body(seed) else { continue }
        let text = writer.text(named: "as it was", workflow: "test")
        guard text.hasPrefix("# As it stands") else { continue }
        throw Violation("\(text)\n\(Self.story(writer.events))")
      } catch {
        failures += 1
        Issue.record(
          "seed \(seed): \(error)\n\(RandomWorkflow(seed: seed, isVaried: seed % 2 == 0).text)")
      }
    }
  }
}

import Glibc
import Plans
import Testing
import Values

@testable import Engine

/// What a run of a random workflow came to is among what its plan allows.
@Suite struct PlanPropertyTests {
  private static let runs = getenv("CHAOS_RUNS").flatMap { Int(String(cString: $0)) } ?? 60

  @Test func `the path of every random run is among the paths of its plan`() throws {
    var failures = 0
    for seed in 1...UInt64(Self.runs) where failures < 3 {
      for isWild in [false, true] {
        var run = try ChaosRun(seed: seed, isRich: seed % 2 == 0)
        if isWild { try run.playWildly() } else { try run.playCalmly() }
        let process = run.process
        let path = try path(of: process)
        let inputs: ValueMap = ["n": .int(Int64(seed % 7))]
        for known in [ValueMap(), inputs] {
          let plan = RunPlan(
            process.workflow,
            RunPlan.Request(inputs: known, start: Timestamp(seconds: 1_763_000_000)))
          guard !plan.contains(path) else { continue }
          failures += 1
          Issue.record("seed \(seed), known \(known.names): \(path) is not planned\n\(run.text)")
        }
      }
    }
  }

  /// Undisturbed runs of which no loop has more than one round: those are counted as one.
  @Test func `the path of every calm run is among those that its plan lists`() throws {
    var failures = 0
    var checked = 0
    for seed in 1...UInt64(Self.runs) * 5 where failures < 3 {
      var run = try ChaosRun(seed: seed, isVaried: true, isRich: seed % 2 == 0)
      try run.playCalmly()
      // What takes a step back is shown with the step, and is none of its own.
      let path = try path(of: run.process).filter { !$0.hasSuffix(".undo") }
      guard !path.contains(where: Self.isInLaterRound) else { continue }
      for known in [ValueMap(), ["n": .int(Int64(seed % 7))]] {
        let plan = RunPlan(
          run.process.workflow,
          RunPlan.Request(inputs: known, start: Timestamp(seconds: 1_763_000_000)))
        guard let count = plan.pathCount.number, count <= 2000 else { continue }
        checked += 1
        // Steps of branches side by side may be mixed.
        let listed = plan.paths(limit: 2000)
        if listed.contains(where: { Set($0) == Set(path.map(Self.inAnyRound)) }) { continue }
        failures += 1
        Issue.record("seed \(seed), known \(known.names): \(path) is not listed\n\(run.text)")
      }
    }
    #expect(checked > Self.runs)
  }

  private static func isInLaterRound(_ address: String) -> Bool {
    address.split(separator: "[").dropFirst().contains { !$0.hasPrefix("0]") }
  }

  private static func inAnyRound(_ address: String) -> String {
    address.replacing("[0]", with: "[…]")
  }

  private func path(of process: VirtualProcess) throws -> [String] {
    var path = RunPath()
    for entry in process.journal {
      let event = try VirtualProcess.event(entry)
      path.note(event, event.step.flatMap { process.engine.step(at: $0) })
    }
    return path.addresses
  }
}

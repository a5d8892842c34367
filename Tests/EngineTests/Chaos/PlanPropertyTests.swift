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
        var run = try ChaosRun(seed: seed)
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

  private func path(of process: VirtualProcess) throws -> [String] {
    var path = RunPath()
    for entry in process.journal {
      let event = try VirtualProcess.event(entry)
      path.note(event, event.step.flatMap { process.engine.step(at: $0) })
    }
    return path.addresses
  }
}

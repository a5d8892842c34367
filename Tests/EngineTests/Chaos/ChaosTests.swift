import Documents
import Glibc
import Testing
import Values
import Workflows

@testable import Engine

/// Random workflows, random mishaps, virtual time. `CHAOS_RUNS` makes the tests longer, `CHAOS_SEED`
/// says where they begin; a seed that fails fails again:
///
///     CHAOS_SEED=4711 CHAOS_RUNS=1 swift test --filter ChaosTests
@Suite(.timeLimit(.minutes(30))) struct ChaosTests {
  private static let runs = number("CHAOS_RUNS") ?? 200
  private static let firstSeed = UInt64(number("CHAOS_SEED") ?? 1)

  private static func number(_ variable: String) -> Int? {
    getenv(variable).flatMap { Int(String(cString: $0)) }
  }

  @Test func `a disturbed run ends as the undisturbed one, with nothing done twice`() {
    var crashes = 0
    var failures = 0
    for seed in Self.firstSeed..<(Self.firstSeed + UInt64(Self.runs)) where failures < 5 {
      do {
        crashes += try play(seed)
      } catch {
        failures += 1
        Issue.record("seed \(seed): \(error)\n\((try? ChaosRun(seed: seed).text) ?? "")")
      }
    }
    #expect(crashes > Self.runs / 4, "hardly anything went wrong")
  }

  /// Plays one seed and says how often its process died.
  private func play(_ seed: UInt64) throws -> Int {
    var calm = try ChaosRun(seed: seed)
    try calm.playCalmly()
    var wild = try ChaosRun(seed: seed)
    try wild.playWildly()
    let wanted = calm.process.engine.state
    let found = wild.process.engine.state
    guard found.outputs == wanted.outputs else {
      throw Violation("the outputs are \(found.outputs), not \(wanted.outputs)")
    }
    guard found.outcomeSoFar == wanted.outcomeSoFar else {
      throw Violation("the run \(found.outcomeSoFar), not \(wanted.outcomeSoFar)")
    }
    guard found.steps.mapValues(\.phase.status) == wanted.steps.mapValues(\.phase.status) else {
      throw Violation(
        "the steps are \(found.steps.mapValues(\.phase.status)), "
          + "not \(wanted.steps.mapValues(\.phase.status))")
    }
    return wild.process.crashes
  }
}

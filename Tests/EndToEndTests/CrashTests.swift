import Foundation
import Testing

// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct CrashTests {
  /// The second step kills the process that carries the run out, after its effect.
  private let workflow = """
    baton: 1
    id: crash
    name: A crash
    version: 1.0.0
    steps:
      - id: first
        name: Do something before
        action: command.run
        with: { command: [sh, -c, "echo first >> trace"] }
      - id: strike
        name: Do something once
        action: command.run
        with: { command: [sh, -c, "echo strike >> trace; kill -9 $PPID"] }
      - id: last
        name: Do something after
        action: command.run
        with: { command: [sh, -c, "echo last >> trace"] }
    """

  @Test func `a killed run is recovered, and nothing is done twice`() throws {
    try Scenario()
      .file("crash.yaml", workflow)
      .baton("run", "crash.yaml", exits: 9)
      .file("crash.yaml", "it was changed meanwhile")
      .baton("status", "RUN", "--quiet", prints: "interrupted\n")
      .baton("resume", "RUN", exits: 5, complains: "baton resolve RUN strike --happened")
      .baton("retry", "RUN", "strike", exits: 7, complains: "in doubt")
      .baton(
        "resolve", "RUN", "strike", "--happened", "--set", "exit_code=0", "--set", "stdout=",
        "--set", "stderr=", "--set", "truncated=false", "--reason", "seen in the trace"
      )
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("interrupted"))
        #expect(scenario.output.contains("it happened: seen in the trace"))
        let trace = try String(
          contentsOf: scenario.folder.appending(path: "trace"), encoding: .utf8)
        #expect(trace == "first\nstrike\nlast\n")
      }
      .baton("verify", "--all")
  }

  /// Asks the process to stop, and lives long enough for the signal to be taken.
  private static let stop = "kill -TERM $PPID; sleep 1"

  @Test func `a run that is interrupted parks after the step it is at`() throws {
    try Scenario()
      .file("crash.yaml", workflow.replacing("kill -9 $PPID", with: Self.stop))
      .baton("run", "crash.yaml", exits: 130, complains: "to go on: baton resume RUN")
      .baton("status", "RUN")
      .then { #expect($0.output.contains("baton resume ")) }
      .baton("resume", "RUN")
      .then { scenario in
        let trace = try String(
          contentsOf: scenario.folder.appending(path: "trace"), encoding: .utf8)
        #expect(trace == "first\nstrike\nlast\n")
      }
  }
}

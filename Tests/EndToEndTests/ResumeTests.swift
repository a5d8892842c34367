import Foundation
import Testing

/// What the resume of others cannot do, case by case (Rundeck's list of it).
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(3)))
struct ResumeTests {
  /// Acts, then meets its end the first time it comes to `deadly`, then acts again.
  private func workflow(_ end: String, id: String = "job") -> String {
    """
    baton: 1
    id: \(id)
    name: A job
    version: 1.0.0
    steps:
      - { id: first, action: command.run, with: { command: [sh, -c, "echo first >> trace"] } }
      - id: deadly
        action: command.run
        effects: keyed
        with: { command: [sh, -c, "if [ ! -e killed ]; then touch killed; \(end); fi; echo deadly >> trace"] }
      - { id: last, action: command.run, with: { command: [sh, -c, "echo last >> trace"] } }
    """
  }

  @Test func `after a crash that took everything with it`() throws {
    try Scenario()
      .file("job.yaml", workflow("kill -9 $PPID; kill -9 $$"))
      .baton("run", "job.yaml", exits: 9)
      .baton("status", "RUN", "--quiet", prints: "interrupted\n")
      .then { try $0.shell("until $BATON resume $RUN; do [ $? = 7 ] || exit 1; done") }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .holds("trace", "first\ndeadly\nlast\n")
      .baton("verify", "--all")
  }

  // The second lives long enough for the signal to be taken.
  @Test(arguments: [
    (end: "kill -KILL $PPID; kill -KILL $$", code: Int32(9)),
    (end: "kill -TERM $PPID; sleep 1", code: 130),
  ])
  func `after somebody killed it`(end: String, code: Int32) throws {
    try Scenario()
      .file("job.yaml", workflow(end))
      .baton("run", "job.yaml", exits: code)
      .then { try $0.shell("until $BATON resume $RUN; do [ $? = 7 ] || exit 1; done") }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .holds("trace", "first\ndeadly\nlast\n")
  }

  @Test func `after steps were added, removed or reordered: the run keeps its own definition`()
    throws
  {
    let changed = """
      baton: 1
      id: job
      name: A job
      version: 2.0.0
      steps:
        - { id: last, action: command.run, with: { command: [sh, -c, "echo changed >> trace"] } }
        - { id: added, action: command.run, with: { command: [sh, -c, "echo added >> trace"] } }
        - { id: first, action: command.run, with: { command: [sh, -c, "echo changed >> trace"] } }
      """
    try Scenario()
      .file("job.yaml", workflow("kill -9 $PPID"))
      .baton("run", "job.yaml", exits: 9)
      .file("job.yaml", changed)
      .then { try $0.shell("until $BATON resume $RUN; do [ $? = 7 ] || exit 1; done") }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .then { scenario in
        let trace = try scenario.text("trace").split(separator: "\n").map(String.init)
        #expect(trace.first == "first" && trace.last == "last" && !trace.contains("changed"))
        #expect(trace.count(where: { $0 == "last" }) == 1)
      }
  }

  @Test func `inside a referenced job, in the middle of a loop of it`() throws {
    let outer = """
      baton: 1
      id: outer
      name: Outer
      version: 1.0.0
      steps:
        - { id: before, action: command.run, with: { command: [sh, -c, "echo before >> trace"] } }
        - id: each
          for_each:
            in: "['a', 'b']"
            steps: [ { id: inner, workflow: job } ]
        - { id: after, action: command.run, with: { command: [sh, -c, "echo after >> trace"] } }
      """
    try Scenario()
      .file("workflows/job.yaml", workflow("kill -9 $PPID; kill -9 $$"))
      .file("workflows/outer.yaml", outer)
      .file("baton.yaml", "baton: 1\nproject: jobs\n")
      .baton("run", "workflows/outer.yaml", exits: 9)
      .then { try FileManager.default.removeItem(at: $0.folder.appending(path: "workflows")) }
      .then { try $0.shell("until $BATON resume $RUN; do [ $? = 7 ] || exit 1; done") }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .holds("trace", "before\nfirst\ndeadly\nlast\nfirst\ndeadly\nlast\nafter\n")
      .baton("verify", "--all")
  }

  @Test func `with a secret that was typed in, which nobody types again`() throws {
    let secret = "correct-horse-battery"
    let workflow = """
      baton: 1
      id: secret
      name: A secret
      version: 1.0.0
      inputs: { token: { type: string, sensitive: true } }
      steps:
        - id: deadly
          action: command.run
          effects: keyed
          with: { command: [sh, -c, "if [ ! -e killed ]; then touch killed; kill -9 $PPID; kill -9 $$; fi"] }
        - id: use
          action: command.run
          with: { command: [sh, -c, "test \\"$1\\" = correct-horse-battery && touch used", sh, "${{ inputs.token }}"] }
      """
    try Scenario()
      .file("secret.yaml", workflow.replacing(secret, with: "\\\"$(cat expected)\\\""))
      .file("expected", secret)
      .baton("run", "secret.yaml", "-i", "token=\(secret)", exits: 9)
      .then { try $0.shell("until $BATON resume $RUN; do [ $? = 7 ] || exit 1; done") }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .then { scenario in
        #expect(
          FileManager.default.fileExists(atPath: scenario.folder.appending(path: "used").path))
        let record = try scenario.recordedBytes()
        #expect(record.range(of: Data(secret.utf8)) == nil)
      }
  }
}

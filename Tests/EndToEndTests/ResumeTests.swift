import Foundation
import Testing

/// What the resume of others cannot do, case by case (Rundeck's list of it).
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
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

  @Test func `where a checkpoint holds still nothing is said to have failed`() throws {
    try Scenario()
      .file(
        "job.yaml",
        """
        baton: 1
        id: job
        name: A job
        steps:
          - { id: first, set: { n: 1 }, checkpoint: begun, verify: [ { check: outputs.n == 1, message: no } ] }
          - { id: q, if: steps.first.outputs.n == 1, ask: { items: { x: X } }, due: 1d }
          - { id: left, if: steps.first.outputs.n == 2, set: { n: 1 }, target: 1h }
        """
      )
      .baton("run", "job.yaml", exits: 4)
      .baton("resume", "RUN", exits: 4)
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("first: what the checkpoint tests holds still"))
        #expect(!scenario.output.contains("passed over"), "\(scenario.output)")
      }
      .baton("answer", "RUN", "q", "--tick", "x")
      .baton("status", "RUN")
      .then { scenario in
        #expect(!scenario.output.contains("target"), "\(scenario.output)")
        #expect(
          scenario.output.contains(" by \(NSUserName()), last activity"), "\(scenario.output)")
      }
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

  // As `timeout` does it: it signals the process, and then the group that it is in.
  @Test func `what asks it twice at once to stop asks once, and what asks again later breaks off`()
    throws
  {
    let stop = "kill -TERM $PPID;"
    try Scenario()
      .file("job.yaml", workflow("kill -TERM $PPID $PPID $PPID; sleep 1"))
      .baton("run", "job.yaml", exits: 130)
      .baton("status", "RUN", "--quiet", prints: "needs_attention\n")
      .holds("trace", "first\ndeadly\n")
      .file("later.yaml", workflow("\(stop) sleep 1; \(stop) sleep 1"))
      .then { try $0.shell("rm trace killed") }
      .baton("run", "later.yaml", exits: 130)
      .then { try $0.shell("until grep deadly trace; do sleep 0.1; done") }
      .baton("status", "RUN", "--quiet", prints: "interrupted\n")
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

  @Test func `a hundred deep in jobs that refer to each other`() throws {
    let scenario = try Scenario()
      .file("workflows/job.yaml", workflow("kill -9 $PPID; kill -9 $$"))
      .file("baton.yaml", "baton: 1\nproject: jobs\n")
    for number in 1..<100 {
      let inner = number < 99 ? "job-\(number + 1)" : "job"
      try scenario.file(
        "workflows/job-\(number).yaml",
        "baton: 1\nid: job-\(number)\nname: Job\nsteps: [ { id: in, workflow: \(inner) } ]\n")
    }
    try scenario.baton("validate", "workflows/job-1.yaml")
      .baton("plan", "workflows/job-1.yaml")
      .baton("run", "workflows/job-1.yaml", exits: 9)
      .then { try $0.shell("until $BATON resume $RUN; do [ $? = 7 ] || exit 1; done") }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .holds("trace", "first\ndeadly\nlast\n")
      .baton("transcript", "RUN")
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

  @Test func `after a crash of whoever goes on with all runs, each time anew`() throws {
    func deadly(_ id: String) -> String {
      """
        - id: \(id)
          action: command.run
          effects: keyed
          with: { command: [sh, -c, "if [ ! -e \(id) ]; then touch \(id); kill -9 $PPID; kill -9 $$; fi; echo \(id) >> trace"] }

      """
    }
    try Scenario()
      .file(
        "job.yaml",
        "baton: 1\nid: job\nname: A job\nsteps:\n" + deadly("one") + deadly("two")
          + deadly("three")
      )
      .baton("run", "job.yaml", exits: 9)
      .then { try $0.shell("until [ -e two ]; do $BATON tick --quiet; done") }
      .then { try $0.shell("until [ -e three ]; do $BATON tick --quiet; done") }
      .then {
        try $0.shell(
          "until [ $($BATON status $RUN --quiet) = succeeded ]; do $BATON tick --quiet; done")
      }
      .holds("trace", "one\ntwo\nthree\n")
      .baton("verify", "--all")
  }

  private static func act(_ id: String) -> String {
    "  - { id: \(id), action: command.run, with: { command: [sh, -c, \"echo \(id) >> trace\"] } }\n"
  }

  private static let sure = "  - { id: sure, ask: { fields: { answer: string } } }\n"

  /// A change of the job, what is decided about it, and what the job has done in the end, kept as it was
  /// and moved.
  struct Change: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: String
    let decisions: [String]
    let moved: String
  }

  private static let changes = [
    Change(
      testDescription: "added",
      steps: act("early") + act("first") + sure + act("added") + act("last"),
      decisions: ["early=leave_out"], moved: "first\nadded\nlast\n"),
    Change(
      testDescription: "removed", steps: sure + act("last"), decisions: [],
      moved: "first\nlast\n"),
    Change(
      testDescription: "reordered", steps: act("last") + sure + act("first"),
      decisions: ["last=do"], moved: "first\nlast\n"),
  ]

  @Test(arguments: changes)
  func `after steps were changed it goes on as it was, or as they are now`(change: Change) throws {
    let head = "baton: 1\nid: job\nname: A job\n"
    let old = head + "steps:\n" + Self.act("first") + Self.sure + Self.act("last")
    let kept = try Scenario().file("job.yaml", old).baton("run", "job.yaml", exits: 4)
      .file("job.yaml", head + "steps:\n" + change.steps)
    try kept.baton("answer", "RUN", "sure", "answer=yes").holds("trace", "first\nlast\n")
    let moved = try Scenario().file("job.yaml", old).baton("run", "job.yaml", exits: 4)
      .file("job.yaml", head + "steps:\n" + change.steps)
    let decisions = change.decisions.flatMap { ["--decide", $0] }
    let code = try moved.call(["migrate", "RUN", "--to", "job.yaml"] + decisions)
    #expect(code == 4, "\(moved.output)\(moved.errors)")
    try moved.baton("answer", "RUN", "sure", "answer=yes").holds("trace", change.moved)
      .baton("status", "RUN", "--quiet", prints: "succeeded\n").baton("verify", "--all")
  }

  @Test func `inside a job that a referenced job refers to, with its file changed`() throws {
    let middle = """
      baton: 1
      id: middle
      name: Middle
      steps: [ { id: inner, workflow: job } ]
      """
    let outer = """
      baton: 1
      id: outer
      name: Outer
      steps:
        - id: beside
          parallel:
            - { id: one, workflow: middle }
            - { id: two, action: command.run, effects: keyed, with: { command: [sh, -c, "echo two > beside"] } }
        - { id: after, action: command.run, with: { command: [sh, -c, "echo after >> trace"] } }
      """
    try Scenario()
      .file("workflows/job.yaml", workflow("kill -9 $PPID; kill -9 $$"))
      .file("workflows/middle.yaml", middle)
      .file("workflows/outer.yaml", outer)
      .file("baton.yaml", "baton: 1\nproject: jobs\n")
      .baton("run", "workflows/outer.yaml", exits: 9)
      .file("workflows/job.yaml", "baton: 1\nid: job\nname: Another\nsteps: []\n")
      .then { try $0.shell("until $BATON resume $RUN; do [ $? = 7 ] || exit 1; done") }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .holds("trace", "first\ndeadly\nlast\nafter\n")
      .holds("beside", "two\n")
      .baton("verify", "--all")
  }

  @Test func `with a secret that was typed in as an answer`() throws {
    let secret = "correct-horse-battery"
    let workflow = """
      baton: 1
      id: secret
      name: A secret
      steps:
        - { id: typed, ask: { fields: { token: { type: string, sensitive: true } } } }
        - id: deadly
          action: command.run
          effects: keyed
          with: { command: [sh, -c, "if [ ! -e killed ]; then touch killed; kill -9 $PPID; kill -9 $$; fi"] }
        - id: use
          action: command.run
          with: { command: [sh, -c, 'test "$1" = "$(cat expected)" && touch used', sh, "${{ steps.typed.outputs.token }}"] }
      """
    try Scenario()
      .file("secret.yaml", workflow)
      .file("expected", secret)
      .baton("run", "secret.yaml", exits: 4)
      .baton("answer", "RUN", "typed", "token=\(secret)", exits: 9)
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

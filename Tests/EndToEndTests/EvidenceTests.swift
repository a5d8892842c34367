import Foundation
import Testing

/// Files that prove what somebody says.
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct EvidenceTests {
  /// The SHA-256 of each piece of evidence that the run keeps.
  private func kept(_ scenario: Scenario) throws -> [String] {
    let folder = try scenario.runFolder().appending(path: "evidence").path
    return try FileManager.default.contentsOfDirectory(atPath: folder)
  }

  private func doubt() throws -> Scenario {
    try Scenario()
      .file("mail.eml", "Yes, we got it.\n")
      .file(
        "w.yaml",
        """
        baton: 1
        id: post
        name: Post
        steps:
          - { id: letter, name: Send the letter, effects: once, action: command.run, with: { command: [sh, -c, "echo x >> sent; kill -9 $$"] } }
        """
      )
      .baton("run", "w.yaml", exits: 5)
  }

  @Test(arguments: ["--happened", "--did-not-happen"])
  func `what settles a doubt is kept with the run, shown and verified`(answer: String) throws {
    let scenario = try doubt()
    let outputs =
      answer == "--happened"
      ? [
        "--set", "exit_code=0", "--set", "stdout=", "--set", "stderr=", "--set", "truncated=false",
      ]
      : []
    let call =
      ["resolve", "RUN", "letter", answer, "--reason", "they wrote", "--evidence", "mail.eml"]
      + outputs
    try scenario.call(call)
    let hashes = try kept(scenario)
    #expect(hashes.count == 1)
    let hash = try #require(hashes.first)
    let path = ".baton/runs/\(try scenario.runFolder().lastPathComponent)/evidence/\(hash)"
    try scenario.holds(path, "Yes, we got it.\n")
    try scenario.baton("transcript", "RUN")
    #expect(scenario.output.contains("they wrote, evidence \(hash)"), "\(scenario.output)")
    try scenario.baton("transcript", "RUN", "--format", "markdown")
    #expect(scenario.output.contains(hash))
    try scenario.baton("verify", "--all")
      .file(path, "No.\n").baton("verify", "--all", exits: 8)
  }

  @Test func `evidence comes along with what is handed to the process that executes the run`()
    throws
  {
    let scenario = try Scenario()
      .file("photo", "a photo\n")
      .file(
        "w.yaml",
        """
        baton: 1
        id: two
        name: Two
        steps:
          - id: both
            parallel:
              - { id: long, action: command.run, with: { command: [sh, -c, "until [ -e go ]; do sleep 0.05; done"] } }
              - { id: bad, action: files.read, with: { path: nothing } }
        """)
    let code = try scenario.shell(
      """
      $BATON run w.yaml > out 2>&1 & run=$!
      until grep -q step.failed .baton/runs/*/journal.jsonl 2> /dev/null || ! kill -0 $run; do sleep 0.05; done
      $BATON done "$(basename .baton/runs/*)" bad content=x size=1 sha256=x --reason 'read by eye' --evidence photo > said 2>&1
      echo $? > code
      touch go
      wait $run
      """)
    #expect(code == 0)
    let said = try scenario.text("said")
    #expect(try scenario.text("code") == "0\n", "\(said)")
    try scenario.baton("list", "--quiet")
    let journal = try scenario.text(
      ".baton/runs/\(scenario.runFolder().lastPathComponent)/journal.jsonl")
    let hashes = try kept(scenario)
    #expect(hashes.count == 1 && journal.contains("\"evidence\":[\"\(hashes.first ?? "-")\"]"))
    try scenario.baton("verify", "--all")
  }

  @Test func `two who hand over the same file at the same moment both have it kept`() throws {
    let scenario = try Scenario()
      .file(
        "w.yaml",
        """
        baton: 1
        id: two
        name: Two
        steps:
          - id: both
            parallel:
              - { id: long, action: command.run, with: { command: [sh, -c, "until [ -e go ]; do sleep 0.05; done"] } }
              - { id: one, action: files.read, with: { path: nothing } }
              - { id: other, action: files.read, with: { path: nothing } }
        """)
    // Large, so that both are still at it when one of them is through.
    let code = try scenario.shell(
      """
      head -c 48000000 /dev/urandom > film
      $BATON run w.yaml > out 2>&1 & run=$!
      until [ "$(cat .baton/runs/*/journal.jsonl 2> /dev/null | grep -c step.failed)" = 2 ] || ! kill -0 $run; do sleep 0.05; done
      RUN=$(basename .baton/runs/*)
      for step in one other; do
        $BATON done $RUN $step content=x size=1 sha256=x --reason 'seen' --evidence film > said.$step 2>&1 & eval $step=$!
      done
      wait $one && wait $other && echo both > done
      touch go
      wait $run
      """)
    #expect(code == 0)
    let said = try ["one", "other"].map { try scenario.text("said.\($0)") }
    #expect(try scenario.exitCode("list", "--quiet") == 0)
    #expect(FileManager.default.fileExists(atPath: scenario.folder.path + "/done"), "\(said)")
    #expect(try kept(scenario).count == 1)
    try scenario.baton("verify", "--all")
  }
}

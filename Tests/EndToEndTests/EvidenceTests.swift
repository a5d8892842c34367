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
    let shown = "they wrote, evidence `mail.eml` (16 bytes, text/plain, SHA-256 \(hash))"
    #expect(scenario.output.contains(shown), "\(scenario.output)")
    #expect(scenario.output.contains("evidence file: `mail.eml`, 16 bytes, text/plain\n"))
    try scenario.baton("transcript", "RUN", "--format", "markdown")
    #expect(scenario.output.contains("mail.eml") && scenario.output.contains("16 bytes"))
    #expect(scenario.output.contains(hash))
    try scenario.baton("transcript", "RUN", "--format", "json")
    let steps = try #require(try scenario.json()["steps"] as? [[String: Any]])
    let doubt = try #require((steps.first?["settled"] as? [[String: Any]])?.first)
    #expect(doubt["evidence"] as? [String] == [hash])
    let file = try #require((doubt["evidence_files"] as? [[String: Any]])?.first)
    #expect(file["name"] as? String == "mail.eml" && file["size"] as? Int == 16)
    #expect(file["sha256"] as? String == hash && file["type"] as? String == "text/plain")
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
    #expect(journal.contains("\"evidence_files\":[{\"name\":\"photo\""))
    try scenario.baton("verify", "--all")
  }

  @Test(arguments: [
    ("pipe", "is a pipe"), ("/dev/zero", "is a device"), (".", "is a folder"),
    ("film", "has more than 100 MB"), ("gone", "no such file"),
  ])
  func `what is no file that can be kept is refused at once, and nothing is lost`(
    path: String, complaint: String
  ) throws {
    let scenario = try doubt()
    try scenario.shell("mkfifo pipe; truncate -s 100000001 film")
    let journal = try scenario.runFolder().appending(path: "journal.jsonl")
    let before = try Data(contentsOf: journal)
    // The kill is for a program that waits for the pipe, or reads the device to its end.
    let code = try scenario.shell(
      """
      timeout -s KILL 60 $BATON resolve $RUN letter --did-not-happen --reason seen \
        --evidence mail.eml --evidence \(path)
      """)
    #expect(code == (path == "gone" ? 6 : 7), "\(scenario.errors)")
    #expect(scenario.errors.contains(complaint), "\(scenario.errors)")
    #expect(try Data(contentsOf: journal) == before)
    let folder = try scenario.runFolder().appending(path: "evidence").path
    #expect(!FileManager.default.fileExists(atPath: folder))
    try scenario.call([
      "resolve", "RUN", "letter", "--did-not-happen", "--reason", "seen", "--evidence", "mail.eml",
    ])
    #expect(try kept(scenario).count == 1)
  }

  @Test func `what a program writes is kept from standard input, and has no name`() throws {
    let scenario = try doubt()
    let resolve = "$BATON resolve $RUN letter --did-not-happen --reason seen --evidence -"
    try scenario.shell("head -c 100000001 /dev/zero | \(resolve)")
    #expect(scenario.errors.contains("standard input has more than 100 MB"), "\(scenario.errors)")
    try scenario.shell("printf '%%PDF-1.7' | \(resolve)")
    try scenario.baton("transcript", "RUN")
    let hash = try #require(try kept(scenario).first)
    #expect(
      scenario.output.contains("evidence 8 bytes, application/pdf, SHA-256 \(hash)"),
      "\(scenario.output)")
    try scenario.baton("verify", "--all")
  }

  @Test func `a command that is refused leaves no evidence behind`() throws {
    let scenario = try doubt()
    try scenario.baton(
      "done", "RUN", "nothing", "--reason", "seen", "--evidence", "mail.eml", exits: 7)
    let folder = try scenario.runFolder().appending(path: "evidence").path
    #expect(!FileManager.default.fileExists(atPath: folder))
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

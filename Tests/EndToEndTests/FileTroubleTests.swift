import Foundation
import Testing

/// What can happen to the files of a run, from outside and from below.
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct FileTroubleTests {
  /// A run that has acted once and waits for an answer.
  private let workflow = """
    baton: 1
    id: files
    name: Files
    version: 1.0.0
    steps:
      - { id: act, action: command.run, with: { command: [sh, -c, "echo act >> trace"] } }
      - { id: ask, ask: { message: "Go on?", fields: { ok: boolean } } }
      - { id: last, action: command.run, with: { command: [sh, -c, "echo last >> trace"] } }
    """

  private func waiting() throws -> Scenario {
    try Scenario().file("files.yaml", workflow).baton("run", "files.yaml", exits: 4)
  }

  @Test func `a journal that is missing is damage to whoever asks, and nobody makes an empty one`()
    throws
  {
    let scenario = try waiting()
    let journal = try scenario.runFolder().appending(path: "journal.jsonl")
    try FileManager.default.removeItem(at: journal)
    for command in ["status", "transcript", "verify", "resume"] {
      try scenario.baton(command, "RUN", exits: 8).then { scenario in
        let said = scenario.output + scenario.errors
        #expect(said.contains("the journal is missing"), "\(command): \(said)")
      }
    }
    try scenario.baton("note", "RUN", "hello", exits: 8)
    for command in ["list", "tasks"] {
      try scenario.baton(command).then { scenario in
        #expect(scenario.errors.contains("cannot be read: "), "\(command): \(scenario.errors)")
      }
    }
    #expect(!FileManager.default.fileExists(atPath: journal.path))
  }

  @Test func `a torn tail is kept aside, journalled, and the run goes on`() throws {
    let scenario = try waiting()
    let journal = try scenario.runFolder().appending(path: "journal.jsonl")
    let whole = try Data(contentsOf: journal)
    try (whole + Data("{\"actor\":{\"id\":\"bat".utf8)).write(to: journal)
    try scenario
      .baton("verify", "RUN")
      .baton("status", "RUN", "--quiet", prints: "waiting\n")
      .then { _ in
        let left = try Data(contentsOf: journal)
        #expect(left.count > whole.count, "a look never repairs")
      }
      .baton("answer", "RUN", "ask", "ok=true")
      .baton("verify", "--all")
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("torn-"), "\(scenario.output)")
        try scenario.holds("trace", "act\nlast\n")
      }
  }

  @Test func `a record that was changed is named, and stops whoever reads it`() throws {
    let scenario = try waiting()
    let journal = try scenario.runFolder().appending(path: "journal.jsonl")
    let text = try String(contentsOf: journal, encoding: .utf8)
    try text.replacing("echo act", with: "echo bad").write(
      to: journal, atomically: true, encoding: .utf8)
    let changed = try Data(contentsOf: journal)
    try scenario
      .baton("verify", "RUN", exits: 8)
      .then { scenario in
        #expect(scenario.output.contains("journal, record"))
        #expect(!scenario.output.contains("ahead of the journal"), "\(scenario.output)")
      }
    // With its saved state a run is opened without a look at its past; without it all is read.
    try FileManager.default.removeItem(at: scenario.runFolder().appending(path: "run.json"))
    try scenario
      .baton("answer", "RUN", "ask", "ok=true", exits: 8, complains: "record")
      .holds("trace", "act\n")
    let left = try Data(contentsOf: journal)
    #expect(left == changed, "nothing is repaired in silence")
  }

  @Test func `a forged state does not count, and shows`() throws {
    let scenario = try waiting()
    let saved = try scenario.runFolder().appending(path: "run.json")
    let text = try String(contentsOf: saved, encoding: .utf8)
    try text.replacing("\"waiting\"", with: "\"entered\"").write(
      to: saved, atomically: true, encoding: .utf8)
    try scenario
      .baton("verify", "RUN", exits: 8)
      .then { #expect($0.output.contains("run.json")) }
      .baton("status", "RUN", "--quiet", prints: "waiting\n")
      .baton("answer", "RUN", "ask", "ok=true")
      .baton("verify", "--all")
      .holds("trace", "act\nlast\n")
  }

  /// Saves a state as of the record before the run parked, with another starter.
  private static let forger = """
    import hashlib, json, sys
    folder = sys.argv[1]
    lines = open(folder + "/journal.jsonl", "rb").read().rstrip(b"\\n").split(b"\\n")
    park = len(lines) - 1
    assert json.loads(lines[park])["type"] == "run.parked"
    saved = json.load(open(folder + "/run.json"))
    state = saved["state"]
    del state["parked"]
    state["events"] -= 1
    state["last_at"] = json.loads(lines[park - 1])["at"]
    state["started_by"] = {"id": "johan", "kind": "person"}
    text = lambda value: json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    saved["offset"] = sum(len(line) + 1 for line in lines[:park])
    saved["line"] = saved["offset"] - len(lines[park - 1]) - 1
    saved["seq"] = park - 1
    saved["head"] = json.loads(lines[park - 1])["hash"]
    saved["sha256"] = hashlib.sha256(text(state).encode()).hexdigest()
    open(folder + "/run.json", "w").write(text(saved) + "\\n")
    """

  @Test func `a state that is forged as of a record before the last park does not count either`()
    throws
  {
    let scenario = try Scenario()
      .file(
        "baton.yaml",
        "baton: 1\npeople: { ana: { name: Ana, roles: [] }, johan: { name: J, roles: [] } }\n"
      )
      .file(
        "go.yaml",
        """
        baton: 1
        id: go
        name: Go
        steps: [ { id: ok, approve: { message: "Go?", not_starter: true } } ]
        """
      )
      .file("forge.py", Self.forger)
    var tokens: [String: String] = [:]
    for person in ["ana", "johan"] {
      try scenario.baton("people", "token", person, "--quiet")
      tokens[person] = scenario.output.trimmingCharacters(in: .newlines)
    }
    try scenario.signedIn(as: tokens["ana"]).baton("run", "go.yaml", exits: 4)
    #expect(try scenario.shell("python3 forge.py .baton/runs/$RUN") == 0)
    let forged = try Data(contentsOf: scenario.runFolder().appending(path: "run.json"))
    #expect(String(decoding: forged, as: UTF8.self).contains("johan"))
    try scenario
      .baton("verify", "RUN", exits: 8)
      .then { #expect($0.output.contains("run.json"), "\($0.output)") }
      .baton("status", "RUN", "--quiet", prints: "waiting\n")
      .baton("approve", "RUN", "ok", exits: 7, complains: "ana started this run")
      .signedIn(as: tokens["johan"]).baton("approve", "RUN", "ok")
      .baton("verify", "--all")
  }

  @Test func `a saved state that is missing is rebuilt`() throws {
    let scenario = try waiting()
    try FileManager.default.removeItem(at: scenario.runFolder().appending(path: "run.json"))
    try scenario.baton("answer", "RUN", "ask", "ok=true").baton("verify", "--all")
    try scenario.holds("trace", "act\nlast\n")
  }

  @Test func `a pinned definition that was changed stops the run`() throws {
    let scenario = try waiting()
    let pinned = try scenario.runFolder().appending(path: "definition/workflow.yaml")
    try workflow.replacing("echo last", with: "echo evil").write(
      to: pinned, atomically: true, encoding: .utf8)
    try scenario
      .baton("answer", "RUN", "ask", "ok=true", exits: 8, complains: "not what was pinned")
      .baton("verify", "RUN", exits: 8)
    try scenario.holds("trace", "act\n")
  }

  @Test func `the workflow's file may be changed or deleted`() throws {
    let scenario = try waiting()
    try FileManager.default.removeItem(at: scenario.folder.appending(path: "files.yaml"))
    try scenario.baton("answer", "RUN", "ask", "ok=true")
    try scenario.holds("trace", "act\nlast\n")
  }

  @Test func `a run that is gone, or shorter than the ledger says, shows`() throws {
    let scenario = try waiting()
    let journal = try scenario.runFolder().appending(path: "journal.jsonl")
    let lines = try String(contentsOf: journal, encoding: .utf8).split(separator: "\n")
    try (lines.dropLast(2).joined(separator: "\n") + "\n").write(
      to: journal, atomically: true, encoding: .utf8)
    try scenario
      .baton("verify", "RUN", exits: 8)
      .then { #expect($0.output.contains("ledger")) }
    try FileManager.default.removeItem(at: scenario.runFolder())
    try scenario
      .baton("verify", "--all", exits: 8)
      .then { #expect($0.output.contains("is gone")) }
  }

  /// The journal as it was before the last answer, and the rest of the folder as the given lines leave it.
  private func behind(_ script: String) throws -> Scenario {
    let scenario = try waiting()
    try scenario
      .then { try #expect($0.shell("cp -a .baton/runs/$RUN kept") == 0) }
      .baton("note", "RUN", "one").baton("note", "RUN", "two")
      .then { try #expect($0.shell(script) == 0, "\($0.errors)") }
    return scenario
  }

  @Test func `the card and the transcript of a journal that was cut off say what the ledger knows`()
    throws
  {
    try behind("cp kept/journal.jsonl .baton/runs/$RUN/journal.jsonl")
      .baton("answer", "RUN", "ask", "ok=true", exits: 8)
      .baton("status", "RUN")
      .then { scenario in
        let words =
          "its journal has 5 records, and the ledger knows of 9: what was done since is missing"
        #expect(scenario.output.contains(words), "\(scenario.output)")
        #expect(scenario.output.contains("\nNext\n  baton verify "), "\(scenario.output)")
        #expect(scenario.output.contains("a copy of its folder back that has all 9 records"))
        #expect(!scenario.output.contains("baton answer"), "\(scenario.output)")
        #expect(!scenario.output.contains("--adopt"), "\(scenario.output)")
      }
      .baton("status", "RUN", "--json")
      .then { scenario in
        let ledger = try #require(try scenario.json()["ledger"] as? [String: Any])
        #expect(ledger["events"] as? Int == 9)
        #expect(ledger["missing"] as? Int == 4)
        #expect(ledger["put_back"] == nil)
      }
      .baton("transcript", "RUN")
      .then { #expect($0.output.contains("\n! its journal has 5 records, and the ledger")) }
      .baton("transcript", "RUN", "--format", "markdown")
      .then { #expect($0.output.contains("| Ledger | its journal has 5 records, and")) }
      .baton("transcript", "RUN", "--json")
      .then { scenario in
        let run = try #require(try scenario.json()["run"] as? [String: Any])
        #expect((run["ledger"] as? [String: Any])?["missing"] as? Int == 4)
      }
      .baton("verify", "RUN", exits: 8)
  }

  @Test func `a journal that was cut off is not gone on with where its saved state is gone, too`()
    throws
  {
    try behind("cp kept/journal.jsonl .baton/runs/$RUN/journal.jsonl; rm .baton/runs/$RUN/run.json")
      .baton(
        "answer", "RUN", "ask", "ok=true", exits: 8,
        complains: "the ledger says that there were 9 intact records"
      )
      .baton("verify", "RUN", exits: 8)
      .holds("trace", "act\n")
  }

  @Test func `the card of a folder that was put back offers what is not refused`() throws {
    try behind("rm -rf .baton/runs/$RUN; cp -a kept .baton/runs/$RUN")
      .baton("answer", "RUN", "ask", "ok=true", exits: 7)
      .baton("status", "RUN")
      .then { scenario in
        let words = "its folder was put back with 5 records, and the ledger knows of 9"
        #expect(scenario.output.contains(words), "\(scenario.output)")
        #expect(!scenario.output.contains("baton answer"), "\(scenario.output)")
        #expect(scenario.output.contains(" --adopt --reason 'WHY'\n"), "\(scenario.output)")
      }
      .baton("status", "RUN", "--json")
      .then { scenario in
        let ledger = try #require(try scenario.json()["ledger"] as? [String: Any])
        #expect(ledger["put_back"] as? Bool == true)
      }
      .baton("transcript", "RUN")
      .then { #expect($0.output.contains("\n! its folder was put back with 5 records")) }
      // Once somebody goes on without them, they are missing no more.
      .baton("resume", "RUN", "--adopt", "--reason", "there is no other", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        #expect(!scenario.output.contains("ledger"), "\(scenario.output)")
        #expect(scenario.output.contains("baton answer"), "\(scenario.output)")
      }
      .baton("answer", "RUN", "ask", "ok=true")
      .holds("trace", "act\nlast\n")
  }

  @Test func `an older copy put into the folder is not gone on with unless somebody says so`()
    throws
  {
    try behind("cp kept/journal.jsonl kept/run.json .baton/runs/$RUN/")
      .baton("answer", "RUN", "ask", "ok=true", exits: 7)
      .then { scenario in
        let words = "was put back with 5 records, and the ledger knows of 9"
        #expect(scenario.errors.contains(words), "\(scenario.errors)")
      }
      .baton("tick")
      .holds("trace", "act\n")
      .baton("status", "RUN")
      .then { scenario in
        #expect(!scenario.output.contains("baton answer"), "\(scenario.output)")
        #expect(scenario.output.contains(" --adopt --reason 'WHY'\n"), "\(scenario.output)")
      }
      .baton("resume", "RUN", "--adopt", "--reason", "there is no other", exits: 4)
      .baton("answer", "RUN", "ask", "ok=true")
      .holds("trace", "act\nlast\n")
      .baton("transcript", "RUN")
      .then { #expect($0.output.contains("there is no other"), "\($0.output)") }
  }

  @Test func `a folder that was put back, and lacks nothing, is a problem of the transcript only`()
    throws
  {
    try behind("cp -a .baton/runs/$RUN all; rm -rf .baton/runs/$RUN; cp -a all .baton/runs/$RUN")
      .baton("status", "RUN")
      .then { #expect($0.output.contains("baton answer") && !$0.output.contains("ledger")) }
      .baton("answer", "RUN", "ask", "ok=true")
      .baton("verify", "RUN")
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(!scenario.output.contains("its folder was moved"), "\(scenario.output)")
        let parts = scenario.output.components(separatedBy: "\nProblems\n")
        #expect(parts.count == 2 && parts.last?.contains("was put back where it was") == true)
      }
  }

  @Test func `a run that is gone is told from one that never was`() throws {
    let scenario = try waiting()
    try FileManager.default.removeItem(at: scenario.runFolder())
    for command in [
      ["status", "RUN"], ["transcript", "RUN"], ["answer", "RUN", "ask", "ok=true"],
    ] {
      #expect(try scenario.call(command) == 8, "\(command): \(scenario.errors)")
      #expect(scenario.errors.contains("is gone: the ledger knows of 5 records"), "\(command)")
      #expect(scenario.errors.contains("put a copy of its folder back"), "\(scenario.errors)")
    }
    try scenario
      .baton("status", "20200101-aaaaaa", exits: 6, complains: "no run matches")
      .baton("list", "--quiet", prints: "").baton("tasks", "--quiet", prints: "")
  }

  @Test func `a ledger that is gone shows by the runs that were in it`() throws {
    let scenario = try waiting()
    let ledger = try scenario.runFolder().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "ledger.jsonl")
    try scenario.baton("verify", "--all")
    let whole = try Data(contentsOf: ledger)
    try (whole + Data("{\"at\"".utf8)).write(to: ledger)
    try scenario
      .baton("verify", "--all")
      .then {
        #expect(($0.output + $0.errors).contains("of the ledger are a write"), "\($0.output)")
      }
    try FileManager.default.removeItem(at: ledger)
    try scenario
      .baton("verify", "--all", exits: 8)
      .then { #expect($0.output.contains("is gone from it"), "\($0.output)") }
      // The line that comes next covers what went before it.
      .baton("answer", "RUN", "ask", "ok=true")
      .baton("verify", "--all")
  }

  @Test(.enabled(if: SmallDisk.isPossible, "only the superuser can mount a disk"))
  func `a read-only disk loses nothing, and can be looked at`() throws {
    let scenario = Scenario()
    let disk = try SmallDisk(at: scenario.folder)
    defer { disk.remove() }
    try scenario.file("files.yaml", workflow).baton("run", "files.yaml", exits: 4)
    try disk.setReadOnly(true)
    let outside = FileManager.default.temporaryDirectory.appending(path: "baton-\(UUID())").path
    for look in ["list", "status $RUN", "transcript $RUN", "verify --all", "tasks"] {
      let code = try shellOutside("$BATON \(look)", scenario, outside)
      #expect(code.status == 0, "\(look): \(code.text)")
    }
    let refused = try shellOutside("$BATON answer $RUN ask ok=true", scenario, outside)
    // Not the code of a run that has failed.
    #expect(refused.status == 7)
    #expect(refused.text.contains("read-only"), "\(refused.text)")
    let doctor = try shellOutside("$BATON doctor", scenario, outside)
    #expect(doctor.text.contains("on a file system that is mounted read-only"), "\(doctor.text)")
    #expect(doctor.text.contains("mount it writable"), "\(doctor.text)")
    try disk.setReadOnly(false)
    try scenario.baton("answer", "RUN", "ask", "ok=true").baton("verify", "--all")
    try scenario.holds("trace", "act\nlast\n")
  }

  @Test(.enabled(if: SmallDisk.isPossible, "only the superuser can mount a disk"))
  func `a run that waits does so on a full disk, too, and takes a note`() throws {
    let scenario = Scenario()
    let disk = try SmallDisk(at: scenario.folder)
    defer { disk.remove() }
    try scenario.file("files.yaml", workflow).baton("run", "files.yaml", exits: 4)
    try disk.fill()
    let outside = FileManager.default.temporaryDirectory.appending(path: "baton-\(UUID())").path
    let refused = try shellOutside("$BATON answer $RUN ask ok=true", scenario, outside)
    #expect(refused.status == 7, "\(refused.text)")
    let noted = try shellOutside("$BATON note $RUN 'the disk is full'", scenario, outside)
    #expect(noted.status == 0, "\(noted.text)")
    let card = try shellOutside("$BATON status $RUN", scenario, outside).text
    #expect(card.hasPrefix("Files  waiting\n"), "\(card)")
    #expect(card.contains("\nNext\n  baton answer "), "\(card)")
    try disk.free()
    try scenario.baton("answer", "RUN", "ask", "ok=true").baton("verify", "--all")
    try scenario.holds("trace", "act\nlast\n")
  }

  /// Runs a line in the folder of a scenario and keeps its output elsewhere.
  private func shellOutside(
    _ line: String, _ scenario: Scenario, _ file: String
  ) throws -> (status: Int32, text: String) {
    let status = try Launch(
      program: "/bin/sh", arguments: ["-c", line],
      environment: [
        "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "TERM": "dumb",
        "BATON": try #require(Scenario.binary),
        "RUN": try scenario.runFolder().lastPathComponent,
      ],
      folder: scenario.folder.path, output: file + ".out", errors: file + ".err"
    ).run()
    defer {
      for end in ["out", "err"] { try? FileManager.default.removeItem(atPath: "\(file).\(end)") }
    }
    let texts = try ["out", "err"].map {
      try String(contentsOfFile: "\(file).\($0)", encoding: .utf8)
    }
    return (status, texts.joined())
  }
}

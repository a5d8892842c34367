import Foundation
import TestSupport
import Testing

/// `baton verify` and `scripts/verify_journal.py`, which shares no code with it, judge the same files
/// alike, and both say where something is.
@Suite(
  .enabled(if: Scenario.binary != nil && TamperedProject.python != nil, "needs rfc8785"),
  .timeLimit(.minutes(20)))
struct JudgesTests {
  /// A run that waits for an answer and has parked once.
  private func waiting() throws -> TamperedProject {
    try TamperedProject(
      Scenario()
        .file(
          "ask.yaml",
          """
          baton: 1
          id: ask
          name: Ask
          steps:
            - { id: act, action: command.run, with: { command: [sh, -c, "echo act"] } }
            - { id: ask, ask: { message: "Go on?", fields: { ok: boolean } } }
          """
        )
        .baton("run", "ask.yaml", exits: 4))
  }

  @Test func `what stands behind a park, or at the end of a journal`() throws {
    let project = try waiting()
    let records = try Data(contentsOf: project.journal).count { $0 == 0x0A }
    let (last, next) = ("record \(records - 1)", "record \(records)")
    let half: (TamperedProject) throws -> Void = { project in
      try project.edit(project.journal) { $0.removeLast(150) }
    }
    let changed: (TamperedProject) throws -> Void = { project in
      try project.edit(project.journal) { $0[$0.count - 120] ^= 1 }
    }
    let unclosed: (TamperedProject) throws -> Void = { project in
      try project.edit(project.journal) { $0[$0.count - 2] ^= 1 }
    }
    let shorter: (TamperedProject) throws -> Void = { project in
      try project.lines(of: project.journal) { $0.removeLast() }
    }
    try project.judge([
      .harmless("nothing") { _ in },
      .harmless("a write that was cut off", "cut off") {
        try $0.append("{\"actor\":{\"id\":\"bat", to: $0.journal)
      },
      .harmless("the first byte of one", "cut off") { try $0.append("{", to: $0.journal) },
      .harmless("a write that was cut off into space in advance", "cut off") {
        try $0.append("{\"actor\":{\"id\":\"bat\n\n\n", to: $0.journal)
      },
      .harmless("a page that was never written", "cut off") {
        try $0.append(String(repeating: "\0", count: 4096), to: $0.journal)
      },
      .harmless("a line feed", "line feeds") { try $0.append("\n", to: $0.journal) },
      .harmless("very many of them", "line feeds") {
        try $0.append(String(repeating: "\n", count: 300_000), to: $0.journal)
      },
      .damage("a line of text", next, "nor the beginning of one") {
        try $0.append("hello world\n", to: $0.journal)
      },
      .damage("text", next, "nor the beginning of one") { try $0.append("hello", to: $0.journal) },
      .damage("an object", next) { try $0.append("{}\n", to: $0.journal) },
      .damage("a record without a hash", next, "members are missing") {
        try $0.append("{\"actor\":{\"id\":\"baton\",\"kind\":\"machine\"}}\n", to: $0.journal)
      },
      .damage("the last record is there twice", next) { project in
        try project.lines(of: project.journal) { $0.append($0[$0.count - 1]) }
      },
      .damage("the last record is changed", last, change: changed),
      .damage("… without a ledger", last) {
        try changed($0)
        try $0.remove($0.ledger)
      },
      .damage("… and without a state", last) {
        try changed($0)
        try $0.remove($0.ledger, $0.state)
      },
      .damage("the last record is no JSON any more", last, change: unclosed),
      .damage("… without a ledger", last) {
        try unclosed($0)
        try $0.remove($0.ledger)
      },
      .harmless("… and without a state", "were changed") {
        try unclosed($0)
        try $0.remove($0.ledger, $0.state)
      },
      .damage("the last record is cut off", last, change: half),
      .damage("… without a ledger", last) {
        try half($0)
        try $0.remove($0.ledger)
      },
      .harmless("… and without a state", "cut off") {
        try half($0)
        try $0.remove($0.ledger, $0.state)
      },
      .damage("the last record is gone", last, change: shorter),
      .damage("… without a ledger", last) {
        try shorter($0)
        try $0.remove($0.ledger)
      },
      .harmless("… and without a state") {
        try shorter($0)
        try $0.remove($0.ledger, $0.state)
      },
    ])
  }

  @Test func `the records, the state, the definition and the folder of a run`() throws {
    let project = try waiting()
    let other = try JSONSerialization.jsonObject(with: Data(contentsOf: project.state))
    let states = try #require(other as? [String: Any])
    let seq = try #require(states["seq"] as? Int)
    let runs = project.runs
    try project.judge([
      .damage("a byte is changed", "record 2") { project in
        try project.lines(of: project.journal) { $0[2][30] ^= 1 }
      },
      .damage("a line is gone", "record 2") { project in
        try project.lines(of: project.journal) { $0.remove(at: 2) }
      },
      .damage("two lines are swapped", "record 1") { project in
        try project.lines(of: project.journal) { $0.swapAt(1, 2) }
      },
      .damage("a line is there twice", "record 2") { project in
        try project.lines(of: project.journal) { $0.insert($0[1], at: 2) }
      },
      .damage("lines end as elsewhere", "record 0") { project in
        try project.lines(of: project.journal) { lines in
          for place in lines.indices { lines[place].append(0x0D) }
        }
      },
      .damage("nothing is left of the journal", "record 0") { project in
        try project.edit(project.journal) { $0 = Data() }
      },
      .damage("the journal is gone", "journal is missing") { try $0.remove($0.journal) },
      .obstacle("the journal is elsewhere", "journal.jsonl") { project in
        try project.scenario.move(".baton/runs/\(project.run)/journal.jsonl", to: "elsewhere")
        try FileManager.default.createSymbolicLink(
          at: project.journal,
          withDestinationURL: project.scenario.folder.appending(path: "elsewhere"))
      },
      .damage("the state is changed", "run.json") {
        try $0.replace("\"waiting\"", by: "\"entered\"", in: $0.state)
      },
      .damage("the state is none", "run.json") { project in
        try project.edit(project.state) { $0 = Data("{}\n".utf8) }
      },
      .damage("the state is as of another record", "run.json") {
        try $0.replace("\"seq\":\(seq)", by: "\"seq\":\(seq - 1)", in: $0.state)
      },
      .damage("the state is as of a record that is not there", "run.json", "record \(seq + 1)") {
        try $0.replace("\"seq\":\(seq)", by: "\"seq\":\(seq + 1)", in: $0.state)
      },
      .damage("the state is of another run", "run.json") {
        try $0.replace("\"run\":\"\($0.run)\"", by: "\"run\":\"other\"", in: $0.state)
      },
      .harmless("the state is cut off", "state is cut off") { project in
        try project.edit(project.state) { $0.removeLast(20) }
      },
      .harmless("the state is gone", "no saved state") { try $0.remove($0.state) },
      .damage("the state is another one", "run.json", "record \(seq)") { try $0.forge() },
      Tampering(
        name: "… as of the record before", code: 8, words: ["run.json"], isForBatonAlone: true
      ) { try $0.forge(before: true) },
      .damage("a pinned file is changed", "workflow.yaml", "record 0") {
        try $0.replace("echo act", by: "echo bad", in: $0.file("definition/workflow.yaml"))
      },
      .damage("a pinned file is gone", "workflow.yaml", "record 0") {
        try $0.remove($0.file("definition/workflow.yaml"))
      },
      .damage("a file that is none of the evidence", "evidence") { project in
        try FileManager.default.createDirectory(
          at: project.file("evidence"), withIntermediateDirectories: true)
        try Data("x".utf8).write(to: project.file("evidence/photo.jpg"))
      },
      .damage("the ledger is gone", "record \(seq)", "is gone from") { try $0.remove($0.ledger) },
      .harmless("… with the state, and nothing followed yet") {
        try $0.remove($0.ledger, $0.state)
      },
      .damage("the run is gone", project.run, "is gone", "it had \(seq + 1) records") {
        try $0.takeAway()
      },
    ])
    try FileManager.default.moveItem(
      at: project.folder, to: runs.appending(path: "20200101-aaaaaa"))
    let renamed = Tampering.damage(
      "the run has another name", project.run, "20200101-aaaaaa", "is gone", "record 0"
    ) { _ in }
    try project.judge([renamed])
  }

  @Test func `what stands behind an end, and what was moved aside`() throws {
    let scenario = try waiting().scenario
    let journal = try scenario.runFolder().appending(path: "journal.jsonl")
    try (Data(contentsOf: journal) + Data("{\"actor\":{\"id\":\"bat".utf8)).write(to: journal)
    try scenario.baton("answer", "RUN", "ask", "ok=true").baton("verify", "--all")
    let project = try TamperedProject(scenario)
    let records = try Data(contentsOf: project.journal).count { $0 == 0x0A }
    try project.judge([
      .harmless("nothing") { _ in },
      .harmless("a line feed", "line feeds") { try $0.append("\n", to: $0.journal) },
      .harmless("a note that was cut off", "cut off") {
        try $0.append("{\"actor\":{\"id\":\"ana", to: $0.journal)
      },
      .damage("a line of text", "record \(records)") {
        try $0.append("hello world\n", to: $0.journal)
      },
      .damage("what was moved aside is changed", "torn-", "not what was") { project in
        try project.edit(project.file(named: "torn-")) { $0[3] ^= 1 }
      },
      .damage("what was moved aside is gone", "torn-", "is missing") {
        try $0.remove($0.file(named: "torn-"))
      },
      .damage("what was moved aside is a pipe", "torn-", "not what was") { project in
        let file = try project.file(named: "torn-")
        try project.remove(file)
        try #require(project.scenario.shell("mkfifo '\(file.path)'") == 0)
      },
    ])
    // Whoever adds to an ended run moves aside what stands behind its end, and nothing else does.
    try project.append("{\"actor\":{\"id\":\"ana", to: project.journal)
    try scenario
      .baton("resume", "RUN", exits: 7)
      .baton("note", "RUN", "seen")
      .baton("verify", "RUN")
      .then { #expect(!$0.errors.contains("cut off"), "\($0.errors)") }
  }

  @Test func `evidence, sealed values and the ledger`() throws {
    let scenario = try Scenario()
      .file("mail.eml", "Yes, we got it.\n")
      .file(
        "hand.yaml",
        """
        baton: 1
        id: hand
        name: By hand
        inputs: { pin: { type: string, sensitive: true } }
        steps:
          - { id: look, action: files.read, with: { path: nothing } }
          - { id: ask, ask: { message: "Go on with ${{ inputs.pin }}?", fields: { ok: boolean } } }
        """
      )
      .file("set.yaml", "baton: 1\nid: set\nname: Set\nsteps: [ { id: one, set: { n: 1 } } ]\n")
      .baton("run", "hand.yaml", "-i", "pin=4711", exits: 5)
    let first = try scenario.runFolder().lastPathComponent
    try scenario
      .baton("run", "set.yaml")
      .baton(
        "done", first, "look", "content=x", "size=1", "sha256=x", "--reason", "by eye",
        "--evidence",
        "mail.eml", exits: 4
      )
      .baton("run", "set.yaml")
    let last = try scenario.runFolder().lastPathComponent
    try scenario.baton("status", first)
    let project = try TamperedProject(scenario)
    try #require(project.run == first)
    let state = project.runs.appending(path: "\(last)/run.json")
    try project.judge([
      .harmless("nothing") { _ in },
      .damage("evidence is changed", "record 5", "evidence", "not what was kept") { project in
        try project.edit(project.file(in: "evidence")) { $0[0] ^= 1 }
      },
      .damage("evidence is gone", "record 5", "evidence", "is missing") {
        try $0.remove($0.file(in: "evidence"))
      },
      .damage("evidence is a pipe", "evidence", "not what was kept") { project in
        let file = try project.file(in: "evidence")
        try project.remove(file)
        try #require(project.scenario.shell("mkfifo '\(file.path)'") == 0)
      },
      .harmless("a sealed value is changed") { project in
        try project.edit(project.file("sealed.jsonl")) { $0[$0.count - 20] ^= 1 }
      },
      .harmless("the sealed values are gone") { try $0.remove($0.file("sealed.jsonl")) },
      .damage("a commitment is changed", "record 0") { project in
        let sealed = try String(contentsOf: project.file("sealed.jsonl"), encoding: .utf8)
        let commitment = try #require(sealed.firstMatch(of: /"commitment":"([0-9a-f]{64})"/)?.1)
        let other = String(commitment.reversed())
        try project.replace(String(commitment), by: other, in: project.journal)
      },
      .damage("a line of the ledger is changed", "line 2") { project in
        try project.lines(of: project.ledger) { $0[1][30] ^= 1 }
      },
      .damage("a line of the ledger is gone from its middle", "line 2", "does not follow", first) {
        project in
        try project.lines(of: project.ledger) { $0.remove(at: 1) }
      },
      .damage("two lines of the ledger are swapped", "line 1") { project in
        try project.lines(of: project.ledger) { $0.swapAt(0, 1) }
      },
      .damage("the last line of the ledger is gone", last, "is gone from") { project in
        try project.lines(of: project.ledger) { $0.removeLast() }
      },
      .harmless("… with the state, and nothing followed yet") { project in
        try project.lines(of: project.ledger) { $0.removeLast() }
        try project.remove(state)
      },
      .damage("the ledger knows another record", first, "record") { project in
        try project.chainLedger { $0[2]["head"] = String(repeating: "0", count: 64) }
      },
      .damage("the ledger knows of more records", first, "is missing") { project in
        try project.chainLedger { $0[2]["events"] = 1000 }
      },
      .harmless("the ledger's times go backwards", "line 2", "2020-01-01") { project in
        try project.chainLedger { $0[1]["at"] = "2020-01-01T00:00:00.000Z" }
      },
      .harmless("a line of the ledger that was cut off", "cut off") {
        try $0.append("{\"at\":\"2026", to: $0.ledger)
      },
      .damage("text behind the ledger", "after its last line") {
        try $0.append("hello", to: $0.ledger)
      },
      .damage("a line of text behind the ledger", "line \(4 + 1)") {
        try $0.append("hello\n", to: $0.ledger)
      },
      .damage("nothing is left of the ledger", first, last, "is gone from") { project in
        try project.edit(project.ledger) { $0 = Data() }
      },
      .obstacle("the ledger is a folder", "ledger.jsonl") { project in
        try project.remove(project.ledger)
        try FileManager.default.createDirectory(
          at: project.ledger, withIntermediateDirectories: false)
      },
    ])
  }

  @Test func `a run whose process was killed`() throws {
    let scenario = try Scenario()
      .file(
        "kill.yaml",
        """
        baton: 1
        id: kill
        name: Kill
        steps:
          - { id: act, action: command.run, with: { command: [sh, -c, "echo act"] } }
          - { id: deadly, action: command.run, with: { command: [sh, -c, "kill -9 $PPID"] } }
        """
      )
      .baton("run", "kill.yaml", exits: 9)
    let project = try TamperedProject(scenario)
    let content = try Data(contentsOf: project.journal)
    let records = content.split(separator: 0x0A).count
    // Space that was written in advance: what is cut off here has line feeds behind it.
    try #require(content.suffix(2) == Data("\n\n".utf8))
    let end = try #require(content.lastIndex { $0 != 0x0A })
    try project.judge([
      .harmless("nothing") { _ in },
      .harmless("the last record was cut off", "cut off") { project in
        try project.edit(project.journal) { content in
          for place in (end - 100)...end { content[place] = 0x0A }
        }
      },
      .harmless("a page of it was lost", "cut off") { project in
        try project.edit(project.journal) { content in
          for place in (end - 100)...end { content[place] = 0 }
        }
      },
      .damage("the last record is changed", "record \(records - 1)") { project in
        try project.edit(project.journal) { $0[end - 100] ^= 1 }
      },
      // Where a page of line feeds is, another may have been lost.
      .harmless("text in the space in advance", "were put there") { project in
        try project.edit(project.journal) { $0[end + 10] = 0x78 }
      },
      .harmless("text behind it", "were put there") {
        try $0.append("hello world\n", to: $0.journal)
      },
    ])
  }

  @Test func `a head of the ledger that was kept is one of its lines, or shows what was replaced`()
    throws
  {
    let scenario = try Scenario()
      .file("set.yaml", "baton: 1\nid: set\nname: Set\nsteps: [ { id: one, set: { n: 1 } } ]\n")
      .baton("run", "set.yaml").baton("run", "set.yaml")
      .baton("verify", "--all", "--json")
    let kept = try #require(scenario.json()["ledger_head"] as? String)
    try scenario
      .baton("run", "set.yaml")
      .baton("verify", "--all", "--ledger-head", kept)
      .then { scenario in
        let text =
          "the kept head is that of line 2: nothing up to it was changed, and 1 line has come since"
        #expect(scenario.output.contains(text), "\(scenario.output)")
      }
      .baton("verify", "--all", "--ledger-head", kept, "--json")
      .then { scenario in
        let answer = try scenario.json()
        #expect(answer["kept_head"] as? String == kept)
        #expect(answer["kept_head_line"] as? Int == 2)
      }
      .baton("verify", "RUN", "--ledger-head", kept, exits: 2, complains: "--all")
      .baton("verify", "--all", "--ledger-head", "2f56", exits: 2, complains: "`2f56` is no head")
    let project = try TamperedProject(scenario)
    #expect(try other(project, kept) == 0, "\(scenario.output)")
    // Somebody who can write every file writes another history, with every hash right.
    try project.chainLedger { $0[0]["at"] = "2020-01-01T00:00:00.000Z" }
    try scenario
      .baton("verify", "--all")
      .baton("verify", "--all", "--ledger-head", kept, exits: 8)
      .then { #expect($0.output.contains("none of its lines has the kept head"), "\($0.output)") }
      .baton("verify", "--all", "--ledger-head", kept, "--json", exits: 8)
      .then {
        let answer = try $0.json()
        #expect(answer["kept_head_line"] == nil)
      }
    #expect(try other(project, kept) == 8)
    #expect(scenario.output.contains(kept), "\(scenario.output)")
    // What `verify RUN` prints is no head of the ledger.
    try scenario.baton("verify", "RUN", "--json")
    let head = try #require(scenario.json()["head"] as? String)
    try scenario
      .baton("verify", "--all", "--ledger-head", head, exits: 8)
      .then { #expect($0.output.contains("is the head of run `\(project.run)`"), "\($0.output)") }
  }

  /// The exit code of the other judge for the project and a kept head.
  private func other(_ project: TamperedProject, _ head: String) throws -> Int32 {
    let script = Repository.root.appending(path: "scripts/verify_journal.py").path
    let python = try #require(TamperedProject.python)
    return try project.scenario.shell(
      "PATH=/usr/local/bin:$PATH; \(python) '\(script)' .baton --head \(head)")
  }
}

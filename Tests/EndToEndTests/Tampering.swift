import Foundation
import TestSupport
import Testing

/// What somebody does to the files of a project, and what both judges have to say of it.
struct Tampering {
  let name: String
  /// The exit code of both.
  let code: Int32
  /// What both say, so that whoever reads it finds the place.
  let words: [String]
  /// Whether only the one that can carry the run out finds it.
  var isForBatonAlone = false
  let change: (TamperedProject) throws -> Void

  /// Something that both find.
  static func damage(
    _ name: String, _ words: String..., change: @escaping (TamperedProject) throws -> Void
  ) -> Tampering {
    Tampering(name: name, code: 8, words: words, change: change)
  }

  /// Something that is no damage, or that nobody can know of.
  static func harmless(
    _ name: String, _ words: String..., change: @escaping (TamperedProject) throws -> Void
  ) -> Tampering {
    Tampering(name: name, code: 0, words: words, change: change)
  }

  /// Something that keeps both from looking.
  static func obstacle(
    _ name: String, _ words: String..., change: @escaping (TamperedProject) throws -> Void
  ) -> Tampering {
    Tampering(name: name, code: 7, words: words, change: change)
  }
}

/// The files of a project, in place, so that its runs stay where they belong.
struct TamperedProject {

  /// A Python that has the package of the independent judge: that of the tests' environment, else the first
  /// on the path.
  static let python: String? = [
    Repository.root.appending(path: ".venv/bin/python").path, "python3",
  ].first {
    (try? Scenario().shell("PATH=/usr/local/bin:$PATH \($0) -c 'import rfc8785'")) == 0
  }

  let scenario: Scenario
  /// The run that is tampered with.
  let run: String
  private let kept: URL

  /// - Parameter scenario: What is there already; its last run is the one that is tampered with.
  init(_ scenario: Scenario) throws {
    self.scenario = scenario
    run = try scenario.runFolder().lastPathComponent
    kept = scenario.folder.appending(path: "kept")
    try #require(scenario.shell("rm -rf kept && cp -a .baton kept") == 0)
  }

  var runs: URL { scenario.folder.appending(path: ".baton/runs") }
  var folder: URL { runs.appending(path: run) }
  var journal: URL { file("journal.jsonl") }
  var state: URL { file("run.json") }
  var ledger: URL { scenario.folder.appending(path: ".baton/ledger.jsonl") }

  func file(_ path: String) -> URL { folder.appending(path: path) }

  /// The only file of the run's folder, or of one in it, whose name begins so.
  func file(in inner: String = "", named prefix: String = "") throws -> URL {
    let folder = inner.isEmpty ? folder : file(inner)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let name = try #require(names.filter { $0.hasPrefix(prefix) }.first)
    return folder.appending(path: name)
  }

  // MARK: What can be done

  func remove(_ files: URL...) throws {
    for file in files { try FileManager.default.removeItem(at: file) }
  }

  func edit(_ file: URL, _ body: (inout Data) throws -> Void) throws {
    var content = try Data(contentsOf: file)
    try body(&content)
    // In place: the file stays the one that it is, and the folder too.
    let handle = try FileHandle(forWritingTo: file)
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: content)
    try handle.close()
  }

  func append(_ text: String, to file: URL) throws { try edit(file) { $0 += Data(text.utf8) } }

  func replace(_ text: String, by other: String, in file: URL) throws {
    try edit(file) {
      let before = String(decoding: $0, as: UTF8.self)
      try #require(before.contains(text))
      $0 = Data(before.replacing(text, with: other).utf8)
    }
  }

  /// Changes the lines of a file, without the line feeds that are written in advance.
  func lines(of file: URL, _ body: (inout [Data]) throws -> Void) throws {
    try edit(file) {
      var lines = $0.split(separator: 0x0A).map { Data($0) }
      try body(&lines)
      $0 = Data(lines.map { $0 + [0x0A] }.joined())
    }
  }

  // MARK: The judges

  /// Goes through a table, each time from the files as they were.
  func judge(_ table: [Tampering], sourceLocation: SourceLocation = #_sourceLocation) throws {
    for tampering in table {
      try tampering.change(self)
      try judge(tampering, sourceLocation)
      try restore()
    }
  }

  private func judge(_ tampering: Tampering, _ sourceLocation: SourceLocation) throws {
    let script = Repository.root.appending(path: "scripts/verify_journal.py").path
    let judge = "\(try #require(Self.python)) '\(script)'"
    try scenario.shell(
      """
      PATH=/usr/local/bin:$PATH
      say() { "$@" 2>&1; echo "=== $?"; }
      say "$BATON" verify --all
      say \(judge) .baton
      if [ -d .baton/runs/\(run) ]; then
        say "$BATON" verify \(run)
        say \(judge) .baton/runs/\(run) .baton/ledger.jsonl
      fi
      """)
    let answers = scenario.output.matches(of: /(?s)(.*?)=== (\d+)\n/).map { match in
      (text: String(match.output.1), code: Int32(match.output.2) ?? -1)
    }
    try #require(answers.count == 2 || answers.count == 4, "\(scenario.output)")
    for (place, answer) in answers.enumerated() {
      let isOther = place % 2 == 1
      let wanted = isOther && tampering.isForBatonAlone ? 0 : tampering.code
      let all = "\(tampering.name), judge \(place + 1): \(answer.text)"
      // What is amiss in the project need not concern the run.
      if place < 2 {
        #expect(answer.code == wanted, "\(all)", sourceLocation: sourceLocation)
        guard !isOther || !tampering.isForBatonAlone else { continue }
        for word in tampering.words {
          #expect(answer.text.contains(word), "\(word): \(all)", sourceLocation: sourceLocation)
        }
      } else if isOther && !tampering.isForBatonAlone {
        #expect(answer.code == answers[2].code, "\(all)", sourceLocation: sourceLocation)
      }
    }
  }

  /// Puts every file back, in the folders that are there.
  private func restore() throws {
    let aside = scenario.folder.appending(path: "aside").path
    try #require(
      scenario.shell(
        """
        [ ! -e '\(aside)' ] || mv '\(aside)' '\(folder.path)'
        [ ! -d .baton/ledger.jsonl ] || rmdir .baton/ledger.jsonl
        find .baton ! -type d -delete && cp -a kept/. .baton/
        """) == 0, "\(scenario.errors)")
  }

  /// Takes the run's folder away, until the files are put back.
  func takeAway() throws { try scenario.move(".baton/runs/\(run)", to: "aside") }

  // MARK: What somebody does who knows the formats

  /// Writes the ledger anew, with every hash right.
  func chainLedger(_ body: (inout [[String: Any]]) -> Void) throws {
    try lines(of: ledger) { lines in
      var entries = try lines.map {
        try #require(JSONSerialization.jsonObject(with: $0) as? [String: Any])
      }
      body(&entries)
      var head = String(repeating: "0", count: 64)
      for place in entries.indices {
        entries[place]["prev"] = head
        entries[place]["hash"] = nil
        head = try sha256(of: canonical(entries[place]))
        entries[place]["hash"] = head
        lines[place] = try canonical(entries[place])
      }
    }
  }

  /// Saves a state with another starter, as of the last record or of the one before.
  func forge(before: Bool = false) throws {
    let records = try Data(contentsOf: journal).split(separator: 0x0A)
    var saved = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: self.state)) as? [String: Any])
    var state = try #require(saved["state"] as? [String: Any])
    state["started_by"] = ["id": "johan", "kind": "person"]
    if before {
      let last = records.count - 2
      let record = try #require(
        JSONSerialization.jsonObject(with: Data(records[last])) as? [String: Any])
      state["parked"] = nil
      state["events"] = try #require(state["events"] as? Int) - 1
      state["last_at"] = record["at"]
      saved["head"] = record["hash"]
      saved["seq"] = last
      saved["line"] = records[..<last].map { $0.count + 1 }.reduce(0, +)
      saved["offset"] = records[...last].map { $0.count + 1 }.reduce(0, +)
    }
    saved["state"] = state
    saved["sha256"] = try sha256(of: canonical(state))
    try edit(self.state) { $0 = try canonical(saved) + [0x0A] }
  }

  private func canonical(_ value: [String: Any]) throws -> Data {
    try JSONSerialization.data(
      withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])
  }

  private func sha256(of content: Data) throws -> String {
    try content.write(to: scenario.folder.appending(path: "hashed"))
    try #require(scenario.shell("sha256sum < hashed") == 0)
    return String(scenario.output.prefix(64))
  }
}

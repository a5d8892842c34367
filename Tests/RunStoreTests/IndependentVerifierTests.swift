import Glibc
import TestSupport
import Testing
import Values

@testable import RunStore

/// The journal verified in another language (`scripts/verify_journal.py`).
///
/// Skipped where no Python with the package `rfc8785` is at hand; `scripts/test` makes one.
@Suite(.timeLimit(.minutes(20)), .enabled(if: verifierPython != nil, "needs python3 with rfc8785"))
struct IndependentVerifierTests {
  @Test func `a journal of every kind of value verifies`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(
      steps: 2,
      data: [
        "text": "\u{0}\u{1F}\u{7F}\u{2028} e\u{301} 😀 \"\\/", "huge": 1e21, "wide": 1e20,
        "small": .double(.leastNonzeroMagnitude), "third": .double(1.0 / 3), "whole": 2.0,
        "limit": .int(9_007_199_254_740_992), "beyond": .int(9_007_199_254_740_993),
        "\u{FB33}": 1, "😀": 2, "ö": 3, "": [], "list": [true, .null, [:]],
      ])
    try writer.noteInLedger()
    let (code, answer) = try verify(fixture, writer.run)
    #expect(answer == "intact: 3 records, head \(writer.head)")
    #expect(code == 0)
  }

  @Test func `what was changed is named`() throws {
    let fixture = StoreFixture()
    let run = try fixture.finished(steps: 2)
    let path = fixture.path(run, "journal.jsonl")
    let whole = try Folders.read(path)
    let lines = whole.split(separator: 0x0A)
    for record in lines.indices {
      var changed = lines.map { Array($0) }
      changed[record][20] ^= 1
      try overwrite(path, Array(changed.joined(separator: [0x0A])) + [0x0A])
      let (code, answer) = try verify(fixture, run)
      #expect(answer?.hasPrefix("record \(record):") == true)
      #expect(code == 8)
    }
    try overwrite(path, Array(lines.dropLast().joined(separator: [0x0A])) + [0x0A])
    #expect(try verify(fixture, run).answer?.hasPrefix("record 3: it is missing") == true)
  }

  @Test func `a line that is gone from the ledger is missed`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 2, isAtHome: true)
    for type in ["run.parked", "run.resumed", "run.parked"] {
      try writer.append(type: type, actor: machine, at: moment(9), data: [:])
      if type == "run.parked" { try writer.noteInLedger() }
    }
    #expect(try verify(fixture, writer.run).code == 0)
    let ledger = fixture.store.ledgerPath
    let lines = try Folders.read(ledger).split(separator: 0x0A)
    #expect(lines.count == 2)
    // A crash may have come before the last of them.
    try overwrite(ledger, lines[0] + [0x0A])
    #expect(try verify(fixture, writer.run).code == 0)
    try overwrite(ledger, [])
    let (code, answer) = try verify(fixture, writer.run)
    #expect(answer == "record 3: its line is gone from the ledger")
    #expect(code == 8)
  }

  @Test(arguments: ["step.succeeded", "run.parked"])
  func `the end of a journal is taken alike, whatever is changed of it or missing`(type: String)
    throws
  {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 1)
    try writer.append(
      type: "step.skipped", actor: machine, at: moment(2), data: ["more": true])
    try writer.append(
      type: type, step: "größe", attempt: 1, actor: machine, at: moment(3),
      data: [
        "text": "a\n\"\u{7F}😀", "n": 1.5, "list": [[:], [true, .null]], "sub": ["type": "x"],
      ])
    try writer.sync()
    writer.release()
    let whole = try Folders.read(fixture.path(writer.run, "journal.jsonl"))
    let start = try #require(whole.dropLast().lastIndex(of: 0x0A)) + 1
    var variants: [[UInt8]] = [whole, whole + [0x0A], whole + Array("hello\n".utf8)]
    for place in start..<whole.count {
      for byte in [whole[place] ^ 1, whole[place] ^ 0x20, 0, 0x0A] {
        var bytes = whole
        bytes[place] = byte
        variants.append(bytes)
      }
      let cut = Array(whole[..<place])
      variants += [cut, cut + [0x0A, 0x0A, 0x0A], cut + [0, 0, 0x0A]]
      variants += [cut + [0x7D], cut + [0x7D, 0x0A], whole + Array(whole[start..<place])]
    }
    #expect(variants.count > 1000)
    let folder = fixture.folder + "/variants"
    try Folders.create(folder)
    for (number, bytes) in variants.enumerated() {
      try overwrite("\(folder)/\(number)", bytes)
    }
    let python = try #require(verifierPython)
    let process = try #require(
      OtherProcess(
        "\(python) -c '\(Self.scans)' \(variants.count) '\(folder)' '\(Repository.path)'"))
    for (number, bytes) in variants.enumerated() {
      let here = try scan("\(folder)/\(number)")
      let there = process.line()
      #expect(here == there, "\(String(decoding: bytes[start...], as: UTF8.self))")
    }
    #expect(process.end() == 0)
  }

  /// How many records a journal has and what stands behind them, or the first bad one.
  private func scan(_ path: String) throws -> String {
    var scan = try JournalScan(path)
    var records = 0
    var answer: String?
    let error = storeError {
      while answer == nil {
        switch try scan.next() {
        case .record: records += 1
        case .end: answer = "\(records)"
        case .torn(let tail): answer = "\(records) \(tail.kind)"
        }
      }
    }
    if case .damaged(_, let record, _)? = error { return "record \(record)" }
    return try #require(answer)
  }

  private static let scans = """
    import sys
    sys.dont_write_bytecode = True
    sys.path.insert(0, sys.argv[3] + "/scripts")
    import verify_journal
    kinds = {"nothing but line feeds": "blank", "a write that was cut off": "cutOff"}
    for number in range(int(sys.argv[1])):
        try:
            content = open(f"{sys.argv[2]}/{number}", "rb").read()
            records, _, torn = verify_journal.scan(content)
            kind = kinds.get(torn, "changedOrCutOff")
            print(f"{len(records)} {kind}" if torn else len(records))
        except verify_journal.Bad as bad:
            print(str(bad).split(":")[0])
    """

  private func verify(
    _ fixture: StoreFixture, _ run: String
  ) throws -> (code: Int32, answer: String?) {
    let script = Repository.path + "/scripts/verify_journal.py"
    let python = try #require(verifierPython)
    let command =
      "exec \(python) '\(script)' '\(fixture.store.folder(of: run))' '\(fixture.store.ledgerPath)'"
    let process = try #require(OtherProcess(command))
    let answer = process.line()
    return (process.end(), answer)
  }
}

/// A Python that has `rfc8785`: that of the tests' environment, else the first on the path.
private let verifierPython: String? =
  [Repository.path + "/.venv/bin/python", "python3"].first { python in
    OtherProcess("\(python) -c 'import rfc8785' 2>&1")?.end() == 0
  }

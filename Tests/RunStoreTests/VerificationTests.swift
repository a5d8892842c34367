import Documents
import Glibc
import Testing
import Values

@testable import RunStore

@Suite(.timeLimit(.minutes(20))) struct VerificationTests {
  @Test func `an untouched run is intact`() throws {
    let fixture = StoreFixture()
    let run = try fixture.finished()
    let report = try fixture.store.verify(run: run)
    #expect(report.problems == [])
    #expect(report.records == 5)
    let all = try fixture.store.verifyAll()
    #expect(all.isIntact)
    #expect(all.ledgerLines == 1)
  }

  @Test func `every changed byte of a finished journal is found, and its record named`() throws {
    let fixture = StoreFixture()
    let run = try fixture.finished(steps: 1)
    let path = fixture.path(run, "journal.jsonl")
    let whole = try Folders.read(path)
    var record = 0
    for place in whole.indices {
      for bit in [UInt8(1), 0x20] {
        var bytes = whole
        bytes[place] ^= bit
        try overwrite(path, bytes)
        let report = try fixture.store.verify(run: run)
        #expect(report.firstBadRecord == record, "byte \(place) of \(whole.count)")
      }
      if whole[place] == 0x0A { record += 1 }
    }
  }

  @Test func `every removed, doubled or swapped line is found`() throws {
    let fixture = StoreFixture()
    let run = try fixture.finished(steps: 3)
    let path = fixture.path(run, "journal.jsonl")
    let lines = try Folders.read(path).split(separator: 0x0A).map { Array($0) + [0x0A] }
    for place in lines.indices {
      var removed = lines
      removed.remove(at: place)
      try expectBad(fixture, run, removed, record: place)
      var doubled = lines
      doubled.insert(lines[place], at: place)
      try expectBad(fixture, run, doubled, record: place + 1)
      for other in lines.indices where other > place {
        var swapped = lines
        swapped.swapAt(place, other)
        try expectBad(fixture, run, swapped, record: place)
      }
      var strange = lines
      strange.insert(Array("{}\n".utf8), at: place)
      try expectBad(fixture, run, strange, record: place)
    }
  }

  @Test func `a journal written anew with every hash right is found by the ledger`() throws {
    let fixture = StoreFixture()
    let run = try fixture.finished(steps: 3)
    var encoder = RecordEncoder()
    var bytes = ByteWriter()
    for record in try fixture.store.reader(run: run).all() {
      let data = record.seq == 2 ? ["outputs": "forged"] : record.data
      try encoder.append(
        seq: record.seq, at: Array(record.at.utf8), type: record.type, step: record.step,
        attempt: record.attempt, actor: record.actor, data: data, to: &bytes)
    }
    try overwrite(fixture.path(run, "journal.jsonl"), Array(bytes.bytes))
    let report = try fixture.store.verify(run: run)
    #expect(report.problems.contains { $0.subject == .ledger && $0.record == 4 })
  }

  @Test func `a cut journal and a missing run are found by the ledger`() throws {
    let fixture = StoreFixture()
    let run = try fixture.finished(steps: 2)
    let gone = try fixture.finished(steps: 1)
    let path = fixture.path(run, "journal.jsonl")
    let lines = try Folders.read(path).split(separator: 0x0A)
    try overwrite(path, Array(lines.dropLast().joined(separator: [0x0A])) + [0x0A])
    #expect(try fixture.store.verify(run: run).firstBadRecord == 3)
    Folders.deleteTree(fixture.store.folder(of: gone))
    let report = try fixture.store.verifyAll()
    #expect(report.problems.count == 1)
    let sentence = try #require(report.problems.first?.sentence)
    let place = "run `\(gone)` is in the ledger and is gone: it had 3 records at 2026"
    #expect(sentence.hasPrefix(place))
  }

  @Test func `that records are missing is said also where a pinned file was changed`() throws {
    let fixture = StoreFixture()
    let run = try fixture.finished(steps: 2)
    let path = fixture.path(run, "journal.jsonl")
    let lines = try Folders.read(path).split(separator: 0x0A)
    try overwrite(path, Array(lines.dropLast().joined(separator: [0x0A])) + [0x0A])
    try overwrite(fixture.path(run, "definition/workflows/a.yaml"), [1])
    let subjects = try fixture.store.verify(run: run).problems.map(\.subject)
    #expect(Set(subjects) == [.definition, .ledger, .state])
  }

  @Test func `a ledger that is gone, or shorter than it was, is found by the journals`() throws {
    let fixture = StoreFixture()
    let first = try fixture.finished(steps: 1)
    let last = try fixture.finished(steps: 0)
    #expect(try fixture.store.verifyAll().isIntact)
    let whole = try Folders.read(fixture.store.ledgerPath)
    let lines = whole.split(separator: 0x0A)
    try overwrite(fixture.store.ledgerPath, Array(lines[0]) + [0x0A])
    var report = try fixture.store.verifyAll()
    #expect(report.runs.filter { !$0.isIntact }.map(\.run) == [last])
    #expect(
      report.runs.flatMap(\.problems).map(\.sentence) == [
        "the line of record 1, `run.finished`, is gone from it"
      ])
    try overwrite(fixture.store.ledgerPath, [])
    report = try fixture.store.verifyAll()
    #expect(Set(report.runs.filter { !$0.isIntact }.map(\.run)) == [first, last])
    #expect(try !fixture.store.verify(run: first).isIntact)
    // Of a run from elsewhere it is only said.
    report = try fixture.store.verifyAll { _ in ({ _ in }, nil, { false }) }
    #expect(report.isIntact)
    #expect(report.runs.allSatisfy { $0.notes.contains { $0.contains("no line of record") } })
  }

  @Test
  func `of a park that a crash kept out of the ledger nothing is missed until somebody goes on`()
    throws
  {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 1)
    try writer.append(type: "run.parked", actor: machine, at: moment(1), data: [:])
    try writer.sync()
    #expect(try fixture.store.verify(run: writer.run).isIntact)
    try writer.append(type: "run.resumed", actor: machine, at: moment(2), data: [:])
    try writer.sync()
    #expect(
      try fixture.store.verify(run: writer.run).problems.map(\.sentence) == [
        "the line of record 2, `run.parked`, is gone from it"
      ])
    try writer.append(type: "run.moved", actor: machine, at: moment(3), data: [:])
    try writer.sync()
    #expect(try fixture.store.verify(run: writer.run).isIntact)
    writer.release()
  }

  @Test func `a last line of the ledger that was cut off is a note`() throws {
    let fixture = StoreFixture()
    let run = try fixture.finished(steps: 1)
    let whole = try Folders.read(fixture.store.ledgerPath)
    try overwrite(fixture.store.ledgerPath, whole + Array("{\"at\":".utf8))
    let report = try fixture.store.verifyAll()
    #expect(report.isIntact)
    #expect(report.notes.map { $0.prefix(7) } == ["6 bytes"])
    #expect(try fixture.store.verify(run: run).notes.contains { $0.contains("of the ledger") })
  }

  @Test func `that the times of the ledger go backwards is a note, of the run and of the project`()
    throws
  {
    let fixture = StoreFixture()
    let (first, last) = (try fixture.finished(steps: 0), try fixture.finished(steps: 0))
    #expect(try fixture.store.verifyAll().notes == [])
    let past = RunStore(
      root: fixture.store.root, key: fixture.store.key,
      sources: RunStore.Sources(
        now: { Timestamp(seconds: 1_000_000_000) }, random: { [UInt8](repeating: 7, count: $0) }))
    try past.appendToLedger(run: first, events: 2, head: String(repeating: "0", count: 64))
    let report = try fixture.store.verifyAll()
    let note = try #require(report.notes.first)
    #expect(note.contains("line 3, of run \(first), is of 2001-09-09T01:46:40.000Z"), "\(note)")
    #expect(note.contains("of run \(last), of 2026"), "\(note)")
    #expect(try fixture.store.verify(run: first).notes.contains(note))
    #expect(try fixture.store.verify(run: last).notes.contains(note))
    let third = try fixture.finished(steps: 0)
    #expect(try fixture.store.verify(run: third).notes == [])
  }

  @Test func `a head that the ledger had is found again, and one that it had not is missed`() throws
  {
    let fixture = StoreFixture()
    let run = try fixture.finished(steps: 0)
    let kept = try #require(fixture.store.verifyAll().ledgerHead)
    _ = try fixture.finished(steps: 0)
    let found = try fixture.store.verifyAll(keptHead: kept)
    #expect(found.isIntact)
    #expect(found.keptHeadLines == 1)
    let head = try #require(fixture.store.verify(run: run).head)
    for other in [String(repeating: "a", count: 64), head] {
      let missed = try fixture.store.verifyAll(keptHead: other)
      #expect(missed.keptHeadLines == nil)
      #expect(missed.problems.map(\.subject) == [.ledger])
      #expect(missed.problems[0].sentence.contains("of run `\(run)`") == (other == head))
    }
    try Folders.delete(fixture.store.ledgerPath)
    #expect(try fixture.store.verifyAll(keptHead: kept).problems.count == 1)
    try Folders.create(fixture.store.ledgerPath)
    let unread = try fixture.store.verifyAll(keptHead: kept)
    #expect(unread.unchecked.count == 2 && !unread.isIntact)
  }

  @Test func `of a damaged ledger it is said how many lines are intact, and how many follow`()
    throws
  {
    let fixture = StoreFixture()
    for _ in 0..<4 { _ = try fixture.finished(steps: 0) }
    let path = fixture.store.ledgerPath
    var lines = try Folders.read(path).split(separator: 0x0A).map(Array.init)
    lines[1][3] ^= 1
    try overwrite(path, Array(lines.joined(separator: [0x0A])) + [0x0A])
    let report = try fixture.store.verifyAll()
    #expect(report.problems.count == 1)
    #expect(report.ledgerLines == 1)
    #expect(report.ledgerLinesLeft == 3)
  }

  @Test func `every changed byte and removed line of the ledger is found`() throws {
    let fixture = StoreFixture()
    for _ in 0..<3 { _ = try fixture.finished(steps: 0) }
    let path = fixture.store.ledgerPath
    let whole = try Folders.read(path)
    for place in whole.indices.dropLast() {
      var bytes = whole
      bytes[place] ^= 1
      try overwrite(path, bytes)
      #expect(try !fixture.store.verifyAll().isIntact, "byte \(place)")
    }
    let lines = whole.split(separator: 0x0A)
    for place in 0..<2 {
      var removed = lines
      removed.remove(at: place)
      try overwrite(path, Array(removed.joined(separator: [0x0A])) + [0x0A])
      #expect(try !fixture.store.verifyAll().isIntact)
    }
  }

  @Test func `changed, missing and unnamed pinned files and evidence are found`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start()
    let hash = try writer.keepEvidence(EvidenceFile(bytes: Array("photo".utf8))).sha256
    try writer.append(
      type: "step.succeeded", step: "a", actor: machine, at: moment(1),
      data: ["evidence": [.string(hash)]])
    try writer.saveState(1)
    writer.release()
    let run = writer.run
    #expect(try fixture.store.verify(run: run).isIntact)
    #expect(try fixture.store.reader(run: run).evidence(sha256: hash) == Array("photo".utf8))
    try overwrite(fixture.path(run, "evidence/\(hash)"), [1])
    #expect(try fixture.store.verify(run: run).problems.map(\.subject) == [.evidence])
    try Folders.delete(fixture.path(run, "evidence/\(hash)"))
    #expect(try fixture.store.verify(run: run).problems.map(\.subject) == [.evidence])
    try overwrite(fixture.path(run, "evidence/\(hash)"), Array("photo".utf8))
    try overwrite(fixture.path(run, "definition/workflows/a.yaml"), [1])
    #expect(try fixture.store.verify(run: run).problems.map(\.subject) == [.definition])
    let reader = try fixture.store.reader(run: run)
    let pinned = try reader.definition()
    #expect(
      storeError { _ = try reader.definitionFile(pinned[0]) }?.message.contains("not what") == true)
  }

  @Test func `a state that is not the fold of the events is found`() throws {
    let fixture = StoreFixture()
    let run = try fixture.finished(steps: 2)
    let good = try fixture.store.verify(
      run: run, state: { try? FoldedState(["status": "succeeded", "steps": 2]) })
    // Every record is folded to the same here: the one that names a state is right.
    #expect(good.isIntact)
    let bad = try fixture.store.verify(run: run, state: { try? FoldedState(["status": "failed"]) })
    let astray = try #require(bad.problems.first { $0.subject == .state && $0.record == 3 })
    #expect(astray.sentence.contains("forged `run.json`"), "\(astray.sentence)")
    #expect(astray.sentence.hasSuffix("decided since the start"), "\(astray.sentence)")
    let cache = try StateCache(Folders.read(fixture.path(run, "run.json")), run: run)
    let forged = StateCache.content(
      run: run, position: cache.position, state: try EncodedState(["status": "failed"]))
    try overwrite(fixture.path(run, "run.json"), forged)
    #expect(try fixture.store.verify(run: run).problems.map(\.subject) == [.state])
  }

  @Test func `a tail that a crash cut off is a note, not a fault`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 1)
    writer.release()
    let path = fixture.path(writer.run, "journal.jsonl")
    let whole = try Folders.read(path)
    try overwrite(path, Array(whole.dropLast(30)))
    let report = try fixture.store.verify(run: writer.run)
    #expect(report.isIntact)
    #expect(report.records == 1)
    #expect(report.notes.contains { $0.contains("cut off") })
    #expect(try Folders.read(path).count == whole.count - 30)
  }

  @Test func `a saved state that a loss of power cut off is a note, too`() throws {
    let fixture = StoreFixture()
    let run = try fixture.finished()
    let path = fixture.path(run, "run.json")
    let whole = try Folders.read(path)
    for left in [[], Array(whole.prefix(40)), Array(whole.prefix(80)) + [0, 0, 0, 0x0A]] {
      try overwrite(path, left)
      let report = try fixture.store.verify(run: run)
      #expect(report.isIntact)
      #expect(report.notes.contains { $0.contains("rebuilt from the journal") })
    }
  }

  @Test func `what no write leaves that was cut off stops the run, and nothing is changed`() throws
  {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 1)
    writer.release()
    let path = fixture.path(writer.run, "journal.jsonl")
    let whole = try Folders.read(path)
    var changed = whole
    changed[whole.count - 150] ^= 1
    for (bytes, record) in [
      (whole + Array("hello\n".utf8), 2), (whole + Array("hello".utf8), 2),
      (whole + Array("{}\n".utf8), 2), (changed, 1),
    ] {
      try overwrite(path, bytes)
      #expect(try fixture.store.verify(run: writer.run).firstBadRecord == record)
      let error = storeError { _ = try fixture.store.open(run: writer.run).recovered() }
      guard case .damaged(_, record, _) = error else {
        throw Unexpected(what: "\(String(describing: error))")
      }
      #expect(try Folders.read(path) == bytes)
    }
  }

  @Test func `bytes that were moved aside and are gone, or are others, are found`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 1)
    writer.release()
    let path = fixture.path(writer.run, "journal.jsonl")
    try overwrite(path, try Folders.read(path) + Array("{\"actor\"".utf8))
    let again = try fixture.store.open(run: writer.run)
    let repair = try #require(try again.recovered().recovery.repair)
    try again.append(
      type: "journal.repaired", actor: machine, at: moment(9),
      data: ["sha256": .string(repair.sha256), "file": .string(repair.file)])
    try again.sync()
    again.release()
    #expect(try fixture.store.verify(run: writer.run).isIntact)
    let file = fixture.path(writer.run, repair.file)
    try overwrite(file, [1])
    var problems = try fixture.store.verify(run: writer.run).problems
    #expect(problems.map(\.subject) == [.repair])
    #expect(problems.map(\.record) == [2])
    try Folders.delete(file)
    problems = try fixture.store.verify(run: writer.run).problems
    #expect(problems.map(\.sentence) == ["`\(repair.file)`, which was moved aside, is missing"])
  }

  @Test func `the end of a group whose rest is missing is a note, too`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 1)
    try writer.append(
      type: "step.skipped", actor: machine, at: moment(3), data: ["more": true])
    try writer.sync()
    writer.release()
    let report = try fixture.store.verify(run: writer.run)
    #expect(report.isIntact)
    #expect(report.records == 2)
    #expect(report.notes.contains { $0.contains("cut off") })
  }

  private func expectBad(
    _ fixture: StoreFixture, _ run: String, _ lines: [[UInt8]], record: Int
  ) throws {
    try overwrite(fixture.path(run, "journal.jsonl"), Array(lines.joined()))
    let report = try fixture.store.verify(run: run)
    #expect(report.firstBadRecord == record)
  }
}

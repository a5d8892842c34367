import Glibc
import Testing
import Values

@testable import RunStore

@Suite(.timeLimit(.minutes(20))) struct RecoveryTests {
  @Test func `opening takes the saved state and only the records after it`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 5)
    try writer.saveState(["n": 5])
    try writer.append(type: "note.added", actor: machine, at: moment(9), data: ["text": "x"])
    try writer.sync()
    writer.release()
    let again = try fixture.store.open(run: writer.run)
    let (state, records, recovery) = try again.recovered()
    #expect(state == ["n": 5])
    #expect(records.map(\.seq) == [6])
    #expect(recovery.restoredSeq == 5)
    let next = try again.append(type: "note.added", actor: machine, at: moment(10), data: [:])
    try again.sync()
    #expect(next.seq == 7)
    #expect(next.prev == records[0].hash)
    #expect(try fixture.store.verify(run: writer.run).isIntact)
  }

  @Test func `a state that the caller cannot use is left, and the journal read from its start`()
    throws
  {
    let fixture = StoreFixture()
    let run = try fixture.finished(steps: 2)
    let writer = try fixture.store.open(run: run)
    var sequence: [Int] = []
    let recovery = try writer.recover(restore: { _ in false }, apply: { sequence.append($0.seq) })
    #expect(sequence == [0, 1, 2, 3])
    #expect(recovery.restoredSeq == nil)
  }

  @Test(arguments: ["missing", "cut", "flipped", "forged", "other run"])
  func `a saved state that does not count is rebuilt`(damage: String) throws {
    let fixture = StoreFixture()
    let run = try fixture.finished(steps: 2)
    let path = fixture.path(run, "run.json")
    let content = try Folders.read(path)
    switch damage {
    case "missing": try Folders.delete(path)
    case "cut": try overwrite(path, Array(content.prefix(content.count / 2)))
    case "flipped":
      var bytes = content
      bytes[bytes.count - 5] ^= 1
      try overwrite(path, bytes)
    case "forged": try overwrite(path, try forged(fixture, run, state: ["status": "cancelled"]))
    default:
      let other = try fixture.finished(steps: 2)
      try overwrite(path, try Folders.read(fixture.path(other, "run.json")))
    }
    let (state, records, _) = try fixture.store.open(run: run).recovered()
    #expect(state == nil)
    #expect(records.count == 4)
  }

  @Test func `a saved state that a later record does not confirm is left, and all is read anew`()
    throws
  {
    for (named, restarts) in [("right", 0), ("other", 1)] {
      let fixture = StoreFixture()
      let writer = try fixture.start(steps: 2)
      try writer.saveState(["n": "right"])
      let sha256 = try EncodedState(["n": .string(named)]).sha256
      try writer.append(
        type: "run.parked", actor: machine, at: moment(9),
        data: ["state_sha256": .string(sha256), "state_layout": 1])
      try writer.sync()
      writer.release()
      for reads in [true, false] {
        var (states, records, again): ([Value], [Int], Int) = ([], [], 0)
        let restore: (Value) -> Bool = {
          states.append($0)
          return true
        }
        let apply: (JournalRecord) -> Void = { records.append($0.seq) }
        let state: () -> FoldedState? = { states.last.flatMap { try? FoldedState($0) } }
        let restart = {
          again += 1
          (states, records) = ([], [])
        }
        let recovery =
          try reads
          ? fixture.store.reader(run: writer.run).recover(
            restore: restore, apply: apply, state: state, restart: restart)
          : fixture.store.open(run: writer.run).recover(
            restore: restore, apply: apply, state: state, restart: restart)
        #expect(again == restarts)
        #expect(records == (restarts == 0 ? [3] : [0, 1, 2, 3]))
        #expect(recovery.restoredSeq == (restarts == 0 ? 2 : nil))
        #expect(recovery.applied == records.count)
      }
    }
  }

  @Test func `a state that is ahead of the journal is discarded`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 3)
    try writer.saveState(["n": 3])
    writer.release()
    let path = fixture.path(writer.run, "journal.jsonl")
    let lines = try Folders.read(path).split(separator: 0x0A)
    try overwrite(path, Array(lines.dropLast().joined(separator: [0x0A])) + [0x0A])
    let (state, records, _) = try fixture.store.open(run: writer.run).recovered()
    #expect(state == nil)
    #expect(records.map(\.seq) == [0, 1, 2])
  }

  @Test func `a tail torn at any byte is moved aside, and the run goes on`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 2)
    writer.release()
    let path = fixture.path(writer.run, "journal.jsonl")
    let whole = try Folders.read(path)
    let lastLine = (whole.dropLast().lastIndex(of: 0x0A) ?? 0) + 1
    for size in lastLine..<whole.count {
      try overwrite(path, Array(whole[..<size]))
      let again = try fixture.store.open(run: writer.run)
      let (_, records, recovery) = try again.recovered()
      #expect(records.map(\.seq) == [0, 1])
      #expect((recovery.repair == nil) == (size == lastLine))
      if let repair = recovery.repair {
        #expect(repair.byteCount == size - lastLine)
        let kept = try Folders.read(fixture.path(writer.run, repair.file))
        #expect(kept == Array(whole[lastLine..<size]))
        #expect(Digest.hex(kept) == repair.sha256)
      }
      let data: ValueMap? = recovery.repair.map {
        ["sha256": .string($0.sha256), "file": .string($0.file)]
      }
      try again.append(
        type: data == nil ? "note.added" : "journal.repaired", actor: machine, at: moment(9),
        data: data ?? [:])
      try again.sync()
      again.release()
      #expect(try fixture.store.verify(run: writer.run).isIntact)
      #expect(try Folders.read(path).count > lastLine)
    }
  }

  @Test func `a write of several records cut off at any byte keeps the whole ones`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 1)
    try writer.saveState(["n": 1])
    let before = try Folders.read(fixture.path(writer.run, "journal.jsonl")).count
    for second in 2..<5 {
      try writer.append(type: "note.added", actor: machine, at: moment(second), data: ["n": 1])
    }
    try writer.sync()
    writer.release()
    let path = fixture.path(writer.run, "journal.jsonl")
    let whole = try Folders.read(path)
    for size in stride(from: before, through: whole.count, by: 7) {
      let kept = Array(whole[..<size])
      try overwrite(path, kept)
      let reader = try fixture.store.reader(run: writer.run)
      #expect(try reader.all().count == kept.count(where: { $0 == 0x0A }))
      #expect(try Folders.read(path) == kept, "a reader never repairs")
      let (state, records, _) = try fixture.store.open(run: writer.run).recovered()
      #expect(state == ["n": 1])
      #expect(records.count == kept.count(where: { $0 == 0x0A }) - 2)
    }
  }

  @Test func `records that count together come all or not at all`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 1)
    let before = try Folders.read(fixture.path(writer.run, "journal.jsonl")).count
    for more in [true, true, false] {
      try writer.append(
        type: "step.skipped", actor: machine, at: moment(3), data: more ? ["more": true] : [:])
    }
    try writer.append(type: "note.added", actor: machine, at: moment(4), data: [:])
    try writer.sync()
    writer.release()
    let path = fixture.path(writer.run, "journal.jsonl")
    let whole = try Folders.read(path)
    let ends = whole.indices.filter { whole[$0] == 0x0A }.map { $0 + 1 }
    for (kept, records) in [(3, 2), (4, 2), (5, 5), (6, 6)] {
      try overwrite(path, Array(whole[..<ends[kept - 1]]))
      #expect(try fixture.store.reader(run: writer.run).all().count == records)
      let again = try fixture.store.open(run: writer.run)
      let (_, applied, recovery) = try again.recovered()
      #expect(applied.map(\.seq) == Array(0..<records))
      #expect(again.nextSeq == records)
      #expect((recovery.repair == nil) == (records == kept))
      #expect(records == kept || recovery.repair?.byteCount == ends[kept - 1] - before)
      again.release()
    }
  }

  @Test func `damage that intact records follow stops the run and changes nothing`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 3)
    writer.release()
    let path = fixture.path(writer.run, "journal.jsonl")
    var bytes = try Folders.read(path)
    let second = (bytes.firstIndex(of: 0x0A) ?? 0) + 1
    bytes[second + 40] ^= 1
    try overwrite(path, bytes)
    let error = storeError { _ = try fixture.store.open(run: writer.run).recovered() }
    guard case .damaged(_, 1, _) = error else {
      throw Unexpected(what: "\(String(describing: error))")
    }
    #expect(try Folders.read(path) == bytes)
  }

  @Test func `a last record damaged after the run was noted in the ledger is no torn tail`() throws
  {
    let fixture = StoreFixture()
    let run = try fixture.finished(steps: 2)
    let path = fixture.path(run, "journal.jsonl")
    var bytes = try Folders.read(path)
    bytes[bytes.count - 20] ^= 1
    try overwrite(path, bytes)
    let error = storeError { _ = try fixture.store.open(run: run).recovered() }
    guard case .damaged(_, 3, _) = error else {
      throw Unexpected(what: "\(String(describing: error))")
    }
    #expect(try Folders.read(path) == bytes)
  }

  @Test func `after a crash between journal, ledger and state every order of them recovers`() throws
  {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 4)
    writer.release()
    let path = fixture.path(writer.run, "journal.jsonl")
    let lines = try Folders.read(path).split(separator: 0x0A)
    for saved in 1...lines.count {
      try overwrite(path, Array(lines[..<saved].joined(separator: [0x0A])) + [0x0A])
      let first = try fixture.store.open(run: writer.run)
      _ = try first.recovered()
      try first.saveState(["n": .int(Int64(saved))])
      first.release()
      for count in saved...lines.count {
        try overwrite(path, Array(lines[..<count].joined(separator: [0x0A])) + [0x0A])
        let (state, records, _) = try fixture.store.open(run: writer.run).recovered()
        #expect(state == ["n": .int(Int64(saved))])
        #expect(records.map(\.seq) == Array(saved..<count))
      }
    }
  }

  @Test func `drafts of creations that crashed are cleared away, those under way are not`() throws {
    let fixture = StoreFixture()
    let store = fixture.store
    let live = try store.create(run: "20261120-aaaaaa", definition: [])
    try Folders.create(store.draftsFolder + "/20261120-bbbbbb-00")
    try overwrite(store.draftsFolder + "/20261120-bbbbbb-00/lock", [])
    for name in try Folders.names(in: store.draftsFolder) {
      let old = [timeval(tv_sec: 1_000_000, tv_usec: 0), timeval(tv_sec: 1_000_000, tv_usec: 0)]
      #expect(utimes("\(store.draftsFolder)/\(name)", old) == 0)
    }
    _ = try store.create(run: "20261120-cccccc", definition: [])
    let names = try Folders.names(in: store.draftsFolder)
    #expect(!names.contains("20261120-bbbbbb-00"))
    #expect(names.contains { $0.hasPrefix("20261120-aaaaaa") })
    live.release()
  }

  /// A state that is consistent in itself and sits at the right place of the journal.
  private func forged(_ fixture: StoreFixture, _ run: String, state: Value) throws -> [UInt8] {
    let cache = try StateCache(Folders.read(fixture.path(run, "run.json")), run: run)
    return StateCache.content(
      run: run, position: cache.position, state: try EncodedState(state))
  }
}

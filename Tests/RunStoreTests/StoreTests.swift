import Glibc
import Testing
import Values

@testable import RunStore

@Suite(.timeLimit(.minutes(20))) struct StoreTests {
  @Test func `a run is found by any part that is its own`() throws {
    let fixture = StoreFixture()
    let store = fixture.store
    for run in ["20261120-k7f3q9", "20261120-k7zzzz", "20261121-abcdef"] {
      let writer = try store.create(run: run, definition: [])
      try writer.append(type: "run.created", actor: machine, at: moment(0), data: [:])
      try writer.sync()
      writer.release()
    }
    #expect(try store.find("k7f") == "20261120-k7f3q9")
    #expect(try store.find("20261121") == "20261121-abcdef")
    #expect(
      storeError { _ = try store.find("k7") }
        == .ambiguousRun("k7", matches: ["20261120-k7f3q9", "20261120-k7zzzz"]))
    #expect(
      storeError { _ = try store.find("k7f3q8") }
        == .noSuchRun("k7f3q8", suggestions: ["20261120-k7f3q9"]))
  }

  @Test(arguments: ["../x", "a/b", ".", "", "-a", "a\u{0}b", "A", "é", "a b"])
  func `a name that could leave the folder is refused`(name: String) throws {
    let store = StoreFixture().store
    #expect(storeError { _ = try store.create(run: name, definition: []) } == .unfitName(name))
    #expect(storeError { _ = try store.open(run: name) } != nil)
    #expect(storeError { _ = try store.reader(run: name) } != nil)
    #expect(store.holder(of: name) == nil)
  }

  @Test(arguments: ["../x", "/etc/passwd", "a/../../b", "a//b", "", ".", "a/", "a\u{0}"])
  func `a path that could leave the definition is refused`(path: String) throws {
    let store = StoreFixture().store
    #expect(
      storeError { _ = try store.create(run: "a", definition: [(path, [])]) } == .unfitName(path))
  }

  @Test func `a new id is the day and six characters, and is not taken`() throws {
    let fixture = StoreFixture()
    let first = try fixture.start()
    let id = fixture.store.newRunID()
    #expect(first.run != id)
    #expect(id.hasPrefix("20261118-"))
    #expect(RunNames.isRunID(id))
    #expect(
      storeError { _ = try fixture.store.create(run: first.run, definition: []) }
        == .runExists(first.run))
  }

  @Test func `inbox items come in order of arrival and go when they are taken`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start()
    let store = fixture.store
    for id in ["zz", "b", "a"] {
      try store.deliver(id: id, content: ["answer": .string(id)], to: writer.run)
    }
    try overwrite(fixture.path(writer.run, "inbox/.half.json"), [0x7B])
    let items = try store.pendingInbox(of: writer.run)
    #expect(items.map(\.id) == ["zz", "b", "a"])
    #expect(items[0].content == ["answer": "zz"])
    try store.removeInbox(items[0], of: writer.run)
    try store.removeInbox(items[0], of: writer.run)
    #expect(try store.pendingInbox(of: writer.run).map(\.id) == ["b", "a"])
    #expect(
      storeError { try store.deliver(id: "../x", content: 1, to: writer.run) }
        == .unfitName("../x"))
  }

  @Test func `a large number that was left for a run, or kept for all, is no text`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start()
    let content: Value = ["large": 1e16, "larger": 1e300, "digits": .int(9_007_199_254_740_993)]
    let read: Value = ["large": 1e16, "larger": 1e300, "digits": "9007199254740993"]
    try fixture.store.deliver(id: "a", content: content, to: writer.run)
    #expect(try fixture.store.pendingInbox(of: writer.run).map(\.content) == [read])
    try fixture.store.appendProjectEvent(content)
    #expect(try fixture.store.projectEvents().events == [read])
  }

  @Test func `project events are read from where one stopped`() throws {
    let fixture = StoreFixture()
    let store = fixture.store
    #expect(try store.projectEvents().events.isEmpty)
    try store.appendProjectEvent(["event": "a"])
    let (events, end) = try store.projectEvents()
    #expect(events == [["event": "a"]])
    let path = store.root + "/events.jsonl"
    try overwrite(path, try Folders.read(path) + Array("{\"ev".utf8))
    #expect(try store.projectEvents(from: end).events.isEmpty)
    try store.appendProjectEvent(["event": "b"])
    #expect(try store.projectEvents(from: end).events == [["event": "b"]])
  }

  @Test func `the ledger goes on after a line that a crash cut off`() throws {
    let fixture = StoreFixture()
    _ = try fixture.finished()
    let path = fixture.store.ledgerPath
    try overwrite(path, try Folders.read(path) + Array("{\"at\":".utf8))
    #expect(try fixture.store.verifyAll().isIntact)
    _ = try fixture.finished()
    let report = try fixture.store.verifyAll()
    #expect(report.isIntact)
    #expect(report.ledgerLines == 2)
    let names = try Folders.names(in: fixture.store.root)
    #expect(names.contains { $0.hasPrefix("ledger-torn-") })
  }

  @Test func `several processes add to the ledger in turns, and it may be put aside`() throws {
    let fixture = StoreFixture()
    let other = RunStore(root: fixture.store.root, key: fixture.store.key)
    try Folders.createDurably(fixture.store.root)
    for number in 1...3 {
      try fixture.store.appendToLedger(run: "a", events: number, head: Digest.zero)
      try other.appendToLedger(run: "b", events: number, head: Digest.zero)
    }
    var lines: [String] = []
    try fixture.store.ledger {
      lines.append("\($0.run)\($0.events)")
      return true
    }
    #expect(lines == ["a1", "b1", "a2", "b2", "a3", "b3"])
    try Folders.move(fixture.store.ledgerPath, to: fixture.folder + "/aside")
    try fixture.store.appendToLedger(run: "c", events: 1, head: Digest.zero)
    try other.appendToLedger(run: "d", events: 1, head: Digest.zero)
    lines = []
    try fixture.store.ledger {
      lines.append($0.run)
      return true
    }
    #expect(lines == ["c", "d"])
  }

  @Test(.enabled(if: geteuid() == 0, "needs root to mount a small file system"))
  func `a full disk leaves room to journal that the run parks`() throws {
    let fixture = StoreFixture()
    let disk = fixture.folder + "/disk"
    try Folders.create(disk)
    guard mount("tmpfs", disk, "tmpfs", 0, "size=512k") == 0 else { return }
    defer { umount2(disk, 2) }
    let small = StoreFixture(in: disk)
    let writer = try small.start(steps: 1)
    let text = Value.string(String(repeating: "x", count: 3000))
    var error: StoreError?
    while error == nil {
      try writer.append(type: "note.added", actor: machine, at: moment(1), data: ["text": text])
      error = storeError { try writer.sync() }
    }
    #expect(isDiskFull(error))
    try writer.append(type: "run.parked", actor: machine, at: moment(2), data: [:])
    #expect(isDiskFull(storeError { try writer.sync() }))
    try writer.sync(usingReserve: true)
    #expect(try writer.reader.all().last?.type == "run.parked")
    writer.release()
    let again = try small.store.open(run: writer.run)
    #expect(try again.recovered().recovery.repair == nil)
    #expect(try small.store.verify(run: writer.run).isIntact)
  }

  @Test(.enabled(if: geteuid() == 0, "needs root to mount a file system"))
  func `a read-only file system is named`() throws {
    let fixture = StoreFixture()
    let disk = fixture.folder + "/disk"
    try Folders.create(disk)
    guard mount("tmpfs", disk, "tmpfs", 0, "size=512k") == 0 else { return }
    defer { umount2(disk, 2) }
    let inner = StoreFixture(in: disk)
    let run = try inner.finished()
    guard mount("tmpfs", disk, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), "") == 0 else { return }
    guard case .readOnly? = storeError({ _ = try inner.store.open(run: run) }) else {
      throw Unexpected(what: "the store opened a run on a read-only file system")
    }
    #expect(try inner.store.reader(run: run).all().count == 5)
    #expect(try inner.store.verify(run: run).isIntact)
    _ = mount("tmpfs", disk, "tmpfs", UInt(MS_REMOUNT), "")
  }

  private func isDiskFull(_ error: StoreError?) -> Bool {
    if case .diskFull? = error { true } else { false }
  }
}

import Glibc
import Testing
import Values

@testable import RunStore

@Suite struct RunIndexTests {
  private let fixture = StoreFixture()
  private var store: RunStore { fixture.store }
  private var index: RunIndex { fixture.store.index(layout: 7) }

  /// What a look finds: ids with their summaries, and what has to be read.
  private struct Found: Equatable {
    var known: [String: String] = [:]
    var unread: Set<String> = []
  }

  private func look(_ index: RunIndex? = nil) throws -> Found {
    let view = try (index ?? self.index).look()
    var found = Found(unread: Set(view.unread))
    for position in 0..<view.count {
      found.known[String(decoding: view.run(at: position), as: UTF8.self)] =
        String(decoding: view.row(at: position).summary, as: UTF8.self)
    }
    return found
  }

  private func content(_ summary: String, due: Int64? = nil) -> RunIndexEntry.Content {
    RunIndexEntry.Content(
      due: due, order: due ?? 0, summary: Array(summary.utf8), details: Array("\(summary)!".utf8))
  }

  /// A run that ended and was entered.
  private func entered(_ summary: String, due: Int64? = nil) throws -> String {
    let run = try fixture.finished()
    let writer = try store.open(run: run)
    _ = try writer.recovered()
    try writer.enter(content(summary, due: due), into: index)
    writer.release()
    return run
  }

  /// Looks, and enters what had to be read, as lists do.
  private func complete(_ summary: String = "read") throws {
    let view = try index.look()
    let entries = try view.unread.map { run in
      RunIndexEntry(
        run: run, stamp: try store.reader(run: run).stamp(), content: content(summary))
    }
    try index.complete(view, with: entries)
  }

  /// Makes the last change of the folder of all runs one of long ago, as it is mostly.
  private func settle() throws {
    let name = "20261120-settle"
    try Folders.create(store.folder(of: name))
    Folders.deleteTree(store.folder(of: name))
    var now = timeval()
    gettimeofday(&now, nil)
    let past = timeval(tv_sec: now.tv_sec - 3600, tv_usec: now.tv_usec)
    utimes(store.runsFolder, [past, past])
  }

  /// Works the log into the base, as happens once it is long.
  private func compact(_ index: RunIndex? = nil) throws {
    let index = index ?? self.index
    let folder = store.indexFolder
    _ = try index.store.indexFiles.change(folder, 7) { (files) throws(StoreError) in
      try files.compact()
    }
  }

  /// The base that counts.
  private func base() throws -> String {
    let names = try Folders.names(in: store.indexFolder).filter { $0.hasPrefix("base-") }
    #expect(names.count == 1)
    return store.indexFolder + "/" + (names.first ?? "")
  }

  /// Changes a byte at the first place where a text is.
  private func damage(_ path: String, at text: String) throws {
    var bytes = try Folders.read(path)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: text.utf8) })
    bytes[place] ^= 1
    try overwrite(path, bytes)
  }

  private func append(to run: String) throws {
    let path = fixture.path(run, "journal.jsonl")
    try overwrite(path, try Folders.read(path) + [0x0A])
  }

  @Test func `what was entered is found with its moment and its details`() throws {
    let run = try entered("waits", due: 1_795_000_000_000)
    try complete()
    let view = try index.look()
    #expect(view.count == 1 && view.unread.isEmpty)
    #expect(view.due(at: 0) == 1_795_000_000_000)
    let details = view.details(at: 0).map { String(decoding: $0, as: UTF8.self) }
    #expect(details == "waits!")
    #expect(try look() == Found(known: [run: "waits"]))
  }

  @Test func `the last entry of a run counts`() throws {
    let run = try entered("first")
    let writer = try store.open(run: run)
    _ = try writer.recovered()
    try writer.enter(content("second"), into: index)
    writer.release()
    #expect(try look().known == [run: "second"])
  }

  @Test func `a run that somebody takes is read itself until it is entered again`() throws {
    let run = try entered("parked")
    let writer = try store.open(run: run)
    #expect(try look() == Found(unread: [run]))
    _ = try writer.recovered()
    try writer.enter(content("ended"), into: index)
    writer.release()
    #expect(try look().known == [run: "ended"])
  }

  @Test func `a command in the inbox makes a run worth a look`() throws {
    let run = try entered("parked")
    try store.deliver(id: "c-1", content: ["kind": "note"], to: run)
    #expect(try look() == Found(unread: [run]))
  }

  @Test func `without an index everything is read, and entered then`() throws {
    let runs = [try fixture.finished(), try fixture.finished()]
    #expect(try look() == Found(unread: Set(runs)))
    try complete()
    #expect(try look() == Found(known: [runs[0]: "read", runs[1]: "read"]))
    Folders.deleteTree(store.root + "/index")
    #expect(try look().unread == Set(runs))
  }

  @Test func `an index of another layout counts as none`() throws {
    let run = try entered("old")
    #expect(try look(store.index(layout: 8)) == Found(unread: [run]))
    let view = try store.index(layout: 8).look()
    let stamp = try store.reader(run: run).stamp()
    try store.index(layout: 8).complete(
      view, with: [RunIndexEntry(run: run, stamp: stamp, content: content("n"))])
    #expect(try look(store.index(layout: 8)).known == [run: "n"])
  }

  @Test func `a journal that changed behind the index is read`() throws {
    let run = try entered("parked")
    try append(to: run)
    #expect(try look() == Found(unread: [run]))
  }

  @Test func `a folder that was copied in is read, one that was removed is forgotten`() throws {
    let run = try entered("parked")
    try settle()
    try complete()
    let copy = "20261120-copied"
    #expect(system("cp -r \(store.folder(of: run)) \(store.folder(of: copy))") == 0)
    #expect(try look() == Found(known: [run: "parked"], unread: [copy]))
    try settle()
    try complete("copied")
    Folders.deleteTree(store.folder(of: run))
    #expect(try look() == Found(known: [copy: "copied"]))
    try complete()
    #expect(try look() == Found(known: [copy: "copied"]))
  }

  @Test func `a run that cannot be entered stays to be read`() throws {
    let held = try fixture.start()
    defer { held.release() }
    try settle()
    try index.complete(try index.look(), with: [])
    #expect(try look() == Found(unread: [held.run]))
  }

  @Test(arguments: [1, 9, 20, 47, 60])
  func `an index cut off in the middle of a record loses that record only`(lost: Int) throws {
    let first = try entered("first")
    let second = try entered("second")
    let path = store.root + "/index/log"
    try overwrite(path, Array(try Folders.read(path).dropLast(lost)))
    #expect(try look() == Found(known: [first: "first"], unread: [second]))
    try complete()
    try complete()
    #expect(try look() == Found(known: [first: "first", second: "read"]))
  }

  @Test func `damage in the middle hides no change that came after it`() throws {
    let run = try entered("before")
    let other = try entered("other")
    let writer = try store.open(run: run)
    _ = try writer.recovered()
    try writer.append(type: "note.added", actor: machine, at: moment(9), data: ["text": "x"])
    try writer.sync()
    try writer.enter(content("after"), into: index)
    writer.release()
    try damage(store.indexFolder + "/log", at: "other")
    #expect(try look() == Found(unread: [run, other]))
    try complete()
    try complete("anew")
    #expect(try look().unread.isEmpty)
  }

  @Test func `a look that is late does not undo what was entered since`() throws {
    let run = try fixture.finished()
    let view = try index.look()
    let stamp = try store.reader(run: run).stamp()
    let writer = try store.open(run: run)
    _ = try writer.recovered()
    try writer.enter(content("newer"), into: index)
    writer.release()
    let late = RunIndexEntry(run: run, stamp: stamp, content: content("older"))
    try index.complete(view, with: [late])
    #expect(try look().known == [run: "newer"])
  }

  @Test func `writing it anew keeps what counts`() throws {
    let runs = try (0..<20).map { try entered("run \($0)", due: Int64($0)) }
    try settle()
    try complete()
    let taken = try store.open(run: runs[3])
    Folders.deleteTree(store.folder(of: runs[4]))
    let before = try Folders.read(store.root + "/index/log").count
    try compact()
    #expect(try Folders.read(store.root + "/index/log").count < before)
    let view = try index.look()
    #expect(Set(view.unread) == [runs[3]])
    for position in 0..<view.count {
      let run = String(decoding: view.run(at: position), as: UTF8.self)
      let number = try #require(runs.firstIndex(of: run))
      #expect(view.due(at: position) == Int64(number))
      #expect(
        view.details(at: position).map { String(decoding: $0, as: UTF8.self) } == "run \(number)!")
    }
    #expect(view.count == 18)
    taken.release()
  }

  @Test func `many who enter at once lose nothing`() async throws {
    let runs = try (0..<24).map { _ in try fixture.finished() }
    let store = store
    await withTaskGroup(of: Void.self) { group in
      for (number, run) in runs.enumerated() {
        // Each as a process of its own would.
        let store = RunStore(root: store.root, key: store.key, sources: store.sources)
        let index = store.index(layout: 7)
        group.addTask {
          for round in 0..<20 {
            store.crossOut(run)
            guard let stamp = try? store.reader(run: run).stamp() else { return }
            try? index.enter(
              RunIndexEntry(
                run: run, stamp: stamp, content: content("\(number) in round \(round)")))
            if number == round { try? compact(index) }
          }
        }
      }
    }
    let found = try look()
    #expect(found.unread.isEmpty)
    for (number, run) in runs.enumerated() {
      #expect(found.known[run] == "\(number) in round 19")
    }
  }

  @Test func `what has the largest order comes first, wherever it is kept`() throws {
    let runs = try [30, 10, 50].map { try entered("in the base", due: $0) }
    try settle()
    try complete()
    try compact()
    let added = try [20, 60, 40].map { try entered("in the log", due: $0) }
    let again = try store.open(run: runs[0])
    _ = try again.recovered()
    try again.enter(content("again", due: 5), into: index)
    again.release()
    let view = try index.look()
    let found = (0..<view.count).map { String(decoding: view.run(at: $0), as: UTF8.self) }
    #expect(found == [added[1], runs[2], added[2], added[0], runs[1], runs[0]])
    #expect(try look().known[runs[0]] == "again")
  }

  @Test func `a damaged row is read anew, damaged details are missing, the others stay`() throws {
    let runs = try ["first", "second", "third"].map { try entered($0) }
    try settle()
    try complete()
    try compact()
    try damage(base(), at: "second")
    #expect(
      try look() == Found(known: [runs[0]: "first", runs[2]: "third"], unread: [runs[1]]))
    #expect(try index.look(readingRows: false).count == 3)
    try complete("read")
    #expect(try look().known[runs[1]] == "read")
    try damage(base(), at: "third!")
    let view = try index.look()
    let details = (0..<view.count).map { view.details(at: $0) != nil }
    #expect(details.count(where: { !$0 }) == 1 && details.count == 3)
  }

  @Test(arguments: ["cut off", "deleted", "of a later release", "another's", "of zeros"])
  func `without a base that can be read everything is read, and it is made anew`(
    _ what: String
  ) throws {
    let runs = try ["first", "second"].map { try entered($0) }
    try settle()
    try complete()
    try compact()
    let added = try entered("third")
    let path = try base()
    var bytes = try Folders.read(path)
    switch what {
    case "cut off": bytes.removeLast(bytes.count - 100)
    case "deleted": #expect(unlink(path) == 0)
    case "of a later release": bytes[13] ^= 1
    case "another's": bytes[24] ^= 1
    default: bytes = Array(repeating: 0, count: bytes.count)
    }
    if what != "deleted" { try overwrite(path, bytes) }
    #expect(try look() == Found(known: [added: "third"], unread: Set(runs)))
    try complete()
    try complete()
    try complete()
    #expect(
      try look() == Found(known: [added: "third", runs[0]: "read", runs[1]: "read"]))
    #expect(try index.look().content?.isWhole == true)
  }

  @Test func `a log of a later release counts as none, and is left until somebody enters`() throws {
    let run = try entered("first")
    let path = store.indexFolder + "/log"
    var bytes = try Folders.read(path)
    bytes[10] += 1
    try overwrite(path, bytes)
    #expect(try look() == Found(unread: [run]))
    #expect(try Folders.read(path) == bytes)
    try complete()
    #expect(try look() == Found(known: [run: "read"]))
  }

  @Test func `whoever keeps the files open finds those that another process wrote anew`() throws {
    let run = try entered("first")
    let other = RunStore(root: store.root, key: store.key, sources: store.sources)
    try compact(other.index(layout: 7))
    let writer = try store.open(run: run)
    #expect(try look() == Found(unread: [run]))
    _ = try writer.recovered()
    try writer.enter(content("second"), into: index)
    #expect(try look().known == [run: "second"])
    Folders.deleteTree(store.indexFolder)
    try writer.enter(content("third"), into: index)
    writer.release()
    #expect(try look().known == [run: "third"])
  }

  @Test func `what is completed piece by piece is entered, but for what others did since`() throws {
    let runs = try (0..<4).map { _ in try fixture.finished() }
    let view = try index.look()
    let entries = try runs.map { run in
      RunIndexEntry(
        run: run, stamp: try store.reader(run: run).stamp(), content: content("read"))
    }
    var completion = RunIndexCompletion(index, view)
    #expect(try completion.enter([entries[0]]))
    #expect(try completion.enter([entries[1]]))
    let writer = try store.open(run: runs[2])
    #expect(try completion.enter([entries[2]]))
    try completion.finish()
    #expect(
      try look() == Found(known: [runs[0]: "read", runs[1]: "read"], unread: [runs[2], runs[3]]))
    let again = try index.look()
    var rest = RunIndexCompletion(index, again)
    _ = try writer.recovered()
    try writer.enter(content("newer"), into: index)
    writer.release()
    #expect(try rest.enter([entries[2], entries[3]]))
    try rest.finish()
    #expect(try look().known[runs[2]] == "newer" && look().known[runs[3]] == "read")
  }
}

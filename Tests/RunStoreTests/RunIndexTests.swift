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
        String(decoding: view.summary(at: position), as: UTF8.self)
    }
    return found
  }

  /// A run that ended and was entered.
  private func entered(_ summary: String, due: Int64? = nil) throws -> String {
    let run = try fixture.finished()
    let writer = try store.open(run: run)
    _ = try writer.recovered()
    try writer.enter(
      into: index, due: due, summary: Array(summary.utf8), details: Array("\(summary)!".utf8))
    writer.release()
    return run
  }

  /// Looks, and enters what had to be read, as lists do.
  private func complete(_ summary: String = "read") throws {
    let view = try index.look()
    let entries = try view.unread.map { run in
      RunIndexEntry(
        run: run, stamp: try store.reader(run: run).stamp(), due: nil,
        summary: Array(summary.utf8))
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
    try writer.enter(into: index, due: nil, summary: Array("second".utf8), details: [])
    writer.release()
    #expect(try look().known == [run: "second"])
  }

  @Test func `a run that somebody takes is read itself until it is entered again`() throws {
    let run = try entered("parked")
    let writer = try store.open(run: run)
    #expect(try look() == Found(unread: [run]))
    _ = try writer.recovered()
    try writer.enter(into: index, due: nil, summary: Array("ended".utf8), details: [])
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
      view, with: [RunIndexEntry(run: run, stamp: stamp, due: nil, summary: [0x6E])])
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
    let path = store.root + "/index/entries"
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
    try writer.enter(into: index, due: nil, summary: Array("after".utf8), details: [])
    writer.release()
    let path = store.root + "/index/entries"
    var bytes = try Folders.read(path)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: "other".utf8) })
    bytes[place] ^= 1
    try overwrite(path, bytes)
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
    try writer.enter(into: index, due: nil, summary: Array("newer".utf8), details: [])
    writer.release()
    let late = RunIndexEntry(run: run, stamp: stamp, due: nil, summary: Array("older".utf8))
    try index.complete(view, with: [late])
    #expect(try look().known == [run: "newer"])
  }

  @Test func `writing it anew keeps what counts`() throws {
    let runs = try (0..<20).map { try entered("run \($0)", due: Int64($0)) }
    try settle()
    try complete()
    let taken = try store.open(run: runs[3])
    Folders.deleteTree(store.folder(of: runs[4]))
    var files = try RunIndexFiles(folder: store.root + "/index", layout: 7)
    let before = try Folders.read(store.root + "/index/entries").count
    try files.compact()
    #expect(try Folders.read(store.root + "/index/entries").count < before)
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
    let index = index
    let store = store
    await withTaskGroup(of: Void.self) { group in
      for (number, run) in runs.enumerated() {
        group.addTask {
          for round in 0..<20 {
            store.crossOut(run)
            guard let stamp = try? store.reader(run: run).stamp() else { return }
            try? index.enter(
              RunIndexEntry(
                run: run, stamp: stamp, due: Int64(round),
                summary: Array("\(number) in round \(round)".utf8)))
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
}

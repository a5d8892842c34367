import Glibc
import Testing
import Values

@testable import RunStore

/// Runs of one process that are pinned to the same files.
@Suite(.timeLimit(.minutes(20))) struct PinnedFileSharingTests {
  private let file = "definition/workflows/a.yaml"

  @Test func `runs of the same definition share the files, each in a folder of its own`() throws {
    let fixture = StoreFixture()
    let runs = try (0..<3).map { _ in try fixture.finished() }
    let inodes = try runs.map { try inode(fixture.path($0, file)) }
    #expect(Set(inodes).count == 1)
    Folders.deleteTree(fixture.store.folder(of: runs[0]))
    for run in runs.dropFirst() {
      #expect(try Folders.read(fixture.path(run, file)) == Array("name: a\n".utf8))
      #expect(try fixture.store.verify(run: run).isIntact)
    }
  }

  @Test func `a run that is gone shares nothing`() throws {
    let fixture = StoreFixture()
    Folders.deleteTree(fixture.store.folder(of: try fixture.finished()))
    let run = try fixture.finished()
    #expect(try fixture.store.verify(run: run).isIntact)
    #expect(try inode(fixture.path(run, file)) == inode(fixture.path(fixture.finished(), file)))
  }

  @Test func `a file that was changed since is not shared`() throws {
    let fixture = StoreFixture()
    let changed = try fixture.finished()
    try overwrite(fixture.path(changed, file), Array("name: b, longer\n".utf8))
    let run = try fixture.finished()
    #expect(try Folders.read(fixture.path(run, file)) == Array("name: a\n".utf8))
    #expect(try fixture.store.verify(run: run).isIntact)
    #expect(try !fixture.store.verify(run: changed).isIntact)
  }

  @Test func `other files are not shared`() throws {
    let fixture = StoreFixture()
    let first = try fixture.finished()
    let definition = [("workflows/a.yaml", Array("name: c\n".utf8)), ("b/c/d", Array("x".utf8))]
    for _ in 0..<2 {
      let run = fixture.store.newRunID()
      let writer = try fixture.store.create(run: run, definition: definition)
      try writer.append(
        type: "run.created", actor: machine, at: moment(0),
        data: ["format": "baton-journal/1", "run": .string(run), "definition": writer.pinned])
      try writer.sync()
      writer.release()
      #expect(try inode(fixture.path(run, file)) != inode(fixture.path(first, file)))
      #expect(try fixture.store.verify(run: run).isIntact)
    }
  }

  @Test func `a run that is not durable yet shares nothing`() throws {
    let fixture = StoreFixture()
    let definition = [("a.yaml", Array("x".utf8))]
    let first = try fixture.store.create(run: "20261120-aaaaaa", definition: definition)
    let second = try fixture.store.create(run: "20261120-bbbbbb", definition: definition)
    let drafts = fixture.store.draftsFolder
    let inodes = try Folders.names(in: drafts).map { name in
      try inode("\(drafts)/\(name)/definition/a.yaml")
    }
    #expect(Set(inodes).count == 2)
    first.release()
    second.release()
  }

  private func inode(_ path: String) throws -> UInt {
    try OpenFile(path, O_RDONLY).inode()
  }
}

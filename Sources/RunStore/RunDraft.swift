internal import Glibc
internal import Values

/// A file pinned at the start of a run.
package struct PinnedFile: Hashable, Sendable {
  /// Below `definition/`.
  package var path: String
  /// 64 lower-case digits.
  package var sha256: String
}

/// The folder of a new run before it appears under its name.
struct RunDraft {
  let folder: String
  let files: [PinnedFile]
  let lock: KernelLock
  private let store: RunStore
  private let run: String
  private let definition: [(path: String, bytes: [UInt8])]
  /// The pinned files, open until they are synced; none where they are those of another run, which
  /// are on the disk already.
  private let written: [OpenFile]

  init(
    store: RunStore, run: String, definition: [(path: String, bytes: [UInt8])]
  ) throws(StoreError) {
    for (path, _) in definition where !RunNames.isInnerPath(path) { throw .unfitName(path) }
    folder = "\(store.draftsFolder)/\(run)-\(Digest.hex(of: store.sources.random(4)))"
    self.store = store
    self.run = run
    self.definition = definition
    try store.drafts.create(folder, in: store)
    lock = try KernelLock.takeNewRun(at: folder + "/lock", since: store.now())
    do throws(StoreError) {
      try Self.createFolders(of: definition, below: folder + "/definition")
      let source = store.pinnedFiles.source(of: definition)
      if let source, source.link(into: folder + "/definition") {
        (files, written) = (source.files, [])
      } else {
        written = try Self.write(definition, below: folder + "/definition")
        files = definition.map { PinnedFile(path: $0.path, sha256: Digest.hex($0.bytes)) }
      }
    } catch {
      Folders.deleteTree(folder)
      throw error
    }
  }

  /// Has the disk begin with the pinned files, so that the first sync of the run, its journal's, is
  /// about all that the later ones have to wait for.
  func beginWriting() {
    for file in written { file.beginWriting() }
  }

  /// Makes everything durable, then gives the folder its name.
  ///
  /// - Returns: the folder, open.
  /// - Throws: ``StoreError/runExists(_:)`` where the name was taken meanwhile.
  func publish() throws(StoreError) -> OpenFile {
    for file in written { try file.sync() }
    for folder in Self.folders(of: definition, below: folder + "/definition").reversed() {
      try Folders.sync(folder)
    }
    let opened = try OpenFile(folder, O_RDONLY | O_DIRECTORY)
    try opened.sync()
    let target = store.folder(of: run)
    guard rename(folder, target) == 0 else {
      if errno == EEXIST || errno == ENOTEMPTY { throw .runExists(run) }
      throw StoreError.system(target, "create")
    }
    try store.runsFolderSyncs.submit(()) { (_) throws(StoreError) in
      try Folders.sync(store.runsFolder)
    }
    if !written.isEmpty { store.pinnedFiles.offer(definition, files, in: target + "/definition") }
    return opened
  }

  func discard() { Folders.deleteTree(folder) }

  /// Every folder that holds a pinned file, those above before those in them.
  private static func folders(
    of definition: [(path: String, bytes: [UInt8])], below base: String
  ) -> [String] {
    var folders = [base]
    for (path, _) in definition where path.utf8.contains(0x2F) {
      var folder = base
      for part in path.split(separator: "/").dropLast() {
        folder += "/" + part
        if !folders.contains(folder) { folders.append(folder) }
      }
    }
    return folders
  }

  private static func createFolders(
    of definition: [(path: String, bytes: [UInt8])], below base: String
  ) throws(StoreError) {
    for folder in folders(of: definition, below: base) { try Folders.create(folder) }
  }

  private static func write(
    _ definition: [(path: String, bytes: [UInt8])], below base: String
  ) throws(StoreError) -> [OpenFile] {
    var written: [OpenFile] = []
    for (path, bytes) in definition {
      let file = try OpenFile("\(base)/\(path)", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
      try file.write(bytes, at: 0)
      written.append(file)
    }
    return written
  }
}

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
  /// The pinned files, open until they are synced.
  private let pinned: [OpenFile]
  /// Whether the folder of all runs is new, too.
  private let isFirst: Bool

  init(
    store: RunStore, run: String, definition: [(path: String, bytes: [UInt8])]
  ) throws(StoreError) {
    for (path, _) in definition where !RunNames.isInnerPath(path) { throw .unfitName(path) }
    try Folders.createDurably(store.root)
    isFirst = !Folders.exists(store.runsFolder)
    try Folders.create(store.runsFolder)
    try Folders.create(store.draftsFolder)
    Self.sweep(store.draftsFolder)
    folder = "\(store.draftsFolder)/\(run)-\(Digest.hex(of: store.sources.random(4)))"
    self.store = store
    self.run = run
    try Folders.create(folder)
    lock = try KernelLock.takeRun(
      run, at: folder + "/lock", since: store.now(), killChildren: false)
    var pinned: [OpenFile] = []
    do throws(StoreError) {
      try Folders.create(folder + "/definition")
      for (path, bytes) in definition {
        pinned.append(try Self.write(bytes, path: path, below: folder + "/definition"))
      }
    } catch {
      Folders.deleteTree(folder)
      throw error
    }
    self.pinned = pinned
    files = definition.map { PinnedFile(path: $0.path, sha256: Digest.hex($0.bytes)) }
  }

  /// Has the disk begin with the pinned files, so that the first sync of the run, its journal's, is
  /// about all that the later ones have to wait for.
  func beginWriting() {
    for file in pinned { file.beginWriting() }
  }

  /// Makes everything durable, then gives the folder its name.
  ///
  /// - Throws: ``StoreError/runExists(_:)`` where the name was taken meanwhile.
  func publish() throws(StoreError) {
    try syncDefinition()
    try Folders.sync(folder)
    let target = store.folder(of: run)
    guard rename(folder, target) == 0 else {
      if errno == EEXIST || errno == ENOTEMPTY { throw .runExists(run) }
      throw StoreError.system(target, "create")
    }
    try store.runsFolderSyncs.submit(()) { (_) throws(StoreError) in
      try Folders.sync(store.runsFolder)
    }
    if isFirst { try Folders.sync(store.root) }
  }

  func discard() { Folders.deleteTree(folder) }

  /// Syncs every pinned file and every folder that holds one.
  private func syncDefinition() throws(StoreError) {
    let base = folder + "/definition"
    var folders: Set<String> = []
    for file in pinned { try file.sync() }
    for file in files {
      var parent = Folders.parent(of: "\(base)/\(file.path)")
      while parent.utf8.count >= base.utf8.count, folders.insert(parent).inserted {
        parent = Folders.parent(of: parent)
      }
    }
    for folder in folders.sorted(by: { $0.utf8.count > $1.utf8.count }) {
      try Folders.sync(folder)
    }
  }

  private static func write(
    _ bytes: [UInt8], path: String, below base: String
  ) throws(StoreError) -> OpenFile {
    var folder = base
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      try Folders.create(folder)
    }
    let file = try OpenFile("\(base)/\(path)", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
    try file.write(bytes, at: 0)
    return file
  }

  /// Deletes what creations that crashed left behind: drafts of a while ago whose lock nobody holds.
  private static func sweep(_ drafts: String) {
    for name in (try? Folders.names(in: drafts)) ?? [] {
      let folder = "\(drafts)/\(name)"
      guard isOld(folder), KernelLock.holder(at: folder + "/lock") == nil else { continue }
      Folders.deleteTree(folder)
    }
  }

  /// A younger one may be about to take its lock.
  private static func isOld(_ folder: String) -> Bool {
    var status = stat()
    guard stat(folder, &status) == 0 else { return false }
    return systemTime().seconds - Int64(status.st_mtim.tv_sec) > 60
  }
}

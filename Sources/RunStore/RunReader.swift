internal import Glibc
package import Values

/// A look at a run that never writes, never repairs and never waits.
package struct RunReader: Sendable {
  package let run: String
  let store: RunStore
  var folder: String { store.folder(of: run) }

  init(store: RunStore, run: String) {
    self.store = store
    self.run = run
  }

  /// Who executes the run; nil where nobody does.
  package func holder() -> LockHolder? { store.holder(of: run) }

  /// The state as of the last intact record, as ``RunWriter/recover(restore:apply:state:restart:)`` brings it back,
  /// a torn tail left where it is.
  @discardableResult
  package func recover(
    restore: (Value) -> Bool, apply: (JournalRecord) -> Void,
    state: () -> FoldedState? = { nil }, restart: () -> Void = {}
  ) throws(StoreError) -> Recovery {
    let replay = try JournalReplay(folder: folder, run: run).run(
      restore: restore, apply: apply, state: state, restart: restart)
    return Recovery(
      restoredSeq: replay.restoredSeq, applied: replay.applied, last: replay.last, repair: nil,
      isDoubtful: replay.isDoubtful)
  }

  /// Hands every intact record over, in order, as long as the answer is true.
  ///
  /// - Throws: ``StoreError/damaged(file:record:_:)`` at the first bad one that intact ones follow.
  package func records(_ body: (JournalRecord) -> Bool) throws(StoreError) {
    var scan = try JournalScan(folder + "/journal.jsonl")
    while case .record(let record) = try scan.next() {
      guard body(record) else { return }
    }
  }

  /// The first record, `run.created`.
  package func firstRecord() throws(StoreError) -> JournalRecord {
    var first: JournalRecord?
    try records { record in
      first = record
      return false
    }
    guard let first else {
      throw .damaged(file: "journal.jsonl", record: 0, "it is missing")
    }
    return first
  }

  /// The pinned files as the journal's first record names them.
  package func definition() throws(StoreError) -> [PinnedFile] {
    PinnedFile.all(in: try firstRecord())
  }

  /// The content of a pinned file.
  ///
  /// - Throws: ``StoreError/definitionChanged(path:_:)`` where it is not what was pinned.
  package func definitionFile(_ file: PinnedFile) throws(StoreError) -> [UInt8] {
    guard RunNames.isInnerPath(file.path) else { throw .unfitName(file.path) }
    let bytes: [UInt8]
    do throws(StoreError) {
      bytes = try Folders.read("\(folder)/definition/\(file.path)")
    } catch {
      guard error.saysMissing else { throw error }
      throw .definitionChanged(path: file.path, "is missing")
    }
    guard Digest.hex(bytes) == file.sha256 else {
      throw .definitionChanged(path: file.path, "is not what was pinned when the run was created")
    }
    return bytes
  }

  /// A piece of evidence.
  ///
  /// - Throws: ``StoreError/evidenceChanged(sha256:_:)`` where it is missing or another.
  package func evidence(sha256: String) throws(StoreError) -> [UInt8] {
    guard Commitment(hex: sha256) != nil else { throw .unfitName(sha256) }
    let bytes: [UInt8]
    do throws(StoreError) {
      bytes = try Folders.read("\(folder)/evidence/\(sha256)")
    } catch {
      guard error.saysMissing else { throw error }
      throw .evidenceChanged(sha256: sha256, "is missing")
    }
    guard Digest.hex(bytes) == sha256 else {
      throw .evidenceChanged(sha256: sha256, "is not what was kept")
    }
    return bytes
  }

  /// The sealed values.
  package func vault() throws(StoreError) -> Vault { try store.vault(of: run) }
}

extension PinnedFile {
  /// The pinned files that a record names (`definition` of `run.created` and `run.migrated`).
  static func all(in record: JournalRecord) -> [PinnedFile] { all(in: record.data["definition"]) }

  /// The pinned files of a map of paths to hashes.
  package static func all(in definition: Value?) -> [PinnedFile] {
    (definition?.asMap ?? ValueMap()).compactMap { member in
      guard let path = member.key.asString, let hash = member.value.asString else { return nil }
      return PinnedFile(path: path, sha256: hash)
    }
  }
}

extension RunWriter {
  /// Pins more files, durably, in a folder below `definition/`; the record that names them is the
  /// caller's to append.
  package func pin(
    _ files: [(path: String, bytes: [UInt8])], below name: String
  ) throws(StoreError) -> [PinnedFile] {
    var pinned: [PinnedFile] = []
    for (path, bytes) in files {
      let inner = "\(name)/\(path)"
      guard RunNames.isInnerPath(inner) else { throw .unfitName(inner) }
      let target = "\(folder)/definition/\(inner)"
      try Folders.createDurably(Folders.parent(of: target))
      try Folders.replace(target, with: bytes, durable: true)
      pinned.append(PinnedFile(path: inner, sha256: Digest.hex(bytes)))
    }
    return pinned
  }

  /// The same run as others see it.
  package var reader: RunReader { RunReader(store: store, run: run) }
}

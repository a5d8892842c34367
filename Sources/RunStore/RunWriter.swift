internal import Documents
internal import Glibc
package import Values

/// The one writer of a run, for as long as it holds the run's lock.
///
/// Not safe to share: its owner's actor guards it. Nothing that was appended is on disk before
/// ``sync(usingReserve:isLast:)`` returns; making nothing visible before that is the owner's to keep.
///
/// ```swift
/// let run = try store.open(run: id)
/// try run.recover(restore: { state = State($0); return state != nil }, apply: { state.apply($0) })
/// try run.append(type: "step.started", step: "pay", actor: machine, at: now, data: [:])
/// try run.sync()
/// ```
package final class RunWriter {
  package let run: String
  /// The pinned files, as `run.created` says (or has to say) them.
  package private(set) var definition: [PinnedFile]
  /// The sensitive values; synced before the records that name them.
  package let vault: Vault
  /// What is at the end of the journal, records that are only buffered included; its head is the
  /// encoder's.
  private var place: JournalPosition
  private(set) var folder: String
  let store: RunStore
  private let lock: KernelLock
  private var journal: JournalFile
  private var encoder = RecordEncoder()
  /// Set until the folder of a new run has appeared under its name.
  private var draft: RunDraft?
  /// The moment of the last record, as it is written.
  private var lastText: [UInt8] = []
  private var isRecovered: Bool
  /// Whether the last record is one that the run stands still by (`run.parked`, `run.finished`).
  package private(set) var isAtRest = false
  /// Whether the ledger may lack the line of that record. Nothing may come behind it before the ledger has it,
  /// but what says that the run was elsewhere: else a history that is as it was reads as if a line were gone.
  package private(set) var owesLedger = false
  /// How many records the newest lines of the ledger know of, where the journal, though whole in itself, has fewer:
  /// an older copy was put in its place.
  package private(set) var recordsInLedger: Int?
  /// The run's folder, once there is one under its name.
  private var openFolder: OpenFile?
  /// Whether there is a saved state, whole or not.
  private var hasSavedState: Bool

  init(
    store: RunStore, creating run: String, definition files: [(path: String, bytes: [UInt8])]
  ) throws(StoreError) {
    let draft = try RunDraft(store: store, run: run, definition: files)
    self.store = store
    self.run = run
    self.draft = draft
    folder = draft.folder
    definition = draft.files
    lock = draft.lock
    journal = try JournalFile(path: draft.folder + "/journal.jsonl", isNew: true)
    vault = Vault(
      run: run, path: draft.folder + "/sealed.jsonl", key: store.key, sources: store.sources)
    place = JournalPosition()
    isRecovered = true
    hasSavedState = false
  }

  init(store: RunStore, opening run: String, killChildren: Bool) throws(StoreError) {
    let folder = store.folder(of: run)
    self.store = store
    self.run = run
    self.folder = folder
    lock = try KernelLock.takeRun(
      run, at: folder + "/lock", since: store.now(), killChildren: killChildren)
    store.crossOut(run)
    definition = []
    vault = Vault(run: run, path: folder + "/sealed.jsonl", key: store.key, sources: store.sources)
    journal = try JournalFile(path: folder + "/journal.jsonl")
    place = JournalPosition()
    isRecovered = false
    hasSavedState = true
    openFolder = try OpenFile(folder, O_RDONLY | O_DIRECTORY)
  }

  deinit { release() }

  /// What every process started for the run inherits, so that the run stays locked until all of them
  /// have ended, even if this one is killed.
  package var lockDescriptor: Int32 { lock.descriptor }
  /// What is at the end of the journal, records that are only buffered included.
  var position: JournalPosition {
    var position = place
    position.head = head
    return position
  }
  /// The number of the record that comes next.
  package var nextSeq: Int { place.seq }
  /// The hash of the last record.
  package var head: String { String(decoding: encoder.head, as: UTF8.self) }
  /// When the last record happened; nil before the first.
  package var lastMoment: Timestamp? { place.seq == 0 ? nil : place.moment }
  /// Whether anybody ever left a command for the run: nobody can before it has its name.
  package var hasInbox: Bool {
    openFolder.map { faccessat($0.descriptor, "inbox", F_OK, 0) == 0 } ?? false
  }
  /// Where the next record will begin in the file.
  package var end: Int { journal.end }
  /// Whether what ends there is in the file; what is buffered only is lost when the run is let go.
  package func hasWritten(upTo end: Int) -> Bool { journal.written >= end }
  /// Whether all that was appended is on disk.
  package var isDurable: Bool { journal.isDurable && draft == nil }

  /// Brings back the state: the saved one where it counts, then the records after it.
  ///
  /// A torn tail is moved aside; the caller journals `journal.repaired` with what is returned.
  /// Complexity: the length of the saved state and of what came after it, not of the journal.
  ///
  /// - Parameters:
  ///   - restore: Takes the saved state; false where it cannot be used (another format), and then the
  ///     journal is read from its start.
  ///   - apply: Takes each record that is not in the state yet, in order.
  ///   - state: The state so far. Where a record behind the saved state names another one, as parking does,
  ///     the saved one was not the run's.
  ///   - restart: Forgets what was restored and applied, before the journal is read from its start instead.
  /// - Throws: ``StoreError/damaged(file:record:_:)``; nothing is changed then.
  @discardableResult
  package func recover(
    restore: (Value) -> Bool, apply: (JournalRecord) -> Void,
    state: () -> FoldedState? = { nil }, restart: () -> Void = {}
  ) throws(StoreError) -> Recovery {
    precondition(!isRecovered, "a run is recovered once, before anything is appended")
    let replay = try JournalReplay(folder: folder, run: run).run(
      restore: restore, apply: apply, state: state, restart: restart)
    // To read all of the ledger takes as long as it is: that is done only where something is missing.
    if replay.isDoubtful {
      try store.requireNotBehindLedger(run: run, records: replay.position.seq)
    } else if let line = try? store.lastLedgerLine(of: run, within: RunStore.recentLedger),
      line.events > replay.position.seq
    {
      recordsInLedger = line.events
    }
    let repair = try replay.torn.map { (tail) throws(StoreError) in
      try setAside(tail, before: replay.position.seq)
    }
    place = replay.position
    encoder.head = Array(replay.position.head.utf8)
    lastText = []
    if place.seq > 0 { RecordTime.append(place.moment, to: &lastText) }
    isAtRest = replay.isAtRest
    // The ledger had the line before a state was saved as of the record.
    owesLedger = replay.isAtRest && replay.applied > 0 && recordsInLedger == nil
    journal = try JournalFile(path: folder + "/journal.jsonl", end: place.offset)
    try makeNameDurable()
    isRecovered = true
    return Recovery(
      restoredSeq: replay.restoredSeq, applied: replay.applied, last: replay.last, repair: repair,
      isDoubtful: replay.isDoubtful)
  }

  /// Whoever was killed right after giving the folder its name may not have synced that; a saved state is
  /// written only afterwards.
  private func makeNameDurable() throws(StoreError) {
    let hasParked = openFolder.map { faccessat($0.descriptor, "run.json", F_OK, 0) == 0 } ?? true
    if !hasParked { try Folders.sync(store.runsFolder) }
  }

  /// Adds a record behind those that are there; buffered until ``sync(usingReserve:isLast:)``.
  ///
  /// A moment before that of the last record counts as that one.
  /// What is buffered is written before that where it is 64 KiB; if that fails, syncing will say so.
  /// - Throws: ``StoreError/notRecordable(_:)`` where JSON cannot express the data.
  @discardableResult
  package func append(
    type: String, step: String? = nil, attempt: Int? = nil, actor: JournalRecord.Actor,
    at moment: Timestamp, data: ValueMap
  ) throws(StoreError) -> JournalRecord {
    let seq = place.seq
    let before = head
    try add(type: type, step: step, attempt: attempt, actor: actor, at: moment, data: data)
    return JournalRecord(
      seq: seq, at: String(decoding: lastText, as: UTF8.self), type: type, step: step,
      attempt: attempt, actor: actor, data: data, prev: before, hash: head)
  }

  /// Adds a record as ``append(type:step:attempt:actor:at:data:)`` does, without giving it back.
  package func add(
    type: String, step: String?, attempt: Int?, actor: JournalRecord.Actor, at moment: Timestamp,
    data: ValueMap
  ) throws(StoreError) {
    precondition(isRecovered, "a run is recovered before anything is appended")
    // Before, not after: the last record of all stays in the buffer until it is synced as such.
    if journal.buffer.count >= JournalFile.batch { try? flush() }
    if place.seq == 0 || moment > place.moment { note(moment) }
    let line = journal.end
    try encoder.append(
      seq: place.seq, at: lastText, type: type, step: step, attempt: attempt, actor: actor,
      data: data, to: &journal.buffer)
    place.seq += 1
    place.line = line
    place.offset = journal.end
    isAtRest = JournalRecord.isStandstill(type)
    owesLedger = isAtRest
  }

  private func note(_ moment: Timestamp) {
    if !lastText.isEmpty, moment.seconds == place.moment.seconds {
      RecordTime.replaceMilliseconds(of: &lastText, by: moment)
    } else {
      lastText.removeAll(keepingCapacity: true)
      RecordTime.append(moment, to: &lastText)
    }
    place.moment = moment
  }

  /// Makes all that was appended durable; the first time, the run's folder appears.
  ///
  /// After ``StoreError/diskFull(path:)`` everything is still buffered: append the record that the run
  /// parks, and sync once more with the reserve.
  /// - Parameters:
  ///   - usingReserve: Whether the space kept for parking may be used.
  ///   - isLast: Whether the run parks or ends with what was appended last.
  package func sync(usingReserve: Bool = false, isLast: Bool = false) throws(StoreError) {
    try vault.sync()
    draft?.beginWriting()
    try journal.sync(usingReserve: usingReserve, isLast: isLast)
    guard let draft else { return }
    openFolder = try draft.publish()
    folder = store.folder(of: run)
    vault.moved(to: folder + "/sealed.jsonl")
    self.draft = nil
  }

  /// Saves the state as of the last record, after making that durable.
  ///
  /// Only a cache: not synced, discarded at opening where it is not whole or ahead of the journal. So
  /// the first one needs not be written beside its place: whoever looks meanwhile reads the journal.
  package func saveState(_ state: EncodedState) throws(StoreError) {
    try sync()
    let content = StateCache.content(run: run, position: position, state: state)
    let path = folder + "/run.json"
    if hasSavedState { return try Folders.replace(path, with: content, durable: false) }
    hasSavedState = true
    try Folders.write(content, to: path, durable: false)
  }

  /// Enters the run into the index, as it stands after all that was appended; the last thing that is
  /// done before letting it go.
  package func enter(
    _ content: RunIndexEntry.Content, into index: RunIndex
  ) throws(StoreError) {
    try index.enter(RunIndexEntry(run: run, stamp: try journal.stamp(), content: content))
  }

  /// Notes in the project's ledger how far the journal is, durably: at each park and at the end, after
  /// ``sync(usingReserve:isLast:)`` and before ``saveState(_:)``.
  package func noteInLedger() throws(StoreError) {
    try sync(isLast: true)
    try store.appendToLedger(run: run, events: place.seq, head: head)
    owesLedger = false
  }

  /// Lets the run go. What was not synced is lost, as in a crash; a run never synced leaves nothing.
  ///
  /// Look into the inbox once more afterwards: a command that came before this found the lock taken.
  package func release() {
    if let draft {
      draft.discard()
      self.draft = nil
    } else if isRecovered {
      journal.close()
    }
    lock.release()
  }

  /// Whether the run is where others find it, which it is from its first sync on.
  package var isPublished: Bool { draft == nil }

  /// Writes what was added: others see it and it outlives the process, though not yet a loss of power.
  package func write() throws(StoreError) {
    guard !journal.isWritten else { return }
    try flush()
  }

  /// Writes what is buffered, sealed values first; not synced.
  private func flush() throws(StoreError) {
    try vault.sync()
    try journal.flush(usingReserve: false)
  }

  /// Keeps the bytes of a torn tail in a file of their own, then cuts them off.
  private func setAside(_ tail: TornTail, before seq: Int) throws(StoreError) -> JournalRepair {
    let path = folder + "/journal.jsonl"
    let file = try OpenFile(path, O_RDWR | O_NOFOLLOW)
    let bytes = try file.read(tail.count, at: tail.offset)
    let hash = Digest.hex(bytes)
    let name = "torn-\(seq)-\(hash.prefix(8)).bin"
    try Folders.replace("\(folder)/\(name)", with: bytes, durable: true)
    try file.truncate(to: tail.offset)
    try file.sync()
    return JournalRepair(byteCount: tail.count, sha256: hash, file: name)
  }
}

/// A state as it is saved, in canonical JSON.
package struct EncodedState: Sendable {
  let bytes: [UInt8]
  /// For `state_sha256` of `run.parked`, where it is that of the state after this very record.
  package let sha256: String

  /// - Parameter json: The state in canonical JSON.
  package init(_ json: [UInt8]) {
    bytes = json
    sha256 = Digest.hex(json)
  }
}

/// The state that records lead to, to be held against one that was saved.
package struct FoldedState: Sendable {
  /// The layout the state is written in; states of different layouts cannot be compared.
  let layout: Int64
  let state: EncodedState

  package init(layout: Int64, state: EncodedState) {
    self.layout = layout
    self.state = state
  }
}

/// What bringing back a run found.
package struct Recovery: Sendable {
  /// The record the saved state was as of; nil where the journal was read from its start.
  package var restoredSeq: Int?
  /// How many records were applied.
  package var applied: Int
  /// The last record, where one was applied.
  package var last: JournalRecord?
  package var repair: JournalRepair?
  /// Whether the journal and the saved state do not confirm each other to the end.
  package var isDoubtful: Bool
}

/// What was moved aside: bytes of a write that a crash cut off.
package struct JournalRepair: Hashable, Sendable {
  package var byteCount: Int
  package var sha256: String
  /// The name of the file in the run's folder that keeps them.
  package var file: String
}

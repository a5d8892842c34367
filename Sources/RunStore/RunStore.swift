internal import CCrypto
internal import Glibc
package import Values

/// The runs of a project, as plain files below one folder (docs/internals/journal-format.md).
///
/// A value that remembers nothing that others could change unseen: every call looks at the disk. Writing to a run needs its
/// ``RunWriter``, of which one exists at a time on a machine; reading needs nothing.
package struct RunStore: Sendable {
  /// Where time and randomness come from, and on which machine the store is.
  package struct Sources: Sendable {
    package var now: @Sendable () -> Timestamp
    package var random: @Sendable (_ count: Int) -> [UInt8]
    package var machine: @Sendable () -> Machine

    package init(
      now: @escaping @Sendable () -> Timestamp = { systemTime() },
      random: @escaping @Sendable (_ count: Int) -> [UInt8] = { systemRandom($0) },
      machine: @escaping @Sendable () -> Machine = { .current }
    ) {
      self.now = now
      self.random = random
      self.machine = machine
    }
  }

  /// The folder, `.baton` of a project.
  package let root: String
  let sources: Sources
  let key: SealingKey.Source
  /// What runs of this process write at the same time is written together.
  let ledgerLines = GroupCommit<LedgerFile.Line>()
  let runsFolderSyncs = GroupCommit<Void>()
  let indexFiles = RunIndexKeeper()
  let drafts = DraftsFolder()
  let pinnedFiles = PinnedFileSharing()
  let ledgerFile = LedgerFile()
  let absoluteRoot = AbsoluteRoot()

  /// Names a store; nothing is created or looked at before it is used.
  ///
  /// - Parameters:
  ///   - root: The folder, created with the first run.
  ///   - key: Where the key for sensitive values is found, once one is needed.
  package init(root: String, key: SealingKey.Source, sources: Sources = Sources()) {
    self.root = root
    self.key = key
    self.sources = sources
  }

  /// A run id that is not taken: the day and six random characters.
  package func newRunID() -> String {
    let day = String(RecordTime.text(sources.now()).prefix(10)).filter { $0 != "-" }
    while true {
      let id = RunNames.make(day: day, random: sources.random(6))
      if !Folders.exists(folder(of: id)) { return id }
    }
  }

  /// Every run, oldest day first. Complexity: one reading of one folder.
  package func list() throws(StoreError) -> [String] {
    try Folders.names(in: runsFolder).filter(RunNames.isRunID).sorted()
  }

  /// The run that a person means: its id, or any part of it that no other run's has.
  ///
  /// - Throws: ``StoreError/goneRun(_:records:at:)`` where only the ledger has such a run.
  package func find(_ part: String) throws(StoreError) -> String {
    if RunNames.isRunID(part), Folders.exists(folder(of: part)) { return part }
    let runs = try list()
    let matches = part.isEmpty ? [] : runs.filter { $0.containsBytes(of: part) }
    if let match = matches.first, matches.count == 1 { return match }
    guard matches.isEmpty else { throw .ambiguousRun(part, matches: matches) }
    if let gone = goneRun(part) {
      throw .goneRun(gone.run, records: gone.events, at: gone.at)
    }
    throw .noSuchRun(part, suggestions: suggestions(for: part, among: runs))
  }

  /// Starts a run: its folder appears, with all in it, when its first records are synced.
  ///
  /// - Parameters:
  ///   - run: An id that is not taken (``newRunID()``).
  ///   - definition: The files to pin, by a relative path that stays below the folder.
  /// - Returns: The writer, which holds the run's lock; it expects `run.created` as first record, with
  ///   ``RunWriter/definition`` among its data.
  package func create(
    run: String, definition: [(path: String, bytes: [UInt8])]
  ) throws(StoreError) -> RunWriter {
    guard RunNames.isRunID(run) else { throw .unfitName(run) }
    guard !Folders.exists(folder(of: run)) else { throw .runExists(run) }
    return try RunWriter(store: self, creating: run, definition: definition)
  }

  /// Takes a run over: its lock, then ``RunWriter/recover(restore:apply:)``.
  ///
  /// - Parameter killChildren: Whether what a dead process left running is killed.
  /// - Throws: ``StoreError/locked(run:by:)`` where another process has it.
  package func open(run: String, killChildren: Bool = false) throws(StoreError) -> RunWriter {
    try requireRun(run)
    return try RunWriter(store: self, opening: run, killChildren: killChildren)
  }

  /// Looks at a run without ever writing or waiting.
  package func reader(run: String) throws(StoreError) -> RunReader {
    try requireRun(run)
    return RunReader(store: self, run: run)
  }

  /// Who executes a run; nil where nobody does.
  package func holder(of run: String) -> LockHolder? {
    RunNames.isRunID(run) ? KernelLock.holder(at: folder(of: run) + "/lock") : nil
  }

  /// Why nobody else can execute a run now; nil where somebody can.
  package func hold(of run: String) -> RunHold? {
    RunNames.isRunID(run) ? KernelLock.hold(at: folder(of: run) + "/lock") : nil
  }

  /// The sealed values of a run, for a process that does not execute it.
  package func vault(of run: String) throws(StoreError) -> Vault {
    try requireRun(run)
    return Vault(run: run, path: folder(of: run) + "/sealed.jsonl", key: key, sources: sources)
  }

  var runsFolder: String { root + "/runs" }
  /// Where folders are put together before they appear under their name.
  var draftsFolder: String { root + "/drafts" }
  var ledgerPath: String { root + "/ledger.jsonl" }
  func folder(of run: String) -> String { "\(runsFolder)/\(run)" }
  func now() -> String { RecordTime.text(sources.now()) }

  func requireRun(_ run: String) throws(StoreError) {
    guard RunNames.isRunID(run), Folders.exists(folder(of: run)) else {
      throw .noSuchRun(run, suggestions: suggestions(for: run, among: (try? list()) ?? []))
    }
  }

  /// Runs whose last six characters differ in at most two, else the latest three.
  private func suggestions(for part: String, among runs: [String]) -> [String] {
    let wanted = Array(part.utf8.suffix(6))
    let close = runs.filter { run in
      let tail = Array(run.utf8.suffix(6))
      return tail.count == wanted.count && zip(tail, wanted).count(where: { $0 != $1 }) <= 2
    }
    return Array((close.isEmpty ? runs : close).suffix(3))
  }
}

extension String {
  func containsBytes(of part: String) -> Bool {
    let all = Array(utf8)
    let wanted = Array(part.utf8)
    guard wanted.count <= all.count else { return false }
    return (0...(all.count - wanted.count)).contains { all[$0...].starts(with: wanted) }
  }
}

/// The time of the operating system.
package func systemTime() -> Timestamp {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
}

/// Bytes from the generator of the operating system.
///
/// - Precondition: the system has one (a kernel without it cannot seal anything).
package func systemRandom(_ count: Int) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  precondition(ccrypto_random(&bytes, count) == 1, "the operating system gives no random bytes")
  return bytes
}

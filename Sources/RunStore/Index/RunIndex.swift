internal import Glibc

/// What is known of every run without opening it: for lists, and for finding what is due.
///
/// A cache and nothing more (`index/` of the store): whoever parks or ends a run enters it, whoever
/// takes it to change it crosses the entry out. Deleted, damaged or of another layout, it is made
/// anew from the runs; what became of a run behind its back shows by the length of its journal and
/// by the time of the folder of all runs.
package struct RunIndex: Sendable {
  /// How many journals are looked at in each look: all of them in a project of that size, else a
  /// part in turn.
  static let checked = 2048

  private let store: RunStore
  /// What summaries mean; entries of another layout are as good as none.
  let layout: UInt32

  init(store: RunStore, layout: UInt32) {
    self.store = store
    self.layout = layout
  }

  private var folder: String { store.root + "/index" }
  private var entriesPath: String { folder + "/entries" }
  private func detailsPath(_ generation: UInt64) -> String { "\(folder)/details-\(generation)" }

  // MARK: Looking

  /// What is known now. Never waits and never writes.
  package func look() throws(StoreError) -> RunIndexView {
    // The files may be replaced between opening the one and the other.
    for _ in 0..<3 {
      guard let file = try? OpenFile(entriesPath, O_RDONLY | O_NOFOLLOW),
        let entries = try? MappedFile(file), let head = RunIndexFormat.Head(entries.bytes),
        head.layout == layout
      else { break }
      guard let details = try? OpenFile(detailsPath(head.generation), O_RDONLY | O_NOFOLLOW),
        let mapped = try? MappedFile(details)
      else { continue }
      return try view(entries, details: mapped, head)
    }
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    return RunIndexView(
      entries: nil, details: nil, head: nil, scan: RunIndexScan(nothing, from: 0), known: [],
      unread: try store.list(), gone: [], listing: RunFolders(store)?.listing)
  }

  private func view(
    _ entries: MappedFile, details: MappedFile, _ head: RunIndexFormat.Head
  ) throws(StoreError) -> RunIndexView {
    let scan = RunIndexScan(entries.bytes, from: RunIndexFormat.headSize)
    guard let folders = RunFolders(store) else {
      return RunIndexView(
        entries: entries, details: details, head: head, scan: scan, known: [], unread: [],
        gone: [], listing: nil)
    }
    var comparison = RunIndexComparison(scan)
    let isSame = scan.listing == folders.listing
    if !isSame { comparison.compare(with: try store.list()) }
    // Records may be lost where the machine stopped or the file is damaged: every journal is looked
    // at then.
    let isWhole = scan.listing?.boot == folders.listing.boot && scan.isWhole
    comparison.checkJournals(in: folders, atMost: isWhole ? Self.checked : Int.max)
    return RunIndexView(
      entries: entries, details: details, head: head, scan: scan, known: comparison.known,
      unread: comparison.unread, gone: comparison.gone,
      listing: isSame || !folders.isSettled ? nil : folders.listing)
  }

  // MARK: Entering

  /// Enters a run that the caller holds the lock of.
  func enter(_ entry: RunIndexEntry) throws(StoreError) {
    try change { (files) throws(StoreError) in
      try files.append([entry])
      try files.compactIfLarge()
    }
  }

  /// Enters runs that were looked at and not held, unless somebody had to do with them since.
  ///
  /// Nothing is entered where another process is about to write; the next look does it then.
  package func complete(
    _ view: RunIndexView, with entries: [RunIndexEntry]
  ) throws(StoreError) {
    let open = view.unentered(by: entries)
    guard !entries.isEmpty || !open.isEmpty || !view.gone.isEmpty || view.listing != nil else {
      return
    }
    try change(waiting: false) { (files) throws(StoreError) in
      if !view.scan.isWhole { return try files.compact(without: Set(view.unread)) }
      guard let touched = try files.touched(since: view) else { return }
      try files.append(entries.filter { !touched.contains($0.run) })
      var bytes: [UInt8] = []
      for run in open where !touched.contains(run) {
        RunIndexFormat.append(.taken, run: run, to: &bytes)
      }
      for run in view.gone where !touched.contains(run) {
        RunIndexFormat.append(.removed, run: run, to: &bytes)
      }
      if let listing = view.listing { RunIndexFormat.append(listing, to: &bytes) }
      if !bytes.isEmpty { try files.append(records: bytes) }
      try files.compactIfLarge()
    }
  }

  private func change(
    waiting: Bool = true, _ body: (inout RunIndexFiles) throws(StoreError) -> Void
  ) throws(StoreError) {
    if !Folders.exists(folder) { try Folders.create(folder) }
    let lock =
      waiting
      ? try KernelLock.wait(folder + "/lock") : try KernelLock.takeFree(folder + "/lock")
    guard let lock else { return }
    defer { lock.release() }
    var files = try RunIndexFiles(folder: folder, layout: layout)
    try body(&files)
  }
}

extension RunStore {
  /// Crosses out what the index knows of a run, before anything is changed in it.
  ///
  /// The index is a cache: where this fails, the journal's new length says the same.
  func crossOut(_ run: String) {
    let folder = root + "/index"
    guard Folders.exists(folder + "/entries"), let lock = try? KernelLock.wait(folder + "/lock")
    else { return }
    defer { lock.release() }
    var bytes: [UInt8] = []
    RunIndexFormat.append(.taken, run: run, to: &bytes)
    try? OpenFile(folder + "/entries", O_WRONLY | O_APPEND | O_NOFOLLOW).append(bytes)
  }

  /// The index of the runs.
  ///
  /// - Parameter layout: Says what summaries mean; entries of another layout are as good as none.
  package func index(layout: UInt32) -> RunIndex { RunIndex(store: self, layout: layout) }
}

extension RunReader {
  /// Which bytes the journal has now: for an entry of what is read after this.
  package func stamp() throws(StoreError) -> JournalStamp {
    try OpenFile(folder + "/journal.jsonl", O_RDONLY | O_NOFOLLOW).stamp()
  }
}

extension OpenFile {
  func stamp() throws(StoreError) -> JournalStamp {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw StoreError.system(path, "look at") }
    return JournalStamp(status)
  }
}

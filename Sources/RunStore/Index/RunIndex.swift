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

  let store: RunStore
  /// What summaries mean; entries of another layout are as good as none.
  let layout: UInt32

  // MARK: Looking

  /// What is known now. Never waits and never writes.
  ///
  /// - Parameter readsRows: Whether summaries are going to be read: those that are not as they were
  ///   written are unread then.
  package func look(readingRows readsRows: Bool = true) throws(StoreError) -> RunIndexView {
    guard let content = RunIndexContent.open(store.indexFolder, layout: layout) else {
      return RunIndexView(unread: try store.list(), listing: RunFolders(store)?.listing)
    }
    return try view(content, readsRows)
  }

  private func view(
    _ content: RunIndexContent, _ readsRows: Bool
  ) throws(StoreError) -> RunIndexView {
    guard let folders = RunFolders(store) else {
      return RunIndexView(content, known: [], unread: [], gone: [], listing: nil)
    }
    var comparison = RunIndexComparison(content)
    let noted = content.log.listing
    let isSame = content.isWhole && noted == folders.listing
    if !isSame { comparison.compare(with: try store.list()) }
    // Records may be lost where the machine stopped or a file is damaged: every journal is looked
    // at then.
    let isSure = content.isWhole && noted?.boot == folders.listing.boot
    comparison.checkJournals(in: folders, atMost: isSure ? Self.checked : Int.max)
    if readsRows { comparison.checkRows() }
    return RunIndexView(
      content, known: comparison.known, unread: comparison.unread, gone: comparison.gone,
      listing: isSame || !folders.isSettled ? nil : folders.listing)
  }

  // MARK: Entering

  /// Enters a run that the caller holds the lock of.
  func enter(_ entry: RunIndexEntry) throws(StoreError) {
    try store.indexFiles.change(store.indexFolder, layout) { (files) throws(StoreError) in
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
    var completion = RunIndexCompletion(self, view)
    guard try completion.enter(entries) else { return }
    try completion.finish()
  }
}

extension RunStore {
  var indexFolder: String { root + "/index" }

  /// Crosses out what the index knows of a run, before anything is changed in it.
  ///
  /// The index is a cache: where this fails, the journal's new length says the same.
  func crossOut(_ run: String) {
    try? indexFiles.change(indexFolder) { (files) throws(StoreError) in
      var bytes: [UInt8] = []
      RunIndexLog.append(.taken, run: run, to: &bytes)
      try files.append(records: bytes)
    }
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

/// Enters what was read because the index did not know it, in one go or piece by piece.
package struct RunIndexCompletion {
  private static let many = 4096

  private let index: RunIndex
  private let view: RunIndexView
  /// The files as they were last seen; nil where there were none.
  private var head: RunIndexFormat.Head?
  /// How far the log has been read for what others did since the look.
  private var end: Int
  /// The runs that others had to do with since.
  private var touched: Set<String> = []
  private var entered: Set<String> = []
  /// Whether nothing can be entered any more that was read for this look.
  private var isOver = false

  package init(_ index: RunIndex, _ view: RunIndexView) {
    self.index = index
    self.view = view
    head = view.content?.head
    end = view.content?.log.end ?? RunIndexFormat.Head.size
  }

  /// Enters runs that were looked at and not held, unless somebody had to do with them since.
  ///
  /// - Returns: false where nothing was entered, because another process writes or has written the
  ///   index anew: look once more then.
  package mutating func enter(_ entries: [RunIndexEntry]) throws(StoreError) -> Bool {
    guard !entries.isEmpty else { return !isOver }
    return try change { (files, own) throws(StoreError) in
      try files.append(entries.filter { !own.touched.contains($0.run) })
      own.entered.formUnion(entries.map(\.run))
    }
  }

  /// Notes what else the look showed, once all was entered that can be.
  package mutating func finish() throws(StoreError) {
    let open = view.unread.filter { !entered.contains($0) && !isTaken($0) }
    guard !entered.isEmpty || !open.isEmpty || !view.gone.isEmpty || view.listing != nil else {
      return
    }
    _ = try change { (files, own) throws(StoreError) in
      var bytes: [UInt8] = []
      for run in open where !own.touched.contains(run) {
        RunIndexLog.append(.taken, run: run, to: &bytes)
      }
      for run in own.view.gone where !own.touched.contains(run) {
        RunIndexLog.append(.removed, run: run, to: &bytes)
      }
      if let listing = own.view.listing { RunIndexLog.append(listing, to: &bytes) }
      try files.append(records: bytes)
      // Much was entered: the next looks are spared reading it as a log.
      if own.entered.count > Self.many { try files.compact() }
    }
  }

  private mutating func change(
    _ body: (inout RunIndexFiles, inout Self) throws(StoreError) -> Void
  ) throws(StoreError) -> Bool {
    guard !isOver else { return false }
    var own = self
    defer { self = own }
    let index = index
    let isDone = try index.store.indexFiles.change(
      index.store.indexFolder, index.layout, waiting: false
    ) { (files) throws(StoreError) -> Bool in
      guard try own.catchUp(with: &files) else { return false }
      try body(&files, &own)
      try files.compactIfLarge()
      own.head = files.head
      own.end = try files.end()
      return true
    }
    own.isOver = isDone != true
    return isDone == true
  }

  /// Reads what others added since; false where the whole index is another.
  private mutating func catchUp(with files: inout RunIndexFiles) throws(StoreError) -> Bool {
    guard let head else {
      // There was none: nothing may have been entered since.
      let found = try files.end()
      return files.isFresh() && found == end
    }
    guard files.head == head else { return false }
    if let content = view.content, !content.isWhole {
      try files.repair(index)
      return false
    }
    touched.formUnion(try files.runs(from: end))
    return true
  }

  /// Whether the index knows already that a run has to be read.
  private func isTaken(_ run: String) -> Bool {
    guard let log = view.content?.log else { return false }
    var run = run
    return run.withUTF8 { run in
      let run = UnsafeRawBufferPointer(run)
      guard let position = log.position(of: run, ByteHash.of(run)) else { return false }
      return log.slots[position].kind == .taken
    }
  }
}

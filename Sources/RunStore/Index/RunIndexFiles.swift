internal import Glibc

/// The files of the index in the hands of whoever holds its lock.
struct RunIndexFiles {
  /// The log may grow to half of the base, within these: every look reads it, and whoever makes it
  /// too long writes the base anew.
  private static let limits = (2 << 20)...(32 << 20)

  private let folder: String
  private(set) var head: RunIndexFormat.Head
  private var log: OpenFile
  /// How long the log may be before it is worked into the base.
  private var limit: Int

  /// Opens them; nil where there are none, or none of this layout.
  ///
  /// - Parameter layout: nil for any.
  init?(folder: String, layout: UInt32?) {
    guard let file = try? OpenFile(folder + "/log", O_RDWR | O_APPEND | O_NOFOLLOW),
      let bytes = try? file.read(RunIndexFormat.Head.size, at: 0),
      let head = bytes.withUnsafeBytes({ RunIndexLog.head(of: $0) }),
      layout == nil || layout == head.layout
    else { return nil }
    self.folder = folder
    self.head = head
    log = file
    limit = Self.limit(folder, head)
  }

  /// Makes them, without anything in them; what was there is deleted.
  init(creating folder: String, layout: UInt32) throws(StoreError) {
    self.folder = folder
    head = RunIndexFormat.Head(layout: layout, generation: 0)
    log = try Self.createLog(folder, head, records: [])
    limit = Self.limits.lowerBound
    removeOthers()
  }

  /// Whether these are the files that whoever opens them now finds.
  func isCurrent() -> Bool {
    var found = stat()
    var own = stat()
    guard stat(folder + "/log", &found) == 0, fstat(log.descriptor, &own) == 0,
      found.st_ino == own.st_ino, found.st_dev == own.st_dev
    else { return false }
    return withUnsafeTemporaryAllocation(byteCount: RunIndexFormat.Head.size, alignment: 8) {
      guard (try? log.read(into: $0, at: 0)) == $0.count else { return false }
      return RunIndexLog.head(of: UnsafeRawBufferPointer($0)) == head
    }
  }

  /// Whether there is nothing but a log.
  func isFresh() -> Bool { head.generation == 0 }

  /// How long the log is.
  func end() throws(StoreError) -> Int { try log.size() }

  // MARK: Adding

  /// Adds entries behind what is there, all or none, in one call of the system.
  func append(_ added: [RunIndexEntry]) throws(StoreError) {
    var bytes: [UInt8] = []
    for entry in added { RunIndexLog.append(entry, to: &bytes) }
    try append(records: bytes)
  }

  /// Adds records, all or none.
  func append(records: [UInt8]) throws(StoreError) {
    guard !records.isEmpty else { return }
    let before = try log.size()
    do throws(StoreError) {
      try log.append(records)
    } catch {
      try? log.truncate(to: before)
      throw error
    }
  }

  /// The runs that the log has records about from a place on.
  func runs(from start: Int) throws(StoreError) -> [String] {
    guard try log.size() > start else { return [] }
    let file = try MappedFile(log)
    return withExtendedLifetime(file) {
      let added = RunIndexLog(file.bytes, from: start)
      return added.slots.map { String(decoding: added.run($0), as: UTF8.self) }
    }
  }

  // MARK: Writing anew

  /// Works the log into the base, once it is long.
  mutating func compactIfLarge() throws(StoreError) {
    if try log.size() > limit { try compact() }
  }

  /// Works the log into the base.
  mutating func compact() throws(StoreError) {
    guard let content = RunIndexContent.open(folder, layout: head.layout) else { return }
    try compact(content, content.entries(), reading: [])
  }

  /// Writes anew what can be trusted of files that are damaged. Whoever changes a run waits for the
  /// lock meanwhile, so that nothing is missed.
  mutating func repair(_ index: RunIndex) throws(StoreError) {
    let view = try index.look()
    guard let content = view.content else { return }
    try compact(content, view.known, reading: view.unread)
  }

  /// - Parameter unread: runs that have to be read, beside those that somebody took.
  mutating func compact(
    _ content: RunIndexContent, _ entries: [RunIndexContent.Place], reading unread: [String]
  ) throws(StoreError) {
    var next = head
    next.generation += 1
    let path = RunIndexContent.basePath(folder, next.generation)
    try RunIndexBase.write(entries, of: content, to: path, next)
    var records: [UInt8] = []
    for slot in content.taken {
      RunIndexLog.append(
        .taken, run: String(decoding: content.log.run(slot), as: UTF8.self), to: &records)
    }
    for run in unread { RunIndexLog.append(.taken, run: run, to: &records) }
    if let listing = content.log.listing, content.isWhole {
      RunIndexLog.append(listing, to: &records)
    }
    // The base first: whoever sees the log finds it.
    log = try Self.createLog(folder, next, records: records)
    head = next
    limit = Self.limit(folder, head)
    removeOthers()
  }

  private static func createLog(
    _ folder: String, _ head: RunIndexFormat.Head, records: [UInt8]
  ) throws(StoreError) -> OpenFile {
    let path = folder + "/log"
    try Folders.replace(path, with: RunIndexLog.head(head) + records, durable: false)
    return try OpenFile(path, O_RDWR | O_APPEND | O_NOFOLLOW)
  }

  private static func limit(_ folder: String, _ head: RunIndexFormat.Head) -> Int {
    var status = stat()
    guard stat(RunIndexContent.basePath(folder, head.generation), &status) == 0 else {
      return limits.lowerBound
    }
    return min(max(limits.lowerBound, Int(status.st_size) / 2), limits.upperBound)
  }

  /// Deletes bases that no log names any more, and what an earlier release left.
  private func removeOthers() {
    let own = "base-\(head.generation)"
    for name in (try? Folders.names(in: folder)) ?? []
    where name != own
      && (name.hasPrefix("base-") || name.hasPrefix("details-") || name == "entries")
    {
      unlink("\(folder)/\(name)")
    }
  }
}

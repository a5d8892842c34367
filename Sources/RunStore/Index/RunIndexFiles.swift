internal import Glibc

/// The two files of the index in the hands of whoever holds its lock.
struct RunIndexFiles {
  private static let largest = 4 * 1024 * 1024

  private let folder: String
  private var head: RunIndexFormat.Head
  private var entries: OpenFile
  private var details: OpenFile

  /// Opens them; what is missing, or of another layout, is made anew.
  init(folder: String, layout: UInt32) throws(StoreError) {
    self.folder = folder
    if let file = try? OpenFile(folder + "/entries", O_RDWR | O_APPEND | O_NOFOLLOW),
      let bytes = try? file.read(RunIndexFormat.headSize, at: 0),
      let head = bytes.withUnsafeBytes({ RunIndexFormat.Head($0) }), head.layout == layout,
      let details = try? OpenFile(
        "\(folder)/details-\(head.generation)", O_RDWR | O_APPEND | O_NOFOLLOW)
    {
      self.head = head
      entries = file
      self.details = details
      return
    }
    head = RunIndexFormat.Head(
      layout: layout, generation: Self.freshGeneration(folder),
      compacted: UInt64(RunIndexFormat.headSize))
    (entries, details) = try Self.create(folder, head, records: [], details: [])
    Self.removeDetails(in: folder, except: head.generation)
  }

  /// Adds entries behind what is there.
  func append(_ added: [RunIndexEntry]) throws(StoreError) {
    guard !added.isEmpty else { return }
    var place = UInt64(try details.size())
    var records: [UInt8] = []
    var texts: [UInt8] = []
    for entry in added {
      RunIndexFormat.append(entry, detailsAt: place, to: &records)
      texts += entry.details
      place += UInt64(entry.details.count)
    }
    try details.append(texts)
    try append(records: records)
  }

  /// Adds records, all or none.
  func append(records: [UInt8]) throws(StoreError) {
    let before = try entries.size()
    do throws(StoreError) {
      try entries.append(records)
    } catch {
      try? entries.truncate(to: before)
      throw error
    }
  }

  /// The runs that records were added about since a look; nil where the whole file is another.
  func touched(since view: RunIndexView) throws(StoreError) -> Set<String>? {
    guard let seen = view.head else {
      // There was none: nothing may have been entered since.
      return try entries.size() == RunIndexFormat.headSize ? [] : nil
    }
    guard seen == head else { return nil }
    let mapped = try MappedFile(entries)
    let scan = RunIndexScan(mapped.bytes, from: view.scan.end)
    return Set(scan.slots.map { String(decoding: scan.run($0), as: UTF8.self) })
  }

  /// Writes both anew without what counts no more, once they have grown to four times their size.
  mutating func compactIfLarge() throws(StoreError) {
    let size = try entries.size()
    guard size > max(Self.largest, 4 * Int(head.compacted)) else { return }
    try compact()
  }

  /// - Parameter dropped: runs that are not to be known any more.
  mutating func compact(without dropped: Set<String> = []) throws(StoreError) {
    let mapped = try MappedFile(entries)
    let texts = try MappedFile(details)
    let scan = RunIndexScan(mapped.bytes, from: RunIndexFormat.headSize)
    var records: [UInt8] = []
    var kept: [UInt8] = []
    if let listing = scan.listing { RunIndexFormat.append(listing, to: &records) }
    for slot in scan.slots where slot.kind != .removed {
      let run = String(decoding: scan.run(slot), as: UTF8.self)
      guard slot.kind == .entry, !dropped.contains(run) else {
        RunIndexFormat.append(.taken, run: run, to: &records)
        continue
      }
      let (offset, count) = scan.details(slot)
      let end = offset + UInt64(count)
      let own =
        end <= UInt64(texts.bytes.count) ? Array(texts.bytes[Int(offset)..<Int(end)]) : []
      let due = scan.due(slot)
      let entry = RunIndexEntry(
        run: run, stamp: scan.stamp(slot), due: due == RunIndexFormat.never ? nil : due,
        summary: Array(scan.summary(slot)), details: own)
      RunIndexFormat.append(entry, detailsAt: UInt64(kept.count), to: &records)
      kept += own
    }
    head.generation += 1
    head.compacted = UInt64(RunIndexFormat.headSize + records.count)
    (entries, details) = try Self.create(folder, head, records: records, details: kept)
    Self.removeDetails(in: folder, except: head.generation)
  }

  /// The details first: whoever sees the entries finds them.
  private static func create(
    _ folder: String, _ head: RunIndexFormat.Head, records: [UInt8], details: [UInt8]
  ) throws(StoreError) -> (entries: OpenFile, details: OpenFile) {
    let path = "\(folder)/details-\(head.generation)"
    try Folders.write(details, to: path, durable: false)
    try Folders.replace(folder + "/entries", with: head.bytes + records, durable: false)
    return (
      try OpenFile(folder + "/entries", O_RDWR | O_APPEND | O_NOFOLLOW),
      try OpenFile(path, O_RDWR | O_APPEND | O_NOFOLLOW)
    )
  }

  private static func removeDetails(in folder: String, except generation: UInt64) {
    for name in (try? Folders.names(in: folder)) ?? []
    where name.hasPrefix("details-") && name != "details-\(generation)" {
      unlink("\(folder)/\(name)")
    }
  }

  /// A number that no file of details has.
  private static func freshGeneration(_ folder: String) -> UInt64 {
    let used = ((try? Folders.names(in: folder)) ?? []).compactMap { name in
      name.hasPrefix("details-") ? UInt64(name.dropFirst("details-".count)) : nil
    }
    return (used.max() ?? 0) &+ 1
  }
}

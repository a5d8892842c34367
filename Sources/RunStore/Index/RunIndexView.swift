/// What the index knows of the runs of a project at a moment.
///
/// What it hands out is of runs that are as they were when they were entered; the others are named
/// in ``unread`` and are to be read themselves. Unchecked: everything in it is only read.
package final class RunIndexView: @unchecked Sendable {
  /// Runs that the index does not know, or not as they are.
  package let unread: [String]
  /// How many runs the index knows.
  package var count: Int { slots.count }

  let scan: RunIndexScan
  private let slots: [RunIndexScan.Slot]
  private let entries: MappedFile?
  private let details: MappedFile?
  /// What the index knows and the disk does not have any more.
  let gone: [String]
  /// Which file it was read from.
  let head: RunIndexFormat.Head?
  /// What can be noted when the unread ones have been entered.
  let listing: RunIndexListing?

  init(
    entries: MappedFile?, details: MappedFile?, head: RunIndexFormat.Head?, scan: RunIndexScan,
    known: [RunIndexScan.Slot], unread: [String], gone: [String], listing: RunIndexListing?
  ) {
    self.entries = entries
    self.details = details
    self.head = head
    self.scan = scan
    slots = known
    self.unread = unread
    self.gone = gone
    self.listing = listing
  }

  /// The id of a run.
  package func run(at position: Int) -> UnsafeRawBufferPointer { scan.run(slots[position]) }

  /// When something is to be done for it, in milliseconds since 1970; nil for never.
  package func due(at position: Int) -> Int64? {
    let due = scan.due(slots[position])
    return due == RunIndexFormat.never ? nil : due
  }

  /// What lists are made of. Valid as long as the view is.
  package func summary(at position: Int) -> UnsafeRawBufferPointer {
    scan.summary(slots[position])
  }

  /// What is seldom wanted; nil where it is missing. Valid as long as the view is.
  package func details(at position: Int) -> UnsafeRawBufferPointer? {
    let (offset, count) = scan.details(slots[position])
    guard let details, count > 0, offset + UInt64(count) <= UInt64(details.bytes.count) else {
      return nil
    }
    return UnsafeRawBufferPointer(rebasing: details.bytes[Int(offset)..<(Int(offset) + Int(count))])
  }

  /// The unread runs that still have to be known as such: they are held, or cannot be read.
  func unentered(by entries: [RunIndexEntry]) -> [String] {
    let entered = Set(entries.map(\.run))
    return unread.filter { run in
      guard !entered.contains(run) else { return false }
      var run = run
      let position = run.withUTF8 { scan.position(of: UnsafeRawBufferPointer($0)) }
      return position.map { scan.slots[$0].kind != .taken } ?? true
    }
  }
}

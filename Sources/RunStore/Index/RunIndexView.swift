/// What the index knows of the runs of a project at a moment, the one with the largest order first.
///
/// What it hands out is of runs that are as they were when they were entered; the others are named
/// in ``unread`` and are to be read themselves. Unchecked: everything in it is only read.
package final class RunIndexView: @unchecked Sendable {
  /// Runs that the index does not know, or not as they are.
  package let unread: [String]
  /// How many runs the index knows.
  package var count: Int { known.count }

  /// nil where there is no index.
  let content: RunIndexContent?
  let known: [RunIndexContent.Place]
  /// What the index knows and the disk does not have any more.
  let gone: [String]
  /// What can be noted when the unread ones have been entered.
  let listing: RunIndexListing?

  /// A view of nothing but runs that have to be read.
  init(unread: [String], listing: RunIndexListing?) {
    self.unread = unread
    self.listing = listing
    content = nil
    known = []
    gone = []
  }

  init(
    _ content: RunIndexContent, known: [RunIndexContent.Place], unread: [String], gone: [String],
    listing: RunIndexListing?
  ) {
    self.content = content
    self.known = known
    self.unread = unread
    self.gone = gone
    self.listing = listing
  }

  /// The id of a run.
  package func run(at position: Int) -> UnsafeRawBufferPointer {
    content.map { $0.run(known[position]) } ?? Self.nothing
  }

  /// When something is to be done for it, in milliseconds since 1970; nil for never.
  package func due(at position: Int) -> Int64? {
    guard let due = content?.due(known[position]), due != RunIndexFormat.never else { return nil }
    return due
  }

  /// Its place among all runs.
  package func order(at position: Int) -> Int64 { content?.order(known[position]) ?? 0 }

  /// What its owner marked it with.
  package func mark(at position: Int) -> UInt8 { content?.mark(known[position]) ?? 0 }

  /// The id of a run, and what lists are made of. Valid as long as the view is.
  package func row(
    at position: Int
  ) -> (run: UnsafeRawBufferPointer, summary: UnsafeRawBufferPointer) {
    guard let content else { return (Self.nothing, Self.nothing) }
    let place = known[position]
    let row = content.row(place)
    let id = content.idCount(place)
    return (row.part(0, id), row.part(id, row.count &- id))
  }

  /// What is seldom wanted; nil where it is not as it was written. Valid as long as the view is.
  ///
  /// - Parameter isChecked: Whether it was handed out before.
  package func details(
    at position: Int, checked isChecked: Bool = false
  ) -> UnsafeRawBufferPointer? {
    guard let (bytes, check) = content?.details(known[position]),
      isChecked || ByteHash.short(bytes) == check
    else { return nil }
    return bytes
  }

  /// Gives back the memory of all details that were read: they are many, and wanted once.
  package func giveBackDetails() { content?.giveBackDetails() }

  private static var nothing: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: nil, count: 0)
  }
}

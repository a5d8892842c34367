internal import Glibc

/// The files of the index as they are at a moment: a base, and a log of what became of runs since.
///
/// Unchecked: everything in it is only read.
final class RunIndexContent: @unchecked Sendable {
  /// Where the last record about a run is.
  struct Place: Equatable {
    private let number: Int32

    static func base(_ position: Int) -> Place { Place(number: Int32(position)) }
    static func log(_ slot: Int) -> Place { Place(number: -1 - Int32(slot)) }

    @inline(__always) var isInLog: Bool { number < 0 }
    @inline(__always) var position: Int { Int(number < 0 ? -1 - number : number) }
  }

  let head: RunIndexFormat.Head
  let base: RunIndexBase
  let log: RunIndexLog
  private let logFile: MappedFile
  /// Whether no record may be missing.
  var isWhole: Bool { base.isWhole && log.isWhole }

  init(_ head: RunIndexFormat.Head, base: RunIndexBase, log file: MappedFile) {
    self.head = head
    self.base = base
    logFile = file
    log = RunIndexLog(file.bytes)
  }

  /// Opens the files; nil where there are none that can be understood.
  ///
  /// - Parameter layout: what the summaries have to mean.
  static func open(_ folder: String, layout: UInt32) -> RunIndexContent? {
    // The base may be replaced between opening the one and the other.
    for attempt in 0..<4 {
      guard let file = try? OpenFile(folder + "/log", O_RDONLY | O_NOFOLLOW),
        let log = try? MappedFile(file), let head = RunIndexLog.head(of: log.bytes),
        head.layout == layout
      else { return nil }
      let base = base(folder, head)
      guard let base else {
        if attempt < 3 { continue }
        return RunIndexContent(head, base: .lost, log: log)
      }
      return RunIndexContent(head, base: base, log: log)
    }
    return nil
  }

  private static func base(_ folder: String, _ head: RunIndexFormat.Head) -> RunIndexBase? {
    guard head.generation > 0 else { return .empty }
    let path = basePath(folder, head.generation)
    guard let file = try? OpenFile(path, O_RDONLY | O_NOFOLLOW), let mapped = try? MappedFile(file)
    else { return nil }
    return RunIndexBase(mapped, head)
  }

  static func basePath(_ folder: String, _ generation: UInt64) -> String {
    "\(folder)/base-\(generation)"
  }

  // MARK: Entries

  /// The entries that count, the one with the largest order first, then the one with the largest id.
  func entries() -> [Place] {
    var added: [Int] = []
    for (position, slot) in log.slots.enumerated() where slot.kind == .entry {
      added.append(position)
    }
    added.sort { isLater(.log($0), .log($1)) }
    var entries: [Place] = []
    entries.reserveCapacity(base.count + added.count)
    var next = 0
    for position in 0..<base.count {
      if !log.slots.isEmpty, isOverridden(position) { continue }
      while next < added.count, isLater(.log(added[next]), .base(position)) {
        entries.append(.log(added[next]))
        next += 1
      }
      entries.append(.base(position))
    }
    entries += added[next...].lazy.map { .log($0) }
    return entries
  }

  /// The slots of the log about runs that somebody took.
  var taken: [RunIndexLog.Slot] { log.slots.filter { $0.kind == .taken } }

  @inline(__always)
  private func isOverridden(_ position: Int) -> Bool {
    let hash = base.hash(position)
    return log.position(of: base.run(position), hash) != nil
  }

  private func isLater(_ one: Place, _ other: Place) -> Bool {
    let orders = (order(one), order(other))
    guard orders.0 == orders.1 else { return orders.0 > orders.1 }
    return run(other).lexicographicallyPrecedes(run(one))
  }

  // MARK: What they say

  func hash(_ place: Place) -> UInt64 {
    place.isInLog ? log.slots[place.position].hash : base.hash(place.position)
  }

  @inline(__always)
  func run(_ place: Place) -> UnsafeRawBufferPointer {
    place.isInLog ? log.run(log.slots[place.position]) : base.run(place.position)
  }

  func stamp(_ place: Place) -> JournalStamp {
    place.isInLog ? log.stamp(log.slots[place.position]) : base.stamp(place.position)
  }

  @inline(__always)
  func due(_ place: Place) -> Int64 {
    place.isInLog ? log.due(log.slots[place.position]) : base.due(place.position)
  }

  @inline(__always)
  func order(_ place: Place) -> Int64 {
    place.isInLog ? log.order(log.slots[place.position]) : base.order(place.position)
  }

  @inline(__always)
  func mark(_ place: Place) -> UInt8 {
    place.isInLog ? log.mark(log.slots[place.position]) : base.mark(place.position)
  }

  /// The id and the summary.
  @inline(__always)
  func row(_ place: Place) -> UnsafeRawBufferPointer {
    place.isInLog ? log.row(log.slots[place.position]) : base.row(place.position)
  }

  /// Whether the row is as it was written; those of the log were looked at when it was read.
  func isRowWhole(_ place: Place) -> Bool {
    place.isInLog || base.isRowWhole(place.position)
  }

  /// The length of the id, with which the row begins.
  @inline(__always)
  func idCount(_ place: Place) -> Int {
    place.isInLog
      ? log.idCount(log.slots[place.position]) : base.idCount(place.position)
  }

  /// The details and their check.
  func details(_ place: Place) -> (bytes: UnsafeRawBufferPointer, check: UInt32) {
    place.isInLog ? log.details(log.slots[place.position]) : base.details(place.position)
  }

  /// Gives back the memory of the details that were read.
  func giveBackDetails() {
    base.file?.giveBack(from: base.detailsStart)
    logFile.giveBack(from: 0)
  }
}

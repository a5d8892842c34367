internal import Glibc

/// `index/log`: what became of runs since the base was written, a record for each change.
///
/// A record is its head (the lengths of the body and of the details, a check of each), the body
/// and the details. A body is 40 bytes of fixed members, the run's id and, of an entry, its
/// summary. The last record about a run counts.
struct RunIndexLog {
  static let magic = Array("baton-log/2\n\0\0\0\0".utf8)
  private static let recordHead = 16
  private static let fixed = 40

  enum Kind: UInt8 {
    case entry = 1
    /// Somebody took the run to change it: what is known of it counts no more.
    case taken = 2
    case removed = 3
    /// All folders of runs were compared with the index.
    case listed = 4
  }

  /// A run's last record.
  struct Slot {
    /// Where its body is.
    var body: Int
    var count: Int32
    var kind: Kind
    var hash: UInt64
  }

  let bytes: UnsafeRawBufferPointer
  private(set) var slots: [Slot] = []
  private(set) var listing: RunIndexListing?
  /// Where the intact records end.
  private(set) var end: Int
  /// Whether all of the file is intact.
  var isWhole: Bool { end >= bytes.count }
  private var table = RunTable()

  /// - Parameter start: where the first record is.
  init(_ bytes: UnsafeRawBufferPointer, from start: Int = RunIndexFormat.Head.size) {
    self.bytes = bytes
    end = start
    while let body = next() { take(body) }
  }

  // MARK: Reading

  /// The position of a run's slot; nil where there is none.
  func position(of run: UnsafeRawBufferPointer, _ hash: UInt64) -> Int? {
    slots.withUnsafeBufferPointer { slots in
      table.find(hash) { slots[$0].hash == hash && self.run(slots[$0]).hasSameBytes(as: run) }
    }
  }

  func run(_ slot: Slot) -> UnsafeRawBufferPointer {
    bytes.part(slot.body &+ Self.fixed, Int(bytes[slot.body &+ 1]))
  }

  func idCount(_ slot: Slot) -> Int { Int(bytes[slot.body &+ 1]) }
  func mark(_ slot: Slot) -> UInt8 { bytes[slot.body &+ 2] }

  func stamp(_ slot: Slot) -> JournalStamp {
    JournalStamp(inode: bytes.number(at: slot.body + 8), size: bytes.number(at: slot.body + 16))
  }

  func due(_ slot: Slot) -> Int64 { bytes.number(at: slot.body + 24) }
  func order(_ slot: Slot) -> Int64 { bytes.number(at: slot.body + 32) }

  /// The id and the summary.
  func row(_ slot: Slot) -> UnsafeRawBufferPointer {
    bytes.part(slot.body + Self.fixed, Int(slot.count) - Self.fixed)
  }

  /// The details and their check.
  func details(_ slot: Slot) -> (bytes: UnsafeRawBufferPointer, check: UInt32) {
    let count = Int(bytes.number(at: slot.body - 12) as UInt32)
    return (bytes.part(slot.body + Int(slot.count), count), bytes.number(at: slot.body - 4))
  }

  /// The body of the next record, where it is whole.
  private mutating func next() -> Range<Int>? {
    guard end + Self.recordHead + Self.fixed <= bytes.count else { return nil }
    let count = Int(bytes.number(at: end) as UInt32)
    let details = Int(bytes.number(at: end + 4) as UInt32)
    let start = end + Self.recordHead
    guard count >= Self.fixed, details <= bytes.count - start - count,
      count >= Self.fixed + Int(bytes[start + 1]),
      Self.check(bytes.part(start, count), details, bytes.number(at: end + 12))
        == bytes.number(at: end + 8)
    else { return nil }
    end = start + count + details
    return start..<(start + count)
  }

  private mutating func take(_ body: Range<Int>) {
    guard let kind = Kind(rawValue: bytes[body.lowerBound]) else { return }
    if kind == .listed {
      listing = RunIndexListing(
        boot: bytes.number(at: body.lowerBound + 8), changed: bytes.number(at: body.lowerBound + 16)
      )
      return
    }
    let run = bytes.part(body.lowerBound + Self.fixed, Int(bytes[body.lowerBound + 1]))
    let slot = Slot(
      body: body.lowerBound, count: Int32(body.count), kind: kind, hash: ByteHash.of(run))
    if let position = position(of: run, slot.hash) {
      slots[position] = slot
      return
    }
    slots.append(slot)
    let all = slots
    table.insert(slots.count - 1) { all[$0].hash }
  }

  // MARK: Writing

  /// A file without records.
  static func head(_ head: RunIndexFormat.Head) -> [UInt8] {
    var bytes = magic
    bytes.append(number: head.layout)
    bytes.append(number: UInt32(0))
    bytes.append(number: head.generation)
    bytes.pad(to: RunIndexFormat.Head.size)
    return bytes
  }

  /// The head of a file; nil where it is none.
  static func head(of bytes: UnsafeRawBufferPointer) -> RunIndexFormat.Head? {
    guard bytes.count >= RunIndexFormat.Head.size, bytes[..<16].elementsEqual(magic) else {
      return nil
    }
    return RunIndexFormat.Head(layout: bytes.number(at: 16), generation: bytes.number(at: 24))
  }

  /// Appends the record of an entry.
  static func append(_ entry: RunIndexEntry, to bytes: inout [UInt8]) {
    append(.entry, run: entry.run, stamp: entry.stamp, content: entry.content, to: &bytes)
  }

  /// Appends a record about a run without a summary.
  static func append(_ kind: Kind, run: String, to bytes: inout [UInt8]) {
    append(kind, run: run, stamp: JournalStamp(inode: 0, size: 0), to: &bytes)
  }

  /// Appends that all folders were compared.
  static func append(_ listing: RunIndexListing, to bytes: inout [UInt8]) {
    append(
      .listed, run: "",
      stamp: JournalStamp(inode: listing.boot, size: UInt64(bitPattern: listing.changed)),
      to: &bytes)
  }

  private static func append(
    _ kind: Kind, run: String, stamp: JournalStamp,
    content: RunIndexEntry.Content = RunIndexEntry.Content(due: nil, summary: []),
    to bytes: inout [UInt8]
  ) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: recordHead))
    bytes.append(kind.rawValue)
    bytes.append(UInt8(truncatingIfNeeded: run.utf8.count))
    bytes.append(content.mark)
    bytes.append(contentsOf: repeatElement(0, count: 5))
    bytes.append(number: stamp.inode)
    bytes.append(number: stamp.size)
    bytes.append(number: content.due ?? RunIndexFormat.never)
    bytes.append(number: content.order)
    bytes.append(contentsOf: run.utf8)
    bytes.append(contentsOf: content.summary)
    let count = bytes.count - start - recordHead
    let detailsCheck = content.details.withUnsafeBytes { ByteHash.short($0) }
    let check = bytes.withUnsafeBytes {
      Self.check($0.part(start + recordHead, count), content.details.count, detailsCheck)
    }
    bytes.put(UInt32(count), at: start)
    bytes.put(UInt32(content.details.count), at: start + 4)
    bytes.put(check, at: start + 8)
    bytes.put(detailsCheck, at: start + 12)
    bytes.append(contentsOf: content.details)
  }

  private static func check(
    _ body: UnsafeRawBufferPointer, _ details: Int, _ detailsCheck: UInt32
  ) -> UInt32 {
    ByteHash.short(body, seed: UInt64(details) << 32 | UInt64(detailsCheck))
  }
}

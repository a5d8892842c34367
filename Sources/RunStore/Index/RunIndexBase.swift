internal import Glibc

/// `index/base-GENERATION`: entries of runs as they were when it was written, the one with the
/// largest order first.
///
/// A head, 80 bytes for each entry (all that can be asked without reading its row), the rows, the
/// details. Written whole and never changed.
struct RunIndexBase {
  static let magic = Array("baton-runs/2\n\0\0\0".utf8)
  static let entrySize = 80

  /// The bytes of an entry, by what they say.
  private enum Member {
    static let hash = 0
    static let inode = 8
    static let size = 16
    static let due = 24
    static let order = 32
    static let row = 40
    static let details = 48
    static let rowCount = 56
    static let detailsCount = 60
    static let rowCheck = 64
    static let detailsCheck = 68
    static let idCount = 72
    static let mark = 73
  }

  let file: MappedFile?
  private let bytes: UnsafeRawBufferPointer
  let count: Int
  /// Whether it is there as it was written, but for rows and details, which have checks of their own.
  let isWhole: Bool
  /// Where the details begin.
  let detailsStart: Int

  /// The base of a log that needs none.
  static var empty: RunIndexBase { RunIndexBase(isWhole: true) }
  /// A base that cannot be read: nothing is known of what it held.
  static var lost: RunIndexBase { RunIndexBase(isWhole: false) }

  private init(isWhole: Bool) {
    file = nil
    bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    count = 0
    self.isWhole = isWhole
    detailsStart = 0
  }

  init(_ file: MappedFile, _ head: RunIndexFormat.Head) {
    let bytes = file.bytes
    let headSize = RunIndexFormat.Head.size
    guard bytes.count >= headSize, bytes[..<16].elementsEqual(Self.magic),
      bytes.number(at: 16) == head.layout, bytes.number(at: 24) == head.generation,
      case let count = Int(bytes.number(at: 20) as UInt32),
      bytes.count >= headSize + count * Self.entrySize, bytes.number(at: 40) == bytes.count,
      ByteHash.of(bytes.part(headSize, count * Self.entrySize)) == bytes.number(at: 48)
    else {
      self = .lost
      return
    }
    self.file = file
    self.bytes = bytes
    self.count = count
    isWhole = true
    detailsStart = bytes.number(at: 32)
  }

  // MARK: Reading

  @inline(__always)
  private func place(_ position: Int) -> Int {
    RunIndexFormat.Head.size &+ position &* Self.entrySize
  }

  func hash(_ position: Int) -> UInt64 { bytes.number(at: place(position)) }
  func due(_ position: Int) -> Int64 { bytes.number(at: place(position) &+ Member.due) }
  func order(_ position: Int) -> Int64 { bytes.number(at: place(position) &+ Member.order) }
  func mark(_ position: Int) -> UInt8 { bytes[place(position) &+ Member.mark] }

  func stamp(_ position: Int) -> JournalStamp {
    JournalStamp(
      inode: bytes.number(at: place(position) + Member.inode),
      size: bytes.number(at: place(position) + Member.size))
  }

  /// The id and the summary; nothing where the file ends before.
  func row(_ position: Int) -> UnsafeRawBufferPointer {
    let place = place(position)
    return bytes.part(
      bytes.number(at: place &+ Member.row),
      Int(bytes.number(at: place &+ Member.rowCount) as UInt32)
    )
  }

  func idCount(_ position: Int) -> Int { Int(bytes[place(position) &+ Member.idCount]) }

  func run(_ position: Int) -> UnsafeRawBufferPointer {
    row(position).part(0, idCount(position))
  }

  func isRowWhole(_ position: Int) -> Bool {
    ByteHash.short(row(position)) == bytes.number(at: place(position) + Member.rowCheck)
  }

  /// The details and their check.
  func details(_ position: Int) -> (bytes: UnsafeRawBufferPointer, check: UInt32) {
    let place = place(position)
    return (
      bytes.part(
        bytes.number(at: place + Member.details),
        Int(bytes.number(at: place + Member.detailsCount) as UInt32)),
      bytes.number(at: place + Member.detailsCheck)
    )
  }

  // MARK: Writing

  /// Writes a file.
  ///
  /// - Parameter entries: in the order in which they are to be found.
  static func write(
    _ entries: [RunIndexContent.Place], of content: RunIndexContent, to path: String,
    _ head: RunIndexFormat.Head
  ) throws(StoreError) {
    let (directory, start, end) = directory(entries, content)
    var bytes = magic
    bytes.append(number: head.layout)
    bytes.append(number: UInt32(entries.count))
    bytes.append(number: head.generation)
    bytes.append(number: UInt64(start))
    bytes.append(number: UInt64(end))
    bytes.append(number: directory.withUnsafeBytes { ByteHash.of($0) })
    bytes.pad(to: RunIndexFormat.Head.size)
    var writer = PieceWriter(try OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW))
    try writer.append(bytes)
    try writer.append(directory)
    for place in entries { try writer.append(content.row(place)) }
    for place in entries {
      try writer.append(content.details(place).bytes)
      if writer.isFarOn() { content.giveBackDetails() }
    }
    try writer.finish()
  }

  /// The fixed part, where the details begin, and where the file ends.
  private static func directory(
    _ entries: [RunIndexContent.Place], _ content: RunIndexContent
  ) -> (bytes: [UInt8], detailsStart: Int, end: Int) {
    var row = RunIndexFormat.Head.size + entries.count * entrySize
    var details = entries.reduce(row) { $0 + content.row($1).count }
    let detailsStart = details
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * entrySize)
    for place in entries {
      let own = (row: content.row(place), details: content.details(place))
      let stamp = content.stamp(place)
      for number in [
        content.hash(place), stamp.inode, stamp.size, UInt64(bitPattern: content.due(place)),
        UInt64(bitPattern: content.order(place)), UInt64(row), UInt64(details),
      ] { bytes.append(number: number) }
      for number in [
        UInt32(own.row.count), UInt32(own.details.bytes.count), ByteHash.short(own.row),
        own.details.check,
      ] { bytes.append(number: number) }
      bytes.append(UInt8(content.run(place).count))
      bytes.append(content.mark(place))
      bytes.append(contentsOf: repeatElement(0, count: 6))
      row += own.row.count
      details += own.details.bytes.count
    }
    return (bytes, detailsStart, details)
  }
}

/// Writes a long file piece by piece.
private struct PieceWriter {
  private static let piece = 1 << 20
  private static let far = 32 << 20

  private let file: OpenFile
  private var bytes: [UInt8] = []
  private var written = 0
  private var noted = 0

  init(_ file: OpenFile) {
    self.file = file
    bytes.reserveCapacity(Self.piece * 2)
  }

  mutating func append(_ added: some Collection<UInt8>) throws(StoreError) {
    bytes.append(contentsOf: added)
    if bytes.count >= Self.piece { try finish() }
  }

  /// True each time many more bytes were written.
  mutating func isFarOn() -> Bool {
    guard written - noted >= Self.far else { return false }
    noted = written
    return true
  }

  mutating func finish() throws(StoreError) {
    try file.append(bytes)
    written += bytes.count
    bytes.removeAll(keepingCapacity: true)
  }
}

internal import Glibc

/// Which bytes of a journal an entry of the index is of: another file or another length is another
/// journal.
package struct JournalStamp: Hashable, Sendable {
  var inode: UInt64
  var size: UInt64

  init(_ status: stat) {
    inode = UInt64(status.st_ino)
    size = UInt64(status.st_size)
  }

  init(inode: UInt64, size: UInt64) {
    self.inode = inode
    self.size = size
  }
}

/// What the index keeps of a run, as its owner found it at the last park or end.
package struct RunIndexEntry: Sendable {
  package var run: String
  package var stamp: JournalStamp
  /// When something is to be done for the run, in milliseconds since 1970; nil for never.
  package var due: Int64?
  /// What lists are made of, in a form of the owner's own.
  package var summary: [UInt8]
  /// What is seldom wanted, kept apart.
  package var details: [UInt8]

  package init(
    run: String, stamp: JournalStamp, due: Int64?, summary: [UInt8], details: [UInt8] = []
  ) {
    self.run = run
    self.stamp = stamp
    self.due = due
    self.summary = summary
    self.details = details
  }
}

/// The bytes of `index/entries`: a head, then records, each with its length and a check of its body.
///
/// Numbers are little-endian. A body is 40 bytes of fixed members, the run's id and, of an entry,
/// its summary. The last record about a run counts.
enum RunIndexFormat {
  static let magic = Array("baton-index/1\n\0\0".utf8)
  static let headSize = 48
  static let fixedSize = 40
  static let never = Int64.max

  enum Kind: UInt8 {
    case entry = 1
    /// Somebody took the run to change it: what is known of it counts no more.
    case taken = 2
    case removed = 3
    /// All folders of runs were compared with the index.
    case listed = 4
  }

  /// The head of a file.
  struct Head: Equatable {
    /// Says what summaries mean; those of another layout are not read.
    var layout: UInt32
    /// Names the file of details that goes with this one.
    var generation: UInt64
    /// How long the file was when it was last written whole.
    var compacted: UInt64

    var bytes: [UInt8] {
      var bytes = RunIndexFormat.magic
      bytes.append(number: layout)
      bytes.append(number: UInt32(0))
      bytes.append(number: generation)
      bytes.append(number: compacted)
      bytes.append(contentsOf: repeatElement(0, count: RunIndexFormat.headSize - bytes.count))
      return bytes
    }

    init(layout: UInt32, generation: UInt64, compacted: UInt64) {
      self.layout = layout
      self.generation = generation
      self.compacted = compacted
    }

    init?(_ bytes: UnsafeRawBufferPointer) {
      guard bytes.count >= RunIndexFormat.headSize,
        bytes[..<16].elementsEqual(RunIndexFormat.magic)
      else { return nil }
      layout = bytes.number(at: 16)
      generation = bytes.number(at: 24)
      compacted = bytes.number(at: 32)
    }
  }

  /// Appends the record of an entry, its details at a place in their file.
  static func append(
    _ entry: RunIndexEntry, detailsAt offset: UInt64, to bytes: inout [UInt8]
  ) {
    append(
      .entry, run: entry.run, stamp: entry.stamp, due: entry.due ?? never,
      details: (offset, UInt32(entry.details.count)), summary: entry.summary, to: &bytes)
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
    _ kind: Kind, run: String, stamp: JournalStamp, due: Int64 = never,
    details: (offset: UInt64, count: UInt32) = (0, 0), summary: [UInt8] = [],
    to bytes: inout [UInt8]
  ) {
    let start = bytes.count
    bytes.append(number: UInt64(0))
    bytes.append(kind.rawValue)
    bytes.append(UInt8(truncatingIfNeeded: run.utf8.count))
    bytes.append(number: UInt16(0))
    bytes.append(number: details.count)
    bytes.append(number: stamp.inode)
    bytes.append(number: stamp.size)
    bytes.append(number: due)
    bytes.append(number: details.offset)
    bytes.append(contentsOf: run.utf8)
    bytes.append(contentsOf: summary)
    let count = bytes.count - start - 8
    bytes.withUnsafeMutableBytes { bytes in
      let body = UnsafeRawBufferPointer(rebasing: bytes[(start + 8)...])
      bytes.storeBytes(of: UInt32(count).littleEndian, toByteOffset: start, as: UInt32.self)
      bytes.storeBytes(
        of: check(body).littleEndian, toByteOffset: start + 4, as: UInt32.self)
    }
  }

  /// A number that a body that was not written whole hardly has.
  static func check(_ body: UnsafeRawBufferPointer) -> UInt32 {
    var sum: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(body.count)
    var offset = 0
    while offset + 8 <= body.count {
      sum = (sum ^ body.number(at: offset)) &* 0xFF51_AFD7_ED55_8CCD
      sum ^= sum >> 32
      offset += 8
    }
    while offset < body.count {
      sum = (sum ^ UInt64(body[offset])) &* 0xFF51_AFD7_ED55_8CCD
      sum ^= sum >> 32
      offset += 1
    }
    return UInt32(truncatingIfNeeded: sum)
  }
}

/// When the folders of all runs were last compared with the index.
struct RunIndexListing: Equatable {
  /// Tells the starts of the machine apart: what was not on disk when it stopped may be lost.
  var boot: UInt64
  /// The time at which the folder of all runs had last changed, in nanoseconds.
  var changed: Int64
}

extension [UInt8] {
  /// Appends a number, least byte first.
  package mutating func append<Number: FixedWidthInteger>(number: Number) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}

extension UnsafeRawBufferPointer {
  /// The number at a place, least byte first.
  ///
  /// - Precondition: it is inside.
  @inline(__always)
  package func number<Number: FixedWidthInteger>(at offset: Int) -> Number {
    Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
  }
}

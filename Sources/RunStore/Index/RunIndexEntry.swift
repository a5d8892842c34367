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
  package var content: Content

  /// What the owner says of a run.
  package struct Content: Sendable {
    /// When something is to be done for the run, in milliseconds since 1970; nil for never.
    package var due: Int64?
    /// A look hands out those with the largest number first.
    package var order: Int64
    /// Whatever the owner wants to know without reading the summary.
    package var mark: UInt8
    /// What lists are made of, in a form of the owner's own.
    package var summary: [UInt8]
    /// What is seldom wanted, kept apart.
    package var details: [UInt8]

    package init(
      due: Int64?, order: Int64 = 0, mark: UInt8 = 0, summary: [UInt8], details: [UInt8] = []
    ) {
      self.due = due
      self.order = order
      self.mark = mark
      self.summary = summary
      self.details = details
    }
  }

  package init(run: String, stamp: JournalStamp, content: Content) {
    self.run = run
    self.stamp = stamp
    self.content = content
  }
}

/// When the folders of all runs were last compared with the index.
struct RunIndexListing: Equatable {
  /// Tells the starts of the machine apart: what was not on disk when it stopped may be lost.
  var boot: UInt64
  /// The time at which the folder of all runs had last changed, in nanoseconds.
  var changed: Int64
}

/// The fixed numbers of the index's files.
enum RunIndexFormat {
  static let never = Int64.max

  /// What a file of the index is, the file it goes with, and which rows it has.
  struct Head: Equatable {
    static let size = 64

    /// Says what summaries mean; those of another layout are not read.
    var layout: UInt32
    /// Names the base that goes with a log; 0 where there is none.
    var generation: UInt64
  }
}

extension [UInt8] {
  /// Appends a number, least byte first.
  package mutating func append<Number: FixedWidthInteger>(number: Number) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  /// Appends zeros up to a length.
  mutating func pad(to count: Int) {
    append(contentsOf: repeatElement(0, count: Swift.max(0, count - self.count)))
  }

  /// Puts a number at a place, least byte first.
  ///
  /// - Precondition: it is inside.
  mutating func put<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
    withUnsafeMutableBytes {
      $0.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }
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

  /// A part, as far as it is inside.
  @inline(__always)
  func part(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
    guard offset >= 0, count > 0, offset <= self.count &- count, let baseAddress else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return UnsafeRawBufferPointer(start: baseAddress + offset, count: count)
  }

  /// Whether these are the same bytes.
  package func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard count > 0, let baseAddress, let base = other.baseAddress else { return count == 0 }
    return memcmp(baseAddress, base, count) == 0
  }
}

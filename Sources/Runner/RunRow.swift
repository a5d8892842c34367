package import Engine
package import Values

/// A run as lists show it, read in place from the bytes that the index keeps.
///
/// Fixed members first, then texts, each behind its length. The memory belongs to the
/// ``RunOverview`` it came from.
package struct RunRow {
  /// Grows with every change of what the bytes mean: what another release wrote is then made anew.
  static let layout: UInt32 = 2
  static let fixedSize = 32

  /// A text as it is in memory, UTF-8.
  package typealias Text = UnsafeRawBufferPointer

  package let run: Text
  let bytes: UnsafeRawBufferPointer

  /// nil where the bytes are not those of a row.
  init?(run: Text, bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.fixedSize, Int(bytes[0]) < RunStatus.allCases.count else {
      return nil
    }
    self.run = run
    self.bytes = bytes
  }

  package var status: RunStatus { RunStatus.allCases[Int(bytes[0])] }
  package var isRehearsal: Bool { bytes[1] & 1 != 0 }
  package var startedAt: Timestamp { Timestamp(milliseconds: startedMilliseconds) }
  package var startedMilliseconds: Int64 { bytes.int64(at: 8) }
  /// How far the events of the project had been looked at for it.
  var eventsSeen: Int64 { bytes.int64(at: 16) }

  private var counts: (labels: Int, events: Int, tasks: Int) {
    (bytes.uint16(at: 2), bytes.uint16(at: 4), bytes.uint16(at: 6))
  }

  /// What lists say of it.
  package var texts: (name: Text, workflow: Text, reason: Text) {
    var reader = RowReader(bytes, from: Self.fixedSize)
    return (reader.text(), reader.text(), reader.text())
  }

  /// Whether it has a label with a value of this text.
  package func hasLabel(_ name: String, _ value: String) -> Bool {
    var reader = afterTexts()
    for _ in 0..<counts.labels {
      let isIt = reader.text().elementsEqual(name.utf8)
      if reader.text().elementsEqual(value.utf8), isIt { return true }
    }
    return false
  }

  /// Whether it waits for an event of this name.
  func awaits(_ event: String) -> Bool {
    var reader = afterTexts()
    reader.skip(counts.labels * 2)
    for _ in 0..<counts.events where reader.text().elementsEqual(event.utf8) { return true }
    return false
  }

  var awaitsAnything: Bool { counts.events > 0 }

  /// What waits for people, in order.
  package var tasks: [TaskRow] {
    guard counts.tasks > 0 else { return [] }
    var reader = afterTexts()
    reader.skip(counts.labels * 2 + counts.events)
    return (0..<counts.tasks).map { _ in TaskRow(&reader) }
  }

  private func afterTexts() -> RowReader {
    var reader = RowReader(bytes, from: Self.fixedSize)
    reader.skip(3)
    return reader
  }
}

/// A step that waits for a person, in a list of all of them.
package struct TaskRow {
  package let status: StepStatus
  package let sinceMilliseconds: Int64
  package var since: Timestamp { Timestamp(milliseconds: sinceMilliseconds) }
  package let dueAt: Timestamp?
  package let address: RunRow.Text
  package let title: RunRow.Text
  /// Who may do it.
  package let roles: [RunRow.Text]
  /// Who is on it; empty where nobody said so.
  package let claim: RunRow.Text

  init(_ reader: inout RowReader) {
    let status = Int(reader.byte())
    self.status = status < StepStatus.allCases.count ? StepStatus.allCases[status] : .pending
    let count = Int(reader.byte())
    sinceMilliseconds = reader.number()
    let due = reader.number()
    dueAt = due == Int64.max ? nil : Timestamp(milliseconds: due)
    address = reader.text()
    title = reader.text()
    claim = reader.text()
    roles = (0..<count).map { _ in reader.text() }
  }
}

/// Reads the members of a row one after the other; behind the end everything is empty.
struct RowReader {
  private let bytes: UnsafeRawBufferPointer
  private var offset: Int

  init(_ bytes: UnsafeRawBufferPointer, from offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  mutating func byte() -> UInt8 {
    guard offset < bytes.count else { return 0 }
    offset += 1
    return bytes[offset - 1]
  }

  mutating func number() -> Int64 {
    guard offset + 8 <= bytes.count else { return 0 }
    offset += 8
    return bytes.int64(at: offset - 8)
  }

  mutating func text() -> RunRow.Text {
    guard offset + 4 <= bytes.count else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let count = bytes.uint32(at: offset)
    offset += 4
    guard count <= bytes.count - offset else {
      offset = bytes.count
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    offset += count
    return UnsafeRawBufferPointer(rebasing: bytes[(offset - count)..<offset])
  }

  mutating func skip(_ texts: Int) {
    for _ in 0..<texts { _ = text() }
  }
}

extension Timestamp {
  init(milliseconds: Int64) {
    let seconds = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    self.init(
      seconds: seconds, nanoseconds: Int32(milliseconds - seconds * 1000) * 1_000_000)
  }

  /// Since 1970, rounded down; those far away count as the farthest.
  var milliseconds: Int64 {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    return overflow
      ? (seconds < 0 ? Int64.min : Int64.max - 1) : product &+ Int64(nanoseconds / 1_000_000)
  }
}

// Not generic: rows are read a hundred thousand times, and across modules nothing is specialized.
extension UnsafeRawBufferPointer {
  fileprivate func uint16(at offset: Int) -> Int {
    Int(UInt16(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
  }

  fileprivate func uint32(at offset: Int) -> Int {
    Int(UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }

  fileprivate func int64(at offset: Int) -> Int64 {
    Int64(littleEndian: loadUnaligned(fromByteOffset: offset, as: Int64.self))
  }
}

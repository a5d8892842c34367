package import Engine
import RunStore
package import Values

/// A run as lists show it, read in place from the bytes that the index keeps.
///
/// Fixed members first, then texts, each behind its length. The memory belongs to the
/// ``RunOverview`` it came from.
package struct RunRow {
  /// Grows with every change of what the bytes mean: what another release wrote is then made anew.
  static let layout: UInt32 = 15
  /// The mark of a run that waits for events.
  static let awaitsEvents: UInt8 = 1
  static let fixedSize = 32
  private static let statuses = RunStatus.allCases

  /// A text as it is in memory, UTF-8.
  package typealias Text = UnsafeRawBufferPointer

  package let run: Text
  let bytes: UnsafeRawBufferPointer

  /// nil where the bytes are not those of a row.
  init?(run: Text, bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.fixedSize, Int(bytes[0]) < Self.statuses.count else { return nil }
    self.run = run
    self.bytes = bytes
  }

  package var status: RunStatus { Self.statuses[Int(bytes[0])] }
  package var isRehearsal: Bool { bytes[1] & 1 != 0 }
  package var startedAt: Timestamp { Timestamp(milliseconds: startedMilliseconds) }
  package var startedMilliseconds: Int64 { bytes.int64(at: 8) }
  /// How far the events of the project had been looked at for it.
  var eventsSeen: Int64 { bytes.int64(at: 16) }
  /// When its last record was written.
  var lastActivity: Timestamp { Timestamp(milliseconds: bytes.int64(at: 24)) }

  private var counts: (labels: Int, events: Int, tasks: Int) {
    (bytes.uint16(at: 2), bytes.uint16(at: 4), bytes.uint16(at: 6))
  }

  /// What lists say of it.
  package var texts: (name: Text, workflow: Text, reason: Text) {
    var reader = RowReader(bytes, from: Self.fixedSize)
    return (reader.text(), reader.text(), reader.text())
  }

  /// Whether it has a label with a value of this text, both in UTF-8.
  package func hasLabel(_ name: [UInt8], _ value: [UInt8]) -> Bool {
    name.withUnsafeBytes { name in
      value.withUnsafeBytes { value in
        var reader = afterTexts()
        for _ in 0..<counts.labels {
          let isIt = reader.text().hasSameBytes(as: name)
          if reader.text().hasSameBytes(as: value), isIt { return true }
        }
        return false
      }
    }
  }

  /// Whether one of the events that it waits for is such: by its name, and the member of its data
  /// that has to be a text, both empty where any event of the name may be wanted.
  func awaits(_ isSuch: (_ name: Text, _ member: Text, _ text: Text) -> Bool) -> Bool {
    var reader = afterTexts()
    reader.skip(counts.labels * 2)
    for _ in 0..<counts.events {
      let event = (reader.text(), reader.text(), reader.text())
      if isSuch(event.0, event.1, event.2) { return true }
    }
    return false
  }

  /// What waits for people, in order: hands over each with its number.
  package func forEachTask(_ body: (Int, TaskRow) -> Void) {
    let count = counts.tasks
    guard count > 0 else { return }
    var reader = afterTexts()
    reader.skip(counts.labels * 2 + counts.events * 3)
    for number in 0..<count { body(number, TaskRow(&reader)) }
  }

  /// One of those that wait for people.
  ///
  /// - Parameter place: of the task that ``forEachTask(_:)`` gave.
  package func task(at place: Int) -> TaskRow {
    var reader = RowReader(bytes, from: place)
    return TaskRow(&reader)
  }

  private func afterTexts() -> RowReader {
    var reader = RowReader(bytes, from: Self.fixedSize)
    reader.skip(3)
    return reader
  }
}

/// A step that waits for a person, in a list of all of them.
package struct TaskRow {
  private static let statuses = StepStatus.allCases

  /// Where it is in the row of its run.
  package let place: Int
  package let status: StepStatus
  package let sinceMilliseconds: Int64
  package var since: Timestamp { Timestamp(milliseconds: sinceMilliseconds) }
  package let dueAt: Timestamp?
  package let address: RunRow.Text
  package let title: RunRow.Text
  /// Where to read on about what does not hold; empty where nobody says so.
  package let see: RunRow.Text
  /// Who is on it; empty where nobody said so.
  package let claim: RunRow.Text
  /// Whether the run itself gives one of its roles to somebody.
  package var isHeldInRun: Bool { holderMark > 0 }
  private let firstRole: RowReader
  private let roleCount: Int
  /// How many of the roles, the last, came by escalation.
  private let escalatedCount: Int
  /// How many of these, the last, came after somebody had said to be on it.
  private let unclaimedCount: Int
  /// Whether anybody may do it, whomever it was escalated to.
  package let isForAnybody: Bool
  private let firstExcluded: RowReader
  private let excludedCount: Int
  private let firstHolder: RowReader
  /// 0 where the run gives none of its roles to anybody, else one more than those it is known of whom.
  private let holderMark: Int

  init(_ reader: inout RowReader) {
    place = reader.offset
    let status = Int(reader.byte())
    self.status = status < Self.statuses.count ? Self.statuses[status] : .pending
    roleCount = Int(reader.byte())
    escalatedCount = Int(reader.byte())
    unclaimedCount = Int(reader.byte())
    isForAnybody = reader.byte() == 1
    excludedCount = Int(reader.byte())
    holderMark = Int(reader.byte())
    sinceMilliseconds = reader.number()
    let due = reader.number()
    dueAt = due == Int64.max ? nil : Timestamp(milliseconds: due)
    address = reader.text()
    title = reader.text()
    see = reader.text()
    claim = reader.text()
    firstRole = reader
    reader.skip(roleCount)
    firstExcluded = reader
    reader.skip(excludedCount)
    firstHolder = reader
    reader.skip(max(0, holderMark - 1))
  }

  /// Who may do it: hands over each role.
  package func forEachRole(_ body: (RunRow.Text) -> Void) {
    var reader = firstRole
    for _ in 0..<roleCount { body(reader.text()) }
  }

  /// Who may do it: hands over each role, and whether it came by escalation.
  package func forEachRoleByOrigin(_ body: (RunRow.Text, _ isEscalatedTo: Bool) -> Void) {
    var number = 0
    forEachRole { role in
      body(role, number >= roleCount - escalatedCount)
      number += 1
    }
  }

  /// The role of those who may do it, where there is one at most, and nothing to be said of it; empty for none.
  package var onlyRole: RunRow.Text? {
    var reader = firstRole
    guard roleCount > 0 else { return RunRow.Text(start: nil, count: 0) }
    return roleCount == 1 && escalatedCount == 0 ? reader.text() : nil
  }

  /// Whether a person cannot do it, whatever their roles: they have approved, or must not.
  package func excludes(_ person: String) -> Bool {
    var reader = firstExcluded
    return (0..<excludedCount).contains { _ in reader.text().elementsEqual(person.utf8) }
  }

  /// Whether the run itself gives one of its roles to somebody whom it calls so, by id or address; where somebody
  /// is on it, one of the roles that it was escalated to since.
  package func isHeldInRun(by name: String) -> Bool {
    guard holderMark > 1 else { return false }
    var reader = firstHolder
    return (1..<holderMark).contains { _ in reader.text().elementsEqual(name.utf8) }
  }

  /// Whether somebody with this role may do it.
  package func has(role: String) -> Bool {
    var isIt = false
    forEachRole { isIt = isIt || $0.elementsEqual(role.utf8) }
    return isIt
  }

  /// Whether it was escalated to this role after somebody had said to be on it.
  package func wasEscalatedSinceClaim(to role: String) -> Bool {
    var left = roleCount
    var isIt = false
    forEachRole {
      isIt = isIt || left <= unclaimedCount && $0.elementsEqual(role.utf8)
      left -= 1
    }
    return isIt
  }
}

/// Reads the members of a row one after the other; behind the end everything is empty.
struct RowReader {
  private let bytes: UnsafeRawBufferPointer
  private(set) var offset: Int

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

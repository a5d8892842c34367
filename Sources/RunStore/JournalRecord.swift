package import Values

/// One event of a run as the journal holds it (docs/internals/journal-format.md).
package struct JournalRecord: Hashable, Sendable {
  /// Who caused the event: `machine`, `person`, … and an id.
  package struct Actor: Hashable, Sendable {
    package var kind: String
    package var id: String

    package init(kind: String, id: String) {
      self.kind = kind
      self.id = id
    }
  }

  /// The position, counted from 0.
  package var seq: Int
  /// RFC 3339 with milliseconds and `Z`; never decreases within a journal.
  package var at: String
  package var type: String
  /// The address of the step, where the event is about one.
  package var step: String?
  package var attempt: Int?
  package var actor: Actor
  package var data: ValueMap
  /// The hash of the record before, 64 zeros for the first.
  package var prev: String
  /// SHA-256 of the RFC 8785 form of the record without `hash`, 64 lower-case digits.
  package var hash: String

  /// Whether it counts only together with the next one: a crash between the two has to undo both.
  var hasMore: Bool { data["more"]?.asBool ?? false }

  /// Whether a run stands still by a record of a type: the ledger has a line of each.
  static func isStandstill(_ type: String) -> Bool {
    type == "run.parked" || type == "run.finished"
  }

  /// `at` as a moment.
  package var moment: Timestamp { RecordTime.parse(at) ?? Timestamp(seconds: 0) }
}

/// What stands in a journal in the place of a sensitive value: the salted SHA-256 of it, in hex.
package struct Commitment: Hashable, Sendable, CustomStringConvertible {
  package let hex: String

  /// nil where the text is not 64 lower-case hexadecimal digits.
  package init?(hex: String) {
    guard hex.utf8.count == 64, hex.utf8.allSatisfy(isLowerHex) else { return nil }
    self.hex = hex
  }

  package var description: String { hex }
  var short: String { String(hex.prefix(12)) }
}

private func isLowerHex(_ byte: UInt8) -> Bool {
  (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
}

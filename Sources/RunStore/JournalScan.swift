internal import Glibc
internal import Values

/// A place between two records of a journal.
struct JournalPosition: Hashable {
  /// The number of the record that comes next.
  var seq = 0
  /// Where it begins.
  var offset = 0
  /// Where the one before began.
  var line = 0
  /// The hash of the one before.
  var head = Digest.zero
  /// When the one before happened.
  var moment = Timestamp(seconds: Int64.min)
}

/// Bytes after the last intact record: a crash in the middle of a write.
struct TornTail: Hashable {
  enum Kind {
    case cutOff
    /// Nothing but line feeds, where none are written in advance, or more of them.
    case blank
    /// It has an end, as a record that was changed has, and one that was cut off where there is space
    /// written in advance.
    case changedOrCutOff

    init(_ bytes: [UInt8]) {
      if bytes.allSatisfy({ $0 == 0x0A }) {
        self = .blank
      } else {
        self = bytes.contains(0x0A) && !bytes.contains(0) ? .changedOrCutOff : .cutOff
      }
    }
  }

  var offset: Int
  var count: Int
  var kind = Kind.cutOff
}

/// Reads a journal from a place to its end.
///
/// Line feeds behind the last record are space that a process has written in advance, or left behind
/// when it was killed: the journal ends before them.
struct JournalScan {
  let file: OpenFile
  let size: Int
  private(set) var position: JournalPosition
  /// Whether the last record is one behind which nothing is written in advance.
  private var isClosed = false
  private var lines: LineReader
  private let decoder = RecordDecoder()
  /// The rest of a group of records that count together, last one first.
  private var group: [(record: JournalRecord, position: JournalPosition)] = []

  init(_ path: String, from position: JournalPosition = JournalPosition()) throws(StoreError) {
    file = try JournalFile.open(path, O_RDONLY)
    size = try file.size()
    self.position = position
    lines = LineReader(file, from: position.offset, to: size)
  }

  enum Step {
    case record(JournalRecord)
    case end
    case torn(TornTail)
  }

  /// The next record, the end, or the torn tail before it.
  ///
  /// Records that count together (`more`) come all or not at all: a group that a crash cut off is
  /// part of the torn tail.
  /// - Throws: ``StoreError/damaged(file:record:_:)`` where intact records follow the first bad one, or where
  ///   no write that a crash cut off leaves such a line.
  mutating func next() throws(StoreError) -> Step {
    if let (record, place) = group.popLast() {
      position = place
      return .record(record)
    }
    let before = position
    let first = try nextAlone()
    guard case .record(let record) = first, record.hasMore else { return first }
    return try nextGroup(from: record, before)
  }

  /// Reads on to the end of a group, and hands out its first record.
  private mutating func nextGroup(
    from first: JournalRecord, _ before: JournalPosition
  ) throws(StoreError) -> Step {
    var members = [(record: first, position: position)]
    while members[members.count - 1].record.hasMore {
      guard case .record(let record) = try nextAlone() else {
        position = before
        var tail = try tail(from: before.offset)
        tail.kind = .cutOff
        return .torn(tail)
      }
      members.append((record, position))
    }
    position = members[0].position
    group = members.dropFirst().reversed()
    return .record(first)
  }

  private mutating func nextAlone() throws(StoreError) -> Step {
    let start = lines.offset
    let seq = position.seq
    guard let found = try nextLine() else { return .end }
    switch found {
    case .failure(let damage):
      if try isBlank(from: start) { return .end }
      var complaint = damage.complaint
      if complaint == nil, try intactRecordFollows() { complaint = damage.sentence }
      if let complaint {
        throw .damaged(file: "journal.jsonl", record: seq, complaint)
      }
      return .torn(try tail(from: start))
    case .success(let record):
      try follow(record, from: start)
      return .record(record)
    }
  }

  /// Whether nothing but space written in advance comes from a place on.
  private func isBlank(from start: Int) throws(StoreError) -> Bool {
    guard !isClosed, size - start <= JournalFile.largestAdvance else { return false }
    return try file.read(size - start, at: start).allSatisfy { $0 == 0x0A }
  }

  /// What comes from a place on, without the space written in advance behind it.
  private func tail(from start: Int) throws(StoreError) -> TornTail {
    let place = max(start, size - JournalFile.largestAdvance)
    let end = try file.read(size - place, at: place)
    let blank = end.reversed().prefix { $0 == 0x0A }.count
    let count = size - start - max(blank - 1, 0)
    return TornTail(offset: start, count: count, kind: .init(try file.read(count, at: start)))
  }

  private mutating func nextLine() throws(StoreError) -> Result<JournalRecord, BadLine>? {
    let decoder = self.decoder
    return try lines.next { line, isEnded in
      guard isEnded else { return .failure(BadLine(line, "its line has no end", isEnded: false)) }
      do throws(RecordDecoder.Damage) {
        return .success(try decoder.decode(line))
      } catch {
        return .failure(BadLine(line, error.sentence, isEnded: true))
      }
    }
  }

  private mutating func follow(_ record: JournalRecord, from start: Int) throws(StoreError) {
    let complaint: String? =
      if record.seq != position.seq {
        "it is number \(record.seq)"
      } else if record.prev != position.head {
        "it does not follow the record before"
      } else if record.moment < position.moment {
        "it is earlier than the record before"
      } else {
        nil
      }
    if let complaint {
      throw .damaged(file: "journal.jsonl", record: position.seq, complaint)
    }
    isClosed = record.type == "run.parked" || record.type == "run.finished"
    position = JournalPosition(
      seq: record.seq + 1, offset: lines.offset, line: start, head: record.hash,
      moment: record.moment)
  }

  private mutating func intactRecordFollows() throws(StoreError) -> Bool {
    while let found = try nextLine() {
      if case .success = found { return true }
    }
    return false
  }
}

internal import Glibc
internal import Values

/// A state from the cache and the records after it, without writing.
struct JournalReplay {
  struct Result {
    var position = JournalPosition()
    var restoredSeq: Int?
    var applied = 0
    var last: JournalRecord?
    /// Whether the last record is one that the run stands still by.
    var isAtRest = false
    var torn: TornTail?
    /// Whether there was a cache that the journal does not confirm.
    var isSuspicious = false
    /// Whether the journal and the saved state do not confirm each other to the end.
    var isDoubtful: Bool { torn != nil || isSuspicious || restoredSeq == nil }
  }

  private let folder: String
  private let run: String

  init(folder: String, run: String) {
    self.folder = folder
    self.run = run
  }

  /// - Parameters:
  ///   - state: The state so far, where it can be held against one that a record names.
  ///   - restart: Forgets what was restored and applied, before all is applied from the start.
  func run(
    restore: (Value) -> Bool, apply: (JournalRecord) -> Void,
    state: () -> FoldedState? = { nil }, restart: () -> Void = {}
  ) throws(StoreError) -> Result {
    var result = Result()
    if let (saved, position) = try saved(&result), restore(saved) {
      result.position = position
      result.restoredSeq = position.seq - 1
      if try readOn(&result, apply, { $0.isConfirmed(by: state) }) { return result }
      // The saved state was another one: what followed from it is not what happened.
      restart()
      result = Result(isSuspicious: true)
    }
    _ = try readOn(&result, apply, { _ in true })
    return result
  }

  /// Reads on to the end; false as soon as a record does not hold.
  private func readOn(
    _ result: inout Result, _ apply: (JournalRecord) -> Void, _ holds: (JournalRecord) -> Bool
  ) throws(StoreError) -> Bool {
    var scan = try JournalScan(folder + "/journal.jsonl", from: result.position)
    while true {
      switch try scan.next() {
      case .record(let record):
        apply(record)
        guard holds(record) else { return false }
        result.applied += 1
        result.last = record
        result.isAtRest = JournalRecord.isStandstill(record.type)
        continue
      case .torn(let tail): result.torn = tail
      case .end: break
      }
      result.position = scan.position
      return true
    }
  }

  private func saved(
    _ result: inout Result
  ) throws(StoreError) -> (state: Value, position: JournalPosition)? {
    guard let content = try? Folders.read(folder + "/run.json"),
      let cache = try? StateCache(content, run: run)
    else { return nil }
    let journal = try JournalFile.open(folder + "/journal.jsonl", O_RDONLY)
    guard let (position, type) = try cache.confirmed(by: journal), let state = try? cache.state()
    else {
      result.isSuspicious = true
      return nil
    }
    result.isAtRest = JournalRecord.isStandstill(type)
    return (state, position)
  }
}

extension JournalRecord {
  /// Whether the state after the record is the one that it names; true where it names none, or one that
  /// another release laid out.
  fileprivate func isConfirmed(by state: () -> FoldedState?) -> Bool {
    guard let promised = data["state_sha256"]?.asString, let folded = state() else { return true }
    guard data["state_layout"] == nil || data["state_layout"] == .int(folded.layout) else {
      return true
    }
    return folded.state.sha256 == promised
  }
}

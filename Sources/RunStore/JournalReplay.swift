internal import Glibc
internal import Values

/// A state from the cache and the records after it, without writing.
struct JournalReplay {
  struct Result {
    var position = JournalPosition()
    var restoredSeq: Int?
    var applied = 0
    var last: JournalRecord?
    var torn: TornTail?
    /// Whether there was a cache that the journal does not confirm.
    var isSuspicious = false
  }

  private let folder: String
  private let run: String

  init(folder: String, run: String) {
    self.folder = folder
    self.run = run
  }

  func run(
    restore: (Value) -> Bool, apply: (JournalRecord) -> Void
  ) throws(StoreError) -> Result {
    var result = Result()
    if let (state, position) = try saved(&result), restore(state) {
      result.position = position
      result.restoredSeq = position.seq - 1
    }
    var scan = try JournalScan(folder + "/journal.jsonl", from: result.position)
    while true {
      switch try scan.next() {
      case .record(let record):
        apply(record)
        result.applied += 1
        result.last = record
        continue
      case .torn(let tail): result.torn = tail
      case .end: break
      }
      result.position = scan.position
      return result
    }
  }

  private func saved(
    _ result: inout Result
  ) throws(StoreError) -> (state: Value, position: JournalPosition)? {
    guard let content = try? Folders.read(folder + "/run.json"),
      let cache = try? StateCache(content, run: run)
    else { return nil }
    let journal = try OpenFile(folder + "/journal.jsonl", O_RDONLY | O_NOFOLLOW)
    guard let position = try cache.confirmed(by: journal), let state = try? cache.state() else {
      result.isSuspicious = true
      return nil
    }
    return (state, position)
  }
}

internal import Documents
internal import Glibc
internal import Values

/// A line of the ledger: how far a run's journal was, in a chain of its own.
package struct LedgerEntry: Hashable, Sendable {
  package var at: String
  package var run: String
  /// How many records the journal had.
  package var events: Int
  /// The hash of the last of them.
  package var head: String
  package var prev: String
  package var hash: String
}

extension RunStore {
  /// Every line of the ledger, in order, as long as the answer is true.
  ///
  /// - Parameter torn: Told how many bytes of a last line there are that a crash cut off.
  /// - Throws: ``StoreError/damaged(file:record:_:)`` at the first line that is not what was written.
  package func ledger(
    torn: (Int) -> Void = { _ in }, _ body: (LedgerEntry) -> Bool
  ) throws(StoreError) {
    guard Folders.exists(ledgerPath) else { return }
    let file = try OpenFile(ledgerPath, O_RDONLY | O_NOFOLLOW)
    var lines = LineReader(file, from: 0, to: try file.size())
    var head = Digest.zero
    var number = 0
    while let line = try lines.next({ ledgerLine($0, isWhole: $1) }) {
      guard case .success(let entry) = line else {
        if case .failure(let damage) = line, damage.isTorn { return torn(damage.size) }
        throw .damaged(file: "ledger.jsonl", record: number, "it is not an intact line")
      }
      guard entry.prev == head else {
        throw .damaged(file: "ledger.jsonl", record: number, "it does not follow the line before")
      }
      head = entry.hash
      number += 1
      guard body(entry) else { return }
    }
  }

  /// - Throws: ``StoreError/damaged(file:record:_:)`` where the ledger knows of more records.
  func requireNotBehindLedger(run: String, records: Int) throws(StoreError) {
    guard let known = try lastLedgerLine(of: run)?.events, known > records else { return }
    throw .damaged(
      file: "journal.jsonl", record: records,
      "the ledger says that there were \(known) intact records")
  }

  /// Whether the ledger can be added to, as far as its files' rights say: without it nobody goes on with a run.
  ///
  /// - Throws: ``StoreError/noPermission(path:)`` or ``StoreError/readOnly(path:)`` where it cannot.
  package func requireWritableLedger() throws(StoreError) {
    for path in [ledgerPath, root + "/ledger.lock"] {
      if faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) == 0 { continue }
      switch errno {
      case ENOENT, ENOTDIR: continue
      case let code: throw StoreError(code, path, "open")
      }
    }
  }

  /// Adds a line, durably; lines of several runs at once share the lock and the sync.
  func appendToLedger(run: String, events: Int, head: String) throws(StoreError) {
    try ledgerLines.submit((run, events, head)) { (lines) throws(StoreError) in
      try ledgerFile.append(lines, in: self)
    }
  }

  /// Where the next line goes and what it follows; a line that a crash cut off is moved aside.
  func ledgerEnd(_ file: OpenFile) throws(StoreError) -> (end: Int, head: String) {
    let size = try file.size()
    var start = max(0, size - 1024)
    while true {
      let bytes = try file.read(size - start, at: start)
      let whole = bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      let before = bytes[..<max(whole - 1, 0)].lastIndex(of: 0x0A).map { $0 + 1 }
      if before == nil && start > 0 {
        start = max(0, start - 65536)
        continue
      }
      if whole < bytes.count { try setAside(file, bytes[whole...], at: start + whole) }
      guard whole > 0 else { return (0, Digest.zero) }
      let line = Array(bytes[(before ?? 0)..<(whole - 1)])
      guard case .success(let entry) = line.withUnsafeBytes({ ledgerLine($0, isWhole: true) })
      else {
        throw .damaged(file: "ledger.jsonl", record: -1, "its last line is not intact")
      }
      return (start + whole, entry.hash)
    }
  }

  private func setAside(
    _ file: OpenFile, _ bytes: ArraySlice<UInt8>, at offset: Int
  ) throws(StoreError) {
    let name = "ledger-torn-\(Digest.hex(Array(bytes)).prefix(8)).bin"
    try Folders.replace("\(root)/\(name)", with: bytes, durable: true)
    try file.truncate(to: offset)
  }
}

/// Why a line of the ledger does not count.
private struct LedgerDamage: Error {
  let isTorn: Bool
  let size: Int
}

private func ledgerLine(
  _ line: UnsafeRawBufferPointer, isWhole: Bool
) -> Result<LedgerEntry, LedgerDamage> {
  guard isWhole, let value = try? JSONReader.value(from: line), let entry = LedgerEntry(value),
    let bytes = try? CanonicalBytes.of(entry.value), bytes.elementsEqual(line),
    let content = try? CanonicalBytes.of(entry.value(hash: nil)), Digest.hex(content) == entry.hash
  else { return .failure(LedgerDamage(isTorn: !isWhole, size: line.count)) }
  return .success(entry)
}

extension LedgerEntry {
  /// Nil where the line is not intact.
  init?(line: UnsafeRawBufferPointer) {
    guard case .success(let entry) = ledgerLine(line, isWhole: true) else { return nil }
    self = entry
  }

  fileprivate init?(_ value: Value) {
    guard let at = value["at"]?.asString, let run = value["run"]?.asString,
      let events = value["events"]?.asInt, let head = value["head"]?.asString,
      let prev = value["prev"]?.asString, let hash = value["hash"]?.asString
    else { return nil }
    self.init(at: at, run: run, events: Int(events), head: head, prev: prev, hash: hash)
  }

  /// All members; `hash` only where it is set.
  fileprivate var value: Value { value(hash: hash.isEmpty ? nil : hash) }

  fileprivate func value(hash: String?) -> Value {
    var map: ValueMap = [
      "at": .string(at), "events": .int(Int64(events)), "head": .string(head),
      "prev": .string(prev), "run": .string(run),
    ]
    map["hash"] = hash.map { .string($0) }
    return .map(map)
  }
}

internal import Documents
internal import Glibc

/// What the ledger says of a run that its folder does not.
package enum LedgerFinding: Hashable, Sendable {
  /// The ledger knows of more records than the journal has.
  ///
  /// - isPutBack: whether that is a whole copy, put in the place of the folder or into it.
  case behind(records: Int, known: Int, isPutBack: Bool)
  /// The ledger cannot be read, or what it says of the run is not intact.
  case unreadable(String)

  /// For people: lower case, no final stop.
  package var sentence: String {
    switch self {
    case .behind(let records, let known, let isPutBack):
      (isPutBack
        ? "its folder was put back with \(records) records" : "its journal has \(records) records")
        + ", and the ledger knows of \(known): what was done since is missing here"
    case .unreadable(let message): "what the ledger says of it is not known: \(message)"
    }
  }
}

extension RunStore {
  /// The newest line of the ledger about a run; nil where there is none.
  ///
  /// Only that line is checked, by its own hash: whether the ledger is whole is for verifying. Where a run's
  /// newest line is read before its journal, the journal has the record that it names, unless that is gone.
  ///
  /// Complexity: one reading of the ledger, of which all but the ends of lines is passed over.
  ///
  /// - Parameter size: How many bytes at its end are looked at; nil for all of it.
  package func lastLedgerLine(
    of run: String, within size: Int? = nil
  ) throws(StoreError) -> LedgerEntry? {
    let mark = Array("\"run\":\"\(run)\"}".utf8)
    var newest: [UInt8] = []
    try ledgerLines(within: size) { line in
      guard line.count > mark.count, let start = line.baseAddress else { return }
      let end = start + line.count - mark.count
      if memcmp(end, mark, mark.count) == 0 { newest = Array(line) }
    }
    guard !newest.isEmpty else { return nil }
    guard let entry = newest.withUnsafeBytes({ LedgerEntry(line: $0) }) else {
      throw .damaged(file: "ledger.jsonl", record: -1, "a line about run `\(run)` is not intact")
    }
    return entry
  }

  /// A run whose folder is gone and that the ledger knows: its id, or any part of it that no other such run's
  /// has; nil where there is none.
  func goneRun(_ part: String) -> LedgerEntry? {
    guard RunNames.isRunID(part) else { return nil }
    var found: Set<String> = []
    try? ledgerLines { line in
      guard let run = Self.run(of: line), run.containsBytes(of: part) else { return }
      found.insert(run)
    }
    let gone = found.filter { RunNames.isRunID($0) && !Folders.exists(folder(of: $0)) }
    guard let run = gone.count == 1 ? gone.first : gone.first(where: { $0 == part }) else {
      return nil
    }
    return (try? lastLedgerLine(of: run)) ?? nil
  }

  /// The run that a line is about, which it ends with.
  private static func run(of line: UnsafeRawBufferPointer) -> String? {
    guard line.count > 2, let mark = line.dropLast(2).lastIndex(of: 0x22) else { return nil }
    return String(decoding: line[(mark + 1)..<(line.count - 2)], as: UTF8.self)
  }

  /// What is looked at of the ledger whenever a run is opened: some 14,000 lines, in about a millisecond.
  static var recentLedger: Int { 4 << 20 }

  /// Every line that has an end, as it is; none where there is no ledger.
  private func ledgerLines(
    within size: Int? = nil, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(StoreError) {
    guard Folders.exists(ledgerPath) else { return }
    let file = try OpenFile(ledgerPath, O_RDONLY | O_NOFOLLOW)
    let end = try file.size()
    let start = max(0, end - (size ?? end))
    var lines = LineReader(file, from: start, to: end)
    // Where it begins in the middle of a line, the rest of that says nothing.
    if start > 0 { _ = try lines.next { _, _ in } }
    while true {
      let isWhole = try lines.next { line, isWhole in
        if isWhole { body(line) }
        return isWhole
      }
      guard isWhole == true else { return }
    }
  }
}

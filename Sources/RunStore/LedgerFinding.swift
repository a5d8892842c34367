internal import Documents
internal import Glibc

/// What the ledger says of a run that its folder does not.
package enum LedgerFinding: Hashable, Sendable {
  /// The ledger knows of more records than the journal has.
  ///
  /// - isPutBack: whether the folder is not the one that the run was in: it was put back.
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
  package func lastLedgerLine(of run: String) throws(StoreError) -> LedgerEntry? {
    let mark = Array("\"run\":\"\(run)\"}".utf8)
    var newest: [UInt8] = []
    try ledgerLines { line in
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

  /// Every line that has an end, as it is; none where there is no ledger.
  private func ledgerLines(_ body: (UnsafeRawBufferPointer) -> Void) throws(StoreError) {
    guard Folders.exists(ledgerPath) else { return }
    let file = try OpenFile(ledgerPath, O_RDONLY | O_NOFOLLOW)
    var lines = LineReader(file, from: 0, to: try file.size())
    while true {
      let isWhole = try lines.next { line, isWhole in
        if isWhole { body(line) }
        return isWhole
      }
      guard isWhole == true else { return }
    }
  }
}

/// What shows of the ledger while it is read from its start.
struct LedgerReading {
  /// How many intact lines there are.
  private(set) var lines = 0
  /// The hash of the last of them.
  private(set) var head: String?
  /// How many lines there were when the head was a given one.
  private(set) var linesOfKeptHead: Int?
  private let keptHead: String?
  private var last: LedgerEntry?
  private var backward: [Step] = []

  /// A line that is dated before the one that it follows.
  private struct Step {
    /// Counted from 1.
    let line: Int
    let from: LedgerEntry
    let to: LedgerEntry
  }

  /// - Parameter keptHead: A head of before, to be found again.
  init(keptHead: String? = nil) { self.keptHead = keptHead }

  mutating func take(_ entry: LedgerEntry) {
    lines += 1
    head = entry.hash
    if entry.hash == keptHead { linesOfKeptHead = lines }
    // Moments are written in one form, so their texts are in the order of time.
    if let last, entry.at < last.at { backward.append(Step(line: lines, from: last, to: entry)) }
    last = entry
  }

  /// That the times go backwards, where they do.
  ///
  /// - Parameter run: Only where a line of this run is concerned.
  func notes(about run: String? = nil) -> [String] {
    let steps = backward.filter { run == nil || $0.from.run == run || $0.to.run == run }
    guard let first = steps.first else { return [] }
    let more = steps.count == 1 ? "" : " (so do \(steps.count - 1) more lines)"
    return [
      "the times of the ledger go backwards: line \(first.line), of run \(first.to.run), is of \(first.to.at),"
        + " the line before, of run \(first.from.run), of \(first.from.at)\(more): a clock was set back, or"
        + " one was wrong"
    ]
  }
}

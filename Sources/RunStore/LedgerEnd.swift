/// Where and why reading the ledger came to its end.
struct LedgerEnd {
  var notes: [String] = []
  var problems: [VerificationReport.Problem] = []
  var unchecked: [VerificationReport.Problem] = []

  var isDamaged: Bool { !problems.isEmpty }

  fileprivate mutating func add(_ sentence: String) {
    problems.append(.init(subject: .ledger, record: nil, sentence: sentence))
  }
}

extension RunStore {
  /// Reads the ledger up to its end or its first line that is not intact.
  func readLedger(_ body: (LedgerEntry) -> Void) -> LedgerEnd {
    var end = LedgerEnd()
    var isTorn = false
    var last: LedgerEntry?
    do throws(StoreError) {
      try ledger(
        torn: { _ in isTorn = true },
        {
          last = $0
          body($0)
          return true
        })
    } catch {
      if error.saysUnreadable {
        end.unchecked.append(.init(subject: .ledger, record: nil, sentence: error.message))
      } else if case .damaged(_, let line, let sentence) = error {
        let before = last.map { "; the line before is of run \($0.run), at \($0.at)" } ?? ""
        end.add("line \(line + 1): \(sentence)\(before)")
      } else {
        end.add(error.message)
      }
    }
    if isTorn { tellTorn(&end) }
    return end
  }

  /// A crash leaves the beginning of a line, and zeros where nothing was written. What was only being written
  /// while it was read has its end by now.
  private func tellTorn(_ end: inout LedgerEnd) {
    let content = (try? Folders.read(ledgerPath)) ?? []
    let bytes = content.suffix(from: content.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)
    if bytes.isEmpty { return }
    guard bytes.contains(0) || zip(bytes, Array("{\"at\":\"".utf8)).allSatisfy({ $0 == $1 }) else {
      return end.add("the \(bytes.count) bytes after its last line are not the beginning of one")
    }
    end.notes.append(
      "\(bytes.count) bytes after the last line of the ledger are a write that was cut off; the next line moves"
        + " them aside")
  }
}

extension ProjectVerificationReport {
  mutating func add(_ reading: LedgerReading, _ end: LedgerEnd) {
    ledgerLines = reading.lines
    ledgerHead = reading.head
    notes += end.notes + reading.notes()
    problems += end.problems
    unchecked += end.unchecked
  }

  /// Looks for a head that was kept among the lines that were read.
  mutating func hold(
    _ head: String, against reading: LedgerReading, _ end: LedgerEnd,
    _ entries: [String: [LedgerEntry]]
  ) {
    keptHead = head
    keptHeadLines = reading.linesOfKeptHead
    guard keptHeadLines == nil else { return }
    guard end.unchecked.isEmpty else {
      return unchecked.append(
        .init(subject: .ledger, record: nil, sentence: "the kept head was not looked for"))
    }
    let run = entries.first { $0.value.contains { $0.head == head } }?.key
    let sentence =
      if let run {
        "`\(head)` is the head of run `\(run)`, and none that the ledger had"
      } else if end.isDamaged {
        "none of its intact lines has the kept head `\(head)`"
      } else {
        "none of its lines has the kept head `\(head)`: lines of before that were replaced or taken away"
      }
    problems.append(.init(subject: .ledger, record: nil, sentence: sentence))
  }
}

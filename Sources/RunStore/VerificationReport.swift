/// What looking at every byte of a run found.
package struct VerificationReport: Sendable {
  /// Something that is not as it was written.
  package struct Problem: Hashable, Sendable {
    package enum Subject: String, Sendable {
      case journal, definition, evidence, repair, state, ledger
    }

    package var subject: Subject
    /// The record it is about, counted from 0.
    package var record: Int?
    /// Lower case, no final stop.
    package var sentence: String
  }

  package var run: String
  /// How many intact records there are from the start.
  package var records = 0
  /// The hash of the last of them.
  package var head: String?
  package var problems: [Problem] = []
  /// What could not be looked at: it may be as it was written, or not.
  package var unchecked: [Problem] = []
  /// What is worth knowing and not a fault: a torn tail, a state that will be rebuilt.
  package var notes: [String] = []

  /// Whether all was looked at and is as it was written.
  package var isIntact: Bool { problems.isEmpty && unchecked.isEmpty }
  package var isDamaged: Bool { !problems.isEmpty }

  /// The first bad record, where a problem names one.
  package var firstBadRecord: Int? { problems.compactMap(\.record).min() }

  mutating func add(_ subject: Problem.Subject, record: Int? = nil, _ sentence: String) {
    problems.append(Problem(subject: subject, record: record, sentence: sentence))
  }

  /// Something could not be read as it was written, or not be looked at.
  mutating func add(_ subject: Problem.Subject, record: Int? = nil, _ error: StoreError) {
    let problem = Problem(subject: subject, record: record, sentence: error.message)
    if error.saysUnreadable { unchecked.append(problem) } else { problems.append(problem) }
  }
}

/// What looking at every run and at the ledger found.
package struct ProjectVerificationReport: Sendable {
  package var runs: [VerificationReport] = []
  /// Problems of the ledger itself, and of runs that it knows and that are gone.
  package var problems: [VerificationReport.Problem] = []
  /// What of the ledger could not be looked at.
  package var unchecked: [VerificationReport.Problem] = []
  /// What is worth knowing of the ledger and not a fault: a torn last line.
  package var notes: [String] = []
  /// How many intact lines it has from the start.
  package var ledgerLines = 0
  /// How many lines follow, of which the first is damaged: they are not looked at.
  package var ledgerLinesLeft = 0
  /// The hash of the ledger's last line: kept elsewhere, it shows what an insider removes.
  package var ledgerHead: String?
  /// The head of once that the ledger was held against.
  package var keptHead: String?
  /// How many lines it had then; nil where none of its intact lines has that head.
  package var keptHeadLines: Int?

  /// Whether all was looked at and is as it was written.
  package var isIntact: Bool {
    problems.isEmpty && unchecked.isEmpty && runs.allSatisfy(\.isIntact)
  }
  package var isDamaged: Bool { !problems.isEmpty || runs.contains(where: \.isDamaged) }
}

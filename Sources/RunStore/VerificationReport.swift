/// What looking at every byte of a run found.
package struct VerificationReport: Sendable {
  /// Something that is not as it was written.
  package struct Problem: Hashable, Sendable {
    package enum Subject: String, Sendable {
      case journal, definition, evidence, state, ledger
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
  /// What is worth knowing and not a fault: a torn tail, a state that will be rebuilt.
  package var notes: [String] = []

  package var isIntact: Bool { problems.isEmpty }

  /// The first bad record, where a problem names one.
  package var firstBadRecord: Int? { problems.compactMap(\.record).min() }

  mutating func add(_ subject: Problem.Subject, record: Int? = nil, _ sentence: String) {
    problems.append(Problem(subject: subject, record: record, sentence: sentence))
  }
}

/// What looking at every run and at the ledger found.
package struct ProjectVerificationReport: Sendable {
  package var runs: [VerificationReport] = []
  /// Problems of the ledger itself, and of runs that it knows and that are gone.
  package var problems: [VerificationReport.Problem] = []
  /// What is worth knowing of the ledger and not a fault: a torn last line.
  package var notes: [String] = []
  /// How many intact lines it has from the start.
  package var ledgerLines = 0
  /// How many lines follow, of which the first is damaged: they are not looked at.
  package var ledgerLinesLeft = 0
  /// The hash of the ledger's last line: kept elsewhere, it shows what an insider removes.
  package var ledgerHead: String?

  package var isIntact: Bool { problems.isEmpty && runs.allSatisfy(\.isIntact) }
}

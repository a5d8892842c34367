import RunStore
package import Values

/// One event of a run, told in a sentence.
package struct TranscriptEntry: Sendable {
  /// How much an entry matters to somebody who reads quickly.
  package enum Weight: String, Sendable {
    case normal, problem, person
  }

  package let seq: Int
  package let at: Timestamp
  package let type: String
  package let step: String?
  /// The title of the step.
  package let title: String?
  package let actor: String
  /// Without a final stop, in lower case.
  package let sentence: String
  package let details: [Shown]
  package let weight: Weight

  init(_ record: JournalRecord, title: String?, _ migration: TranscriptMigration? = nil) {
    seq = record.seq
    at = record.moment
    type = record.type
    step = record.step
    self.title = title
    actor = record.actor.sentence
    let narration = migration.map { Narration.migrated(record, $0) } ?? Narration(of: record)
    sentence = narration.sentence
    details = narration.details
    weight =
      record.actor.kind == "machine" || narration.isProblem
      ? (narration.isProblem ? .problem : .normal) : .person
  }
}

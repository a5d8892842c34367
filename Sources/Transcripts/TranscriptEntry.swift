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

  /// - Parameter isPassedOver: whether the step was passed over, as the records so far have it.
  init(
    _ record: JournalRecord, title: String?, _ migration: TranscriptMigration? = nil,
    isPassedOver: Bool = false
  ) {
    seq = record.seq
    at = record.moment
    type = record.type
    step = record.step
    self.title = title
    actor = record.actor.sentence
    let narration =
      if let migration {
        Narration.migrated(record, migration)
      } else if isPassedOver, record.type == "step.kept" {
        Narration.passedOverBefore
      } else {
        Narration(of: record)
      }
    sentence = narration.sentence
    details = narration.details
    weight =
      record.actor.kind == "machine" || narration.isProblem
      ? (narration.isProblem ? .problem : .normal) : .person
  }
}

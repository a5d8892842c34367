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
  /// The token that whoever did it had signed in with, by its id, and the roles that they had; nil where nobody
  /// signed in, and in journals of before that was kept.
  package let signedIn: Value?

  /// - Parameters:
  ///   - isPassedOver: whether the step was passed over, as the records so far have it.
  ///   - unprovenStarter: who started the run, where that one did not sign in.
  ///   - home: where the run belonged before.
  init(
    _ record: JournalRecord, title: String?, _ migration: TranscriptMigration? = nil,
    isPassedOver: Bool = false, unprovenStarter: String? = nil, at home: Value? = nil
  ) {
    signedIn = record.data["signed_in"]
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
        Narration(of: record, at: home)
      }
    sentence = narration.sentence
    var details = narration.details
    if let unprovenStarter, record.data["not_starter"]?.asBool == true {
      let text = "\(unprovenStarter) did not sign in: whether it is another person cannot be told"
      details.append(Shown("the starter", text: text))
    }
    self.details = details
    weight =
      record.actor.kind == "machine" || narration.isProblem
      ? (narration.isProblem ? .problem : .normal) : .person
  }
}

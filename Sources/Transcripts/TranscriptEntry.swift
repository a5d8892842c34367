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
  /// When it was given or arrived, where that was before it was recorded.
  package let arrivedAt: Timestamp?

  /// - Parameters:
  ///   - isPassedOver: whether the step was passed over, as the records so far have it.
  ///   - unprovenStarter: who started the run, where that one did not sign in.
  ///   - home: where the run belonged before.
  ///   - previous: when the record before was made.
  init(
    _ record: JournalRecord, title: String?, _ migration: TranscriptMigration? = nil,
    isPassedOver: Bool = false, unprovenStarter: String? = nil, at home: Value? = nil,
    after previous: Timestamp? = nil
  ) {
    signedIn = record.data["signed_in"]
    arrivedAt = record.arrivedAt
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
    if record.hasWaited(since: previous), let arrivedAt {
      details.append(Shown("arrived", .timestamp(arrivedAt)))
    }
    self.details = details
    weight =
      record.actor.kind == "machine" || narration.isProblem
      ? (narration.isProblem ? .problem : .normal) : .person
  }
}

extension JournalRecord {
  /// How long something may have waited before its record so that nobody asks since when it was there.
  private static let shortWait = TimeSpan(seconds: 1)

  /// When what it tells was given or arrived, where it says so.
  fileprivate var arrivedAt: Timestamp? {
    (data["given_at"] ?? data["arrived_at"])?.asString.flatMap(Timestamp.init(journalText:))
  }

  /// Whether it tells of something so much later than it came that readers have to know, or behind what was
  /// recorded meanwhile: deadlines go by when it came.
  fileprivate func hasWaited(since previous: Timestamp?) -> Bool {
    guard let arrivedAt, let wait = moment.since(arrivedAt) else { return false }
    return wait >= Self.shortWait || previous.map { $0 > arrivedAt } ?? false
  }
}

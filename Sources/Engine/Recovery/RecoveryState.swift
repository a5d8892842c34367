package import Values

/// What a run knows of failures that are being dealt with, of taking back and of doing by hand.
package struct RecoveryState: Sendable {
  /// Recoveries that are under way, by the address of the step or section that has them.
  var open: [String: OpenRecovery] = [:]
  /// How often each failed step was tried again by a recovery since it last succeeded.
  var retries: [String: Int] = [:]
  /// Failed steps whose recovery is over and left them to people.
  var exhausted: Set<String> = []
  /// Steps that a person does in place of the machine.
  package internal(set) var byHand: Set<String> = []
  /// How often the run was taken back to a checkpoint: part of every idempotency key since.
  package internal(set) var rewinds = 0
  /// Steps that keep the outcome they had before a rewind.
  var kept: Set<String> = []
  /// How it began that the run takes back what it did; nil while it does not.
  var goingBack: BegunGoingBack?
  /// The versions of its workflow that the run went by before, oldest first.
  var earlierVersions: [EarlierVersion] = []
  /// The positions of the effects that this rewind takes back; none while the run does not go back.
  var takingBack: [Int] = []
  /// How many effects there were when each checkpoint was passed.
  var marks: [String: Int] = [:]
  /// Whether what comes after a checkpoint is told by the places of the steps rather than by when they
  /// had their effects: since a migration the two may differ.
  var goesByPlaces = false

  init() {}

  /// How often a recovery may end in `retry` for one step before the run parks.
  static let retryLimit = 3
}

/// The beginning of taking back what a run did: all of it, or what came after a checkpoint.
package struct BegunGoingBack: Sendable, Hashable {
  /// Whoever asked for it, else the machine.
  package let by: Actor
  package let at: Timestamp
  /// Why.
  package let message: String?
}

/// The recovery steps of a step or section, while they are carried out.
struct OpenRecovery: Sendable, Hashable {
  let start: RecoveryStart
  /// The frame of its steps; nil once they are over.
  var frame: Int?
}

package import Values

/// Where a step stands (the words of the run's record and of every view).
package enum StepStatus: String, Sendable, CaseIterable {
  case pending, running, waiting, blocked, failed
  case inDoubt = "in_doubt"
  case succeeded, skipped, undone, cancelled
}

/// Where a run stands.
package enum RunStatus: String, Sendable, CaseIterable {
  case running, waiting
  case needsAttention = "needs_attention"
  case interrupted, succeeded, failed, cancelled, undone

  /// Whether nothing can happen to the run any more.
  package var isFinal: Bool {
    switch self {
    case .succeeded, .failed, .cancelled, .undone: true
    case .running, .waiting, .needsAttention, .interrupted: false
    }
  }
}

/// How a step came to be done.
package enum Manner: String, Sendable {
  case machine, person
  case byHand = "by_hand"
  case override
}

/// What a failure says, to people and to expressions (`error`).
package struct Failure: Hashable, Sendable {
  package var code: String
  package var message: String
  package var details: ValueMap

  /// The code of outputs that the contract does not allow, of an operation that took effect.
  package static let invalidOutputs = "invalid_outputs"

  /// The code of a loop or a section of which a rewind took back some effects and not all.
  package static let partlyTakenBack = "partly_taken_back"

  /// The code of a check after a step that does not hold.
  static let verify = "verify"

  /// Where to read on about the check that does not hold, as its author says.
  package var see: String? { code == Self.verify ? details["see"]?.asString : nil }

  /// What became of the step depends on a sealed value that cannot be opened.
  package static let locked = "locked"

  package init(code: String, message: String, details: ValueMap = ValueMap()) {
    self.code = code
    self.message = message
    self.details = details
  }
}

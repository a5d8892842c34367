package import Values

/// What has become of one step at one address.
package struct StepRecord: Sendable {
  package internal(set) var phase: StepPhase = .entered
  package internal(set) var startedAt: Timestamp?
  package internal(set) var finishedAt: Timestamp?
  package internal(set) var attempts = 0
  /// Attempts of the present series; a person's retry starts a new one.
  package internal(set) var attemptsInSeries = 0
  /// How often the key was renewed: after a definite failure, not while in doubt.
  package internal(set) var keyGeneration = 0
  /// Whether an attempt with the present key may have taken effect: then the key stays as it is.
  package internal(set) var keyIsInDoubt = false
  package internal(set) var outputs = StoredValues()
  package internal(set) var corrected = StoredValues()
  package internal(set) var answers = StoredValues()
  package internal(set) var looks: [Look: ValueMap] = [:]
  package internal(set) var takenEvents: Set<String> = []
  /// How many events had come when the step was over.
  package internal(set) var eventsBefore = 0
  package internal(set) var failedLook: Look?
  package internal(set) var manner: Manner?
  package internal(set) var by: Actor?
  package internal(set) var reason: String?
  package internal(set) var failure: Failure?
  /// What the step knows of the lists it holds, where it holds any.
  package internal(set) var group: Group?

  package init() {}
}

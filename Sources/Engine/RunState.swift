package import Values
package import Workflows

/// A run as a value: the fold of its events.
package struct RunState: Sendable {
  package internal(set) var header: RunHeader
  package internal(set) var startedAt: Timestamp
  package internal(set) var startedBy: Actor
  package internal(set) var lastAt: Timestamp
  package internal(set) var eventCount = 0
  package internal(set) var phase: RunPhase = .main
  /// Why the run is parked; empty while it is not.
  package internal(set) var parked: Park?
  /// Everything a step has come to, by address. Rounds that are over are dropped.
  package internal(set) var steps: [String: StepRecord] = [:]
  /// The step lists that are being worked on, outermost first.
  package internal(set) var frames: [Frame] = []
  /// What came from outside, in order of arrival.
  package internal(set) var received: [ReceivedEvent] = []
  /// Checkpoints passed, oldest first: the address of the step.
  package internal(set) var checkpoints: [String] = []
  /// A checkpoint whose `verify` is to be tested again after a resume.
  package internal(set) var checkpointTest: CheckpointTest?
  package internal(set) var notes: [Note] = []
  /// Steps that failed and were passed over by `continue`.
  package internal(set) var problems: [String] = []
  /// The ids of the commands that are in the journal already.
  package internal(set) var commands: Set<String> = []
  package internal(set) var outputs = StoredValues()
}

/// A run is in its main part, in `finally`, or over.
package enum RunPhase: Sendable, Hashable {
  case main
  case finishing(RunStatus, message: String?)
  case ended(RunStatus, message: String?)
}

package struct Park: Sendable, Hashable {
  package let status: RunStatus
  package let reasons: [ParkReason]

  package init(status: RunStatus, reasons: [ParkReason]) {
    self.status = status
    self.reasons = reasons
  }
}

package struct Note: Sendable, Hashable {
  package let text: String
  package let actor: Actor
  package let at: Timestamp
}

/// The state of the test of a checkpoint after a resume.
package enum CheckpointTest: Sendable, Hashable {
  case pending(step: String)
  case unmet(step: String, message: String)
}

/// A list of steps that is being worked on.
package struct Frame: Sendable {
  /// Which list of its owner it is.
  package enum Role: Sendable, Hashable {
    case main, finally
    /// The body of a section, or of a loop's iteration or round.
    case body
    case choice(Int)
  }

  package let role: Role
  /// The address of the step whose list it is; nil for the outermost two.
  package let owner: String?
  /// What stands before the ids of its steps in their addresses, by depth of loops.
  package let prefixes: [String]
  package let list: StepList
  /// The round or iteration, from 0.
  package let index: Int
  package var cursor = 0

  /// The address of a step of this list.
  package func address(of step: Step) -> String { prefixes[prefixes.count - 1] + step.id }

  /// `index` as expressions see it.
  var indexValue: Value { .int(Int64(index)) }

  package var current: Step? { cursor < list.steps.count ? list.steps[cursor] : nil }
}

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
  /// Rounds that are over.
  package internal(set) var rounds = 0

  package init() {}
}

/// Where one step stands, with what belongs to just that.
package enum StepPhase: Sendable {
  /// Nothing is decided (or everything is to be decided again).
  case entered
  case attempting(Intent)
  /// An attempt whose answer was lost; what that means is yet to be decided.
  case lost(Intent, message: String, byCrash: Bool)
  case retrying(at: Timestamp)
  /// It could not even be tried: the connection, the plugin or the key is missing.
  case unavailable(Failure)
  case waiting(Waiting, since: Timestamp)
  /// The outcome is known; `verify` is to be tested.
  case acted
  /// Its own list of steps is being worked on.
  case inside
  case blocked(Blocker)
  case failed(acted: Bool)
  case inDoubt(Intent, message: String)
  case succeeded
  case skipped
  case cancelled

  package var status: StepStatus {
    switch self {
    case .entered: .pending
    case .attempting, .lost, .retrying, .acted, .inside: .running
    case .unavailable, .blocked: .blocked
    case .waiting: .waiting
    case .failed: .failed
    case .inDoubt: .inDoubt
    case .succeeded: .succeeded
    case .skipped: .skipped
    case .cancelled: .cancelled
    }
  }
}

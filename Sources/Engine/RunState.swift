package import Values
import Workflows

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
  /// The step lists that are being worked on, by number, oldest first.
  package internal(set) var frames: [Int: Frame] = [:]
  var nextFrame = 0
  /// The frame that stands at an address.
  var standing: [String: Int] = [:]
  /// The frames of approvals that are asked for again; those that are gone count no more.
  var askedAgain: [Int] = []
  /// Events that waits took in rounds and items that are over, by the address of the wait in every round.
  var takenInRounds: [String: Set<String>] = [:]
  /// What came from outside, in order of arrival.
  package internal(set) var received: [ReceivedEvent] = []
  /// Checkpoints passed, oldest first: the address of the step.
  package internal(set) var checkpoints: [String] = []
  /// A checkpoint whose `verify` is to be tested again after a resume.
  package internal(set) var checkpointTest: CheckpointTest?
  package internal(set) var notes: [Note] = []
  /// Rungs of which people are still to be told, oldest first.
  package internal(set) var tellings: [Telling] = []
  /// The moment of the record at which the clock was last seen to have gone back.
  package internal(set) var clockWentBackAt: Timestamp?
  /// Calls that the run left on its way to the end and whose `finally` comes before its own.
  var callsLeft: [String] = []
  /// Whether the run has left its own `finally`, too, so that nothing comes behind that of those calls.
  var hasLeftFinally = false
  /// Steps that failed and were passed over by `continue`.
  package internal(set) var problems: [String] = []
  /// The ids of the commands that are in the journal already.
  package internal(set) var commands: Set<String> = []
  package internal(set) var outputs = StoredValues()
  /// How many items the loops that are open go through.
  var itemCount = 0
  /// What the run did to the world and how each is taken back.
  package internal(set) var undo = UndoLog()
  /// When the run was over; nil while it is not.
  package internal(set) var endedAt: Timestamp?
  private var rareBegunEnd = Rare<BegunEnd>()
  private var rareRecovery = Rare<RecoveryState>()
  private var rarePlacement = Rare<RunPlacement>()
  private var rareEarlierTimes = Rare<[String: EarlierTimes]>()

  /// What is known of failures that are dealt with, of taking back and of doing by hand.
  package internal(set) var recovery: RecoveryState {
    @inline(__always) get { rareRecovery.value ?? RecoveryState() }
    @inline(__always) _modify {
      var value = rareRecovery.take() ?? RecoveryState()
      defer { rareRecovery.value = value }
      yield &value
    }
  }

  /// The versions of its workflow that the run went by before, oldest first.
  package var earlierVersions: [EarlierVersion] { hasRecovery ? recovery.earlierVersions : [] }

  /// How often the run was moved to another version of its workflow.
  package var migrations: Int { earlierVersions.count }

  /// Whether anything of that kind has happened.
  var hasRecovery: Bool { rareRecovery.isThere }

  /// The times of what a rewind has the run come to once more, by address, as long as nothing of it is carried out.
  var earlierTimes: [String: EarlierTimes] {
    get { rareEarlierTimes.value ?? [:] }
    set { rareEarlierTimes.value = newValue.isEmpty ? nil : newValue }
  }

  /// Whether there are any of those.
  var hasEarlierTimes: Bool { rareEarlierTimes.isThere }

  /// How an end began that is not that of the last step; nil where none has.
  package internal(set) var begunEnd: BegunEnd? {
    get { rareBegunEnd.value }
    set { rareBegunEnd.value = newValue }
  }

  /// Where the run belongs.
  package internal(set) var placement: RunPlacement {
    get { rarePlacement.value ?? RunPlacement(home: header.home) }
    set { rarePlacement.value = newValue }
  }

  package init(header: RunHeader, startedAt: Timestamp, startedBy: Actor, lastAt: Timestamp) {
    self.header = header
    self.startedAt = startedAt
    self.startedBy = startedBy
    self.lastAt = lastAt
  }
}

/// A run is in its main part, in `finally`, or over.
package enum RunPhase: Sendable, Hashable {
  case main
  /// It takes back what it did, from the newest to a mark.
  case undoing(UndoGoal, from: Int)
  case finishing(RunStatus, message: String?)
  case ended(RunStatus, message: String?)
}

/// The beginning of an end that is not that of the last step: of a cancel, of taking everything back.
package struct BegunEnd: Sendable, Hashable {
  /// Whoever asked for it, else the machine.
  package let by: Actor
  package let at: Timestamp
  /// The steps that it left while what was done was being taken back, newest first.
  package let notTakenBack: [String]
}

package struct Park: Sendable, Hashable {
  package let status: RunStatus
  package let reasons: [ParkReason]

  package init(status: RunStatus, reasons: [ParkReason]) {
    self.status = status
    self.reasons = reasons
  }

  /// Whether only somebody goes on with the run, whatever is due in it: a person stopped it, or it is something
  /// else than its steps that needs attention; of many steps some have no reason of their own.
  package var isStopped: Bool {
    guard status == .needsAttention else { return false }
    return reasons.contains(.stopped)
      || (!reasons.isEmpty && reasons.allSatisfy { $0.step.isEmpty })
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
  case unmet(step: String, Blocker)
}

package import Values

/// One transition of a run. The journal holds these and nothing else; the state is their fold.
package struct Event: Sendable {
  package let kind: EventKind
  /// The address of the step it happened to.
  package let step: String?
  /// The attempt it belongs to, from 1.
  package let attempt: Int?
  package let actor: Actor
  package let at: Timestamp
  /// The id of the command that asked for it.
  package let command: String?
  /// Out of line, since most events have none of it.
  private let circumstances: [Circumstances]
  /// What was known of the actor who had signed in: for the record alone, nothing follows from it.
  package var standing: Standing? { circumstances.first?.standing }
  /// When the command that asked for it was given, where that was earlier: for the record alone, too.
  package var givenAt: Timestamp? { circumstances.first?.givenAt }

  private struct Circumstances: Sendable {
    let standing: Standing?
    let givenAt: Timestamp?
  }

  package init(
    _ kind: EventKind, step: String? = nil, attempt: Int? = nil, actor: Actor = .machine,
    at: Timestamp, command: String? = nil, standing: Standing? = nil, givenAt: Timestamp? = nil
  ) {
    self.kind = kind
    self.step = step
    self.attempt = attempt
    self.actor = actor
    self.at = at
    self.command = command
    circumstances =
      standing == nil && givenAt == nil
      ? [] : [Circumstances(standing: standing, givenAt: givenAt)]
  }
}

/// What happened. Events carry results, so folding them evaluates nothing.
///
/// What is large is kept out of line, so that the many small events are cheap to hand on.
package enum EventKind: Sendable {
  indirect case runCreated(RunHeader)
  case runResumed(process: Int, host: String)
  case runInterrupted(lastSequence: Int)
  case runParked(status: RunStatus, reasons: [ParkReason], stateHash: String)
  /// `notTakenBack` are the steps, newest first, that a cancel left while what was done was being taken back.
  /// `callsLeft` are the called workflows, inner ones first, whose `finally` comes before that of the run.
  indirect case runFinishing(
    status: RunStatus, message: String?, notTakenBack: [String] = [], callsLeft: [String] = [])
  case runFinished(status: RunStatus, message: String?, outputs: StoredValues)

  indirect case attemptStarted(Intent)
  case attemptSucceeded(outputs: StoredValues)
  indirect case attemptFailed(Failure, retryAt: Timestamp?, wasSent: Bool)
  case attemptLost(message: String, byCrash: Bool)
  /// The answer of a look at the world, for a check of the step.
  indirect case lookAnswered(Look, outputs: StoredValues)
  case lookFailed(Look, message: String)

  indirect case stepStarted(StepStart)
  case stepSucceeded(outputs: StoredValues?, manner: Manner, reason: String?, evidence: [Evidence])
  indirect case stepFailed(Failure)
  case stepContinued
  /// - `isOverride`: whether a person passed over it; false in journals that do not say.
  case stepSkipped(reason: String, message: String?, isOverride: Bool = false)
  indirect case stepBlocked(Blocker)
  case stepInDoubt(message: String)
  indirect case stepRetried(with: StoredValues, again: Bool, reason: String?)
  indirect case stepWaiting(Waiting)
  case roundEnded(index: Int)
  /// The steps for one item of a `for_each` are over; what they came to, under `value`.
  case iterationEnded(index: Int, collected: StoredValues)
  /// An iteration is stuck, and the loop goes on without it.
  case iterationHeld(index: Int)
  /// A called workflow ends; its `finally` is next. `failure` is what has failed in it, where that is why.
  /// `callsLeft` are those inside it whose `finally` comes before.
  indirect case workflowFinishing(
    status: RunStatus, message: String?, failure: Failure? = nil, callsLeft: [String] = [])

  case answerGiven(values: StoredValues)
  indirect case eventReceived(ReceivedEvent)
  case eventMatched(id: String, outputs: StoredValues)
  case timerFired(timer: String, dueAt: Timestamp)
  indirect case people(PeopleEvent)
  indirect case doubtResolved(
    happened: Bool, outputs: StoredValues, reason: String, evidence: [Evidence] = [])
  indirect case checkpointMoved(Blocker)
  /// What a checkpoint tests holds still.
  case checkpointHeld

  indirect case recovery(RecoveryEvent)
  indirect case place(PlaceEvent)

  case noteAdded(text: String)
  case commandRefused(message: String)
  case journalRepaired(bytes: Int, sha256: String, file: String)
  case clockWentBack(bySeconds: Int)
}

extension EventKind {
  /// Whether it happens because a moment has come.
  package var isTimer: Bool {
    switch self {
    case .timerFired, .people(.deadlineReached): true
    default: false
    }
  }

  /// Whether the run is over with it.
  package var endsTheRun: Bool { if case .runFinished = self { true } else { false } }
}

/// What is known of a run from its first moment.
package struct RunHeader: Sendable, Hashable {
  package var run: String
  package var workflowID: String
  package var workflowName: String
  package var workflowVersion: String
  package var workflowFile: String
  package var workflowSHA256: String
  /// Path in `definition/` to SHA-256, for every pinned file.
  package var definition: ValueMap
  package var environment: String
  package var name: String
  package var labels: ValueMap
  package var inputs: StoredValues
  package var isRehearsal: Bool
  /// Whether people do what the machine would have done.
  package var isByHand: Bool
  /// Where it was started, out of line: the state that holds the header is handed on often.
  private var homes: [RunHome]

  package init(
    run: String, workflowID: String, workflowName: String, workflowVersion: String,
    workflowFile: String, workflowSHA256: String, definition: ValueMap, environment: String,
    name: String, labels: ValueMap, inputs: StoredValues, isRehearsal: Bool = false,
    isByHand: Bool = false, home: RunHome? = nil
  ) {
    self.run = run
    self.workflowID = workflowID
    self.workflowName = workflowName
    self.workflowVersion = workflowVersion
    self.workflowFile = workflowFile
    self.workflowSHA256 = workflowSHA256
    self.definition = definition
    self.environment = environment
    self.name = name
    self.labels = labels
    self.inputs = inputs
    self.isRehearsal = isRehearsal
    self.isByHand = isByHand
    homes = home.map { [$0] } ?? []
  }

  /// Where it was started; nil in journals that do not say.
  package var home: RunHome? { homes.first }
}

/// What an attempt is about to do; on disk before the effect can happen.
package struct Intent: Sendable, Hashable {
  package var operation: String
  package var driver: String
  package var driverSHA256: String
  /// `none`, `repeatable`, `keyed` or `once`.
  package var effects: String
  /// The idempotency key handed to the service.
  package var key: String
  package var with: StoredValues
  /// The moment that its inputs saw, where they see one and the record has not said it before.
  package var now: Timestamp?

  package init(
    operation: String, driver: String, driverSHA256: String, effects: String, key: String,
    with: StoredValues, now: Timestamp? = nil
  ) {
    self.operation = operation
    self.driver = driver
    self.driverSHA256 = driverSHA256
    self.effects = effects
    self.key = key
    self.with = with
    self.now = now
  }
}

/// A look at the world that a check of a step asks for.
package struct Look: Sendable, Hashable {
  package enum Purpose: String, Sendable { case preconditions, verify, checkpoint, probe }
  package let purpose: Purpose
  /// The position of the check in its list, from 0.
  package let index: Int
}

/// A look that could not be made, and why.
struct FailedLook: Sendable, Hashable {
  let look: Look
  let message: String
}

extension Look: Comparable {
  package static func < (one: Look, other: Look) -> Bool {
    (one.purpose.rawValue, one.index) < (other.purpose.rawValue, other.index)
  }
}

/// Why a step cannot start.
package struct Blocker: Sendable, Hashable {
  package var message: String
  /// Where to read on.
  package var see: String?
  /// The expression that did not hold, or nil when something else is in the way.
  package var check: String?

  package init(message: String, see: String? = nil, check: String? = nil) {
    self.message = message
    self.see = see
    self.check = check
  }
}

/// What a step waits for.
package struct Waiting: Sendable, Hashable {
  package indirect enum Cause: Sendable, Hashable {
    /// People: the message, the names of the fields and the items with their labels.
    case answer(message: String, fields: [String], items: ValueMap)
    /// People who decide.
    case approval(ApprovalShown)
    case event(name: String)
    case time(until: Timestamp)
    /// A person does what the machine would have done, or takes it back; says how.
    case byHand(message: String)
    /// The first of several.
    case first([Branch])
  }

  /// One of several things that are waited for.
  package struct Branch: Sendable, Hashable {
    package var name: String
    package var cause: Cause
  }

  package var cause: Cause
  package var role: String?
  package var dueAt: Timestamp?
  /// What is due while it waits, in order.
  package var timers: [DeadlineTimer] = []
  /// Since when it waits, where it did before it was put otherwise; nil: from now on.
  package var since: Timestamp?
  /// What was answered and does not fit any more, where it is put otherwise: it is asked for again.
  package var dropped: [String] = []
  /// What was given before the run went back, and stays given.
  package var given: [String] = []
}

/// What people decide about.
package struct ApprovalShown: Sendable, Hashable {
  /// Markdown, as it was rendered once.
  package var message: String
  /// How many different people must approve.
  package var approvals: Int
  package var notStarter: Bool
  /// The hash that decisions are bound to: of what is shown, and of the definitions it releases.
  package var sha256: String
  /// What it releases with other values than the procedure gives: why it is asked again.
  package var changes: [Change] = []

  /// A step that is tried with other values.
  package struct Change: Sendable, Hashable {
    package var step: String
    package var with: StoredValues
  }
}

/// An event that came from outside and is kept for the waits of the run.
package struct ReceivedEvent: Sendable, Hashable {
  package var id: String
  package var name: String
  package var data: StoredValues
  /// When it arrived; nil: when it was journalled.
  package var at: Timestamp?
  /// Whether it is one that the project keeps, for all its runs.
  package var isOfProject: Bool

  package init(
    id: String, name: String, data: StoredValues, at: Timestamp? = nil, isOfProject: Bool = false
  ) {
    self.id = id
    self.name = name
    self.data = data
    self.at = at
    self.isOfProject = isOfProject
  }
}

/// Why a run parks, at one of its steps.
package struct ParkReason: Sendable, Hashable {
  package var step: String
  package var message: String

  package init(step: String, message: String) {
    self.step = step
    self.message = message
  }

  /// Stands for somebody who stopped the run though something was to be done.
  package static let stopped = ParkReason(
    step: "", message: "somebody stopped it; resume goes on")

  /// Stands for the steps that are not listed, where there are very many.
  init(others: Int) { self.init(step: "", message: "and \(others) more steps") }

  /// How many steps it stands for that are not listed; nil for a reason of one step or of the run.
  package var others: Int? {
    let words = message.split(separator: " ")
    guard words.count == 4, let others = Int(words[1]), self == ParkReason(others: others) else {
      return nil
    }
    return others
  }
}

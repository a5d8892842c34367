package import Engine
package import Fields
package import RunStore
package import Values

/// A run as a view shows it: where every step stands, and why the run does not go on.
package struct RunSnapshot: Sendable {
  package let runID: String
  package let name: String
  package let labels: ValueMap
  package let workflowID: String
  package let workflowName: String
  package let workflowVersion: String
  /// As it was named when the run was started, or moved to it.
  package let workflowFile: String
  package let environment: String
  /// Whether nothing of it really happened: examples answered in place of the operations.
  package let isRehearsal: Bool
  /// Whether people do what the machine would have done.
  package let isByHand: Bool
  /// Where the run belongs, and whether somebody went on with a copy.
  package let placement: RunPlacement
  /// How its folder relates to where the run belongs; nil where that was not looked at.
  package var standing: RunPlacement.Standing?
  /// What the ledger says of it that its folder does not; nil where that is nothing, or was not looked at.
  package var ledger: LedgerFinding?
  /// What can be taken back, and what cannot.
  package let undo: UndoPreview
  /// What it is after while it takes back what it did.
  package let undoProgress: UndoProgress?
  package let status: RunStatus
  package let message: String?
  /// As what it ends once its `finally` is over; nil while it goes on, and once it has ended.
  package let ending: RunStatus?
  /// How an end began that is not that of the last step; nil where none has.
  package let begunEnd: BegunEnd?
  /// When the run was over; nil while it is not.
  package let finishedAt: Timestamp?
  package let startedAt: Timestamp
  package let startedBy: Actor
  package let lastActivity: Timestamp
  /// Who executes it at this moment, `pid 812 on host`.
  package let holder: String?
  /// What a process that executed it and is dead has started and still runs; nil where nothing does.
  package let leftRunning: [Int32]?
  package let reasons: [ParkReason]
  /// Why it is over but for its outputs, which cannot be computed; nil where it is not.
  package let missingOutputs: RunEngine.MissingOutputs?
  /// In the order of the procedure; of loops what is open.
  package var steps: [StepView] { stepViews.value }
  /// Of a run that has ended nobody but its own pages asks for them.
  let stepViews: OnDemand<[StepView]>
  /// Whether anything in it is in doubt; asked only when wanted.
  package let hasDoubts: @Sendable () -> Bool
  package let notes: [Note]
  /// Sensitive members are left out.
  package let outputs: ValueMap
  /// The names of those.
  package let sensitiveOutputs: [String]
  package let eventCount: Int
}

/// One step of a run, for a view.
package struct StepView: Sendable {
  package let address: String
  package let id: String
  package let title: String
  /// `action`, `ask`, `wait` …
  package let kind: String
  package let status: StepStatus
  package let role: String?
  /// Who sees to it where something is in its way: its own role, else that of the nearest step around.
  package let responsibleRole: String?
  package let startedAt: Timestamp?
  package let finishedAt: Timestamp?
  package let waiting: WaitingView?
  package let failure: Failure?
  package let blocker: Blocker?
  /// Whether its checkpoint, which it has passed, is not known to hold still.
  package let isCheckpointUnmet: Bool
  /// Whether that could not even be tested.
  package let isCheckpointUntested: Bool
  /// Where to read on about the check of the step that does not hold, as its author says.
  package let see: String?
  package let doubt: String?
  /// What was asked for, of a step that is in doubt.
  package let lost: LostAttempt?
  /// Whether going on with the run asks the world again what came of that.
  package let canBeAskedAgain: Bool
  package let manner: Manner?
  /// Who did it; of what several people approved or answered, who came last.
  package let by: Actor?
  /// All who did it.
  package let doers: [Actor]
  package let reason: String?
  package let attempts: Int
  package let target: StepTarget?
  /// Whether the step took no longer than its target; nil while that is open.
  package let targetMet: Bool?
  package let manual: String?
  package let operation: String?
  package let depth: Int
  /// Whether the run stands at this step now.
  package let isCurrent: Bool
  /// Whether the step failed and the run went on without it, or without what it stands in
  /// (`on_failure: continue`).
  package let isPassedOver: Bool
  /// Whether the step did what it does, and failed since: trying it again only tests it again.
  package let hasActed: Bool
  /// Whether it was passed over, or ended with the run, though it had done what it does and that was not taken
  /// back.
  package let effectStays: Bool
  /// Whether passing over it would be accepted; asked only when wanted.
  package let canBeSkipped: @Sendable () -> Bool
  /// Whether nothing can be decided about the step, which failed, before it is known what came of one
  /// of its recovery steps.
  package let isHeldUp: Bool
  /// What comes of its failure by itself, as a sentence; nil where it waits for a person.
  package let followUp: String?
  /// The steps of which it has to be known what came of them before anything comes of this one, since something
  /// else waits to end what it is a part of; empty for all others.
  package let heldFor: [String]
  /// When a step that runs goes on: the next round of a `repeat` with `every`, the next try.
  package let goesOnAt: Timestamp?
  /// Who said to be on it.
  package let claim: PeopleRecord.Claim?
  /// People who could not be told of a reminder or an escalation, and why.
  package let untold: [String]
  /// Whether what may have happened can be tried again without happening twice; asked only when wanted.
  package let canBeRepeated: @Sendable () -> Bool
  /// Whether somebody can still say whether it took effect; asked only when wanted.
  package let canBeSettled: @Sendable () -> Bool
  /// What a person who does the step by hand has to give, and may give; worked out only when wanted.
  package let outputs: @Sendable () -> StepOutputs?
  /// Whether saying that it was done by hand can be accepted; asked only when wanted.
  package let canBeDoneByHand: @Sendable () -> Bool
  /// Whether the condition that keeps it from beginning can hold some time; asked only when wanted.
  package let canHoldLater: @Sendable () -> Bool
  /// What has become of the items of a `for_each`.
  package let items: LoopItems?
  /// How many rounds a `repeat` has begun since it was last begun itself.
  package let rounds: Int?
  /// Whether somebody whom only the run knows (`roles: { …: { person } }`) may do it.
  package let isHeldInRun: Bool
  /// Who that is, by id or address, as far as it can be told, of some of the roles where these are given; worked
  /// out only when wanted.
  package let heldInRunBy: @Sendable (_ roles: [String]?) -> [String]
  /// What a step that is open is at, where its status does not say it.
  package let stage: StepStage?
}

/// What a step is at whose status, `running` or `blocked`, does not say it.
package enum StepStage: Sendable, Hashable {
  /// An attempt has begun, and nothing has come of it yet.
  case attempting
  /// An attempt failed, and the next is due at some moment.
  case retrying
  /// What it does is done, and what comes after that is not.
  case acted
  /// Its own steps.
  case inside
  /// An attempt that could not even be made, for want of a connection say, is to be made again.
  case unavailable
}

/// What a step waits for, for a view.
package struct WaitingView: Sendable {
  package let cause: Waiting.Cause
  /// As people read it.
  package let message: String
  /// As the journal has it, Markdown.
  package let markdown: String
  package let fields: FieldSet?
  package let items: [ItemView]
  /// Whether the question can be complete though an item is not ticked (`complete_when`).
  package let mayLeaveItems: Bool
  /// Finds the events that can end it, with what is known of them; worked out only when asked for.
  package let awaits: @Sendable () -> [AwaitedEvent]
  /// Why it is held up: something came that cannot be opened; worked out only when asked for.
  package let locked: @Sendable () -> String?
  /// The share of the items that are ticked.
  package let progress: Double?
  package let answered: [String]
  /// What was given; sensitive values are left out.
  package let given: ValueMap
  package let since: Timestamp
  package let dueAt: Timestamp?
  /// Who may answer: the step's role, and those that escalations added.
  package let roles: [String]
  /// Those of them that escalations added.
  package let escalatedTo: [String]
  /// Those of these that were added after somebody had said to be on it, the last.
  package let escalatedSinceClaim: [String]
  /// What is still to come, in order.
  package let timers: [DeadlineTimer]
  /// What was decided so far, of an approval.
  package let decisions: [PeopleRecord.Decision]
  /// Who cannot give an approval: they have decided, or must not.
  package let excluded: Set<String>
  /// Who started the run without signing in, of an approval that must be somebody else's: whether it is, nobody
  /// can tell; nil where there is no such thing.
  package let unprovenStarter: String?
  /// What is still awaited, in one sentence.
  package var sentence: String { cause.sentence(after: decisions) }
  /// What an approval asks for.
  package var approval: ApprovalShown? {
    if case .approval(let shown) = cause { shown } else { nil }
  }
}

/// Something to tick, for a view.
package struct ItemView: Sendable {
  package let name: String
  package let label: String
  /// As people read it.
  package let help: String?
  package let category: String?
  package let isTicked: Bool
  /// The event that ticks it by itself.
  package let event: String?
}

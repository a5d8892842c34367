extension EventKind {
  /// The name of the kind in the journal.
  package var type: String {
    switch self {
    case .runCreated: "run.created"
    case .runResumed: "run.resumed"
    case .runInterrupted: "run.interrupted"
    case .runParked: "run.parked"
    case .runFinishing: "run.finishing"
    case .runFinished: "run.finished"
    case .attemptStarted: "attempt.started"
    case .attemptSucceeded: "attempt.succeeded"
    case .attemptFailed: "attempt.failed"
    case .attemptLost: "attempt.lost"
    case .lookAnswered: "look.answered"
    case .lookFailed: "look.failed"
    case .stepStarted: "step.started"
    case .stepSucceeded: "step.succeeded"
    case .stepFailed: "step.failed"
    case .stepContinued: "step.continued"
    case .stepSkipped: "step.skipped"
    case .stepBlocked: "step.blocked"
    case .stepInDoubt: "step.in_doubt"
    case .stepRetried: "step.retried"
    case .stepWaiting: "step.waiting"
    case .roundEnded: "round.ended"
    case .iterationEnded: "iteration.ended"
    case .iterationHeld: "iteration.held"
    case .workflowFinishing: "workflow.finishing"
    case .answerGiven: "answer.given"
    case .eventReceived: "event.received"
    case .eventMatched: "event.matched"
    case .timerFired: "timer.fired"
    case .people(let event): event.type
    case .doubtResolved: "doubt.resolved"
    case .checkpointMoved: "checkpoint.moved"
    case .checkpointHeld: "checkpoint.held"
    case .recovery(let event): event.type
    case .place(let event): event.type
    case .noteAdded: "note.added"
    case .commandRefused: "command.refused"
    case .journalRepaired: "journal.repaired"
    case .clockWentBack: "clock.went_back"
    }
  }
}

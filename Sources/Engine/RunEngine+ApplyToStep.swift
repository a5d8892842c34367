import Values
import Workflows

extension RunEngine {
  mutating func applyToStep(_ event: Event, at address: String) {
    if case .checkpointMoved(let unmet) = event.kind {
      state.checkpointTest = .unmet(step: address, unmet)
      return
    }
    if isForCheckpoint(event.kind, at: address) { return }
    if case .recovery(let recovery) = event.kind {
      applyRecovery(recovery, at: address)
      return noteStanding(at: address)
    }
    if case .people(let happened) = event.kind, !noteTelling(happened, at: address) { return }
    let received = state.received.count
    let isAttempting = Self.fold(
      event, into: &state.steps[address, default: StepRecord()], received: received)
    if state.parked != nil { leavePark(for: event.kind) }
    if state.hasEarlierTimes { keepTimes(event.kind, at: address) }
    noteEffect(event.kind, at: address)
    if case .stepFailed = event.kind { noteMayHaveHappened(at: address) }
    noteRecovered(event.kind, at: address)
    noteSettled(event, at: address)
    follow(event.kind, at: address)
    noteUndone(event.kind, at: address)
    if let way = event.kind.wayHandled(by: event.actor) { noteHandled(way, at: address) }
    noteStanding(at: address, isAttempting: isAttempting)
    lookAtWaits(after: event.kind, at: address)
  }

  /// What a person did in an item, and what the run went on without, is remembered with the loops around:
  /// the item itself is forgotten once it is over.
  private mutating func noteHandled(_ way: HandledItems.Way, at address: String) {
    guard UndoLog.step(takenBackAt: address) == nil else { return }
    LoopCensus.forEachItem(around: address) { loop, index in
      state.steps[loop]?.changeGroup { group in
        guard group.start.count != nil else { return }
        if group.handled == nil { group.handled = HandledItems() }
        group.handled?.note(way, index)
      }
    }
  }

  private mutating func noteStanding(at address: String) {
    var isAttempting = false
    if case .attempting? = state.steps[address]?.phase { isAttempting = true }
    noteStanding(at: address, isAttempting: isAttempting)
  }

  /// Something has happened to a step: where the run stands there, it is to be looked at again.
  private mutating func noteStanding(at address: String, isAttempting: Bool) {
    if let frame = state.standing[address] ?? listAhead(at: address) { agenda.add(frame) }
    // What is to be known before something ends is decided about before the end.
    agenda.note(address, isAttempting: isAttempting)
  }

  /// Whether an event is about the test of a checkpoint and nothing else. A look for it keeps its answer; a
  /// skip accepts a world that has moved on.
  private mutating func isForCheckpoint(_ kind: EventKind, at address: String) -> Bool {
    guard let test = state.checkpointTest, test.step == address else { return false }
    switch kind {
    case .lookAnswered(let look, let outputs) where look.purpose == .checkpoint:
      state.steps[address]?.looks[look] = outputs
    case .lookFailed(let look, let message) where look.purpose == .checkpoint:
      state.checkpointTest = .unmet(step: address, Blocker(message: message))
    // Journals of old say of what holds that the run goes on.
    case .stepSkipped, .stepContinued, .checkpointHeld: state.checkpointTest = nil
    default: return false
    }
    return true
  }

  /// Folds an event into the record of its step.
  ///
  /// - Parameter received: how many events from outside had come.
  /// - Returns: whether an attempt at the step is under way now.
  private static func fold(
    _ event: Event, into record: inout StepRecord, received: Int
  ) -> Bool {
    if record.startedAt == nil {
      record.startedAt = event.at
      record.conditionIsOpen = event.kind.leavesConditionOpen
    } else if record.conditionIsOpen {
      record.conditionIsOpen = event.kind.leavesConditionOpen
    }
    let wasOver = record.isOver
    fold(event, into: &record)
    if (record.isOver && !wasOver) || event.kind.passesOver {
      record.finishedAt = event.at
      record.eventsBefore = received
    }
    if case .attempting = record.phase { return true }
    return false
  }

  private static func fold(_ event: Event, into record: inout StepRecord) {
    switch event.kind {
    case .attemptStarted, .attemptSucceeded, .attemptFailed, .attemptLost, .lookAnswered,
      .lookFailed:
      foldAttempt(event, into: &record)
    case .stepStarted(let start):
      record.phase = .inside
      record.group = Group(start, after: record.group)
    case .stepSucceeded(let outputs, let manner, let reason, _):
      if let outputs { record.outputs = outputs }
      record.phase = .succeeded
      record.failure = nil
      record.done(manner, by: event.actor, reason: reason)
      // What somebody did in place of those who were asked is theirs alone.
      if manner == .byHand, record.hasPeople { record.people.givers = [:] }
      record.releaseWorkingData()
    case .stepFailed(let failure):
      record.failure = failure
      record.phase = .failed(acted: record.hasActed)
    case .workflowFinishing(let status, let message, let failure, let calls):
      record.changeGroup {
        $0.end(status, message, failure)
        $0.callsLeft = calls
      }
    case .stepContinued: record.manner = .machine
    case .stepSkipped(let reason, let message, let isOverride):
      record.phase = .skipped
      record.done(
        isOverride ? .override : .machine, by: event.actor,
        reason: isOverride ? message ?? reason : reason)
      record.releaseWorkingData()
    case .stepBlocked(let blocker):
      record.phase = .blocked(blocker)
      record.looks = [:]
    case .stepInDoubt(let message):
      if let intent = record.unsettledIntent { record.phase = .inDoubt(intent, message: message) }
    case .stepRetried(let with, let again, _): record.retried(with: with, again: again)
    case .stepWaiting(var waiting):
      record.drop(answersTo: waiting.dropped)
      waiting.dropped = []
      waiting.given = []
      if case .approval(let shown) = waiting.cause { record.voidDecisions(except: shown.sha256) }
      record.phase = .waiting(waiting, since: waiting.since ?? event.at)
    case .roundEnded:
      record.changeGroup { $0.rounds += 1 }
      // It had failed after all its rounds, and has more of them.
      if case .acted = record.phase { record.phase = .inside }
    default: foldFromOutside(event, into: &record)
    }
  }

  private static func foldAttempt(_ event: Event, into record: inout StepRecord) {
    switch event.kind {
    case .attemptStarted(let intent):
      record.attempts = event.attempt ?? record.attempts + 1
      record.attemptsInSeries += 1
      record.attemptedAt = event.at
      if let now = intent.now { record.see(now) }
      record.undoIsPrepared = false
      record.effectIsCounted = false
      record.forgetWhoSettledIt()
      record.phase = .attempting(intent)
    case .attemptSucceeded(let outputs):
      record.outputs = outputs
      record.phase = .acted
      record.failure = nil
      record.doubt = nil
    case .attemptFailed(let failure, let retryAt, let wasSent):
      record.failure = failure
      let isDoubted = record.doubt != nil
      if wasSent, !isDoubted { record.renewKey() }
      if let retryAt {
        record.phase = .retrying(at: retryAt)
      } else if !wasSent {
        record.phase = .unavailable(failure)
        record.attemptsInSeries = 0
      } else {
        record.phase = isDoubted ? .failed(acted: false) : .entered
      }
    case .attemptLost(let message, let byCrash):
      if let intent = record.phase.intent {
        record.lose(intent, message: message, byCrash: byCrash)
        record.looks = [:]
      }
    case .lookAnswered(let look, let outputs): record.looks[look] = outputs
    case .lookFailed(let look, let message): foldFailed(look, message, into: &record)
    default: break
    }
  }

  /// A look that could not be made: what it was for says what that means.
  private static func foldFailed(_ look: Look, _ message: String, into record: inout StepRecord) {
    switch look.purpose {
    case .preconditions: record.phase = .blocked(Blocker(message: message))
    case .verify:
      record.failure = Failure(code: "verify_unavailable", message: message)
      record.phase = .failed(acted: record.hasActed)
    case .probe, .checkpoint: record.failedLook = FailedLook(look: look, message: message)
    }
  }

  private static func foldFromOutside(_ event: Event, into record: inout StepRecord) {
    switch event.kind {
    case .answerGiven(let values):
      record.noteGivers(before: values, by: event.actor)
      for member in values.clear { record.answers.clear.set(member.key, member.value) }
      for member in values.sealed { record.answers.sealed.set(member.key, member.value) }
      record.by = event.actor
    case .eventMatched(let id, let outputs):
      record.takenEvents.insert(id)
      record.outputs = outputs
      record.phase = .acted
    case .timerFired(let timer, let dueAt):
      let branch = Waiting.branch(ofTimer: timer) ?? "time"
      record.outputs = StoredValues(
        clear: ["which": .string(branch), "at": .string(dueAt.journalText)])
      record.phase = .acted
    case .people(let happened): fold(happened, of: event, into: &record)
    case .doubtResolved(let happened, let outputs, let reason, _):
      if happened {
        record.outputs = outputs
        record.phase = .acted
        record.manner = event.actor == .machine ? .machine : .person
        record.by = event.actor
        record.reason = reason
        record.failure = nil
        record.doubt = nil
      } else {
        record.renewKey()
        record.phase = .entered
      }
    default: break
    }
  }

  private static func fold(
    _ happened: PeopleEvent, of event: Event, into record: inout StepRecord
  ) {
    record.people.fold(happened, by: event.actor, at: event.at)
    if case .decided = happened { record.by = event.actor }
    if case .voided = happened { record.retried(with: StoredValues(), again: false) }
    if case .itemTicked(let item, let id) = happened {
      record.answers.clear[item] = true
      record.people.givers[item] = .machine
      record.takenEvents.insert("\(item) \(id)")
    }
  }

  /// Opens and closes lists, and moves on, after a step has changed.
  private mutating func follow(_ kind: EventKind, at address: String) {
    switch kind {
    case .stepStarted(let start): enter(address, start)
    case .roundEnded: startRound(of: address)
    case .iterationEnded(let index, let collected): endIteration(index, of: address, collected)
    case .iterationHeld(let index): holdIteration(index, of: address)
    case .workflowFinishing(_, _, let failure, _):
      startFinishing(workflowAt: address, failure)
    case .stepRetried(_, let again, _):
      // What was done about the failure stays in the record as it was.
      if again { renew(inside: address, withRecovery: false) }
      keepNoLonger(address)
      forgetTicks(of: address)
      // An approval that is void is asked again, though the run has gone on since.
      if state.standing[address] == nil { stand(at: address) }
    case .people(.voided(let voided)): askAgain(address, beside: voided.by)
    case .stepFailed:
      leaveFinallyBehind(address)
      closeInside(address)
    case .stepSucceeded, .stepSkipped: leave(address)
    case .stepContinued:
      state.problems.append(address)
      leave(address)
    default: break
    }
  }

  /// What is asked from the beginning is ticked anew by what has come.
  mutating func forgetTicks(of address: String) {
    guard state.steps[address]?.hasTakenEvents == true, case .ask? = step(at: address)?.kind
    else { return }
    state.steps[address]?.takenEvents = []
  }
}

extension EventKind {
  /// Whether a step that was just begun may not have come to decide its `if` with it: a check that does
  /// not hold comes after it.
  fileprivate var leavesConditionOpen: Bool {
    switch self {
    case .stepFailed, .stepRetried: true
    case .stepBlocked(let blocker): blocker.check == nil
    default: false
    }
  }

  /// Whether it leaves a step that failed behind.
  fileprivate var passesOver: Bool { if case .stepContinued = self { true } else { false } }
}

extension CheckpointTest {
  var step: String {
    switch self {
    case .pending(let step), .unmet(let step, _): step
    }
  }
}

import Values
import Workflows

extension RunEngine {
  mutating func applyToStep(_ event: Event, at address: String) {
    if case .checkpointMoved(let message) = event.kind {
      state.checkpointTest = .unmet(step: address, message: message)
      return
    }
    if case .checkpointTest(let held) = checkpointOutcome(of: event.kind, at: address), !held {
      return
    }
    var record = state.steps[address] ?? StepRecord()
    record.startedAt = record.startedAt ?? event.at
    let wasOver = record.isOver
    fold(event, into: &record)
    if (record.isOver && !wasOver) || event.kind.passesOver {
      record.finishedAt = event.at
      record.eventsBefore = state.received.count
    }
    state.parked = nil
    state.steps[address] = record
    follow(event.kind, at: address, record: record)
  }

  private enum CheckpointOutcome {
    case none
    case checkpointTest(Bool)
  }

  /// A look for the test of a checkpoint keeps its answer and nothing else; a skip accepts a world
  /// that has moved on.
  private mutating func checkpointOutcome(of kind: EventKind, at address: String)
    -> CheckpointOutcome
  {
    guard let test = state.checkpointTest, test.step == address else { return .none }
    switch kind {
    case .lookAnswered(let look, let outputs) where look.purpose == .checkpoint:
      state.steps[address]?.looks[look] = outputs
    case .lookFailed(let look, let message) where look.purpose == .checkpoint:
      state.checkpointTest = .unmet(step: address, message: message)
    case .stepSkipped, .stepContinued: state.checkpointTest = nil
    default: return .none
    }
    return .checkpointTest(false)
  }

  private func fold(_ event: Event, into record: inout StepRecord) {
    switch event.kind {
    case .attemptStarted, .attemptSucceeded, .attemptFailed, .attemptLost, .lookAnswered,
      .lookFailed:
      foldAttempt(event, into: &record)
    case .stepStarted: record.phase = .inside
    case .stepSucceeded(let outputs, let manner, let reason, _):
      if let outputs { record.outputs = outputs }
      record.phase = .succeeded
      record.failure = nil
      record.done(manner, by: event.actor, reason: reason)
      record.releaseWorkingData()
    case .stepFailed(let failure):
      record.failure = failure
      record.phase = .failed(acted: record.hasActed)
    case .stepContinued: record.manner = .machine
    case .stepSkipped(let reason, _):
      record.phase = .skipped
      record.done(.machine, by: event.actor, reason: reason)
      record.releaseWorkingData()
    case .stepBlocked(let blocker):
      record.phase = .blocked(blocker)
      record.looks = [:]
    case .stepInDoubt(let message):
      if let intent = record.phase.intent { record.phase = .inDoubt(intent, message: message) }
    case .stepRetried(let with, let again, _): record.retried(with: with, again: again)
    case .stepWaiting(let waiting): record.phase = .waiting(waiting, since: event.at)
    case .roundEnded: record.rounds += 1
    default: foldFromOutside(event, into: &record)
    }
  }

  private func foldAttempt(_ event: Event, into record: inout StepRecord) {
    switch event.kind {
    case .attemptStarted(let intent):
      record.attempts = event.attempt ?? record.attempts + 1
      record.attemptsInSeries += 1
      record.phase = .attempting(intent)
    case .attemptSucceeded(let outputs):
      record.outputs = outputs
      record.phase = .acted
      record.failure = nil
    case .attemptFailed(let failure, let retryAt, let wasSent):
      record.failure = failure
      if wasSent, !record.keyIsInDoubt { record.renewKey() }
      if let retryAt {
        record.phase = .retrying(at: retryAt)
      } else if !wasSent {
        record.phase = .unavailable(failure)
        record.attemptsInSeries = 0
      } else {
        record.phase = .entered
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
  private func foldFailed(_ look: Look, _ message: String, into record: inout StepRecord) {
    switch look.purpose {
    case .preconditions: record.phase = .blocked(Blocker(message: message))
    case .verify:
      record.failure = Failure(code: "verify_unavailable", message: message)
      record.phase = .failed(acted: record.hasActed)
    case .probe, .checkpoint: record.failedLook = look
    }
  }

  private func foldFromOutside(_ event: Event, into record: inout StepRecord) {
    switch event.kind {
    case .answerGiven(let values):
      for member in values.clear { record.answers.clear.set(member.key, member.value) }
      for member in values.sealed { record.answers.sealed.set(member.key, member.value) }
      record.by = event.actor
    case .eventMatched(let id, let outputs):
      record.takenEvents.insert(id)
      record.outputs = outputs
      record.phase = .acted
    case .timerFired(_, let dueAt):
      record.outputs = StoredValues(clear: ["which": "time", "at": .string(dueAt.journalText)])
      record.phase = .acted
    case .doubtResolved(let happened, let outputs, let reason):
      if happened {
        record.outputs = outputs
        record.phase = .acted
        record.manner = event.actor == .machine ? .machine : .person
        record.reason = reason
      } else {
        record.renewKey()
        record.phase = .entered
      }
    default: break
    }
  }

  /// Moves the cursors after a step has changed.
  private mutating func follow(_ kind: EventKind, at address: String, record: StepRecord) {
    switch kind {
    case .stepStarted: enter(address)
    case .roundEnded: startRound(of: address, index: record.rounds)
    case .stepSucceeded, .stepSkipped, .stepContinued:
      if case .stepContinued = kind { state.problems.append(address) }
      leave(address)
    default: break
    }
  }

  private mutating func enter(_ address: String) {
    guard let frame = state.frames.last(where: { $0.isAt(address) }), let step = frame.current
    else {
      return
    }
    switch step.kind {
    case .section(let list):
      state.frames.append(
        Frame(role: .body, owner: address, prefixes: frame.prefixes, list: list, index: 0))
    case .repeat: startRound(of: address, index: 0)
    default: break
    }
  }

  /// Opens a round of a loop; what the last but one left behind is dropped, so that a long loop
  /// takes no more memory than a short one.
  private mutating func startRound(of address: String, index: Int) {
    guard let step = step(at: address), case .repeat(let loop) = step.kind,
      let outer = state.frames.first(where: { $0.isAt(address) })
    else { return }
    if let open = state.frames.lastIndex(where: { $0.owner == address }) {
      forget(state.frames[open])
      state.frames.removeSubrange(open...)
    }
    state.frames.append(Self.round(index, of: address, loop.steps, inside: outer))
  }

  private mutating func forget(_ frame: Frame) {
    for step in frame.list.steps { forget(step, in: frame) }
  }

  private mutating func forget(_ step: Step, in frame: Frame) {
    let address = frame.address(of: step)
    let record = state.steps.removeValue(forKey: address)
    switch step.kind {
    case .section(let list):
      for child in list.steps { forget(child, in: frame) }
    case .repeat(let loop):
      guard let record else { break }
      forget(Self.round(record.rounds, of: address, loop.steps, inside: frame))
    default: break
    }
  }

  private static func round(
    _ index: Int, of address: String, _ list: StepList, inside outer: Frame
  ) -> Frame {
    Frame(
      role: .body, owner: address, prefixes: outer.prefixes + ["\(address)[\(index)]/"],
      list: list, index: index)
  }

  private mutating func leave(_ address: String) {
    if let open = state.frames.firstIndex(where: { $0.owner == address }) {
      state.frames.removeSubrange(open...)
    }
    guard let position = state.frames.lastIndex(where: { $0.isAt(address) }) else { return }
    state.frames[position].cursor += 1
    passCheckpoint(at: address)
  }

  private mutating func passCheckpoint(at address: String) {
    guard step(at: address)?.checkpoint != nil, case .succeeded = state.steps[address]?.phase else {
      return
    }
    state.checkpoints.append(address)
  }
}

extension Frame {
  /// Whether its current step is the one at an address.
  func isAt(_ address: String) -> Bool {
    guard let current else { return false }
    let prefix = prefixes[prefixes.count - 1]
    guard prefix.utf8.count + current.id.utf8.count == address.utf8.count else { return false }
    return address.hasSuffix(current.id) && address.hasPrefix(prefix)
  }
}

extension EventKind {
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

extension StepPhase {
  /// The intent of an attempt whose outcome is not known.
  package var intent: Intent? {
    switch self {
    case .attempting(let intent), .lost(let intent, _, _), .inDoubt(let intent, _): intent
    default: nil
    }
  }
}

extension StepRecord {
  /// Whether the step is over, well or passed over.
  var isOver: Bool {
    switch phase {
    case .succeeded, .skipped, .cancelled: true
    default: false
    }
  }

  var hasActed: Bool { if case .acted = phase { true } else { false } }

  /// The next attempt is another request to the service.
  mutating func renewKey() {
    keyGeneration += 1
    keyIsInDoubt = false
  }

  /// The answer of an attempt is lost: until it is known what happened, its key is the only safe one.
  mutating func lose(_ intent: Intent, message: String, byCrash: Bool) {
    phase = .lost(intent, message: message, byCrash: byCrash)
    keyIsInDoubt = true
  }

  mutating func done(_ manner: Manner, by actor: Actor, reason: String?) {
    // What a person said in an answer or about a doubt stands, though the machine closes the step.
    if actor == .machine, let by, by != .machine {
      self.manner = self.manner ?? .person
    } else {
      by = actor
      self.manner = manner
    }
    self.reason = reason ?? self.reason
  }

  /// What only matters while the step is worked on.
  mutating func releaseWorkingData() {
    looks = [:]
    answers = StoredValues()
    corrected = StoredValues()
  }

  mutating func retried(with values: StoredValues, again: Bool) {
    if !values.isEmpty { corrected = values }
    answers = StoredValues()
    looks = [:]
    attemptsInSeries = 0
    if case .failed(acted: true) = phase, !again, values.isEmpty {
      phase = .acted
    } else {
      if again || !values.isEmpty { renewKey() }
      phase = .entered
    }
    failure = nil
  }
}

import Engine
import Fields
import RunStore
import Values
import Workflows

extension RunSnapshot {
  /// - Parameters:
  ///   - hold: Who executes the run, or has left something of it running.
  ///   - reader: of its files, for what the versions of its workflow say that it went by before.
  ///   - now: The moment at which somebody looks.
  init(_ engine: RunEngine, hold: RunHold?, _ reader: RunReader, now: Timestamp) {
    let state = engine.state
    let header = state.header
    runID = header.run
    name = header.name
    // In the order of the record, whether it was read back or not.
    labels = ValueMap(
      header.labels.names.sorted().compactMap { name in header.labels[name].map { (name, $0) } })
    workflowID = header.workflowID
    workflowName = header.workflowName
    workflowVersion = header.workflowVersion
    workflowFile = header.workflowFile
    environment = header.environment
    isRehearsal = header.isRehearsal
    isByHand = header.isByHand
    placement = state.placement
    undo = engine.undoPreview
    undoProgress = engine.undoProgress
    switch hold {
    case .executed(let holder):
      self.holder = "pid \(holder.process) on \(holder.host)"
      leftRunning = nil
    case .leftBehind(_, let processes):
      holder = nil
      leftRunning = processes
    case nil:
      holder = nil
      leftRunning = nil
    }
    status = state.status(isHeld: holder != nil)
    message = state.message
    if case .finishing(let status, _) = state.phase { ending = status } else { ending = nil }
    begunEnd = state.begunEnd
    finishedAt = state.endedAt
    startedAt = state.startedAt
    startedBy = state.startedBy
    lastActivity = state.lastAt
    reasons = state.parked?.reasons ?? []
    missingOutputs = engine.missingOutputs
    stepViews = OnDemand {
      let views = StepViews(engine, reader, now: now)
      var behind = LeftBehind(engine.state)
      return engine.outline.map { views.view($0, isPassedOver: behind.contains($0)) }
    }
    hasDoubts = { engine.hasDoubts }
    notes = state.notes
    outputs = state.outputs.clear
    sensitiveOutputs = state.outputs.sealed.names
    eventCount = state.eventCount
  }
}

extension RunState {
  func status(isHeld: Bool) -> RunStatus {
    if case .ended(let status, _) = phase { return status }
    if isHeld { return .running }
    return parked?.status ?? .interrupted
  }

  var message: String? {
    switch phase {
    case .main, .undoing: nil
    case .finishing(_, let message), .ended(_, let message): message
    }
  }
}

/// Finds the steps that failed and that the run went on without: those that were passed over, those
/// inside of what is over all the same, and any of a run that succeeded.
private struct LeftBehind {
  private let state: RunState
  private let problems: Set<String>
  private let isWithoutFailure: Bool
  private let hasEnded: Bool
  /// The depth of the step that is over, and of the one that was passed over, while those inside are looked at.
  private var over: Int?
  private var passedOver: Int?

  init(_ state: RunState) {
    self.state = state
    problems = Set(state.problems)
    isWithoutFailure = if case .ended(.succeeded, _) = state.phase { true } else { false }
    hasEnded = if case .ended = state.phase { true } else { false }
  }

  /// - Parameter place: the next in the order of the outline.
  mutating func contains(_ place: OutlineStep) -> Bool {
    if let depth = over, place.depth <= depth { over = nil }
    if let depth = passedOver, place.depth <= depth { passedOver = nil }
    let isPassedOver = place.record?.phase.status == .failed && wentOn(without: place)
    if isPassedOver, passedOver == nil { passedOver = place.depth }
    if place.isOver, over == nil { over = place.depth }
    return isPassedOver
  }

  private func wentOn(without place: OutlineStep) -> Bool {
    // The run stands again at an approval that is asked again, whatever around it is over.
    if state.isCurrent(place.address) { return false }
    if isWithoutFailure || passedOver != nil || problems.contains(place.address) { return true }
    // Nothing comes to its end without an approval in it: one that failed there had been asked again, and what it
    // held up did not go on before the run ended.
    if hasEnded, case .approve = place.step.kind { return false }
    return over != nil
  }
}

extension OutlineStep {
  fileprivate var isOver: Bool {
    switch record?.phase {
    case .succeeded, .skipped, .undone: true
    default: false
    }
  }
}

private struct StepViews {
  let engine: RunEngine
  private let census: LoopCensus
  private let earlier: EarlierDefinitions
  private let now: Timestamp
  /// The steps of which nothing comes now, each with those of which it has to be known first what came of them.
  private let held: [String: [String]]

  init(_ engine: RunEngine, _ reader: RunReader, now: Timestamp) {
    self.engine = engine
    self.now = max(now, engine.state.lastAt)
    held = engine.heldSteps
    earlier = EarlierDefinitions(engine, reader)
    census = LoopCensus(engine)
  }

  func view(_ place: OutlineStep, isPassedOver: Bool) -> StepView {
    let (step, address, record) = (place.step, place.address, place.record)
    let phase = record?.phase
    let target = earlier.target(of: step, at: address, endedAt: record?.finishedAt)
    var targetMet: Bool?
    if phase?.status == .succeeded, let start = record?.startedAt, let end = record?.finishedAt {
      targetMet = target?.isMet(from: start, to: end)
    }
    let heldInRun = rolesHeldInRun(step, record, address)
    return StepView(
      address: address, id: step.id, title: step.title, kind: step.kind.key,
      status: phase?.status ?? .pending, role: step.role,
      responsibleRole: responsibleRole(step, phase, address),
      startedAt: record?.startedAt,
      finishedAt: record?.finishedAt, waiting: record.flatMap { waiting(step, $0, address) },
      failure: phase?.status == .failed ? record?.failure : nil, blocker: phase?.blocker,
      isCheckpointUnmet: unmetCheckpoint(address) != nil,
      isCheckpointUntested: unmetCheckpoint(address).map { $0.check == nil } ?? false,
      see: see(phase, record, address),
      doubt: engine.doubt(at: address), lost: engine.lostAttempt(at: address),
      canBeAskedAgain: engine.canAskAgain(address), manner: record?.shownManner, by: record?.by,
      doers: record?.doers ?? [],
      reason: record?.reason,
      attempts: record?.attempts ?? 0, target: target,
      targetMet: targetMet,
      manual: record?.isOver ?? false
        ? nil : engine.manual(of: step, at: address).map(EscapedMarkdown.plain),
      operation: step.operation, depth: place.depth,
      isCurrent: engine.state.isCurrent(address),
      isPassedOver: isPassedOver,
      hasActed: phase?.hasActedAndFailed == true && step.effects != Effects.none,
      effectStays: record?.leavesEffect == true,
      canBeSkipped: { [engine] in engine.canSkip(address) },
      isHeldUp: phase?.status == .failed && engine.refusalWhileRecovering(address) != nil,
      followUp: isPassedOver ? nil : engine.followUp(at: address),
      heldFor: held[address] ?? [],
      goesOnAt: phase?.status == .running && held[address] == nil
        ? engine.nextMoment(at: address) : nil,
      claim: record?.people.claim,
      untold: record?.people.failedNotices ?? [],
      canBeRepeated: { [engine, now] in engine.canRepeat(address, now: now) },
      canBeSettled: { [engine] in engine.canSettle(address) },
      outputs: { [engine] in engine.outputsByHand(at: address) },
      canBeDoneByHand: { [engine] in engine.canBeDoneByHand(address) },
      canHoldLater: { [engine] in engine.canHoldLater(at: address) },
      items: census.items(of: step, at: address), rounds: step.rounds(record),
      isHeldInRun: !heldInRun.isEmpty,
      heldInRunBy: { [engine] wanted in
        engine.holders(ofRoles: heldInRun.filter { wanted?.contains($0) ?? true }, at: address)
      },
      stage: record?.stage)
  }

  /// Those that wait have the role under which they wait.
  private func responsibleRole(_ step: Step, _ phase: StepPhase?, _ address: String) -> String? {
    if let role = step.role { return role }
    switch phase?.status {
    case .blocked, .failed, .inDoubt: return engine.role(around: address)
    default: return unmetCheckpoint(address) == nil ? nil : engine.role(around: address)
    }
  }

  /// What does not hold of the checkpoint of a step, which stays done all the same.
  private func unmetCheckpoint(_ address: String) -> Blocker? {
    guard case .unmet(address, let unmet)? = engine.state.checkpointTest else { return nil }
    return unmet
  }

  private func see(_ phase: StepPhase?, _ record: StepRecord?, _ address: String) -> String? {
    if let unmet = unmetCheckpoint(address) { return unmet.see }
    return phase?.status == .failed ? record?.failure?.see : phase?.blocker?.see
  }

  /// The roles that may do it and that the run itself gives to somebody.
  private func rolesHeldInRun(
    _ step: Step, _ record: StepRecord?, _ address: String
  ) -> [String] {
    let roles =
      [responsibleRole(step, record?.phase, address)].compactMap(\.self)
      + (record?.people.addedRoles ?? [])
    return roles.filter { engine.isHeldInRun($0, at: address) }
  }

  private func waiting(
    _ step: Step, _ record: StepRecord, _ address: String
  ) -> WaitingView? {
    guard case .waiting(let waiting, let since) = record.phase else { return nil }
    var message = waiting.cause.sentence
    var fields: FieldSet?
    var items: [ItemView] = []
    var mayLeaveItems = false
    switch waiting.cause {
    case .answer(let text, _, let labels):
      message = text
      if case .ask(let question) = step.kind {
        fields = question.fields
        items = self.items(of: question, labels, record, address)
        mayLeaveItems = question.completeWhen != nil
      }
    case .approval(let shown): message = shown.message
    case .byHand(let text): message = text
    case .event, .time, .first: break
    }
    var excluded: Set<String> = []
    var unprovenStarter: String?
    if case .approval(let shown) = waiting.cause {
      excluded = engine.peopleWhoCannotApprove(shown, record)
      unprovenStarter = engine.starterWhoDidNotSignIn(for: shown)?.id
    }
    let ticked = items.count(where: \.isTicked)
    // What was given and cannot be opened is asked for again.
    let locked = Set(record.answers.locked(by: engine.vault).map(\.name))
    return WaitingView(
      cause: waiting.cause, message: EscapedMarkdown.plain(message), markdown: message,
      fields: fields, items: items, mayLeaveItems: mayLeaveItems,
      awaits: { [engine] in engine.awaitedEvents(at: address) },
      locked: { [engine] in engine.lockedWait(at: address) },
      progress: items.isEmpty ? nil : Double(ticked) / Double(items.count),
      answered: record.answers.names.filter { !locked.contains($0) }, given: record.answers.clear,
      since: since,
      dueAt: waiting.dueAt,
      roles: record.people.roles(with: waiting.role),
      escalatedTo: record.people.addedRoles.filter { $0 != waiting.role },
      escalatedSinceClaim: record.people.rolesSinceClaim(with: waiting.role),
      timers: Array(waiting.timers.dropFirst(record.people.timersReached)),
      decisions: record.people.decisions, excluded: excluded, unprovenStarter: unprovenStarter)
  }

  /// In the order of the procedure: a journal keeps names sorted.
  private func items(
    of question: Question, _ labels: ValueMap, _ record: StepRecord, _ address: String
  ) -> [ItemView] {
    question.items.compactMap { item in
      labels[item.name]?.asString.map { label in
        ItemView(
          name: item.name, label: EscapedMarkdown.plain(label),
          help: engine.help(for: item, at: address).map(EscapedMarkdown.plain),
          category: item.category,
          isTicked: record.answers.clear[item.name]?.asBool ?? false, event: item.doneOn?.event)
      }
    }
  }
}

extension RunEngine {
  /// Lists are kept in clear: a name that is sensitive in the run is in none.
  fileprivate func holders(ofRoles roles: [String], at address: String) -> [String] {
    roles.compactMap { holder(ofRole: $0, at: address) }
      .filter { !$0.isSensitive && !$0.name.isEmpty }.map(\.name)
  }
}

extension StepRecord {
  /// Whether it was passed over, or ended with the run, though it had done what it does.
  fileprivate var leavesEffect: Bool {
    switch phase.status {
    case .skipped, .cancelled: hasStandingEffect
    default: false
    }
  }

  /// A `repeat` that has acted and is tried again is at its rounds.
  fileprivate var stage: StepStage? {
    if case .acted = phase, group != nil { return .inside }
    return phase.stage
  }
}

extension StepPhase {
  fileprivate var blocker: Blocker? {
    switch self {
    case .blocked(let blocker): blocker
    case .unavailable(let failure): Blocker(message: failure.message, see: nil, check: nil)
    default: nil
    }
  }

  fileprivate var stage: StepStage? {
    switch self {
    case .attempting, .lost: .attempting
    case .retrying: .retrying
    case .acted: .acted
    case .inside: .inside
    case .unavailable: .unavailable
    default: nil
    }
  }

  fileprivate var hasActedAndFailed: Bool {
    if case .failed(acted: true) = self { true } else { false }
  }
}

extension StepRecord {
  /// Journals of old do not say how a step was passed over, but that a person did it.
  fileprivate var shownManner: Manner? {
    if case .skipped = phase, by != .machine, reason == "person" { .override } else { manner }
  }
}

extension Step {
  fileprivate func rounds(_ record: StepRecord?) -> Int? {
    guard case .repeat = kind, record?.phase.status != .pending else { return nil }
    return record?.group?.roundsInAll
  }

  fileprivate var operation: String? {
    if case .action(let call) = kind { call.operation } else { nil }
  }
}

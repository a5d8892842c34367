import Engine
import Fields
import Values
import Workflows

extension RunSnapshot {
  /// - Parameters:
  ///   - holder: Who executes the run, where somebody does.
  init(_ engine: RunEngine, holder: String?) {
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
    environment = header.environment
    isRehearsal = header.isRehearsal
    isByHand = header.isByHand
    placement = state.placement
    undo = engine.undoPreview
    undoProgress = engine.undoProgress
    status = state.status(isHeld: holder != nil)
    message = state.message
    startedAt = state.startedAt
    startedBy = state.startedBy
    lastActivity = state.lastAt
    self.holder = holder
    reasons = state.parked?.reasons ?? []
    lacksOutputs = engine.missingOutputs != nil
    stepViews = OnDemand {
      let views = StepViews(engine: engine)
      return engine.outline.map(views.view)
    }
    notes = state.notes
    outputs = state.outputs.clear
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

private struct StepViews {
  let engine: RunEngine

  func view(_ place: OutlineStep) -> StepView {
    let (step, address, record) = (place.step, place.address, place.record)
    let phase = record?.phase
    let target = step.target?.fixed?.elapsed
    var took: TimeSpan?
    if let start = record?.startedAt, let end = record?.finishedAt { took = end.since(start) }
    return StepView(
      address: address, id: step.id, title: step.title, kind: step.kind.key,
      status: phase?.status ?? .pending, role: step.role, startedAt: record?.startedAt,
      finishedAt: record?.finishedAt, waiting: record.flatMap { waiting(step, $0, address) },
      failure: phase?.status == .failed ? record?.failure : nil, blocker: phase?.blocker,
      doubt: phase?.doubt, manner: record?.shownManner, by: record?.by, reason: record?.reason,
      attempts: record?.attempts ?? 0, target: target,
      targetMet: target.flatMap { target in took.map { $0 <= target } },
      manual: record?.isOver ?? false
        ? nil : engine.manual(of: step, at: address).map(EscapedMarkdown.plain),
      operation: step.operation, depth: place.depth,
      isCurrent: engine.state.isCurrent(address),
      isPassedOver: phase?.status == .failed && engine.state.problems.contains(address),
      hasActed: phase?.hasActedAndFailed == true && step.effects != Effects.none,
      canBeSkipped: { [engine] in engine.canSkip(address) },
      goesOnAt: phase?.status == .running ? engine.nextMoment(at: address) : nil,
      claim: record?.people.claim,
      untold: record?.people.failedNotices ?? [], outputs: step.outputFields,
      items: items(step, record))
  }

  private func items(_ step: Step, _ record: StepRecord?) -> (done: Int, all: Int)? {
    guard case .forEach = step.kind, let group = record?.group, let count = group.start.count
    else { return nil }
    return (group.endedCount, count)
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
    let ticked = items.count(where: \.isTicked)
    return WaitingView(
      cause: waiting.cause, message: EscapedMarkdown.plain(message), markdown: message,
      fields: fields, items: items, mayLeaveItems: mayLeaveItems,
      awaits: { [engine] in engine.awaitedEvents(at: address) },
      progress: items.isEmpty ? nil : Double(ticked) / Double(items.count),
      answered: record.answers.names, given: record.answers.clear, since: since,
      dueAt: waiting.dueAt,
      roles: [waiting.role].compactMap(\.self) + record.people.addedRoles,
      timers: Array(waiting.timers.dropFirst(record.people.timersReached)),
      decisions: record.people.decisions)
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

extension StepPhase {
  fileprivate var blocker: Blocker? {
    switch self {
    case .blocked(let blocker): blocker
    case .unavailable(let failure): Blocker(message: failure.message, see: nil, check: nil)
    default: nil
    }
  }

  fileprivate var hasActedAndFailed: Bool {
    if case .failed(acted: true) = self { true } else { false }
  }

  fileprivate var doubt: String? {
    if case .inDoubt(_, let message) = self { message } else { nil }
  }
}

extension StepRecord {
  /// Journals of old do not say how a step was passed over, but that a person did it.
  fileprivate var shownManner: Manner? {
    if case .skipped = phase, by != .machine, reason == "person" { .override } else { manner }
  }
}

extension Step {
  fileprivate var operation: String? {
    if case .action(let call) = kind { call.operation } else { nil }
  }
}

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
    labels = header.labels
    workflowID = header.workflowID
    workflowName = header.workflowName
    workflowVersion = header.workflowVersion
    environment = header.environment
    isRehearsal = header.isRehearsal
    status = state.status(isHeld: holder != nil)
    message = state.message
    startedAt = state.startedAt
    startedBy = state.startedBy
    lastActivity = state.lastAt
    self.holder = holder
    reasons = state.parked?.reasons ?? []
    var views = StepViews(engine)
    views.visit(engine.workflow.steps, prefix: "", depth: 0)
    views.visit(engine.workflow.finally, prefix: "", depth: 0)
    steps = views.steps
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
    case .main: nil
    case .finishing(_, let message), .ended(_, let message): message
    }
  }
}

private struct StepViews {
  let engine: RunEngine
  var steps: [StepView] = []

  init(_ engine: RunEngine) { self.engine = engine }

  mutating func visit(_ list: StepList, prefix: String, depth: Int) {
    for step in list.steps {
      let address = prefix + step.id
      let record = engine.state.steps[address]
      steps.append(view(step, address, record, depth))
      switch step.kind {
      case .section(let inner): visit(inner, prefix: prefix, depth: depth + 1)
      case .repeat(let loop):
        guard let record else { break }
        visit(loop.steps, prefix: "\(address)[\(record.rounds)]/", depth: depth + 1)
      default: break
      }
    }
  }

  private func view(
    _ step: Step, _ address: String, _ record: StepRecord?, _ depth: Int
  ) -> StepView {
    let phase = record?.phase
    let target = step.target?.fixed?.elapsed
    var took: TimeSpan?
    if let start = record?.startedAt, let end = record?.finishedAt { took = end.since(start) }
    return StepView(
      address: address, id: step.id, title: step.title, kind: step.kind.word,
      status: phase?.status ?? .pending, role: step.role, startedAt: record?.startedAt,
      finishedAt: record?.finishedAt, waiting: record.flatMap { waiting(step, $0) },
      failure: phase?.status == .failed ? record?.failure : nil, blocker: phase?.blocker,
      doubt: phase?.doubt, manner: record?.manner, by: record?.by, reason: record?.reason,
      attempts: record?.attempts ?? 0, target: target,
      targetMet: target.flatMap { target in took.map { $0 <= target } },
      manual: engine.manual(of: step, at: address), operation: step.operation, depth: depth,
      isCurrent: engine.state.isCurrent(address), outputs: step.outputFields)
  }

  private func waiting(_ step: Step, _ record: StepRecord) -> WaitingView? {
    guard case .waiting(let waiting, let since) = record.phase else { return nil }
    var message = waiting.cause.sentence
    var fields: FieldSet?
    var items: [(name: String, label: String, isTicked: Bool)] = []
    if case .answer(let text, _, let labels) = waiting.cause {
      message = text
      if case .ask(let question) = step.kind {
        fields = question.fields
        // In the order of the procedure: a journal keeps names sorted.
        for name in question.items.map(\.name) {
          guard let label = labels[name]?.asString else { continue }
          items.append((name, label, record.answers.clear[name]?.asBool ?? false))
        }
      }
    }
    return WaitingView(
      cause: waiting.cause, message: message, fields: fields, items: items,
      answered: record.answers.names, since: since, dueAt: waiting.dueAt)
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

  fileprivate var doubt: String? {
    if case .inDoubt(_, let message) = self { message } else { nil }
  }
}

extension Step {
  fileprivate var operation: String? {
    if case .action(let call) = kind { call.operation } else { nil }
  }
}

extension Kind {
  /// The key that makes a step of this kind.
  package var word: String {
    switch self {
    case .action: "action"
    case .ask: "ask"
    case .approve: "approve"
    case .wait: "wait"
    case .set: "set"
    case .section: "steps"
    case .parallel: "parallel"
    case .forEach: "for_each"
    case .choose: "choose"
    case .repeat: "repeat"
    case .workflow: "workflow"
    case .goTo: "go_to"
    case .finish: "finish"
    }
  }
}

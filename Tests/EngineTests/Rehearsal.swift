import Fields
import SourceText
import Testing
import Values
import Workflows

@testable import Engine

/// A run in memory: a workflow, a clock that stands still, and what the engine decides.
final class Rehearsal {
  let workflow: Workflow
  var engine: RunEngine
  var now = Timestamp(seconds: 1_763_000_000)
  private(set) var events: [Event] = []
  private var commands = 0
  /// What keeps sensitive values, where a test has some.
  private let sealing: LosingVault?
  private static let head = "baton: 1\nid: test\nname: A test\nversion: 1.0.0\n"

  /// A shop that tells of payments.
  static let shop: Catalog = {
    let text = "plugin: shop\nsummary: S\nevents:\n  paid: { order_id: string, amount: number }\n"
    let file = SourceFile(path: "plugins/shop/plugin.yaml", text: text)
    let contract = PluginContract.decode(file, into: Diagnostics())
    return Catalog(contract.map { ["shop": $0] } ?? [:])
  }()

  /// - Parameter called: the bodies of the workflows that it calls, by id.
  init(
    _ body: String, inputs: ValueMap = [:], called: [String: String] = [:],
    catalog: Catalog = .builtIn, isByHand: Bool = false, startedBy starter: Actor = .machine,
    sealing vault: LosingVault? = nil
  ) throws {
    sealing = vault
    let diagnostics = Diagnostics()
    let file = SourceFile(path: "test.yaml", bytes: Array((Self.head + body).utf8))
    let source = WorkflowSource(find: { id, _ in
      called[id].map { body in
        let text = Self.head.replacing("id: test", with: "id: \(id)") + body
        return SourceFile(path: "\(id).yaml", bytes: Array(text.utf8))
      }
    })
    let loaded = Workflow.load(
      file: file, catalog: catalog, workflows: source, into: diagnostics)
    workflow = try #require(loaded, "\(diagnostics.sorted.map(\.message))")
    let values = try workflow.inputs.complete(inputs).get()
    let fields = workflow.inputs
    let kept = vault.map { vault in
      StoredValues(values, sensitive: { fields[$0]?.isSensitive ?? false }, vault: vault)
    }
    let header = RunHeader(
      run: "20261120-abc234", workflowID: "test", workflowName: "A test", workflowVersion: "1.0.0",
      workflowFile: "test.yaml", workflowSHA256: workflow.sha256, definition: [:],
      environment: "local", name: "A test", labels: [:],
      inputs: kept ?? StoredValues(clear: values),
      isByHand: isByHand)
    let created = Event(.runCreated(header), actor: starter, at: now)
    engine = try RunEngine(workflow: workflow, created: created, vault: vault ?? OpenVault())
    events = [created]
  }

  var types: [String] { events.dropFirst().map(\.kind.type) }
  var statuses: [String: StepStatus] { engine.state.steps.mapValues(\.phase.status) }
  var park: Park { engine.parkReasons() }
  var status: RunStatus { engine.state.outcomeSoFar }

  func apply(_ kind: EventKind, step: String? = nil, attempt: Int? = nil) {
    record(PendingEvent(kind, step: step, attempt: attempt))
  }

  private func record(
    _ pending: PendingEvent, actor: Actor = .machine, command: String? = nil
  ) {
    let event = Event(
      pending.kind, step: pending.step, attempt: pending.attempt, actor: actor, at: now,
      command: command)
    events.append(event)
    engine.apply(event)
  }

  /// Records what needs nothing from outside.
  func proceed() {
    while case .record(let pending) = engine.next(now: now) {
      for event in pending { record(event) }
    }
  }

  /// The attempt that is due once everything before it is recorded.
  func nextAttempt() -> AttemptRequest? {
    proceed()
    if case .attempt(let request) = engine.next(now: now) { return request }
    return nil
  }

  func start(_ request: AttemptRequest) {
    let kept = sealing.map { vault in
      StoredValues(request.inputs, sensitive: { request.sensitive.contains($0) }, vault: vault)
    }
    let intent = Intent(
      operation: request.call.operation, driver: "test", driverSHA256: "",
      effects: request.effects.rawValue, key: request.key,
      with: kept ?? StoredValues(clear: request.inputs), now: request.now)
    apply(.attemptStarted(intent), step: request.address, attempt: request.attempt)
  }

  func end(_ request: AttemptRequest, _ result: AttemptResult) {
    for event in engine.outcome(of: request, result, now: now) { record(event) }
  }

  /// Gives the run a command of Ana's; the refusal, where it is refused.
  func handle(
    _ kind: CommandKind, by actor: Actor = Actor(kind: .person, id: "ana"),
    standing: Standing? = nil
  ) -> Refusal? {
    commands += 1
    let command = Command(id: "c\(commands)", kind: kind, actor: actor, standing: standing)
    switch engine.handle(command) {
    case .failure(let refusal): return refusal
    case .success(let pending):
      for event in pending { record(event, actor: actor, command: command.id) }
      return nil
    }
  }

  /// Goes on in another process.
  func reopen(from source: Source) throws {
    guard source != .memory else { return }
    let folded = try folded(events.count)
    guard source == .state else {
      engine = folded
      return
    }
    let state = try #require(RunState(saved: folded.state.saved, workflow: workflow))
    engine = RunEngine(workflow: workflow, state: state, vault: OpenVault())
  }

  /// What is known of a run when it goes on.
  enum Source: CaseIterable { case memory, state, journal }

  /// The first events folded again, each read back from the data of its record.
  func folded(_ count: Int) throws -> RunEngine {
    var engine = try RunEngine(workflow: workflow, created: events[0], vault: OpenVault())
    for event in events[1..<count] {
      let kind = try EventKind(type: event.kind.type, data: event.data)
      engine.apply(
        Event(
          kind, step: event.step, attempt: event.attempt, actor: event.actor, at: event.at,
          command: event.command))
    }
    return engine
  }
}

/// A vault that loses everything when a test says so.
final class LosingVault: ValueVault, @unchecked Sendable {
  // Unchecked: a rehearsal has one thread.
  private var values: [Value] = []
  var isLost = false

  func seal(_ value: Value) -> String {
    values.append(value)
    return String(values.count - 1)
  }

  func open(_ commitment: String) -> Value? {
    isLost ? nil : Int(commitment).map { values[$0] }
  }

  var worstObstacle: SealObstacle? { isLost ? .gone : nil }

  func obstacle(to commitment: String) -> SealObstacle? { worstObstacle }
}

/// A vault for tests that have nothing to hide.
private struct OpenVault: ValueVault {
  func seal(_ value: Value) -> String { "" }
  func open(_ commitment: String) -> Value? { nil }
}

extension RunEngine {
  /// The oldest rung of which people are still to be told.
  func dueNotice(now: Timestamp) -> DueNotice? {
    state.tellings.lazy.compactMap { notice(of: $0, now: now) }.first
  }
}

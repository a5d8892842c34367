package import Engine
import Fields
import SourceText
import TimeZones
package import Values
package import Workflows

/// Drives a run in virtual time: what the engine decides is done at once, calls are answered by a
/// script, and where nothing is to be done the clock goes on to the next moment at which something
/// is. No handler, disk or real clock is touched.
package final class Simulator {
  /// A run that does more is taken for one that never ends.
  package static let eventLimit = 2_000_000

  private let script: any SimulationScript
  private let vault = MemoryVault()
  private var engine: RunEngine
  private var now: Timestamp
  private let startedAt: Timestamp
  private var events: [Event]
  private var path = RunPath()
  /// Calls under way, by when they end.
  private var underWay: [(at: Timestamp, request: AttemptRequest, result: AttemptResult)] = []
  private var problems: [SimulationProblem] = []
  private var deliveries = 0
  /// What has arrived and waits until what was due before it has happened.
  private var early: Delivery?
  /// From when the run would have gone on by itself to when somebody was there.
  private var late: [Range<Timestamp>] = []
  private var passed: PassedSteps

  /// How a simulated run starts.
  package struct Start: Sendable {
    package var inputs = ValueMap()
    package var run = "20260101-tested"
    package var at: Timestamp
    package var by = Actor(kind: .user, id: "tester")
    package var environment = "local"
    package var isByHand = false
    /// The addresses of which is kept what became of them, though their round or item is over.
    package var watched: Set<String> = []

    package init(at: Timestamp) { self.at = at }
  }

  /// - Throws: where the run's name or its labels cannot be computed from the inputs.
  package init(
    _ workflow: Workflow, _ start: Start, script: any SimulationScript
  ) throws(SimulationProblem) {
    self.script = script
    now = start.at
    startedAt = start.at
    passed = PassedSteps(watched: start.watched)
    let created = try Self.created(workflow, start, vault)
    engine = try Self.engine(workflow, created, vault)
    events = [created]
  }

  private static func engine(
    _ workflow: Workflow, _ created: Event, _ vault: MemoryVault
  ) throws(SimulationProblem) -> RunEngine {
    do throws(UnreadableEvent) {
      return try RunEngine(workflow: workflow, created: created, vault: vault)
    } catch {
      throw SimulationProblem(message: error.message)
    }
  }

  private static func created(
    _ workflow: Workflow, _ start: Start, _ vault: MemoryVault
  ) throws(SimulationProblem) -> Event {
    var header = RunHeader(
      run: start.run, workflowID: workflow.id, workflowName: workflow.name,
      workflowVersion: workflow.version ?? "", workflowFile: workflow.file.path,
      workflowSHA256: workflow.sha256, definition: ValueMap(), environment: start.environment,
      name: workflow.name, labels: ValueMap(),
      inputs: StoredValues(
        start.inputs, sensitive: { workflow.inputs[$0]?.isSensitive ?? false }, vault: vault),
      isByHand: start.isByHand)
    let first = try engine(
      workflow, Event(.runCreated(header), actor: start.by, at: start.at), vault)
    do throws(ExpressionFailure) {
      (header.name, header.labels) = try first.described()
    } catch {
      throw SimulationProblem(message: "the run's name or labels: \(error.message)")
    }
    return Event(.runCreated(header), actor: start.by, at: start.at)
  }

  // MARK: Running

  /// Goes on until the run is over, or nothing will happen any more.
  package func run() -> SimulatedRun {
    while problems.isEmpty {
      guard events.count < Self.eventLimit else {
        problems.append(SimulationProblem(message: "the run does not end: \(events.count) events"))
        break
      }
      switch engine.next(now: now) {
      case .record(let pending):
        if pending.contains(where: \.kind.isTimer), deliverInTime() { continue }
        record(pending)
      case .attempt(let request): attempt(request)
      case .look(let request): look(request)
      case .wait(let until):
        if let early, !engine.hasMissed(before: early.at) || underWay.isEmpty {
          self.early = nil
          deliver(early)
        } else {
          guard goOn(until) else { return result }
        }
      case .end:
        guard let early else { return result }
        self.early = nil
        deliver(early)
      }
    }
    return result
  }

  private var result: SimulatedRun {
    SimulatedRun(
      engine: engine, vault: vault, events: events, path: path.addresses,
      passed: passed.records, startedAt: startedAt, endedAt: now, late: late, problems: problems)
  }

  private func record(_ pending: [PendingEvent], by actor: Actor = .machine, command: String? = nil)
  {
    for item in pending {
      let event = Event(
        item.kind, step: item.step, attempt: item.attempt, actor: actor, at: now,
        command: command)
      events.append(event)
      path.note(event, event.step.flatMap { engine.step(at: $0) })
      passed.note(event, before: engine.state)
      engine.apply(event)
    }
  }

  // MARK: Time

  /// Lets time pass until something happens; false where nothing will.
  private func goOn(_ until: Timestamp?) -> Bool {
    let call = underWay.indices.min { underWay[$0].at < underWay[$1].at }
    // A process that waits for a call notices what comes due.
    let due =
      call == nil ? until.map { script.noticed($0, startedAt: startedAt) } : until
    let others = [due, call.map { underWay[$0].at }].compactMap(\.self).min()
    let moment = SimulatedMoment(
      engine: engine, now: now, startedAt: startedAt, wakesAt: others, isActing: call != nil)
    // At a tie what arrives is first: an answer in the last moment counts.
    if early == nil, let delivery = script.nextDelivery(moment),
      others.map({ delivery.at <= $0 }) ?? true
    {
      now = max(now, delivery.at)
      noteLate(until)
      if delivery.content.endsTheRun || !engine.hasMissed(before: now) {
        deliver(delivery)
      } else {
        early = delivery
      }
      return true
    }
    guard let others else { return false }
    if let call, underWay[call].at <= others {
      let ended = underWay.remove(at: call)
      now = max(now, ended.at)
      record(engine.outcome(of: ended.request, ended.result, now: now))
      return true
    }
    guard others > now else {
      problems.append(SimulationProblem(message: "the run stands still at \(now.journalText)"))
      return false
    }
    now = others
    noteLate(until)
    return true
  }

  /// Gives what people and the world say at the very moment at which something is due, before that; whether
  /// there was anything.
  private func deliverInTime() -> Bool {
    guard early == nil, !engine.hasMissed(before: now) else { return false }
    let moment = SimulatedMoment(
      engine: engine, now: now, startedAt: startedAt, wakesAt: now, isActing: !underWay.isEmpty,
      isDue: true)
    guard let delivery = script.nextDelivery(moment), delivery.at <= now else { return false }
    deliver(delivery)
    return true
  }

  private func noteLate(_ due: Timestamp?) {
    if let due, due < now { late.append(due..<now) }
  }

  private func deliver(_ delivery: Delivery) {
    deliveries += 1
    reachDeadlines()
    switch delivery.content {
    case .move, .command(.resume):
      guard underWay.isEmpty else {
        let refusal = Refusal("a call is under way: who carries the run out goes on with it")
        return script.delivered(delivery, refusal, at: now)
      }
    case .command: break
    }
    switch delivery.content {
    case .move(let workflow, let choices, let reason):
      script.delivered(delivery, move(workflow, choices, reason, delivery.actor), at: now)
    case .command(.resume):
      resume(by: delivery.actor)
      script.delivered(delivery, nil, at: now)
    case .command(let kind): deliver(delivery, kind)
    }
  }

  /// Whoever acts on a run that nobody has looked after finds first what was due before.
  private func reachDeadlines() {
    while case let due = engine.deadline(before: now), !due.isEmpty { record(due) }
  }

  private func resume(by actor: Actor) {
    record([PendingEvent(.runResumed(process: 0, host: "simulation"))], by: actor)
  }

  /// Moves the run as the runner does, all or nothing; the refusal where something is in the way.
  private func move(
    _ workflow: Workflow, _ choices: MigrationChoices, _ reason: String, _ actor: Actor
  ) -> Refusal? {
    let plan: MigrationPlan
    do throws(Refusal) {
      plan = try engine.migrationPlan(to: workflow, choices)
    } catch {
      return error
    }
    if let obstacle = plan.obstacle { return obstacle }
    let events = engine.migration(
      to: workflow, by: plan, choices, definition: ValueMap(), file: workflow.file.path,
      reason: reason, now: now)
    engine.expect(workflow)
    record(events, by: actor)
    resume(by: actor)
    return nil
  }

  private func deliver(_ delivery: Delivery, _ kind: CommandKind) {
    let command = Command(
      id: "delivery-\(deliveries)", kind: kind, actor: delivery.actor,
      standing: delivery.standing)
    let earlier = delivery.at < now ? delivery.at : nil
    switch engine.handle(command, now: now, givenAt: earlier) {
    case .success(let pending):
      record(pending, by: delivery.actor, command: command.id)
      script.delivered(delivery, pending.isEmpty ? kind.idleness(of: delivery.actor) : nil, at: now)
    case .failure(let refusal): script.delivered(delivery, refusal, at: now)
    }
  }

  // MARK: Calls

  private func attempt(_ request: AttemptRequest) {
    guard engine.isDue(request) else { return }
    let call = SimulatedCall(
      operation: request.step.qualified(request.call.operation), contract: request.call.contract,
      address: request.address, step: request.step, inputs: request.inputs, looks: nil)
    guard let answer = answer(to: call) else { return }
    let sensitive = request.sensitive
    let intent = Intent(
      operation: call.operation, driver: "simulation", driverSHA256: "",
      effects: request.effects.rawValue, key: request.key,
      with: StoredValues(request.inputs, sensitive: { sensitive.contains($0) }, vault: vault),
      now: request.now)
    record([
      PendingEvent(.attemptStarted(intent), step: request.address, attempt: request.attempt)
    ])
    var result = answer.result
    var takes = answer.takes
    if let timeout = request.timeout, takes > timeout {
      takes = timeout
      result = .lost(Failure(code: "timeout", message: "no answer within \(timeout.durationText)"))
    }
    guard takes > .zero, let end = now.adding(takes) else {
      return record(engine.outcome(of: request, result, now: now))
    }
    underWay.append((end, request, result))
  }

  private func look(_ request: LookRequest) {
    let step = engine.step(at: request.address)
    let call = SimulatedCall(
      operation: step?.qualified(request.call.operation) ?? request.call.operation,
      contract: request.call.contract, address: request.address, step: step,
      inputs: request.inputs, looks: request.look.purpose.looks)
    guard let answer = answer(to: call) else { return }
    switch answer.result {
    case .succeeded(let outputs):
      record([
        PendingEvent(
          .lookAnswered(
            request.look,
            outputs: StoredValues(
              outputs,
              sensitive: { request.call.contract?.outputs[$0]?.isSensitive ?? false },
              vault: vault)), step: request.address)
      ])
    case .failed(let failure, _), .lost(let failure), .unavailable(let failure):
      record([
        PendingEvent(.lookFailed(request.look, message: failure.message), step: request.address)
      ])
    }
  }

  private func answer(to call: SimulatedCall) -> SimulatedAnswer? {
    switch script.answer(to: call) {
    case .success(let answer): return answer
    case .failure(let missing):
      problems.append(SimulationProblem(missing))
      return nil
    }
  }
}

extension CommandKind {
  /// What there is to say of a decision that changes nothing; nil of anything else.
  fileprivate func idleness(of actor: Actor) -> Refusal? {
    guard case .decide(let step, let approves, _, _) = self else { return nil }
    return Refusal(
      "\(actor.id) has \(approves ? "approved" : "rejected") `\(step)` already: nothing follows")
  }
}

import Fields
package import Values
import Workflows

extension RunEngine {
  // MARK: Outcomes of attempts

  /// The events that report how an attempt ended.
  package func outcome(
    of request: AttemptRequest, _ result: AttemptResult, now: Timestamp
  ) -> [PendingEvent] {
    let address = request.address
    func event(_ kind: EventKind) -> PendingEvent {
      PendingEvent(kind, step: address, attempt: request.attempt)
    }
    switch result {
    case .succeeded(let outputs): return accept(outputs, of: request, event)
    case .lost(let failure):
      return [event(.attemptLost(message: failure.message, byCrash: false))]
    case .unavailable(let failure):
      let retryAt = retry(request, failure, canRetry: true, now: now)
      return [event(.attemptFailed(failure, retryAt: retryAt, wasSent: false))]
    case .failed(let failure, let canRetry):
      let retryAt = retry(request, failure, canRetry: canRetry, now: now)
      let failed = event(.attemptFailed(failure, retryAt: retryAt, wasSent: true))
      return retryAt == nil ? [failed, event(.stepFailed(failure))] : [failed]
    }
  }

  /// Outputs that do not satisfy the contract: the effect has happened, so it is kept as a failure
  /// that a person settles, never as a success nobody can rely on.
  private func accept(
    _ outputs: ValueMap, of request: AttemptRequest, _ event: (EventKind) -> PendingEvent
  ) -> [PendingEvent] {
    guard let contract = request.call.contract else {
      return [event(.attemptSucceeded(outputs: StoredValues(clear: outputs.inJSON)))]
    }
    let sensitive = { (name: String) in contract.outputs[name]?.isSensitive ?? false }
    switch contract.outputs.complete(outputs) {
    case .success(let completed):
      let stored = StoredValues(completed, sensitive: sensitive, vault: vault)
      return [event(.attemptSucceeded(outputs: stored))]
    case .failure(let problems):
      let message =
        "`\(request.call.operation)` gave outputs that its contract does not allow: "
        + problems.description
      let stored = StoredValues(outputs, sensitive: sensitive, vault: vault)
      return [
        event(.attemptSucceeded(outputs: stored)),
        event(.stepFailed(Failure(code: "invalid_outputs", message: message))),
      ]
    }
  }

  /// When to try again, or nil when not.
  private func retry(
    _ request: AttemptRequest, _ failure: Failure, canRetry: Bool, now: Timestamp
  ) -> Timestamp? {
    guard canRetry, let policy = request.step.retry,
      let record = state.steps[request.address], record.attemptsInSeries < policy.attempts,
      let frame = state.frames.last(where: { $0.isAt(request.address) })
    else { return nil }
    let place = Place(engine: self, frame: frame, step: request.step, now: now)
    if let onlyIf = policy.onlyIf {
      let scope = place.scope.with("error", failure.value(at: request.address))
      guard (try? onlyIf.test(scope)) == true else { return nil }
    }
    return delay(of: policy, before: record.attemptsInSeries + 1, place).flatMap(now.adding)
  }

  /// How long to wait before a try, counted from 2: doubled each time where the policy says so.
  private func delay(of policy: RetryPolicy, before attempt: Int, _ place: Place) -> TimeSpan? {
    guard let wait = (try? policy.wait?.length(place.scope))?.elapsed else { return .zero }
    guard policy.backoff == .double else { return wait }
    let factor = Int64(1) << min(Int64(attempt - 2), 30)
    let (seconds, overflow) = wait.seconds.multipliedReportingOverflow(by: factor)
    let longest = (try? policy.maxWait?.length(place.scope))?.elapsed
    let doubled = overflow ? TimeSpan(seconds: 86_400 * 365) : TimeSpan(seconds: seconds)
    return longest.map { min($0, max(doubled, wait)) } ?? max(doubled, wait)
  }

  // MARK: Doubt

  /// Decides what a lost answer means: tried again where that is safe, else asked, else in doubt.
  func settle(
    _ place: Place, intent: Intent, message: String, byCrash: Bool
  ) -> Decision {
    let isSafe = intent.effects != Effects.once.rawValue
    let limit = max(place.step.retry?.attempts ?? 1, 2)
    if isSafe, byCrash || place.record.attemptsInSeries < limit { return act(place) }
    if isSafe {
      return place.fail("outcome_unknown", "\(message); it is safe to try it again")
    }
    guard let probe = place.step.probe else { return doubt(place, message) }
    return ask(probe, intent: intent, message: message, place)
  }

  private func doubt(_ place: Place, _ message: String) -> Decision {
    place.record(
      .stepInDoubt(message: "nobody knows whether `\(place.step.title)` took effect: \(message)"))
  }

  private func ask(
    _ probe: Probe, intent: Intent, message: String, _ place: Place
  ) -> Decision {
    let look = Look(purpose: .probe, index: place.record.attempts)
    let inputs = Value.map(intent.with.openedOrLeftOut(by: vault))
    let name = probe.scope == .contract ? "inputs" : "with"
    var scope = place.scope.with(name, inputs).with("key", .string(intent.key))
    do throws(ExpressionFailure) {
      guard let outputs = place.record.looks[look] else {
        guard place.record.failedLook != look else { return doubt(place, message) }
        var asking = place
        asking.scope = scope
        return try asking.look(look, probe.action, in: scope)
      }
      scope = scope.with("outputs", .map(probe.action.contract?.outputs.coerce(outputs) ?? outputs))
      return try answer(of: probe, in: scope, place)
    } catch {
      return doubt(place, "\(message); the probe could not tell: \(error.message)")
    }
  }

  private func answer(
    of probe: Probe, in scope: RunScope, _ place: Place
  ) throws(ExpressionFailure) -> Decision {
    guard try probe.check.test(scope) else {
      return place.record(
        .doubtResolved(
          happened: false, outputs: StoredValues(), reason: "the probe says that it did not happen")
      )
    }
    var outputs = ValueMap()
    for (name, template) in probe.outputs {
      if let value = try template.render(scope) { outputs[name] = value }
    }
    let stored = StoredValues(
      outputs, sensitive: { place.step.isSensitiveOutput($0) }, vault: vault)
    return place.record(
      .doubtResolved(happened: true, outputs: stored, reason: "the probe says that it happened"))
  }

  // MARK: Failures

  /// Follows `on_failure`: outwards to the nearest step or section that has one.
  func handleFailure(_ place: Place) -> Decision {
    var address = place.address
    var step = place.step
    while true {
      if let policy = step.onFailure { return follow(policy, from: address, place) }
      guard let owner = state.frames.last(where: { $0.isAt(address) })?.owner,
        let outer = self.step(at: owner)
      else { break }
      address = owner
      step = outer
    }
    return follow(workflow.defaultOnFailure ?? .park, from: place.address, place)
  }

  private func follow(_ policy: FailurePolicy, from address: String, _ place: Place) -> Decision {
    let failure = place.record.failure ?? Failure(code: "failed", message: "the step failed")
    switch policy {
    case .continue:
      guard address != place.address else { return place.record(.stepContinued) }
      return .record([
        PendingEvent(.stepFailed(failure), step: address),
        PendingEvent(.stepContinued, step: address),
      ])
    case .stop:
      return .record([end(.failed, message: "\(place.step.title): \(failure.message)")])
    case .park, .undo, .recover: return .wait(until: nil)
    }
  }
}

import Fields
import TimeZones
package import Values
import Workflows

extension RunEngine {
  // MARK: Outcomes of attempts

  /// The events that report how an attempt ended.
  package func outcome(
    of request: AttemptRequest, _ result: AttemptResult, now: Timestamp
  ) -> [PendingEvent] {
    preparingUndo(events(of: request, result, now: now), now: now)
  }

  private func events(
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
      let mayRetry = canRetry ?? request.call.contract?.mayRetry(after: failure.code) ?? true
      let retryAt = retry(request, failure, canRetry: mayRetry, now: now)
      let failed = event(.attemptFailed(failure, retryAt: retryAt, wasSent: true))
      return retryAt == nil ? [failed, event(.stepFailed(failure))] : [failed]
    }
  }

  /// Outputs that do not satisfy the contract: the effect has happened, so it is kept as a failure
  /// that a person settles, never as a success nobody can rely on.
  private func accept(
    _ outputs: ValueMap, of request: AttemptRequest, _ event: (EventKind) -> PendingEvent
  ) -> [PendingEvent] {
    func done(_ outputs: StoredValues) -> [PendingEvent] {
      // With nothing to verify the step is done as well: one event says both.
      request.step.verify.isEmpty
        ? [
          event(.stepSucceeded(outputs: outputs, manner: .machine, reason: nil, evidence: []))
        ] : [event(.attemptSucceeded(outputs: outputs))]
    }
    guard let contract = request.call.contract else {
      return done(StoredValues(outputs, sensitive: { _ in false }, vault: vault))
    }
    let sensitive = { (name: String) in contract.outputs[name]?.isSensitive ?? false }
    switch contract.outputs.complete(outputs) {
    case .success(let completed):
      return done(StoredValues(completed, sensitive: sensitive, vault: vault))
    case .failure(let problems):
      let message =
        "`\(request.call.operation)` gave outputs that its contract does not allow: "
        + vault.redact(problems.description)
      let stored = StoredValues(outputs, sensitive: sensitive, vault: vault)
      return [
        event(.attemptSucceeded(outputs: stored)),
        event(.stepFailed(Failure(code: Failure.invalidOutputs, message: message))),
      ]
    }
  }

  /// When to try again, or nil when not.
  private func retry(
    _ request: AttemptRequest, _ failure: Failure, canRetry: Bool, now: Timestamp
  ) -> Timestamp? {
    guard canRetry, let policy = request.step.retry,
      let record = state.steps[request.address], record.attemptsInSeries < policy.attempts,
      let place = Place(engine: self, at: request.address, now: now)
    else { return nil }
    if let onlyIf = policy.onlyIf {
      let scope = place.scope.with("error", failure.value(at: request.address))
      guard (try? onlyIf.test(scope)) == true else { return nil }
    }
    return delay(of: policy, before: record.attemptsInSeries + 1, place).flatMap(now.adding)
  }

  /// How long to wait before a try, counted from 2: doubled each time where the policy says so, and
  /// then up to a tenth longer, so that runs that failed together are not all tried again together.
  private func delay(of policy: RetryPolicy, before attempt: Int, _ place: Place) -> TimeSpan? {
    guard let wait = (try? policy.wait?.length(place.scope))?.elapsed else { return .zero }
    guard policy.backoff == .double else { return wait }
    let factor = Int128(1) << Int128(min(attempt - 2, 30))
    let longest = (try? policy.maxWait?.length(place.scope))?.elapsed
    let doubled = max(min(wait.totalNanoseconds * factor, Self.year), wait.totalNanoseconds)
    let delay = spread(doubled, "\(state.header.run) \(place.address) \(attempt)")
    return longest.map { min($0, delay) } ?? delay
  }

  /// In nanoseconds: no wait is doubled beyond.
  private static var year: Int128 { 86_400 * 365 * 1_000_000_000 }

  /// Up to a tenth longer, in whole milliseconds, as moments are journalled: always the same for the same attempt
  /// of the same run, and as good as random for others (FNV-1a).
  private func spread(_ nanoseconds: Int128, _ attempt: String) -> TimeSpan {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in attempt.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let milliseconds = min(nanoseconds, Self.year) / 1_000_000
    let more = milliseconds * Int128((hash >> 32) % 100) / 1000
    return TimeSpan(nanoseconds: nanoseconds + more * 1_000_000) ?? .zero
  }

  // MARK: Doubt

  /// Decides what a lost answer means: tried again where that is safe, else asked, else in doubt.
  mutating func settle(
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
    place.record(.stepInDoubt(message: Self.doubt(place.step.title, message)))
  }

  private static func doubt(_ title: String, _ message: String) -> String {
    "nobody knows whether `\(title)` took effect: \(message)"
  }

  /// What nobody knows of attempts that end with the run, or with the part of it below a prefix:
  /// journalled before that ends, so that the record has the doubt.
  func doubtsLeft(below prefix: String = "") -> [PendingEvent] {
    currentAddresses.compactMap { address in
      guard address.hasPrefix(prefix), let message = state.steps[address]?.doubtLeft else {
        return nil
      }
      let title = step(at: address)?.title ?? address
      return PendingEvent(.stepInDoubt(message: Self.doubt(title, message)), step: address)
    }
  }

  private func ask(
    _ probe: Probe, intent: Intent, message: String, _ place: Place
  ) -> Decision {
    let look = Look(purpose: .probe, index: place.record.attempts)
    let inputs = Value.map(intent.with.openedOrLeftOut(by: vault))
    let name = probe.scope == .contract ? "inputs" : "with"
    var scope = place.scope.with(name, inputs).with("key", .string(intent.key))
      .sealing(name, of: intent.with)
    do throws(ExpressionFailure) {
      guard let stored = place.record.looks[look] else {
        guard place.record.failedLook != look else { return doubt(place, message) }
        return try place.seeing(scope).look(look, probe.action, in: scope)
      }
      let outputs = stored.openedOrLeftOut(by: vault)
      scope = scope.with("outputs", .map(probe.action.contract?.outputs.coerce(outputs) ?? outputs))
        .sealing("outputs", of: stored)
      return try answer(of: probe, in: scope, place)
    } catch {
      return doubt(
        place, "\(message); the probe could not tell: \(place.seeing(scope).explained(error))")
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
    let sensitive = scope.sensitiveNames(of: probe.outputs)
    let stored = StoredValues(
      outputs, sensitive: { sensitive.contains($0) || place.step.isSensitiveOutput($0) },
      vault: vault)
    return place.record(
      .doubtResolved(happened: true, outputs: stored, reason: "the probe says that it happened"))
  }
}

import Fields
import TimeZones
package import Values
import Workflows

extension RunEngine {
  // MARK: Outcomes of attempts and looks

  /// Whether what a look finds still matters: somebody may have said meanwhile what becomes of its step.
  package func awaits(_ request: LookRequest) -> Bool {
    switch request.look.purpose {
    case .checkpoint: state.checkpointTest?.step == request.address
    case .preconditions, .verify, .probe: state.isCurrent(request.address)
    }
  }

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
      // Where no attempt began, what is missing does not come back by trying again.
      let next = nextTry(at: address, failure, canRetry: isAttempting(address), now: now)
      return [event(.attemptFailed(next.failure, retryAt: next.moment, wasSent: false))]
    case .failed(let failure, let canRetry):
      let mayRetry = canRetry ?? request.call.contract?.mayRetry(after: failure.code) ?? true
      let next = nextTry(at: address, failure, canRetry: mayRetry, now: now)
      let failed = event(.attemptFailed(next.failure, retryAt: next.moment, wasSent: true))
      // What an earlier try came to is found out before the step counts as failed.
      if next.moment != nil || hasOpenDoubt(address) { return [failed] }
      return [failed, event(.stepFailed(next.failure))]
    }
  }

  private func isAttempting(_ address: String) -> Bool {
    if case .attempting? = state.steps[address]?.phase { true } else { false }
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

  /// When to try again after a failure: nil where that is not done. Where nobody can tell, since an expression
  /// of the step's `retry` has no value, it is not done either, and the failure says why.
  func nextTry(
    at address: String, _ failure: Failure, canRetry: Bool, now: Timestamp
  ) -> (moment: Timestamp?, failure: Failure) {
    guard canRetry, let record = state.steps[address],
      let policy = step(at: address)?.retry, record.attemptsInSeries < policy.attempts,
      let place = Place(engine: self, at: address, now: now)
    else { return (nil, failure) }
    do throws(ExpressionFailure) {
      let scope = place.scope.with("error", failure.value(at: address))
      if let onlyIf = policy.onlyIf, try !onlyIf.test(scope) { return (nil, failure) }
      let delay = try delay(of: policy, before: record.attemptsInSeries + 1, place)
      return (now.adding(delay), failure)
    } catch {
      var untried = failure
      untried.message += "; not tried again: \(place.explained(error))"
      return (nil, untried)
    }
  }

  /// How long to wait before a try, counted from 2: doubled each time where the policy says so, and
  /// then up to a tenth longer, so that runs that failed together are not all tried again together.
  private func delay(
    of policy: RetryPolicy, before attempt: Int, _ place: Place
  ) throws(ExpressionFailure) -> TimeSpan {
    guard let wait = try policy.wait?.elapsed(place.scope) else { return .zero }
    guard policy.backoff == .double else { return wait }
    let factor = Int128(1) << Int128(min(attempt - 2, 30))
    let longest = try policy.maxWait?.elapsed(place.scope)
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
}

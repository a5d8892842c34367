import Fields
package import Values
import Workflows

/// Answers that were lost: what that means, and who is to know of it.
extension RunEngine {
  // MARK: Who is in doubt

  /// The steps of which nobody knows whether they took effect, those at which the run stands first.
  var doubts: [String] { currentAddresses.filter(isInDoubt) + doubtsLeftBehind }

  /// Those that the run has passed all the same. Journals of old have them: of a called workflow that was
  /// ended, and of a step that was passed over as if it had failed.
  var doubtsLeftBehind: [String] {
    guard case .main = state.phase else { return [] }
    return state.steps.filter { address, record in
      guard state.standing[address] == nil else { return false }
      switch record.phase {
      case .inDoubt: return true
      case .failed(acted: false): return record.doubt != nil && hasOpenDoubt(address)
      default: return false
      }
    }.map(\.key).sorted()
  }

  /// Whether the answer of an attempt at a step was lost, and nothing since has told what it came to.
  package func isInDoubt(_ address: String) -> Bool {
    guard let record = state.steps[address] else { return false }
    if case .inDoubt = record.phase { return true }
    return record.isUndecided && hasOpenDoubt(address)
  }

  /// The same, whatever the step is at.
  func hasOpenDoubt(_ address: String) -> Bool {
    guard let doubt = state.steps[address]?.doubt, let step = step(at: address) else {
      return false
    }
    return doubt.isOpen(for: step)
  }

  /// Why nobody knows whether a step took effect; nil where that is known, or does not matter.
  package func doubt(at address: String) -> String? {
    guard isInDoubt(address), let record = state.steps[address] else { return nil }
    if case .inDoubt(_, let message, _) = record.phase { return message }
    return record.doubt.map { Self.doubt(step(at: address)?.title ?? address, $0.message) }
  }

  /// Whether a person can still say whether a step took effect.
  package func canSettle(_ address: String) -> Bool {
    state.isCurrent(address) ? isInDoubt(address) : doubtsLeftBehind.contains(address)
  }

  /// Whether anything in the run is in doubt, however it ended.
  package var hasDoubts: Bool {
    state.steps.values.contains { if case .inDoubt = $0.phase { true } else { false } }
  }

  /// Whether what may have happened can be tried again without happening twice, at a moment.
  package func canRepeat(_ address: String, now: Timestamp) -> Bool {
    guard let doubt = state.steps[address]?.doubt,
      let place = Place(engine: self, at: address, now: now)
    else { return false }
    return canRepeat(doubt.intent, place)
  }

  private func canRepeat(_ intent: Intent, _ place: Place) -> Bool {
    switch intent.declaredEffects {
    case .none, .repeatable: return true
    case .once: return false
    case .keyed:
      guard case .action(let call) = place.step.kind, let lasts = call.contract?.keyLasts,
        let since = place.record.doubt?.since
      else { return true }
      // Business time says nothing of how long a service remembers.
      guard let span = lasts.elapsed else { return false }
      return since.adding(span).map { place.now < $0 } ?? true
    }
  }

  /// Whether going on with the run asks the world again what came of a step that is in doubt.
  package func canAskAgain(_ address: String) -> Bool {
    guard state.isCurrent(address), case .inDoubt(let intent, _, _)? = state.steps[address]?.phase
    else { return false }
    return intent.declaredEffects != .none && step(at: address)?.probe != nil
  }

  // MARK: Deciding

  /// Decides what a lost answer means: tried again where that is safe, else asked, else in doubt.
  mutating func settle(_ place: Place, _ intent: Intent, _ message: String, byCrash: Bool)
    -> Decision
  {
    let limit = max(place.step.retry?.attempts ?? 1, 2)
    if canRepeat(intent, place), byCrash || place.record.attemptsInSeries < limit {
      return act(place)
    }
    return find(out: intent, Unknown(message: message, isByCrash: byCrash), place)
  }

  /// What follows when a try was refused, though an earlier one may have taken effect; and when the world is
  /// asked once more.
  func findOut(_ place: Place, _ doubt: Doubt) -> Decision {
    let failure = place.record.failure
    let message = doubt.message + (failure.map { "; a later try failed: \($0.message)" } ?? "")
    return find(out: doubt.intent, Unknown(message: message, refusal: failure), place)
  }

  /// The attempt that may have taken effect, once more: the same key, and the same inputs.
  func repeated(
    _ doubt: Doubt, _ place: Place, _ call: ActionCall
  ) throws(ExpressionFailure) -> Decision {
    let intent = doubt.intent
    guard canRepeat(intent, place) else {
      let message = doubt.message + "; the service may not know its key any more"
      return find(out: intent, Unknown(message: message), place)
    }
    var inputs: ValueMap
    do throws(UnopenedValue) {
      inputs = try intent.with.opened(by: vault)
    } catch {
      return place.block(
        "`\(error.name)` cannot be known: \(error.obstacle.sentence(in: state.header.run))")
    }
    if let contract = call.contract, case .success(let completed) = contract.inputs.complete(inputs)
    {
      inputs = completed
    }
    let sensitive = Set(intent.with.sealed.names).union(call.contract?.inputs.sensitiveNames ?? [])
    return .attempt(
      AttemptRequest(
        address: place.address, attempt: place.record.attempts + 1, step: place.step, call: call,
        inputs: inputs, sensitive: sensitive, effects: intent.declaredEffects, key: intent.key,
        timeout: try place.timeout()))
  }

  /// What is known of an attempt that may have taken effect.
  private struct Unknown {
    let message: String
    var isByCrash = false
    /// With what the last try was refused.
    var refusal: Failure?
  }

  /// Asks the world where the step says how, else people.
  private func find(out intent: Intent, _ unknown: Unknown, _ place: Place) -> Decision {
    guard let probe = place.step.probe, intent.declaredEffects != .none else {
      return leave(intent, unknown.message, place)
    }
    return ask(probe, intent, unknown, place)
  }

  /// Nobody can be asked: people say what happened, where that matters.
  private func leave(_ intent: Intent, _ message: String, _ place: Place) -> Decision {
    let doubt = Doubt(intent: intent, since: nil, message: message)
    guard doubt.isOpen(for: place.step) else {
      return place.fail("outcome_unknown", "\(message); it is safe to try it again")
    }
    return place.record(.stepInDoubt(message: Self.doubt(place.step.title, message)))
  }

  private static func doubt(_ title: String, _ message: String) -> String {
    "nobody knows whether `\(title)` took effect: \(message)"
  }

  private func ask(
    _ probe: Probe, _ intent: Intent, _ unknown: Unknown, _ place: Place
  ) -> Decision {
    let look = Look(purpose: .probe, index: place.record.attempts)
    var scope = scope(of: probe, intent, place)
    do throws(ExpressionFailure) {
      guard let stored = place.record.looks[look] else {
        if let failed = place.record.failedLook, failed.look == look {
          let why = "\(unknown.message); the probe could not be asked: \(failed.message)"
          return leave(intent, why, place)
        }
        return try place.seeing(scope).look(look, probe.action, in: scope)
      }
      let outputs = stored.openedOrLeftOut(by: vault)
      scope = scope.with("outputs", .map(probe.action.contract?.outputs.coerce(outputs) ?? outputs))
        .sealing("outputs", of: stored)
      return try answer(of: probe, in: scope, unknown, place)
    } catch {
      let why = place.seeing(scope).explained(error)
      return leave(intent, "\(unknown.message); the probe could not tell: \(why)", place)
    }
  }

  /// What a probe sees: what the attempt was called with, and its key.
  func scope(of probe: Probe, _ intent: Intent, _ place: Place) -> RunScope {
    let name = probe.scope == .contract ? "inputs" : "with"
    return place.scope.with(name, .map(intent.with.openedOrLeftOut(by: vault)))
      .with("key", .string(intent.key)).sealing(name, of: intent.with)
  }

  private func answer(
    of probe: Probe, in scope: RunScope, _ unknown: Unknown, _ place: Place
  ) throws(ExpressionFailure) -> Decision {
    guard try probe.check.test(scope) else { return .record(notHappened(unknown, place)) }
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

  /// It is tried again, as often as after any failure: a world that is asked may lag behind.
  private func notHappened(_ unknown: Unknown, _ place: Place) -> [PendingEvent] {
    let resolved = place.event(
      .doubtResolved(
        happened: false, outputs: StoredValues(), reason: "the probe says that it did not happen"))
    if let refusal = unknown.refusal { return [resolved, place.event(.stepFailed(refusal))] }
    let failure = Failure(
      code: "lost", message: "\(unknown.message); the probe says that it did not happen")
    let next = nextTry(at: place.address, failure, canRetry: true, now: place.now)
    let isTriedAtOnce = place.step.retry == nil && place.record.attemptsInSeries < 2
    if unknown.isByCrash || isTriedAtOnce { return [resolved] }
    let failed = PendingEvent(
      .attemptFailed(next.failure, retryAt: next.moment, wasSent: true), step: place.address,
      attempt: place.record.attempts)
    return [resolved, failed]
      + (next.moment == nil ? [place.event(.stepFailed(next.failure))] : [])
  }

  // MARK: Ending with doubts

  /// What nobody knows of attempts that end with the run, or with the part of it below a prefix:
  /// journalled before that ends, so that the record has the doubt.
  func doubtsLeft() -> [PendingEvent] {
    currentAddresses.compactMap { address in
      guard let record = state.steps[address] else { return nil }
      if case .inDoubt = record.phase { return nil }
      let title = step(at: address)?.title ?? address
      guard let message = record.doubtLeft.map({ Self.doubt(title, $0) }) ?? doubt(at: address)
      else { return nil }
      return PendingEvent(.stepInDoubt(message: message), step: address)
    }
  }

  /// Whether a part of the run can be ended now. What is under way there ends first; where the run
  /// goes on afterwards, or takes back what it did, it is also known first what lost answers came to.
  ///
  /// - Parameter goesOn: Whether more of the run depends on what is known; else only the world is asked, of
  ///   what was lost and of whether what took effect will do.
  mutating func mayEnd(_ prefix: String, by frame: Int, goesOn: Bool) -> Bool {
    let isUnknown = currentAddresses.contains { address in
      address.hasPrefix(prefix)
        && (goesOn ? isOpen(address) : isToBeAsked(address) || isToBeChecked(address))
    }
    let isKnown = !isUnknown && !(goesOn && doubtsLeftBehind.contains { $0.hasPrefix(prefix) })
    return agenda.mayEnd(prefix, by: frame, isKnown: isKnown)
  }

  /// Whether it is open whether a step takes effect, so that it goes on though something is to end.
  func isOpen(_ address: String) -> Bool {
    if case .acted? = state.steps[address]?.phase { return true }
    return isUnsettled(address) || isInDoubt(address)
  }

  /// Whether a step took effect, and its `verify` is to be tested.
  private func isToBeChecked(_ address: String) -> Bool {
    guard let record = state.steps[address], case .acted = record.phase else { return false }
    return record.group == nil
  }

  /// Whether the world is asked next what came of a lost answer.
  private func isToBeAsked(_ address: String) -> Bool {
    guard isUnsettled(address), let step = step(at: address), step.probe != nil,
      let record = state.steps[address]
    else { return false }
    if case .lost(let intent, _, _) = record.phase {
      return intent.declaredEffects == .once
        || (intent.declaredEffects == .keyed && !canRepeat(address, now: state.lastAt))
    }
    if case .failed = record.phase { return true }
    return false
  }

  // MARK: Folding

  /// What a person says of a step that the run has passed: nothing follows from it but that it is known.
  mutating func noteSettled(_ event: Event, at address: String) {
    guard case .doubtResolved(let happened, _, _, _) = event.kind, state.standing[address] == nil,
      state.steps[address] != nil
    else { return }
    let isPassedOver = state.steps[address]?.failure != nil
    state.steps[address]?.phase =
      happened ? .succeeded : isPassedOver ? .failed(acted: false) : .cancelled
    state.steps[address]?.finishedAt = event.at
    state.steps[address]?.releaseWorkingData()
  }

  /// Counts what may have happened, and has failed since it can be done again, among what nothing takes
  /// back.
  mutating func noteMayHaveHappened(at address: String) {
    guard let record = state.steps[address], record.doubt != nil, let step = step(at: address),
      record.mayHaveHappened(step), state.undo.position(of: address) == nil
    else { return }
    state.undo.noteIrreversible(address)
  }

  // MARK: Commands

  /// Nothing is decided about a step while nobody knows whether it took effect.
  func refuseInDoubt(_ address: String, now: Timestamp) throws(Refusal) {
    guard isInDoubt(address) else { return }
    throw Refusal(
      "\(unknownSentence(address)): settle that first", hint: waysToSettle(address, now: now))
  }

  /// - Parameter why: what it is that waits until nothing is in doubt.
  func refuseWithDoubts(_ why: String, now: Timestamp) throws(Refusal) {
    guard let doubt = doubts.first else { return }
    throw Refusal("\(unknownSentence(doubt)): \(why)", hint: waysToSettle(doubt, now: now))
  }

  /// What holds a step of which nobody knows is not begun anew.
  func refuseForgetting(_ address: String, now: Timestamp) throws(Refusal) {
    for doubt in doubtsLeftBehind
    where doubt.hasPrefix(address + "/") || doubt.hasPrefix(address + "[") {
      throw Refusal(
        "\(unknownSentence(doubt)): settle that first", hint: waysToSettle(doubt, now: now))
    }
  }

  private func unknownSentence(_ address: String) -> String {
    if case .inDoubt? = state.steps[address]?.phase { return "`\(address)` is in doubt" }
    return "nobody knows yet whether `\(address)` took effect"
  }

  /// Trying again is refused where it could happen twice: with another key, or with other values.
  func refuseRepeating(
    _ address: String, _ values: ValueMap, again: Bool, now: Timestamp
  ) throws(Refusal) {
    guard isInDoubt(address) else { return }
    guard canRepeat(address, now: now) else {
      throw Refusal(
        "`\(address)` is in doubt: trying it again could do it twice",
        hint: "say what happened: " + commandToResolve(address))
    }
    guard again || !values.isEmpty else { return }
    throw Refusal(
      "\(unknownSentence(address)): trying it again in another way could do it twice",
      hint: waysToSettle(address, now: now))
  }

  /// How a doubt is settled: by trying the same again where that is safe, by asking the world again, or by saying
  /// what happened.
  func waysToSettle(_ address: String, now: Timestamp) -> String {
    let resolve = commandToResolve(address)
    guard state.isCurrent(address) else { return resolve }
    if canRepeat(address, now: now) {
      return "it is safe to try the same again: \(command("retry", address)); or look: \(resolve)"
    }
    guard canAskAgain(address) else { return resolve }
    return "ask again what came of it: baton resume \(state.header.run); or look: \(resolve)"
  }
}

extension Place {
  /// The attempt that may have taken effect and is made again as it was. Where doing it again is the same as
  /// doing it once and a person has it done again, it is as the run stands now.
  var toRepeat: Doubt? {
    guard let doubt = record.doubt, doubt.intent.declaredEffects != .none,
      record.attemptsInSeries > 0 || doubt.isOpen(for: step)
    else { return nil }
    return doubt
  }
}

extension StepRecord {
  /// Whether it may have taken effect, which did not keep the run.
  func mayHaveHappened(_ step: Step) -> Bool {
    guard let doubt else { return false }
    return doubt.intent.declaredEffects == .repeatable && !doubt.isOpen(for: step)
  }
}

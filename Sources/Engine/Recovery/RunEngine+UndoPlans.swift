import CEL
import Fields
import Values
import Workflows

extension RunEngine {
  /// The same events; before each that says that a step took effect, how to take that back.
  func preparingUndo(_ events: [PendingEvent], now: Timestamp) -> [PendingEvent] {
    guard hasUndo else { return events }
    var result: [PendingEvent] = []
    var prepared: Set<String> = []
    for event in events {
      if let address = event.step, !prepared.contains(address), let effect = event.kind.effect,
        let plan = plan(for: effect, at: address, now: now)
      {
        prepared.insert(address)
        result.append(PendingEvent(.recovery(.undoPrepared(plan)), step: address))
      }
      result.append(event)
    }
    return result
  }

  private func plan(for effect: Effect, at address: String, now: Timestamp) -> UndoPlan? {
    guard let undo = step(at: address)?.undo, undo.isFor(address, in: state),
      let place = Place(engine: self, at: address, now: now),
      effect.isByHand || !place.record.undoIsPrepared
    else { return nil }
    do throws(ExpressionFailure) {
      return try plan(undo, place, outputs: effect.outputs ?? place.record.outputs)
    } catch {
      return .unknown(
        "what takes it back could not be worked out: \(place.explained(error))")
    }
  }

  private func plan(
    _ undo: UndoDefinition, _ place: Place, outputs: StoredValues
  ) throws(ExpressionFailure) -> UndoPlan {
    let scope = try undoScope(undo, place, outputs)
    switch undo {
    case .manual(let text): return .manual(try text.shownText(scope))
    case .action(let call, _):
      var inputs = ValueMap()
      for (name, template) in call.with { inputs[name] = try template.render(scope)?.inJSON }
      var sensitive = scope.sensitiveNames(of: call.with)
      if let contract = call.contract {
        sensitive.formUnion(contract.inputs.sensitiveNames)
        switch contract.inputs.complete(inputs, hiding: sensitive) {
        case .success(let completed): inputs = completed
        case .failure(let problems):
          return .unknown("the inputs of `\(call.operation)` do not fit: \(problems.description)")
        }
      }
      let stored = StoredValues(inputs, sensitive: { sensitive.contains($0) }, vault: vault)
      return .call(operation: call.operation, with: stored)
    }
  }

  /// What the templates of an undo see: the step as if it had succeeded already.
  private func undoScope(
    _ undo: UndoDefinition, _ place: Place, _ outputs: StoredValues
  ) throws(ExpressionFailure) -> RunScope {
    var record = place.record
    record.phase = .succeeded
    record.outputs = outputs
    let reader = StateReader(self, overlay: (place.address, record))
    var scope = RunScope(
      reader: reader, surroundings: place.frame.surroundings, address: place.address,
      now: place.scope.now)
    let intent = place.record.unsettledIntent
    let key = intent?.key ?? self.key(of: place)
    scope = scope.with("key", .string(key))
      .with("outputs", reader.outputs(of: place.step, at: place.address))
      .sealing("outputs", of: outputs)
    guard case .action(let call) = place.step.kind else { return scope }
    let name = place.step.inherits(undo) ? "inputs" : "with"
    var with = ValueMap()
    if let intent {
      with = intent.with.openedOrLeftOut(by: vault)
      scope = scope.sealing(name, of: intent.with)
    } else {
      // What a person corrected replaces the expression, which need not have a value.
      let corrected = place.record.corrected
      let names = Set(corrected.names)
      let others = call.with.filter { !names.contains($0.name) }
      with = try place.render(others)
      for member in corrected.openedOrLeftOut(by: vault) { with.set(member.key, member.value) }
      with = call.contract?.withDefaults(with) ?? with
      scope = scope.sealing(name, of: corrected)
        .sealing(
          name,
          place.scope.sensitiveNames(of: others)
            .union(call.contract?.inputs.sensitiveNames ?? []))
    }
    guard name == "inputs" else { return scope.with(name, .map(with)) }
    return scope.with(name, .map(call.contract?.inputs.coerce(with) ?? with))
  }

  /// The idempotency key of the next attempt at a step.
  func key(of place: Place) -> String {
    if let doubt = place.record.doubt { return doubt.intent.key }
    let key = "\(state.header.run):\(place.address):\(keyGeneration(of: place))"
    let rewinds = state.hasRecovery ? state.recovery.rewinds : 0
    return rewinds == 0 ? key : "\(key):\(rewinds)"
  }
}

/// That a step took effect, and what came of it.
private struct Effect {
  let outputs: StoredValues?
  let isByHand: Bool
}

extension EventKind {
  fileprivate var effect: Effect? {
    switch self {
    case .attemptSucceeded(let outputs): Effect(outputs: outputs, isByHand: false)
    case .stepSucceeded(let outputs, let manner, _, _):
      Effect(outputs: outputs, isByHand: manner == .byHand)
    case .doubtResolved(true, let outputs, _, _): Effect(outputs: outputs, isByHand: false)
    default: nil
    }
  }
}

extension UndoDefinition {
  /// What takes a step back has no way back of its own.
  fileprivate func isFor(_ address: String, in state: RunState) -> Bool {
    state.undo.position(of: address) == nil
  }
}

extension Step {
  /// Whether an undo is the one of the step's operation.
  func inherits(_ undo: UndoDefinition) -> Bool {
    switch undo {
    case .action(_, let scope): return scope == .contract
    case .manual(let text):
      guard case .action(let call) = kind, case .manual(let inherited)? = call.contract?.undo
      else { return false }
      return text === inherited
    }
  }
}

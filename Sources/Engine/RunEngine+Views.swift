import Fields
package import Values
package import Workflows

extension RunEngine {
  /// The run's name and labels, from its inputs.
  package func described() throws(ExpressionFailure) -> (name: String, labels: ValueMap) {
    let scope = RunScope(
      reader: StateReader(self), surroundings: Surroundings(workflow),
      address: "", now: state.startedAt)
    let name = try workflow.runName?.shownText(scope) ?? workflow.name
    var labels = ValueMap()
    for (label, template) in workflow.labels {
      labels[label] = .string(try template.shownText(scope))
    }
    return (name, labels)
  }

  /// How a person does a step by hand, where the workflow says so and what it says can be known.
  package func manual(of step: Step, at address: String) -> String? {
    guard let manual = step.manual else { return nil }
    guard let place = Place(engine: self, at: address, now: state.lastAt) else { return nil }
    return try? manual.shownMarkdown(manualScope(of: manual, place))
  }

  /// What helps with an item of a question, where the workflow says something that can be known.
  package func help(for item: Question.Item, at address: String) -> String? {
    guard let help = item.help,
      let place = Place(engine: self, at: address, now: state.lastAt)
    else { return nil }
    return try? help.shownMarkdown(place.scope)
  }

  /// A contract's text sees the operation's inputs; a step's sees what the step sees.
  private func manualScope(of manual: Template, _ place: Place) throws(ExpressionFailure)
    -> RunScope
  {
    guard case .action(let call) = place.step.kind, call.contract?.manual === manual else {
      return place.scope
    }
    let given = givenInputs(place)
    var inputs = given.clear
    var sensitive = Set(call.contract?.inputs.sensitiveNames ?? []).union(given.sealed.names)
    if undoInputs(at: place.address)?.clear.isEmpty ?? true {
      inputs = try inputsByHand(of: call, place)
      sensitive.formUnion(place.scope.sensitiveNames(of: call.with))
    }
    return place.scope.with("inputs", .map(call.contract?.withDefaults(inputs) ?? inputs))
      .with("key", .string(key(of: place))).sealing("inputs", sensitive)
  }

  /// What a person corrected replaces the expression, as in a call.
  private func inputsByHand(
    of call: ActionCall, _ place: Place
  ) throws(ExpressionFailure) -> ValueMap {
    let corrected = place.record.corrected
    guard !corrected.isEmpty else { return try place.render(call.with) }
    let names = Set(corrected.names)
    var inputs = try place.render(call.with.filter { !names.contains($0.name) })
    for member in corrected.clear { inputs.set(member.key, member.value) }
    return inputs
  }

  /// The role of the step around that is nearest and has one, in the workflow or in what called it: who sees
  /// to a step that has none itself.
  package func role(around address: String) -> String? {
    guard let (step, surroundings) = location(of: address) else { return nil }
    var parent = step.parent
    while let index = parent {
      let outer = surroundings.workflow.allSteps[index]
      if let role = outer.role { return role }
      parent = outer.parent
    }
    guard let call = surroundings.call else { return nil }
    return location(of: call)?.step.role ?? role(around: call)
  }

  /// Whether passing over a step would not be refused.
  package func canSkip(_ address: String) -> Bool {
    (try? skip(address, reason: "", now: state.lastAt)) != nil
  }

  /// Whether the run stands at one step alone, with no branch beside it.
  package var isLinear: Bool {
    guard state.frames.count < 16 else { return false }
    var inner = 0
    for frame in state.frames.values {
      guard let address = frame.currentAddress else { continue }
      if case .inside? = state.steps[address]?.phase { inner += 1 }
    }
    return state.frames.count - inner <= 1
  }

  /// A look is under way: what waits for it is decided about again when its answer comes.
  ///
  /// - Returns: false where the whole run waits for it, for the test of a checkpoint.
  package mutating func expect(_ request: LookRequest) -> Bool {
    guard state.checkpointTest == nil, let frame = state.standing[request.address] else {
      return false
    }
    agenda.awaitLook(frame)
    return true
  }

  /// Whether an attempt that was decided on is still what is to be done.
  package func isDue(_ request: AttemptRequest) -> Bool {
    guard state.standing[request.address] != nil else { return false }
    let record = state.steps[request.address]
    if case .attempting? = record?.phase { return false }
    return (record?.attempts ?? 0) + 1 == request.attempt
  }

  /// Whether a value that a command gives is sensitive.
  package func isSensitive(_ name: String, in command: CommandKind) -> Bool {
    switch command {
    case .answer(let address, _), .done(let address, _, _, _), .resolve(let address, _, _, _, _):
      // A member of a record, `event.code`, is as sensitive as the record.
      step(at: address).map { isSensitiveOutput(name, of: $0, at: address) } ?? true
    case .retry(let address, _, _, _):
      if case .action(let call)? = step(at: address)?.kind, call.contract?.inputs[name] != nil {
        sensitiveInputs(of: call, at: address).contains(name)
      } else {
        true
      }
    case .projectEvent(let event):
      workflow.catalog.event(named: event.name)?.fields[name]?.isSensitive ?? true
    case .event(let event, _):
      workflow.catalog.event(named: event)?.fields[name]?.isSensitive ?? true
    case .resume, .skip, .cancel, .undo, .rewind, .byHand, .note, .decide, .claim, .release: false
    }
  }
}

extension RunState {
  /// Whether the run stands at a step now.
  package func isCurrent(_ address: String) -> Bool { standing[address] != nil }

  /// The step at which the newest list stands.
  package var currentAddress: String? {
    frames.keys.sorted().last.flatMap { frames[$0]?.currentAddress }
  }
}

import CEL
import Fields
import SourceText
import Values
import Workflows

/// What a step gives that a person did.
extension RunEngine {
  /// What whoever does a step by hand has to give, and may give: what its operation or its question
  /// promises, and what later steps cannot do without.
  ///
  /// - Returns: nil where nothing is known of it.
  package func outputsByHand(at address: String) -> StepOutputs? {
    guard let step = step(at: address) else { return nil }
    return outputsByHand(of: step, at: address)
  }

  private func outputsByHand(
    of step: Step, at address: String, given: ValueMap = ValueMap()
  ) -> StepOutputs? {
    // Nobody needs what taking back gives.
    if state.undo.position(of: address) != nil { return nil }
    return step.outputsByHand(
      needed: neededNames(of: step, at: address),
      in: location(of: address)?.surroundings.workflow ?? workflow, given: given)
  }

  /// Whether something can be said of a step that a person did in place of the machine.
  package func canBeDoneByHand(_ address: String) -> Bool {
    guard let step = step(at: address) else { return false }
    if case .approve = step.kind { return false }
    if approvalToCome(inside: step, at: address) != nil { return false }
    if isInDoubt(address) { return false }
    if let record = state.steps[address], (try? refuseInsteadOfHeld(address, record)) == nil {
      return false
    }
    return (try? refuseWhereNeeded(step, address, as: .succeeded)) != nil
  }

  /// The names of the outputs that later steps cannot do without.
  private func neededNames(of step: Step, at address: String) -> Set<String> {
    // A loop that has come to its end keeps what its iterations came to.
    if case .forEach = step.kind, let group = state.steps[address]?.group,
      group.open.isEmpty, group.nextItem == group.start.count
    {
      return []
    }
    return readers(of: step, at: address, where: .succeeded)
      .filter { $0.producer === step }
      .reduce(into: []) { $0.formUnion($1.names) }
  }

  /// Values given by hand must satisfy what the step promises to later ones.
  ///
  /// - Parameter command: The command that takes them, with the names of those that have to be given.
  func outputs(
    of step: Step, at address: String, from values: ValueMap, now: Timestamp,
    by command: ([String]) -> String
  ) throws(Refusal) -> ValueMap {
    guard let outputs = outputsByHand(of: step, at: address, given: values) else { return values }
    switch outputs.complete(values) {
    case .success(var completed):
      step.fillIn(&completed, now: now)
      return completed
    case .failure(let problems):
      throw Refusal(
        "the values do not satisfy the outputs of `\(address)`: \(problems.description)",
        hint: step.hintOnEvent(in: values)
          ?? hintToGive(outputs, of: step, at: address, by: command))
    }
  }

  private func hintToGive(
    _ outputs: StepOutputs, of step: Step, at address: String, by command: ([String]) -> String
  ) -> String? {
    guard !outputs.neededNames.isEmpty else { return nil }
    let reader = readers(of: step, at: address, where: .succeeded).first { $0.producer === step }
    let who = reader.flatMap { reader in
      location(of: address).map { reader.sentence(in: $0.surroundings.workflow) + " them: " }
    }
    return (who ?? "give them: ") + command(outputs.neededNames)
  }

  // MARK: What later steps need

  /// A step is not passed over, nor done as a whole, where later ones need what only it or the steps inside
  /// it give.
  ///
  /// - Parameter outcome: what is to become of it; of one that is done its own outputs are given.
  func refuseWhereNeeded(
    _ step: Step, _ address: String, as outcome: StepPhase
  ) throws(Refusal) {
    let readers = readers(of: step, at: address, where: outcome)
    guard let workflow = location(of: address)?.surroundings.workflow else { return }
    if let inner = readers.first(where: { $0.producer !== step }) {
      throw Refusal(
        "\(inner.sentence(in: workflow)) the outputs of `\(inner.producer.id)`, which is inside"
          + " `\(address)`",
        hint: "go on once it can begin: baton resume \(state.header.run); then that step can be"
          + " done by hand")
    }
    guard case .skipped = outcome, let own = readers.first else { return }
    throw Refusal(
      "\(own.sentence(in: workflow)) the outputs of `\(address)`",
      hint: "give them: " + commandForHand(address))
  }

  /// What cannot do without the outputs of a step, or of those inside it that are not there yet, if that
  /// becomes of the step.
  private func readers(
    of step: Step, at address: String, where outcome: StepPhase
  ) -> [OutputReader] {
    guard let surroundings = location(of: address)?.surroundings else { return [] }
    let workflow = surroundings.workflow
    // What takes a step back is in no file.
    guard workflow.allSteps.indices.contains(step.index), workflow.allSteps[step.index] === step
    else { return [] }
    let producers = step.giving.filter { producer in
      producer === step || !hasSucceeded(surroundings.address(of: producer))
    }
    let outlook = Outlook(self, surroundings, address, producers: producers, outcome)
    return producers.flatMap { producer in
      workflow.readers(of: producer, outside: step).filter { reader in
        reader.step.map { !outlook.rulesOut($0, seenFrom: step) } ?? true
      }
    }
  }

  private func hasSucceeded(_ address: String) -> Bool {
    if case .succeeded? = state.steps[address]?.phase { true } else { false }
  }

  /// Whether the condition that blocks a step, or what it is verified by, can come to hold without somebody
  /// changing the run: not where it sees nothing but inputs, outputs and steps that are over.
  package func canHoldLater(at address: String) -> Bool {
    if case .failed(acted: true)? = state.steps[address]?.phase, let step = step(at: address) {
      return !step.verify.allSatisfy { $0.look == nil && isSettled($0.check, at: address) }
    }
    guard case .blocked(let blocker)? = state.steps[address]?.phase, let source = blocker.check,
      let check = step(at: address)?.preconditions.first(where: { $0.check.source == source }),
      check.look == nil
    else { return true }
    return !isSettled(check.check, at: address)
  }

  /// Whether an expression gives the same whenever it is evaluated: it sees only the inputs, and steps that
  /// are over.
  private func isSettled(_ expression: Expression, at address: String) -> Bool {
    guard let surroundings = location(of: address)?.surroundings else { return false }
    return Outlook(self, surroundings, address, producers: [], .entered).isSettled(expression)
  }
}

/// What is certain about the steps to come, if something becomes of a step.
struct Outlook {
  private let state: RunState
  private let surroundings: Surroundings
  private let producers: Set<String>
  private let scope: RunScope

  init(
    _ engine: RunEngine, _ surroundings: Surroundings, _ address: String, producers: [Step],
    _ outcome: StepPhase
  ) {
    state = engine.state
    self.surroundings = surroundings
    self.producers = Set(producers.map(\.id))
    var record = state.steps[address] ?? StepRecord()
    record.phase = outcome
    record.outputs = StoredValues()
    let reader = StateReader(engine, overlay: (address, record))
    scope = RunScope(
      reader: reader, surroundings: surroundings, address: address, now: state.lastAt)
  }

  /// As the run is.
  init(_ engine: RunEngine, _ surroundings: Surroundings, _ address: String) {
    state = engine.state
    self.surroundings = surroundings
    producers = []
    scope = RunScope(
      reader: StateReader(engine), surroundings: surroundings, address: address,
      now: state.lastAt)
  }

  /// Whether a step is not carried out, as its conditions and those around it stand.
  func rulesOut(_ reader: Step, seenFrom step: Step) -> Bool {
    surroundings.workflow.conditions(around: reader, seenFrom: step).contains { condition in
      isSettled(condition) && (try? condition.test(scope)) == false
    }
  }

  func isSettled(_ expression: Expression) -> Bool {
    expression.references.allSatisfy { reference in
      switch reference.path[0] {
      case "inputs", "outputs": return true
      case "steps":
        guard reference.path.count > 1,
          let step = surroundings.workflow.step(named: reference.path[1])
        else { return false }
        return producers.contains(step.id)
          || state.steps[surroundings.address(of: step)]?.isOver ?? false
      default: return false
      }
    }
  }
}

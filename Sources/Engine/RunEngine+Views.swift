import Fields
package import Values
package import Workflows

extension RunEngine {
  /// The run's name and labels, from its inputs.
  package func described() throws(ExpressionFailure) -> (name: String, labels: ValueMap) {
    let scope = RunScope(
      reader: StateReader(workflow: workflow, state: state, vault: vault), prefixes: [""],
      address: "", now: state.startedAt)
    let name = try workflow.runName?.renderText(scope) ?? workflow.name
    var labels = ValueMap()
    for (label, template) in workflow.labels {
      labels[label] = .string(try template.renderText(scope))
    }
    return (name, labels)
  }

  /// How a person does a step by hand, where the workflow says so and what it says can be known.
  package func manual(of step: Step, at address: String) -> String? {
    guard let manual = step.manual else { return nil }
    let prefix = String(address.dropLast(step.id.count))
    let scope = RunScope(
      reader: StateReader(workflow: workflow, state: state, vault: vault),
      prefixes: prefix.isEmpty ? [""] : ["", prefix], address: address, now: state.lastAt)
    if manual.isSensitive { return manual.literal?.asString }
    return try? manual.renderText(scope)
  }

  /// Whether an attempt that was decided on is still what is to be done.
  package func isDue(_ request: AttemptRequest) -> Bool {
    guard case .main = state.phase else { return isInFinally(request) }
    let record = state.steps[request.address]
    return currentAddresses.contains(request.address)
      && (record?.attempts ?? 0) + 1 == request.attempt
  }

  private func isInFinally(_ request: AttemptRequest) -> Bool {
    currentAddresses.contains(request.address)
  }

  /// Whether a value that a command gives is sensitive.
  package func isSensitive(_ name: String, in command: CommandKind) -> Bool {
    switch command {
    case .answer(let address, _), .done(let address, _, _, _), .resolve(let address, _, _, _):
      step(at: address)?.isSensitiveOutput(name) ?? true
    case .retry(let address, _, _, _):
      if case .action(let call)? = step(at: address)?.kind {
        call.contract?.inputs[name]?.isSensitive ?? true
      } else {
        true
      }
    case .event(let event, _):
      workflow.catalog.event(named: event)?.fields[name]?.isSensitive ?? true
    case .resume, .skip, .cancel, .note: false
    }
  }
}

extension RunState {
  /// Whether the run stands at a step now.
  package func isCurrent(_ address: String) -> Bool { frames.contains { $0.isAt(address) } }

  /// The innermost step at which the run stands.
  package var currentAddress: String? {
    frames.last.flatMap { frame in frame.current.map(frame.address(of:)) }
  }
}

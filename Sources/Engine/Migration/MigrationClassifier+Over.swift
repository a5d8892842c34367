import Values
import Workflows

/// What was done, where the steps that are worked on do not show it.
extension MigrationClassifier {
  /// The addresses of a step that is new in its place and was done all the same, before an earlier
  /// migration took it out.
  func doneBefore(_ id: String, in workflow: String) -> [String] {
    moved.state.steps.keys.filter { address in
      isStep(id, of: workflow, at: address) && hasOutcome(at: address)
    }.sorted()
  }

  func verdict(onDone address: String) -> MigrationItem.Verdict {
    let words = wordsOfDone(at: address)
    guard let step = moved.location(of: address)?.step, let done = stepAsDone(address),
      step.kind.words != done.kind.words
    else { return .safe(words) }
    return decision(
      "\(words): that was \(done.kind.words), and this is \(step.kind.words), which is only done where it has"
        + " an id that the run does not know",
      address, [.keep])
  }

  private func wordsOfDone(at address: String) -> String {
    if case .failed? = moved.state.steps[address]?.phase {
      return "it failed already, and is not tried again"
    }
    return "it was done already, and is not done twice"
  }

  /// Whether the new version has a step of a workflow at an address.
  func isStep(_ id: String, of workflow: String, at address: String) -> Bool {
    guard address == id || address.hasSuffix("/\(id)"),
      let (step, surroundings) = moved.location(of: address), moved.isAddress(address)
    else { return false }
    return step.id == id && surroundings.workflow.id == workflow
  }

  /// What was done and can be taken back now, and not by operations of the new version.
  var notTakenBack: [MigrationItem] {
    engine.state.undo.entries.compactMap { entry in
      guard let operation = entry.operationToCome,
        moved.workflow.catalog.operation(named: operation) == nil,
        engine.workflow.catalog.operation(named: operation) != nil
      else { return nil }
      let verdict = decision(
        "`\(operation)`, which would take it back, is not among the operations any more: only people could",
        entry.address, [.keep])
      return MigrationItem(difference: nil, subject: entry.step, verdict: verdict)
    }
  }

  /// What a change means to a step that is not among those of the run.
  func notBegun(_ difference: WorkflowDifference, _ id: String) -> String {
    guard wasInItemsOver(id, in: difference.workflow, of: engine.workflow) else {
      return "the run has not come to it"
    }
    guard case .removed = difference.change else {
      return "counts for items and rounds to come: what it came to in those that are over stays"
    }
    return
      "what it came to in items and rounds that are over stays in the record, and `undo` takes it"
      + " back as it was prepared"
  }

  /// Whether a step stands in items or rounds of which some are over: what it came to there is in the
  /// journal and no longer among the steps of the run.
  ///
  /// - Parameter main: the version of the run's workflow that has the step.
  func wasInItemsOver(_ id: String, in workflow: String, of main: Workflow) -> Bool {
    var seen: Set<String> = []
    return wasInItemsOver(id, in: workflow, main.definitions, &seen)
  }

  /// - Parameter seen: the workflows on the way outwards, since one may be called from many places.
  private func wasInItemsOver(
    _ id: String, in workflow: String, _ definitions: [Workflow], _ seen: inout Set<String>
  ) -> Bool {
    guard let definition = definitions.first(where: { $0.id == workflow }) else { return false }
    var owner = definition.step(named: id)?.parent.map { definition.allSteps[$0] }
    while let step = owner {
      let addresses = begun[Place(workflow: workflow, step: step.id)] ?? []
      if addresses.contains(where: { hasItemsOver(at: $0) }) { return true }
      owner = step.parent.map { definition.allSteps[$0] }
    }
    guard seen.insert(workflow).inserted else { return false }
    for caller in definitions {
      for step in caller.allSteps {
        guard case .workflow(let call) = step.kind, call.definition?.id == workflow else {
          continue
        }
        if wasInItemsOver(step.id, in: caller.id, definitions, &seen) { return true }
      }
    }
    return false
  }

  private func hasItemsOver(at address: String) -> Bool {
    guard let group = engine.state.steps[address]?.group else { return false }
    return switch engine.step(at: address)?.kind {
    case .forEach: group.endedCount > 0
    case .repeat: group.rounds > 0 || group.open.isEmpty
    default: false
    }
  }
}

extension Kind {
  /// What a step does, as far as another with its id may be told from it.
  fileprivate var words: String {
    switch self {
    case .action(let call): "`\(call.operation)`"
    case .workflow(let call): "the workflow `\(call.definition?.id ?? call.reference)`"
    default: "a step with `\(key)`"
    }
  }
}

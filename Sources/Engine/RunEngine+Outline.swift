package import Workflows

/// A step as a view shows it: where it stands in the procedure, and what has become of it.
package struct OutlineStep: Sendable {
  package let step: Step
  package let address: String
  /// nil while the run has not come to it.
  package let record: StepRecord?
  /// In how many steps it stands.
  package let depth: Int
}

extension RunEngine {
  /// The steps of the run in the order of the procedure: of loops the rounds and iterations that
  /// are open, of a choice the case that was chosen, of a called workflow its steps once it began.
  package var outline: [OutlineStep] {
    var outline = Outline(state: state)
    for list in [workflow.steps, workflow.finally] {
      outline.visit(list, Surroundings(workflow), depth: 0)
    }
    return outline.steps + undoOutline
  }
}

extension RunEngine {
  /// What takes effects back, as far as it was begun, in the order in which it is done.
  private var undoOutline: [OutlineStep] {
    state.undo.entries.reversed().compactMap { entry in
      let record = state.steps[entry.address]
      guard record != nil || state.isCurrent(entry.address),
        let step = undoLocation(of: entry.address)?.step
      else { return nil }
      return OutlineStep(step: step, address: entry.address, record: record, depth: 0)
    }
  }
}

private struct Outline {
  let state: RunState
  var steps: [OutlineStep] = []

  init(state: RunState) { self.state = state }

  mutating func visit(_ list: StepList, _ surroundings: Surroundings, depth: Int) {
    for step in list.steps {
      let address = surroundings.prefix + step.id
      let record = state.steps[address]
      steps.append(OutlineStep(step: step, address: address, record: record, depth: depth))
      visit(inside: step, address, record, surroundings, depth + 1)
    }
  }

  private mutating func visit(
    inside step: Step, _ address: String, _ record: StepRecord?, _ surroundings: Surroundings,
    _ depth: Int
  ) {
    func inside(_ index: Int) -> Surroundings {
      surroundings.inside(step, at: address, index: index)
    }
    if let recovery = state.recovery.open[address],
      let list = step.recoveryList(recovery.start.branch, in: surroundings.workflow)
    {
      visit(list, surroundings, depth: depth)
    }
    switch step.kind {
    case .section(let list), .parallel(let list): visit(list, surroundings, depth: depth)
    case .choose(let cases):
      guard let choice = record?.group?.start.choice, choice < cases.count else { return }
      visit(cases[choice].steps, surroundings, depth: depth)
    case .repeat(let loop):
      guard let group = record?.group else { return }
      visit(loop.steps, inside(group.rounds), depth: depth)
    case .forEach(let loop):
      for id in record?.group?.open ?? [] {
        guard let frame = state.frames[id] else { continue }
        visit(loop.steps, inside(frame.index), depth: depth)
      }
    case .workflow(let call):
      guard record?.group != nil, let definition = call.definition else { return }
      for list in [definition.steps, definition.finally] {
        visit(list, inside(0), depth: depth)
      }
    default: break
    }
  }
}

import Documents

/// What is done to the world can be taken back, or a person knows how to do it by hand.
enum EffectsCheck {
  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    guard workflow.has(.action) else { return }
    for step in workflow.parts.allSteps {
      guard let effects = step.effects, effects != .none, case .action(let call) = step.kind,
        !isCovered(step, workflow), let written = workflow.node(step, "action")
      else { continue }
      workflow.decoder.report(
        .noWayBack, "nobody is told how to take `\(call.operation)` back, or how to do it by hand",
        at: written.span, label: "its effects are `\(effects.rawValue)`",
        help: "give the step `manual: …` or `undo: { … }`, or its operation in the contract")
    }
  }

  /// A section can say it for all of its steps.
  private static func isCovered(_ step: Step, _ workflow: WorkflowUnderCheck) -> Bool {
    if step.undo != nil || step.manual != nil { return true }
    var parent = step.parent
    while let index = parent {
      if let outer = workflow.steps[index], outer.undo != nil || outer.manual != nil { return true }
      parent = workflow.outlines.all[index].parent?.index
    }
    return false
  }
}

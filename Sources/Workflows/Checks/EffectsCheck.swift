import Documents
import SourceText

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
    var around: StepOutline? = workflow.outlines.all[step.index]
    while let outline = around {
      if says(outline, workflow) { return true }
      around = outline.parent
    }
    return false
  }

  /// Whether a step says it, be it in a way that is not understood, of which that was said.
  private static func says(_ outline: StepOutline, _ workflow: WorkflowUnderCheck) -> Bool {
    outline.keys.contains(.undo) || outline.keys.contains(.manual)
      || workflow.decoder.isMisspelt(["undo", "manual"], inMapAt: outline.node.span.start)
  }
}

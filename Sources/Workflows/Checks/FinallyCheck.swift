import Documents

/// `on_failure: undo` below `finally`: what the run has done cannot be taken back there any more, since
/// the outcome that `finally` follows upon is decided. The step parks.
enum FinallyCheck {
  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    let last = Set(workflow.parts.finally.steps.map(\.index))
    guard !last.isEmpty, workflow.has(.onFailure) else { return }
    for step in workflow.parts.allSteps {
      guard let policy = workflow.node(step, StepKey.onFailure.name),
        last.contains(workflow.outermost(step))
      else { continue }
      for written in answers(in: policy) where written.text == "undo" {
        workflow.decoder.report(
          .undoInFinally, "`undo` takes nothing back in `finally`: the step parks",
          at: written.span, help: "say `park`, or `continue` where the run may end without it")
      }
    }
  }

  /// What follows upon a failure: the word of a policy, or the `then` of each of its recoveries.
  private static func answers(in policy: Node) -> [Node] {
    policy.scalar == nil ? policy.itemsOrSelf.compactMap { $0["then"] } : [policy]
  }
}

extension WorkflowUnderCheck {
  /// The step of the main list or of `finally` that a step is or is inside of.
  fileprivate func outermost(_ step: Step) -> Int {
    var index = step.index
    while let parent = outlines.all[index].parent?.index { index = parent }
    return index
  }
}

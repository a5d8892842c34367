import CEL

/// A `repeat` whose condition nothing in it can change: it is over after one round, or never.
enum RepeatCheck {
  static func run(_ workflow: WorkflowUnderCheck) {
    guard workflow.has(.loop) else { return }
    for step in workflow.parts.allSteps {
      guard step.isControl, case .repeat(let loop) = step.kind,
        let why = endlessness(of: loop, step, workflow)
      else { continue }
      workflow.decoder.report(
        .endlessRepeat, "the steps of `\(step.id)` are repeated without end", at: loop.until.span,
        label: why,
        help: "read what a step inside gives, `until: steps.check.outputs.ready`, "
          + "or say how often: `at_most: 20`")
    }
  }

  /// Why a loop never ends; nil where it may.
  static func endlessness(
    of loop: Repeat, _ step: Step, _ workflow: WorkflowUnderCheck
  ) -> String? {
    guard loop.atMost == nil else { return nil }
    switch loop.until.constantTruth {
    case true?: return nil
    case false?: return "this never holds"
    case nil:
      return changes(loop, step, workflow) ? nil : "nothing that the steps do changes this"
    }
  }

  /// Whether the condition reads anything that a round can change.
  private static func changes(
    _ loop: Repeat, _ step: Step, _ workflow: WorkflowUnderCheck
  ) -> Bool {
    loop.until.references.isEmpty
      || loop.until.references.contains { reference in
        switch reference.path[0] {
        case "inputs": return false
        case "run": return reference.path.count < 2
        case "steps":
          guard reference.path.count > 1,
            let read = workflow.places.steps[reference.path[1]]
          else { return true }
          return workflow.isInside(read, step)
        default: return true
        }
      }
  }
}

extension WorkflowUnderCheck {
  /// Whether a step stands somewhere inside another one.
  func isInside(_ step: Step, _ outer: Step) -> Bool {
    var parent = step.parent
    while let index = parent {
      if index == outer.index { return true }
      parent = outlines.all[index].parent?.index
    }
    return false
  }
}

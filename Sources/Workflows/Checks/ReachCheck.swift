/// Steps that nothing can reach: behind a `finish` or a `go_to` that is always taken.
enum ReachCheck {
  static func run(_ workflow: WorkflowUnderCheck) {
    check(workflow.parts.steps, workflow)
    check(workflow.parts.finally, workflow)
    for step in workflow.parts.allSteps {
      for list in step.nestedLists { check(list, workflow) }
    }
  }

  private static func check(_ list: StepList, _ workflow: WorkflowUnderCheck) {
    for (position, step) in list.steps.enumerated() where step.condition == nil {
      let next = position + 1
      switch step.kind {
      case .finish where next < list.count: report(list.steps[next], "`finish`", workflow)
      case .goTo(let id):
        if let target = list.position(of: id), target > next {
          report(list.steps[next], "`go_to`", workflow)
        }
      default: continue
      }
    }
  }

  private static func report(_ step: Step, _ what: String, _ workflow: WorkflowUnderCheck) {
    workflow.decoder.report(
      .unreachable, "step `\(step.id)` can never be reached", at: step.span,
      label: "the \(what) before it is always taken", help: "give the \(what) step an `if`")
  }
}

/// Whatever waits for a person or an event has a time by which somebody looks at it.
enum DeadlineCheck {
  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    guard workflow.has(.ask) || workflow.has(.approve) || workflow.has(.wait) else { return }
    for step in workflow.parts.allSteps where step.due == nil && step.expires == nil {
      // One that is not written as it has to be is an error, and meant as a deadline.
      guard let what = endless(step.kind), workflow.node(step, "due") == nil,
        workflow.node(step, "expires") == nil,
        !workflow.isMisspelt(["due", "expires"], of: step, in: "wait")
      else { continue }
      workflow.decoder.report(
        .noDeadline, "\(what) has no deadline: nobody notices when it never comes", at: step.span,
        help: "say by when: `due: 2 business days`, or `expires: 30d` with `on_expiry`")
    }
  }

  private static func endless(_ kind: Kind) -> String? {
    switch kind {
    case .ask: "the answer"
    case .approve: "the decision"
    case .wait(let wait): hasEnd(wait) ? nil : "the event"
    default: nil
    }
  }

  private static func hasEnd(_ wait: Wait) -> Bool {
    switch wait {
    case .duration, .until: true
    case .event: false
    case .firstOf(let waits): waits.contains { hasEnd($0.wait) }
    }
  }
}

import Documents

/// What must not happen twice is not tried again by itself.
enum RetryCheck {
  static func run(_ workflow: WorkflowUnderCheck) {
    for (outline, step) in pairs(workflow) {
      guard step.effects == .once, outline.node["retry"] != nil,
        let retry = step.retry, retry.attempts > 1, let written = outline.node["retry"]
      else { continue }
      workflow.decoder.report(
        .onceUnderRetry, "an operation that must not happen twice is tried \(retry.attempts) times",
        at: written.span, label: "the effects of this step are `once`",
        help: "leave `retry` out, or say `effects: keyed` or `effects: repeatable` if that is true")
    }
  }

  private static func pairs(_ workflow: WorkflowUnderCheck) -> [(StepOutline, Step)] {
    workflow.parts.allSteps.map { (workflow.outlines.all[$0.index], $0) }
  }
}

import Documents
import SourceText

/// What must not happen twice and is tried again by itself: never in doubt, but a failure that came late may
/// pass for one before anything was done.
enum RetryCheck {
  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    let general = workflow.root["defaults"]?["retry"]
    guard general != nil || workflow.has(.retry) else { return }
    for step in workflow.parts.allSteps {
      guard step.effects == .once, let retry = step.retry, retry.attempts > 1 else { continue }
      let own = workflow.node(step, "retry")
      guard let written = own ?? workflow.node(step, "action") else { continue }
      let isDefault = own == nil
      workflow.decoder.report(
        .onceUnderRetry, "an operation that must not happen twice is tried \(retry.attempts) times",
        at: written.span, label: "the effects of this step are `once`",
        notes: isDefault
          ? [
            .init(
              "`defaults` says so for every step", file: workflow.decoder.file, span: general?.span)
          ] : [],
        help: (isDefault ? "give the step `retry: { attempts: 1 }`" : "leave `retry` out")
          + ", unless it certainly did nothing where it fails; `effects: keyed` is what knows the same "
          + "request again by its key")
    }
  }
}

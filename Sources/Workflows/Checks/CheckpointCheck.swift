import Documents
import SourceText

/// A checkpoint's name means one place, to which a run can be taken back.
enum CheckpointCheck {
  static func run(_ workflow: WorkflowUnderCheck) {
    guard workflow.has(.checkpoint) else { return }
    var seen: [String: SourceSpan] = [:]
    for step in workflow.parts.allSteps {
      guard let name = step.checkpoint,
        let written = workflow.outlines.all[step.index].node["checkpoint"]
      else { continue }
      if let first = seen[name] {
        workflow.decoder.report(
          .duplicateName, "the checkpoint `\(name)` is taken", at: written.span,
          notes: [.init("the first one is here", file: workflow.decoder.file, span: first)])
      } else {
        seen[name] = written.span
      }
      if !workflow.decoder.isStarted, isForFailures(step, workflow) {
        workflow.decoder.report(
          .misplacedKey, "`checkpoint` does not belong to recovery steps", at: written.span,
          label: "`\(step.id)` is carried out only where something fails",
          help: "give it to a step of the procedure itself")
      }
    }
  }

  /// Whether a step is one of recovery steps, or inside of one.
  private static func isForFailures(_ step: Step, _ workflow: WorkflowUnderCheck) -> Bool {
    let steps = workflow.parts.allSteps
    var inner = step
    while let parent = inner.parent {
      let outer = steps[parent]
      if lists(of: outer.onFailure, outer.onExpiry).contains(where: { $0.holds(inner) }) {
        return true
      }
      inner = outer
    }
    return lists(of: workflow.parts.defaultOnFailure).contains { $0.holds(inner) }
  }

  private static func lists(of policies: FailurePolicy?...) -> [StepList] {
    policies.flatMap { policy -> [StepList] in
      if case .recover(let branches)? = policy { branches.map(\.steps) } else { [] }
    }
  }
}

extension StepList {
  fileprivate func holds(_ step: Step) -> Bool {
    position(of: step.id).map { steps[$0] === step } ?? false
  }
}

import Documents
import SourceText

/// A checkpoint's name means one place, to which a run can be taken back.
enum CheckpointCheck {
  static func run(_ workflow: WorkflowUnderCheck) {
    guard workflow.has(.checkpoint) else { return }
    var seen: [String: SourceSpan] = [:]
    for step in workflow.parts.allSteps {
      let outline = workflow.outlines.all[step.index]
      guard let name = step.checkpoint, let written = outline.node["checkpoint"] else { continue }
      if let first = seen[name] {
        workflow.decoder.report(
          .duplicateName, "the checkpoint `\(name)` is taken", at: written.span,
          notes: [.init("the first one is here", file: workflow.decoder.file, span: first)])
      } else {
        seen[name] = written.span
      }
      if !workflow.decoder.isStarted, isForFailures(outline) {
        workflow.decoder.report(
          .misplacedKey, "`checkpoint` does not belong to recovery steps", at: written.span,
          label: "`\(step.id)` is carried out only where something fails",
          help: "give it to a step of the procedure itself")
      }
    }
  }

  /// Whether a step is one of recovery steps, or inside of one.
  private static func isForFailures(_ step: StepOutline) -> Bool {
    var inner = step
    while let outer = inner.parent {
      let lists = outer.recoveries.values.joined()
      if lists.contains(where: { $0.steps.contains { $0 === inner } }) { return true }
      inner = outer
    }
    return inner.isInRecovery
  }
}

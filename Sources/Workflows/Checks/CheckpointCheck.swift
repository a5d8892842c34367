import Documents
import SourceText

/// A checkpoint's name means one place.
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
    }
  }
}

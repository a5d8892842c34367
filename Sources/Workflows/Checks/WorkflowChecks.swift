/// What a check looks at.
struct WorkflowUnderCheck {
  let parts: Workflow.Parts
  /// By index; nil where the file is wrong about a step.
  let steps: [Step?]
  let outlines: OutlineReader
  let places: PlaceFacts
  let decoder: FileDecoder
}

/// The checks that look at a workflow as a whole, one file each.
enum WorkflowChecks {
  static let all: [@Sendable (WorkflowUnderCheck) -> Void] = [
    FlowCheck.run, AbsenceCheck.run, ApprovalCheck.run, RetryCheck.run, CheckpointCheck.run,
    ReachCheck.run,
  ]
}

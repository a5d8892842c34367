import Documents

/// What a check looks at.
struct WorkflowUnderCheck {
  let root: Node
  let parts: Workflow.Parts
  /// By index; nil where the file is wrong about a step.
  let steps: [Step?]
  let outlines: OutlineReader
  let places: PlaceFacts
  let decoder: FileDecoder
  /// The roles by their keys.
  let roles: [String: Role]

  /// The value of a key of a step, where the file has it.
  func node(_ step: Step, _ key: String) -> Node? { outlines.all[step.index].node[key] }
}

/// The checks that look at a workflow as a whole, one file each.
enum WorkflowChecks {
  static let all: [@Sendable (WorkflowUnderCheck) -> Void] = [
    FlowCheck.run, AbsenceCheck.run, ApprovalCheck.run, RetryCheck.run, CheckpointCheck.run,
    ReachCheck.run, RepeatCheck.run, ComparisonCheck.run,
  ]

  /// The checks that need to know the project, or that only warn.
  static let advice: [@Sendable (WorkflowUnderCheck, ProjectFacts) -> Void] = [
    HolderCheck.run, CalendarCheck.run, CalendarHorizonCheck.run, EffectsCheck.run,
    DeadlineCheck.run, DeadlineOrderCheck.run, AnswerCheck.run,
    ReviewCheck.run, SensitiveTextCheck.run, SensitiveConditionCheck.run, ScalarCheck.run,
    OpenRepeatCheck.run,
  ]
}

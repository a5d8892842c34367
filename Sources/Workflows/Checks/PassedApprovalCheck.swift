import CEL
import Documents
import SourceText

/// An approval on which nothing hangs: whoever rejects it, or lets it expire, keeps nothing from being done.
enum PassedApprovalCheck {
  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    guard workflow.has(.approve), passesAnything(workflow) else { return }
    // An expression that could not be read may be the one that asks for it.
    guard !workflow.decoder.diagnostics.hasErrors else { return }
    let read = workflow.stepsRead
    for step in workflow.parts.allSteps where !read.contains(step.id) {
      guard case .approve = step.kind else { continue }
      report(step, workflow)
    }
  }

  private static func passesAnything(_ workflow: WorkflowUnderCheck) -> Bool {
    workflow.has(.onFailure) || workflow.has(.onExpiry) || workflow.parts.defaultOnFailure != nil
  }

  private static func report(_ step: Step, _ workflow: WorkflowUnderCheck) {
    let way = wayOfRejection(step, workflow)
    if let way {
      report("a rejection", step, way, workflow)
    } else if step.onExpiry?.goesOn ?? false {
      report("an expiry", step, Way(key: .onExpiry, step: step), workflow)
    }
  }

  /// What lets a rejection pass.
  private struct Way {
    let key: StepKey
    /// Whose it is; nil: the file's `defaults`.
    let step: Step?
  }

  /// Goes outwards as a failure does; nil where it keeps something from being done, or nothing goes on.
  private static func wayOfRejection(_ approval: Step, _ workflow: WorkflowUnderCheck) -> Way? {
    var step = approval
    var isLast = true
    while true {
      if let policy = step.onFailure {
        return isLast && policy.goesOn ? Way(key: .onFailure, step: step) : nil
      }
      guard let place = workflow.places.map.location(of: step.index) else { return nil }
      if case .recovery = place.list.purpose { return nil }
      isLast = isLast && isNothingBehind(place)
      guard let owner = place.list.owner else { break }
      step = owner
    }
    // Defaults are of the step itself.
    guard workflow.parts.defaultOnFailure?.goesOn ?? false else { return nil }
    return Way(key: .onFailure, step: nil)
  }

  /// Whether what a step keeps from being done, where its list is left, is nothing.
  private static func isNothingBehind(_ place: StepMap.Location) -> Bool {
    if case .parallel = place.list.purpose { return true }
    return place.position + 1 == place.list.steps.count
  }

  private static func report(
    _ what: String, _ step: Step, _ way: Way, _ workflow: WorkflowUnderCheck
  ) {
    let policy = way.step.map { workflow.node($0, way.key.name) } ?? workflow.root["defaults"]
    workflow.decoder.report(
      .passedApproval, "\(what) changes nothing: the run goes on as if it had been approved",
      at: step.span,
      notes: (policy?.span).map {
        [.init("because of this", file: workflow.decoder.file, span: $0)]
      } ?? [],
      help:
        "ask for it where it counts, `if: steps.\(step.id).status == 'succeeded'`; or put the approval "
        + "and what it releases into a section with the `\(way.key.name)`")
  }
}

extension FailurePolicy {
  /// Whether the run goes on behind the failure, whatever it is.
  fileprivate var goesOn: Bool {
    switch self {
    case .continue: true
    case .park, .stop, .undo: false
    case .recover(let branches):
      // What holds only sometimes may be meant for something else.
      branches.first.map { first in
        first.when == nil && first.then == .continue
          && !first.steps.steps.contains(where: \.isFinish)
      } ?? false
    }
  }
}

extension Step {
  fileprivate var isFinish: Bool { if case .finish = kind { true } else { false } }
}

extension WorkflowUnderCheck {
  /// The ids of the steps of which any expression reads anything.
  fileprivate var stepsRead: Set<String> {
    var read: Set<String> = []
    for reference in decoder.reads.lazy.flatMap(\.expression.references)
    where reference.path[0] == "steps" {
      guard reference.path.count > 1 else { return Set(parts.allSteps.map(\.id)) }
      read.insert(reference.path[1])
    }
    return read
  }
}

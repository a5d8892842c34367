package import Values
package import Workflows

/// Every path that a run of a workflow can take with what is known before it starts.
///
/// Made from the definition and the contracts alone: no driver and no handler is asked, and nothing
/// is done. Conditions whose value depends on what only the run will know (outputs of steps, `now`,
/// inputs that are not given) are shown as both ways.
package struct RunPlan: Sendable {
  package let body: PlannedBody
  package let start: Timestamp
  package let times: PlanTimes

  package var workflow: Workflow { body.workflow }

  /// What a plan starts from.
  package struct Request: Sendable {
    package var inputs: ValueMap
    /// Whether inputs that are not given have their defaults, as at the start of a run; else they
    /// are unknown.
    package var takesDefaults: Bool
    package var start: Timestamp
    package var environment: String

    /// - Parameters:
    ///   - inputs: Those that are known, typed by the workflow's fields.
    ///   - takesDefaults: nil: where any input is given.
    package init(
      inputs: ValueMap = ValueMap(), takesDefaults: Bool? = nil, start: Timestamp,
      environment: String = "local"
    ) {
      self.inputs = inputs
      self.takesDefaults = takesDefaults ?? !inputs.isEmpty
      self.start = start
      self.environment = environment
    }
  }

  package init(_ workflow: Workflow, _ request: Request) {
    body = PlanBuilder.body(of: workflow, request, prefix: "")
    start = request.start
    times = PlanTimes(of: body, from: request.start)
  }

  /// Every step, in the order of the procedure, with its depth.
  package var allSteps: [(step: PlannedStep, depth: Int)] {
    var found: [(step: PlannedStep, depth: Int)] = []
    func visit(_ list: PlannedList, _ depth: Int) {
      for step in list.steps {
        found.append((step, depth))
        for inner in step.lists { visit(inner, depth + 1) }
      }
    }
    visit(body.steps, 0)
    for recovery in body.recoveries { visit(recovery.steps, 0) }
    visit(body.finally, 0)
    return found
  }
}

import CEL
import Workflows

/// What a run that goes back to a checkpoint knows no more: the outputs of steps that are done anew, and of what
/// reads them. Whoever has looked at them, answered a question about them or waited for them did so of
/// something that is no more.
struct RenewedOutputs {
  /// The addresses of the steps, and of those around them.
  private var steps: Set<String> = []
  /// The calls that are made with such outputs.
  private var calls: Set<String> = []

  mutating func note(_ place: LaterStep) {
    steps.insert(place.address)
    steps.formUnion(place.holders)
  }

  /// Follows what is done anew anyway where it reads them.
  mutating func follow(_ place: LaterStep) {
    guard isRead(by: place) else { return }
    if case .workflow = place.step.kind { calls.insert(place.address) } else { note(place) }
  }

  /// Whether a step, or one inside of a loop, reads any of them.
  func isRead(by place: LaterStep) -> Bool {
    guard !steps.isEmpty else { return false }
    let expressions = place.step.isLoop ? place.step.innerExpressions : place.step.ownExpressions
    return expressions.contains { expression in
      expression.references.contains { isRenewed($0.path, place.surroundings) }
    }
  }

  private func isRenewed(_ path: [String], _ surroundings: Surroundings) -> Bool {
    switch path[0] {
    case "steps": path.count == 1 || steps.contains(surroundings.prefix + path[1])
    case "inputs": surroundings.call.map(calls.contains) ?? false
    default: false
    }
  }
}

extension Step {
  /// The expressions of the step and of those inside it; what is called sees its inputs alone.
  fileprivate var innerExpressions: [Expression] {
    ownExpressions + nestedLists.flatMap(\.steps).flatMap(\.innerExpressions)
  }
}

import Workflows

/// The steps of a list and of the lists inside, in their order, each with what it depends on.
struct ExpectedSteps {
  /// A step and the conditions of the steps around it and its own; nil is that of the last branch of a
  /// choice, which has none.
  struct Item {
    let step: Step
    let conditions: [Expression?]
  }

  private(set) var all: [Item] = []
  private let withRecoveries: Bool

  /// - Parameter withRecoveries: whether those that are done after a failure are among them.
  init(_ list: StepList, withRecoveries: Bool = false) {
    self.withRecoveries = withRecoveries
    add(list, [])
  }

  private mutating func add(_ list: StepList, _ outer: [Expression?]) {
    for step in list.steps {
      let conditions = outer + (step.condition.map { [$0] } ?? [])
      all.append(Item(step: step, conditions: conditions))
      switch step.kind {
      case .section(let list), .parallel(let list): add(list, conditions)
      case .forEach(let loop): add(loop.steps, conditions)
      case .repeat(let loop): add(loop.steps, conditions)
      case .choose(let cases): for choice in cases { add(choice.steps, conditions + [choice.when]) }
      default: break
      }
      guard withRecoveries else { continue }
      for case .recover(let branches)? in [step.onFailure, step.onExpiry] {
        for branch in branches { add(branch.steps, conditions) }
      }
    }
  }
}

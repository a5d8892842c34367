import CEL
import Values

/// Steps and cases that nothing can reach: behind something that always ends the run or always
/// skips forward, and under a condition that never holds.
struct ReachCheck {
  private let workflow: WorkflowUnderCheck
  /// By index: whether the step behind a step can follow it.
  private var goesOn: [Bool]

  static func run(_ workflow: WorkflowUnderCheck) {
    var check = ReachCheck(
      workflow: workflow,
      goesOn: Array(repeating: true, count: workflow.outlines.all.count))
    let hasControl = workflow.outlines.keys.containsAny(of: StepKeys.control)
    if hasControl { check.ways() }
    if hasControl || workflow.has(.condition) { check.conditions() }
  }

  private mutating func ways() {
    // Steps inside a step have larger numbers: what is inside is known before what is around it.
    for step in workflow.parts.allSteps.reversed() { look(at: step) }
    _ = reachesEnd(of: workflow.parts.steps)
    _ = reachesEnd(of: workflow.parts.finally)
  }

  private mutating func look(at step: Step) {
    let completes = self.completes(step)
    for list in step.recoveryLists { _ = reachesEnd(of: list) }
    goesOn[step.index] = completes || mayBeSkipped(step) || step.goesOnAfterFailure
  }

  /// Whether the step has an `if`, be it one that is not understood.
  private func mayBeSkipped(_ step: Step) -> Bool {
    step.condition != nil || workflow.decoder.doubtfulConditions.contains(step.index)
  }

  /// Whether the end of a step can be reached.
  private func completes(_ step: Step) -> Bool {
    guard step.isControl else { return true }
    switch step.kind {
    case .finish: return false
    case .section(let list): return reachesEnd(of: list)
    case .repeat(let loop): return reachesEnd(of: loop.steps)
    case .forEach(let loop):
      _ = reachesEnd(of: loop.steps)
      return true
    case .parallel(let list): return list.steps.allSatisfy { goesOn[$0.index] }
    case .choose(let cases):
      let ends = cases.map { reachesEnd(of: $0.steps) }
      return ends.contains(true) || cases.last?.when != nil || cases.isEmpty
        || workflow.decoder.doubtfulConditions.contains(step.index)
    default: return true
    }
  }

  /// Walks through a list, and reports the first step of each row that is never reached.
  private func reachesEnd(of list: StepList) -> Bool {
    var blocker: Step?
    var targets: Set<Int> = []
    for (position, step) in list.steps.enumerated() {
      if let before = blocker {
        if targets.contains(position) {
          blocker = nil
        } else {
          if list.steps[position - 1] === before { report(step, behind: before) }
          continue
        }
      }
      if step.isControl, case .goTo(let id) = step.kind, let target = list.position(of: id) {
        targets.insert(target)
        if !mayBeSkipped(step), target > position + 1 { blocker = step }
      } else if !goesOn[step.index] {
        blocker = step
      }
    }
    return blocker == nil
  }

  private func report(_ step: Step, behind blocker: Step) {
    let what =
      switch blocker.kind {
      case .finish: "`finish`"
      case .goTo: "`go_to`"
      default: "step `\(blocker.id)`, which always ends the run,"
      }
    workflow.decoder.report(
      .unreachable, "step `\(step.id)` can never be reached", at: step.span,
      label: "the \(what) before it is always taken".replacing("the step", with: "step"),
      help: "give the step `\(blocker.id)` an `if`, or take this one out")
  }

  /// Conditions that never hold, and cases that always do.
  private func conditions() {
    for step in workflow.parts.allSteps {
      if let condition = step.condition, condition.constantTruth == false {
        workflow.decoder.report(
          .unreachable, "step `\(step.id)` can never be reached", at: condition.span,
          label: "this never holds")
      }
      guard step.isControl, case .choose(let cases) = step.kind else { continue }
      for (number, way) in cases.enumerated() {
        guard let when = way.when, let truth = when.constantTruth else { continue }
        if !truth {
          workflow.decoder.report(
            .unreachable, "this case can never be reached", at: when.span,
            label: "this never holds")
        } else if number < cases.count - 1 {
          workflow.decoder.report(
            .unreachable, "the cases after this one can never be reached", at: when.span,
            label: "this always holds")
        }
      }
    }
  }
}

extension Step {
  var recoveryLists: [StepList] {
    if onFailure == nil, onExpiry == nil { return [] }
    var lists: [StepList] = []
    for policy in [onFailure, onExpiry] {
      if case .recover(let branches)? = policy { lists += branches.map(\.steps) }
    }
    return lists
  }

  /// Whether the run may go on behind the step although it has not come to its end.
  fileprivate var goesOnAfterFailure: Bool {
    if onFailure == nil, onExpiry == nil { return false }
    return [onFailure, onExpiry].contains { policy in
      switch policy {
      case .continue?: true
      case .recover(let branches)?: branches.contains { $0.then == .continue }
      default: false
      }
    }
  }
}

extension Expression {
  /// What a condition that reads no name gives; nil where it reads one, or has no truth value.
  var constantTruth: Bool? {
    guard references.isEmpty else { return nil }
    guard let checked else { return try? test(Variables()) }
    return (try? checked.evaluate(Variables(), costLimit: 10_000))?.asBool
  }
}

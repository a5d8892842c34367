/// A `repeat` that no number of rounds and no person holds back: where its condition never comes
/// true, it goes on for ever, unseen.
enum OpenRepeatCheck {
  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    guard workflow.has(.loop) else { return }
    var isHeldBack: Set<Int> = []
    for step in workflow.parts.allSteps where step.waitsForSomebody {
      var parent = step.parent
      while let index = parent, isHeldBack.insert(index).inserted {
        parent = workflow.outlines.all[index].parent?.index
      }
    }
    for step in workflow.parts.allSteps {
      guard step.isControl, case .repeat(let loop) = step.kind, loop.atMost == nil,
        !isHeldBack.contains(step.index), loop.until.constantTruth == nil,
        RepeatCheck.endlessness(of: loop, step, workflow) == nil
      else { continue }
      workflow.decoder.report(
        .openRepeat, "nothing limits how often the steps of `\(step.id)` are repeated",
        at: step.span, help: "say when it is enough: `at_most: 20`")
    }
  }
}

extension Step {
  /// Whether the run stands still here until a person or an event moves it.
  fileprivate var waitsForSomebody: Bool {
    switch kind {
    case .ask, .approve, .wait(.event), .wait(.firstOf): true
    default: false
    }
  }
}

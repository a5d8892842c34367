package import Workflows

extension Workflow {
  /// What this release checks but cannot run yet, a sentence each; a run of such a workflow is
  /// refused before it starts rather than stopped half-way.
  package var beyondThisRelease: [String] {
    allSteps.flatMap { step in step.beyondThisRelease.map { "`\(step.id)`: \($0)" } }
  }
}

extension Step {
  fileprivate var beyondThisRelease: [String] {
    var found: [String] = []
    switch kind {
    case .approve:
      found.append("`\(kind.word)` cannot be run by this release yet")
    case .wait(.firstOf): found.append("`first_of` cannot be run by this release yet")
    case .ask(let question) where question.items.contains { $0.doneOn != nil }:
      found.append("`done_on` is not acted on by this release yet")
    default: break
    }
    if expires != nil || !remind.isEmpty || !escalate.isEmpty {
      found.append("`expires`, `remind` and `escalate` are not acted on by this release yet")
    }
    return found
  }
}

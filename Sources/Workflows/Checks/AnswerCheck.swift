import CEL
import Fields
import SourceText

/// What people are asked for is used by something.
enum AnswerCheck {
  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    guard workflow.has(.ask) else { return }
    // An expression that could not be read may be the one that uses the answers.
    guard !workflow.decoder.diagnostics.hasErrors else { return }
    let questions = workflow.parts.allSteps.filter { step in
      if case .ask(let question) = step.kind { !question.fields.fields.isEmpty } else { false }
    }
    guard !questions.isEmpty else { return }
    let used = usedSteps(workflow)
    for step in questions where !used.contains(step.id) {
      workflow.decoder.report(
        .unusedAnswers, "nothing uses the answers to this question", at: step.span,
        help: "read them, `steps.\(step.id).outputs.…`, in a condition, a text or `outputs`; "
          + "something to confirm is better an item")
    }
  }

  /// The ids of the steps whose outputs are read.
  private static func usedSteps(_ workflow: WorkflowUnderCheck) -> Set<String> {
    var used: Set<String> = []
    for read in workflow.decoder.reads {
      for reference in read.expression.references {
        let path = reference.path
        if path[0] == "outputs", case .after(let index) = read.place {
          used.insert(workflow.outlines.all[index].id)
        } else if path == ["steps"] {
          return Set(workflow.parts.allSteps.map(\.id))
        } else if path[0] == "steps", isAnswer(path.dropFirst(2)) {
          used.insert(path[1])
        }
      }
    }
    return used
  }

  /// Whether a path behind `steps.ID` reads what was filled in, not only what was ticked.
  private static func isAnswer(_ path: ArraySlice<String>) -> Bool {
    guard let first = path.first else { return true }
    guard first == "outputs" else { return false }
    return path.count == 1 || !["items", "progress"].contains(path[path.startIndex + 1])
  }
}

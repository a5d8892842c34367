import CEL
import SourceText

/// Sensitive values in texts that people read: they see `(sensitive)` there.
struct SensitiveTextCheck {
  private let workflow: WorkflowUnderCheck

  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    guard workflow.decoder.hasSensitiveExpressions else { return }
    let check = SensitiveTextCheck(workflow: workflow)
    let parts = workflow.parts
    check.look(at: parts.runName, "the name of the run")
    for label in parts.labels { check.look(at: label.value, "the label `\(label.name)`") }
    for role in parts.roles { check.look(at: role) }
    for step in parts.allSteps { check.look(at: step) }
  }

  private func look(at role: Role) {
    guard let person = role.person, person.isSensitive else { return }
    let place = person.expressions.first(where: \.isSensitive)?.span ?? person.span
    workflow.decoder.report(
      .sensitiveShown,
      "who holds the role `\(role.key)` is a sensitive value, so that nobody sees who it is",
      at: place, label: "`(sensitive)` is shown in its place, and the role",
      help: "who has to be found in lists and in the record has a name that is not sensitive")
  }

  private func look(at step: Step) {
    for item in step.preconditions + step.verify {
      look(at: item.message, "the message of a check")
      look(at: item.see, "the message of a check")
    }
    look(at: step.manual, "`manual`")
    switch step.undo {
    case .manual(let text): look(at: text, "`undo`")
    case .action(let call, _): look(at: call)
    case nil: break
    }
    for call in step.remind.compactMap(\.notify) + step.escalate.compactMap(\.notify) {
      look(at: call)
    }
    switch step.kind {
    case .ask(let question):
      look(at: question.message, "the message of a question")
      for item in question.items {
        look(at: item.label, "the label of an item")
        look(at: item.help, "the help of an item")
      }
    case .approve(let approval): look(at: approval.message, "the message of an approval")
    case .finish(let finish): look(at: finish.message, "the message of `finish`")
    case .action(let call): look(at: call)
    default: break
    }
  }

  private func look(at call: ActionCall) {
    guard call.operation == "log.write" else { return }
    for input in call.with { look(at: input.value, "a line of the log") }
  }

  private func look(at template: Template?, _ what: String) {
    guard let template, template.isSensitive, template.file === workflow.decoder.file else {
      return
    }
    let place = template.expressions.first(where: \.isSensitive)?.span ?? template.span
    workflow.decoder.report(
      .sensitiveShown, "\(what) shows a sensitive value, which nobody will see", at: place,
      label: "`(sensitive)` is shown in its place",
      help: "leave it out; an operation such as `mail.send` can be given it")
  }
}

import CommandLineKit
import Documents
import Fields
import Runner
import Values

/// Asks a person on the terminal what an `ask` step wants to know.
struct AnswerPrompt {
  let console: Console

  /// The values for the fields and items of a step.
  ///
  /// - Returns: nil where the person broke off.
  func values(for step: StepView, waiting: WaitingView) -> ValueMap? {
    show(step, waiting)
    var values = ValueMap()
    for field in waiting.fields?.fields ?? [] where !waiting.answered.contains(field.name) {
      switch answer(for: field, in: waiting.fields) {
      case .some(let value): if let value { values[field.name] = value }
      case nil: return nil
      }
    }
    for item in waiting.items where !item.isTicked {
      guard let isDone = Prompter(console: console).confirm(item.label) else { return nil }
      if isDone { values[item.name] = true }
    }
    return values
  }

  /// What the step is about.
  func show(_ step: StepView, _ waiting: WaitingView) {
    let style = console.errors.style
    console.errors.line()
    console.errors.line(style.bold(TextLayout.harmless(step.title)))
    if !waiting.message.isEmpty { console.errors.line(TextLayout.harmless(waiting.message)) }
  }

  /// What a person decides about an approval; nil where it is left for later.
  func decision(for step: StepView, _ waiting: WaitingView) -> (approves: Bool, comment: String?)? {
    show(step, waiting)
    let prompter = Prompter(console: console)
    let choices = ["approve", "reject", "later"]
    let answer = prompter.ask(.init(label: "Your decision", choices: choices)) { text in
      choices.contains(text) ? nil : "approve, reject or later?"
    }
    guard case .text(let word) = answer, word != "later" else { return nil }
    let remark = prompter.ask(.init(label: "A comment", isOptional: true)) { _ in nil }
    switch remark {
    case .text(let text): return (word == "approve", text)
    case .nothing: return (word == "approve", nil)
    case .interrupted: return nil
    }
  }

  /// The values for fields that stand alone: missing inputs, the data of an event.
  func values(for fields: FieldSet, except given: ValueMap) -> ValueMap? {
    var values = given
    for field in fields.fields where given[field.name] == nil {
      switch answer(for: field, in: fields) {
      case .some(let value): if let value { values[field.name] = value }
      case nil: return nil
      }
    }
    return values
  }

  // Nil: broken off. Some nil: left out.
  private func answer(for field: Field, in fields: FieldSet?) -> Value?? {
    let question = Prompter.Question(
      label: field.title, help: field.help,
      defaultText: field.isSensitive ? nil : field.defaultValue?.shown,
      choices: (field.choices ?? []).map(\.shown),
      isHidden: field.isSensitive,
      isOptional: !field.isRequired)
    let answer = Prompter(console: console).ask(question) { text in
      if case .failure(let problem)? = fields?.parse(text, for: field.name) {
        return problem.message
      }
      return nil
    }
    switch answer {
    case .text(let text):
      guard case .success(let value)? = fields?.parse(text, for: field.name) else {
        return .some(.string(text))
      }
      return .some(value)
    case .nothing: return .some(nil)
    case .interrupted: return nil
    }
  }
}

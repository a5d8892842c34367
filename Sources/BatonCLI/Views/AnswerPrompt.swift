import CommandLineKit
import Fields
import Runner
import Values

/// Asks a person on the terminal what an `ask` step wants to know.
struct AnswerPrompt {
  let console: Console

  /// What a person decides about an approval.
  enum Decision {
    case decided(approves: Bool, comment: String?)
    case later
    case brokenOff
  }

  /// The values for the fields and items of a step that are still open.
  func answers(for step: StepView, waiting: WaitingView) -> Answers {
    show(step, waiting)
    var answers = Answers()
    let fields = waiting.fields?.fields ?? []
    ask(fields.filter { !waiting.answered.contains($0.name) }, &answers)
    ask(waiting.items.filter { !$0.isTicked }, of: waiting, &answers)
    return answers
  }

  /// The values for fields that stand alone: missing inputs, the data of an event.
  func answers(for fields: FieldSet, except given: ValueMap) -> Answers {
    var answers = Answers(values: given)
    ask(fields.fields.filter { given[$0.name] == nil }, &answers)
    return answers
  }

  /// What the step is about.
  func show(_ step: StepView, _ waiting: WaitingView) {
    let style = console.errors.style
    console.errors.line()
    console.errors.line(style.bold(TextLayout.line(step.title)))
    if !waiting.message.isEmpty { console.errors.line(TextLayout.harmless(waiting.message)) }
    for line in waiting.approval?.changeLines ?? [] { console.errors.line(line) }
    if let starter = waiting.unprovenStarter {
      console.errors.line(TextLayout.harmless(WaitingLines.unproven(starter)))
    }
  }

  /// What a person decides about an approval.
  func decision(for step: StepView, _ waiting: WaitingView) -> Decision {
    show(step, waiting)
    let prompter = Prompter(console: console)
    let choices = ["approve", "reject", "later"]
    let answer = prompter.ask(.init(label: "Your decision", choices: choices)) { text in
      choices.contains(text) ? nil : "approve, reject or later?"
    }
    guard case .text(let word) = answer else { return .brokenOff }
    guard word != "later" else { return .later }
    let remark = prompter.ask(.init(label: "A comment", isOptional: true)) { _ in nil }
    switch remark {
    case .text(let text): return .decided(approves: word == "approve", comment: text)
    case .nothing: return .decided(approves: word == "approve", comment: nil)
    case .interrupted: return .brokenOff
    }
  }

  private func ask(_ fields: [Field], _ answers: inout Answers) {
    for field in fields where !answers.isBrokenOff {
      let question = FieldQuestion(field)
      let answer = Prompter(console: console).ask(question.question) { text in
        if case .failure(let problem) = question.read(text) { problem.message } else { nil }
      }
      switch answer {
      case .text(let text):
        answers.values[field.name] = (try? question.read(text).get()) ?? .string(text)
      case .nothing:
        // Whoever has seen the default and lets it stand has given it.
        guard let value = field.defaultValue else { continue }
        answers.values[field.name] = value
      case .interrupted:
        answers.isBrokenOff = true
        continue
      }
      answers.labels.append(field.title)
    }
  }

  private func ask(_ items: [ItemView], of waiting: WaitingView, _ answers: inout Answers) {
    var category: String?
    for item in items where !answers.isBrokenOff {
      if let name = item.category, name != category {
        console.errors.line(console.errors.style.dim(TextLayout.harmless(name + ":")))
      }
      category = item.category
      let isDone = Prompter(console: console).confirm(
        item.label, help: item.help, otherwise: waiting.mayLeaveItems ? "no" : "later")
      guard let isDone else {
        answers.isBrokenOff = true
        return
      }
      guard isDone || waiting.mayLeaveItems else {
        answers.hasLeftItems = true
        continue
      }
      // Where a list may be left so, no is an answer.
      if isDone || waiting.given[item.name] == nil { answers.values[item.name] = .bool(isDone) }
      answers.labels.append(item.label)
    }
  }
}

import CEL
import Fields
import Values
import Workflows

/// The steps of a procedure, each with who does it, what is done, and until when.
struct ProcedureSteps {
  let wording: Wording
  let numbers: StepNumbers

  func text(_ list: StepList, level: Int) -> String {
    list.steps.map { text($0, level: level) }.joined(separator: "\n")
  }

  private func text(_ step: Step, level: Int) -> String {
    let marks = String(repeating: "#", count: min(level, 6))
    let number = numbers[step] ?? ""
    var parts = ["\(marks) \(heading(of: step, number))", facts(of: step)]
    if let description = step.description {
      parts.append(MarkdownText.demoted(description, below: level))
    }
    parts += body(of: step, level: level)
    parts += manual(of: step)
    parts += recoveries(of: step, level: level)
    return parts.map(\.trimmingLines).filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  /// `Step 2: Confirm the payment`, also where the author numbered the step the same way.
  private func heading(of step: Step, _ number: String) -> String {
    let mark = "Step \(number): "
    let title = step.title.hasPrefix(mark) ? String(step.title.dropFirst(mark.count)) : step.title
    return mark + MarkdownText.escaped(title)
  }

  // MARK: facts

  private static let nobody = "—"

  /// The table of a step, as procedures have it.
  private func facts(of step: Step) -> String {
    var table = MarkdownTable(["Actor", actor(of: step)])
    func row(_ name: String, _ text: String?) {
      if let text, !text.isEmpty { table.add([name, MarkdownText.cell(text)]) }
    }
    if let condition = step.condition { row("Only if", wording.condition(condition)) }
    for check in step.preconditions { row("Before", self.check(check)) }
    for (name, text) in action(of: step) { row(name, text) }
    row("Time", step.target.map { "target: \(wording.length($0))" })
    row("Due", step.due.map { self.due($0, step) })
    row("Expires", step.expires.map { expires($0, step) })
    for rung in step.escalate { row("Escalation", escalation(rung)) }
    for check in step.verify { row("Verified", self.check(check)) }
    row("If it fails", failure(of: step))
    row("Checkpoint", step.checkpoint.map { MarkdownText.code($0) })
    let text = table.text
    guard text.isEmpty else { return text }
    return actor(of: step) == Self.nobody ? "" : "**Actor:** \(actor(of: step))"
  }

  private func actor(of step: Step) -> String {
    if let role = step.role { return MarkdownText.escaped(wording.role(role)) }
    switch step.kind {
    case .ask, .approve: return "Anybody"
    case .action, .set, .goTo, .finish: return "System"
    default: return Self.nobody
    }
  }

  private func action(of step: Step) -> [(String, String)] {
    switch step.kind {
    case .action(let call): return self.call(call)
    case .set(let values):
      return [("Action", "Note what follows from the above"), ("Values", list(values))]
    case .wait(let wait): return [("Action", Wording.atStart(wording.wait(wait)))] + matches(wait)
    case .workflow(let call):
      let name = call.definition?.name ?? call.reference
      let number = call.definition?.document?.number.map { " (\(MarkdownText.escaped($0)))" } ?? ""
      return [
        ("Action", "Carry out the procedure *\(MarkdownText.escaped(name))*\(number)"),
        ("With", list(call.with)),
      ]
    case .goTo(let id):
      let target = wording.workflow.step(named: id)
      let number = target.flatMap { numbers[$0] } ?? id
      return [("Action", "Go on at step \(number): \(MarkdownText.escaped(wording.step(id)))")]
    case .finish(let finish):
      let message = finish.message.map { ": \(wording.text($0))" } ?? ""
      return [("Action", "The procedure ends as \(finish.outcome.rawValue)\(message)")]
    case .approve(let approval): return [("Decision", self.approval(approval))]
    case .parallel: return [("Order", "the steps below side by side, in any order")]
    case .forEach(let loop): return [("For each", self.loop(loop))]
    case .repeat(let loop): return [("Repeat", self.loop(loop))]
    case .ask, .section, .choose: return []
    }
  }

  private func call(_ call: ActionCall) -> [(String, String)] {
    let name = MarkdownText.code(call.operation)
    let outputs = call.contract?.outputs.fields.map {
      MarkdownText.escaped(Wording.atStart(Wording.fieldName($0)))
    }
    return [
      ("Action", call.summary.map { "\(MarkdownText.escaped($0)) (\(name))" } ?? name),
      ("With", list(call.with)),
      ("Output", outputs?.joined(separator: ", ") ?? ""),
    ]
  }

  private func list(_ values: [NamedTemplate]) -> String {
    values.map { member in
      let name = MarkdownText.escaped(Wording.humanized(member.name))
      return "\(name): \(value(member.value))"
    }.joined(separator: "<br>")
  }

  private func value(_ template: Template) -> String {
    switch template.form {
    case .literal(let value) where FieldWords.isEmpty(value): return FieldWords.shown(value)
    case .literal(.string(let text)):
      return text.contains("\n") ? MarkdownText.escaped(text) : MarkdownText.code(text)
    case .text: return MarkdownText.cell(wording.text(template))
    default: return wording.text(template)
    }
  }

  /// - Parameter label: which of several is waited for.
  private func matches(_ wait: Wait, _ label: String = "Which") -> [(String, String)] {
    switch wait {
    case .event(let event): event.match.map { [(label, wording.condition($0))] } ?? []
    case .firstOf(let waits):
      waits.flatMap { wait in
        matches(wait.wait, "Which (\(MarkdownText.escaped(Wording.humanized(wait.name))))")
      }
    case .duration, .until: []
    }
  }

  private func approval(_ approval: Approval) -> String {
    let count = approval.approvals
    let who = count == 1 ? "one person approves" : "\(count) people approve"
    return who + (approval.notStarter ? ", not whoever started the run" : "")
  }

  private func loop(_ loop: ForEach) -> String {
    let all = wording.expression(loop.list)
    return loop.maxParallel.map { "\(all); \($0) at a time" } ?? all
  }

  private func loop(_ loop: Repeat) -> String {
    var text = "until \(wording.condition(loop.until))"
    if let every = loop.every { text += ", every \(wording.length(every))" }
    if let most = loop.atMost { text += ", at most \(most) times" }
    return text
  }

  // MARK: times

  private func due(_ due: Deadline, _ step: Step) -> String {
    var text = time(due, "within")
    let reminders = step.remind.map { reminder in
      "\(wording.length(reminder.before)) before" + condition(reminder.condition)
    }
    if !reminders.isEmpty { text += "; reminder \(reminders.joined(separator: " and "))" }
    return text
  }

  private func expires(_ expires: Deadline, _ step: Step) -> String {
    let ending = step.onExpiry?.ending.map { "; then \($0)" } ?? ""
    return time(expires, "after") + ending
  }

  private func time(_ deadline: Deadline, _ preposition: String) -> String {
    if case .after(let duration) = deadline {
      return "\(preposition) \(wording.length(duration))"
    }
    return wording.deadline(deadline)
  }

  private func escalation(_ rung: Escalation) -> String {
    let since = rung.isAfterDue ? "after it was due" : "after it was asked"
    let to = rung.to.map { " to \(MarkdownText.escaped(wording.role($0)))" } ?? ""
    return "\(wording.length(rung.after)) \(since)\(to)" + condition(rung.condition)
  }

  /// Under which condition somebody is told.
  private func condition(_ condition: Expression?) -> String {
    condition.map { ", if \(wording.condition($0))" } ?? ""
  }

  // MARK: checks and failures

  private func check(_ check: Check) -> String {
    var text = wording.condition(check.check)
    if let look = check.look {
      let name = look.summary.map(MarkdownText.escaped) ?? MarkdownText.code(look.operation)
      text = "\(name): \(text)"
    }
    if let message = check.message { text += "; else: \(wording.text(message))" }
    if let see = check.see { text += " See \(wording.text(see))." }
    return text
  }

  private func failure(of step: Step) -> String {
    var parts: [String] = []
    if case .action = step.kind, let retry = step.retry, retry.attempts > 1 {
      let condition = retry.onlyIf.map { ", again only if \(wording.condition($0))" } ?? ""
      parts.append("tried up to \(retry.attempts) times\(condition)")
    }
    if let ending = step.onFailure?.ending { parts.append(ending) }
    return parts.joined(separator: ", then ")
  }

  private func manual(of step: Step) -> [String] {
    guard let manual = step.manual else { return [] }
    if case .action(let call) = step.kind, call.contract?.manual === manual {
      return ["**By hand**", wording.inside(call).text(manual)]
    }
    return ["**By hand**", wording.text(manual)]
  }

  // MARK: bodies

  private func body(of step: Step, level: Int) -> [String] {
    switch step.kind {
    case .ask(let question): return self.question(question)
    case .approve(let approval): return [wording.text(approval.message)]
    case .section(let list), .parallel(let list): return [text(list, level: level + 1)]
    case .forEach(let loop): return [text(loop.steps, level: level + 1)]
    case .repeat(let loop): return [text(loop.steps, level: level + 1)]
    case .choose(let cases):
      return cases.enumerated().flatMap { index, choice in
        let label = choice.when.map { "If \(wording.condition($0)):" } ?? "Otherwise:"
        return ["**\(StepNumbers.letter(index)))** \(label)", text(choice.steps, level: level + 1)]
      }
    default: return []
    }
  }

  private func question(_ question: Question) -> [String] {
    var parts = question.message.map { [wording.text($0)] } ?? []
    let grouped = Dictionary(grouping: question.items) { $0.category ?? "" }
    var seen: [String] = []
    for item in question.items where !seen.contains(item.category ?? "") {
      let category = item.category ?? ""
      seen.append(category)
      let title = category.isEmpty ? "Checklist" : Wording.atStart(Wording.humanized(category))
      parts.append("**\(MarkdownText.escaped(title))**")
      parts.append((grouped[category] ?? []).map(self.item).joined(separator: "\n"))
    }
    if !question.fields.isEmpty {
      var table = MarkdownTable(["To be noted", "What it takes"])
      for field in question.fields.fields {
        let details = FieldWords.details(of: field)
        let help = field.help.map { (details.isEmpty ? "" : "; ") + MarkdownText.escaped($0) } ?? ""
        table.add([
          MarkdownText.escaped(Wording.atStart(Wording.fieldName(field))),
          MarkdownText.cell(details + help),
        ])
      }
      parts.append(table.text)
    }
    if let complete = question.completeWhen {
      parts.append("Done when \(wording.condition(complete)).")
    }
    return parts
  }

  private func item(_ item: Question.Item) -> String {
    var text = "- [ ] \(wording.text(item.label))"
    if let help = item.help { text += ": \(wording.text(help))" }
    if let event = item.doneOn { text += " (ticked by \(wording.event(event)))" }
    return text
  }

  private func recoveries(of step: Step, level: Int) -> [String] {
    var parts: [String] = []
    for (policy, words) in [(step.onFailure, "If it fails"), (step.onExpiry, "If time runs out")] {
      guard case .recover(let branches)? = policy else { continue }
      for branch in branches {
        let condition = branch.when.map { " and \(wording.conjunct($0))" } ?? ""
        parts.append("**\(words)**\(condition):")
        parts.append(text(branch.steps, level: level + 1))
        parts.append(Wording.atStart(branch.then.ending) + ".")
      }
    }
    return parts
  }
}

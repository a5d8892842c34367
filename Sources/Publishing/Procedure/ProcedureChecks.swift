import CEL
import Fields
import Values
import Workflows

/// What is looked at before the procedure counts as done, what to do about trouble, and how each
/// step is taken back.
struct ProcedureChecks {
  let wording: Wording
  let numbers: StepNumbers

  private var steps: [Step] { wording.workflow.allSteps }

  /// What is verified, and the items of questions that only have items to tick. What is done only after
  /// a failure is no part of it, and what may be passed over says so.
  var checklist: String {
    let all =
      ExpectedSteps(wording.workflow.steps).all + ExpectedSteps(wording.workflow.finally).all
    let lines = all.flatMap { self.lines(of: $0) }
    guard !lines.isEmpty else { return "" }
    return "Before the procedure counts as done:\n\n" + lines.joined(separator: "\n")
  }

  private func lines(of expected: ExpectedSteps.Item) -> [String] {
    let step = expected.step
    var place = "step \(number(step))"
    if !expected.conditions.isEmpty {
      let all = expected.conditions.map { condition in
        condition.map(wording.conjunct) ?? "nothing else applies"
      }
      place += "; only if \(all.joined(separator: " and "))"
    }
    var lines = step.verify.map { "\(Wording.atStart(wording.condition($0.check))) (\(place))" }
    if case .ask(let question) = step.kind, question.fields.isEmpty {
      lines += question.items.map { "\(wording.text($0.label)) (\(place))" }
    }
    return lines.map { "- [ ] \($0)" }
  }

  var troubleshooting: String {
    var table = MarkdownTable(["Issue", "Resolution", "Reference"])
    for step in steps {
      for check in step.preconditions {
        add(
          check, of: step, "put it right; the procedure waits before step \(number(step))", &table)
      }
      for check in step.verify { add(check, of: step, resolution(of: step), &table) }
      guard case .action(let call) = step.kind else { continue }
      for error in call.contract?.errors ?? [] {
        table.add([
          MarkdownText.cell(
            "\(MarkdownText.escaped(step.title)): \(MarkdownText.escaped(error.meaning))"),
          MarkdownText.cell(Wording.atStart(resolution(of: step))), "Step \(number(step))",
        ])
      }
    }
    if let policy = wording.workflow.defaultOnFailure {
      table.add([
        "Any other failure", MarkdownText.cell(Wording.atStart(words(policy))),
        "The defaults of the procedure",
      ])
    }
    return table.text
  }

  private func words(_ policy: FailurePolicy) -> String {
    guard case .recover(let branches) = policy else { return policy.ending ?? "" }
    let all = branches.map { branch in
      let condition = branch.when.map { "if \(wording.condition($0)): " } ?? ""
      let titles = branch.steps.steps.map { "“\(MarkdownText.escaped($0.title))”" }
      let steps = titles.isEmpty ? "" : "do \(titles.joined(separator: ", ")), "
      return condition + steps + branch.then.ending
    }
    return all.joined(separator: "; ")
  }

  var rollback: String {
    var table = MarkdownTable(["Step", "How it is taken back"])
    // What `finally` does comes after the taking back.
    let last = Set(
      ExpectedSteps(wording.workflow.finally, withRecoveries: true).all.map(\.step.index))
    for step in steps.reversed() {
      guard let undo = step.undo, !last.contains(step.index) else { continue }
      let text: String
      switch undo {
      case .manual(let template):
        text = MarkdownText.cell(self.wording(ofUndo: template, of: step).text(template))
      case .action(let call, _):
        text = call.summary.map(MarkdownText.escaped) ?? MarkdownText.code(call.operation)
      }
      table.add(["\(number(step)): \(MarkdownText.escaped(step.title))", text])
    }
    guard !table.isEmpty else { return "" }
    return "What was done is taken back in this order, the newest first:\n\n" + table.text
  }

  /// A contract's text sees what the operation is given as its `inputs`, the step's own as `with`.
  private func wording(ofUndo template: Template, of step: Step) -> Wording {
    guard case .action(let call) = step.kind else { return wording }
    if case .manual(let text)? = call.contract?.undo, text === template {
      return wording.inside(call)
    }
    return wording.behind(call)
  }

  private func add(
    _ check: Check, of step: Step, _ resolution: String, _ table: inout MarkdownTable
  ) {
    let issue =
      check.message.map(wording.text)
      ?? "It does not hold that \(wording.condition(check.check))"
    table.add([
      MarkdownText.cell(issue), MarkdownText.cell(Wording.atStart(resolution)),
      check.see.map { MarkdownText.cell(wording.text($0)) } ?? "Step \(number(step))",
    ])
  }

  private func resolution(of step: Step) -> String {
    let (policy, owner) = wording.workflow.policy(of: step)
    switch policy {
    case .recover? where owner == nil: return "as the defaults of the procedure say"
    case .recover?: return "as step \(number(owner ?? step)) says under “If it fails”"
    default: break
    }
    if let ending = policy?.ending { return ending }
    return step.manual == nil
      ? "put it right, then try again" : "put it right and try again, or do it by hand"
  }

  private func number(_ step: Step) -> String { numbers[step] ?? step.id }
}

extension Workflow {
  /// What follows when a step fails, and the step that says it: itself, the nearest around it, or where nobody
  /// does the defaults.
  fileprivate func policy(of step: Step) -> (policy: FailurePolicy?, owner: Step?) {
    var inner = step
    while true {
      if let policy = inner.onFailure { return (policy, inner) }
      guard let outer = inner.parent.map({ allSteps[$0] }) else { break }
      // What fails while something is put right is for people.
      if outer.recoveryLists.contains(where: { $0.steps.contains { $0 === inner } }) {
        return (nil, outer)
      }
      inner = outer
    }
    return (defaultOnFailure, nil)
  }
}

extension Step {
  fileprivate var recoveryLists: [StepList] {
    [onFailure, onExpiry].flatMap { policy -> [StepList] in
      guard case .recover(let branches)? = policy else { return [] }
      return branches.map(\.steps)
    }
  }
}

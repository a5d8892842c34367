import Fields
import SourceText
import Values
import Workflows

extension FlowOutline {
  init(_ workflow: Workflow) {
    let builder = FlowOutlineBuilder(wording: Wording(workflow, .plain))
    title = workflow.name
    let count = workflow.allSteps.count
    summary =
      "The procedure \(workflow.name) in \(count) step\(count == 1 ? "" : "s"), from top to bottom: "
      + workflow.steps.steps.map(\.title).joined(separator: "; ")
    starts = workflow.triggers.map(builder.trigger)
    main = builder.list(workflow.steps)
    finally = builder.list(workflow.finally)
  }
}

/// Makes blocks of steps.
struct FlowOutlineBuilder {
  let wording: Wording

  func list(_ list: StepList, label: String? = nil) -> FlowList {
    FlowList(label: label, blocks: list.steps.map(block))
  }

  func trigger(_ trigger: Trigger) -> String {
    switch trigger.source {
    case .webhook(let path, _): "Webhook \(path)"
    case .schedule(let cron, let zone): "Schedule \(cron)" + (zone.map { " (\($0))" } ?? "")
    }
  }

  private func block(_ step: Step) -> FlowBlock {
    var block = FlowBlock(id: step.id, look: step.kind.look, title: step.title)
    block.isConditional = step.condition != nil
    block.notes = notes(of: step)
    switch step.kind {
    case .section(let list): block.lists = [self.list(list)]
    case .parallel(let list):
      block.lists = list.steps.map { FlowList(blocks: [self.block($0)]) }
    case .forEach(let loop): block.lists = [self.list(loop.steps)]
    case .repeat(let loop): block.lists = [self.list(loop.steps)]
    case .choose(let cases): block.lists = self.cases(cases)
    case .goTo(let id): block.target = id
    default: break
    }
    block.failures =
      recoveries(step.onFailure, "if it fails")
      + recoveries(step.onExpiry, "if time runs out")
    return block
  }

  private func cases(_ cases: [Case]) -> [FlowList] {
    var lists = cases.map { choice in
      list(choice.steps, label: choice.when.map { "if \(wording.condition($0))" } ?? "otherwise")
    }
    if cases.allSatisfy({ $0.when != nil }) {
      lists.append(FlowList(label: "otherwise", blocks: []))
    }
    return lists
  }

  private func recoveries(_ policy: FailurePolicy?, _ label: String) -> [FlowList] {
    guard case .recover(let branches)? = policy else { return [] }
    return branches.map { branch in
      let condition = branch.when.map { "\(label) and \(wording.conjunct($0))" } ?? label
      var list = list(branch.steps, label: condition)
      list.ending = branch.then.ending
      return list
    }
  }

  // MARK: notes

  func notes(of step: Step) -> [FlowBlock.Note] {
    var notes: [FlowBlock.Note] = []
    func add(_ kind: FlowBlock.Note.Kind, _ text: String) {
      notes.append(.init(kind: kind, text: text))
    }
    let people = people(of: step)
    if !people.isEmpty { add(.people, people) }
    if let condition = step.condition { add(.condition, "only if \(wording.condition(condition))") }
    if let detail = detail(of: step) { add(.detail, detail) }
    for (policy, words) in [(step.onFailure, "if it fails"), (step.onExpiry, "if time runs out")] {
      if let ending = policy?.ending { add(.failure, "\(words): \(ending)") }
    }
    return notes
  }

  private func people(of step: Step) -> String {
    var parts = step.role.map { [wording.role($0)] } ?? []
    if let target = step.target { parts.append("target \(wording.length(target))") }
    if let due = step.due { parts.append("due \(time(due, "within"))") }
    if let expires = step.expires { parts.append("expires \(time(expires, "after"))") }
    return parts.joined(separator: " · ")
  }

  private func time(_ deadline: Deadline, _ preposition: String) -> String {
    if case .after(let duration) = deadline {
      return "\(preposition) \(wording.length(duration))"
    }
    return wording.deadline(deadline)
  }

  private func detail(of step: Step) -> String? {
    switch step.kind {
    case .action(let call): call.operation
    case .ask(let question): self.question(question)
    case .approve(let approval): self.approval(approval)
    case .wait(let wait): wording.wait(wait)
    case .forEach(let loop): self.loop(loop)
    case .repeat(let loop): self.loop(loop)
    case .workflow(let call): "workflow \(call.definition?.name ?? call.reference)"
    case .goTo(let id): "go on at “\(wording.step(id))”"
    case .finish(let finish): "the run ends as \(finish.outcome.rawValue)"
    case .parallel: "side by side"
    case .set, .section, .choose: nil
    }
  }

  private func approval(_ approval: Approval) -> String? {
    var parts = approval.approvals > 1 ? ["\(approval.approvals) people approve"] : []
    if approval.notStarter { parts.append("not by the starter") }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private func question(_ question: Question) -> String? {
    func count(_ number: Int, _ word: String) -> [String] {
      number == 0 ? [] : ["\(number) \(word)\(number == 1 ? "" : "s")"]
    }
    let parts = count(question.items.count, "item") + count(question.fields.names.count, "field")
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private func loop(_ loop: ForEach) -> String {
    let all = "for each of \(wording.expression(loop.list))"
    return loop.maxParallel.map { "\(all), \($0) at a time" } ?? all
  }

  private func loop(_ loop: Repeat) -> String {
    var text = "until \(wording.condition(loop.until))"
    if let every = loop.every { text += ", every \(wording.length(every))" }
    if let most = loop.atMost { text += ", at most \(most) times" }
    return text
  }
}

extension Kind {
  /// How the picture shows a step of this kind.
  var look: FlowBlock.Look {
    switch self {
    case .action: .action
    case .ask: .ask
    case .approve: .approve
    case .wait: .wait
    case .set: .set
    case .section: .section
    case .parallel: .parallel
    case .forEach, .repeat: .loop
    case .choose: .choice
    case .workflow: .workflow
    case .goTo: .jump
    case .finish: .finish
    }
  }
}

extension FailurePolicy {
  /// What follows a failure, where it is no steps.
  var ending: String? {
    switch self {
    case .park: "park the run"
    case .continue: "note it and go on"
    case .stop: "stop the run"
    case .undo: "take back what was done"
    case .recover: nil
    }
  }
}

extension RecoveryBranch.Continuation {
  var ending: String {
    switch self {
    case .park: "then park the run"
    case .continue: "then go on"
    case .stop: "then stop the run"
    case .undo: "then take back what was done"
    case .retry: "then try again"
    }
  }
}

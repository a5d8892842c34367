import CommandLineKit
import Fields
import Plans
import Transcripts
import Values
import Workflows

/// A plan as an outline for people.
struct PlanOutline {
  let plan: RunPlan
  let style: TextStyle
  let moments: MomentFormat
  let columns: Int

  func text() -> String {
    var lines = head
    lines.append("")
    for (step, depth) in outline(plan.body.steps, depth: 0) { lines += self.lines(step, depth) }
    if !plan.body.recoveries.isEmpty {
      lines.append(style.bold("Where a step fails that says nothing else"))
      for recovery in plan.body.recoveries { lines += self.lines(recovery, depth: 0) }
    }
    if !plan.body.finally.steps.isEmpty {
      lines.append(style.bold("At the end, whatever the outcome"))
      for (step, depth) in outline(plan.body.finally, depth: 0) { lines += self.lines(step, depth) }
    }
    return TextLayout.harmless((lines + summary).joined(separator: "\n") + "\n")
  }

  // MARK: Head

  private var head: [String] {
    let workflow = plan.workflow
    let version = workflow.version.map { " \($0)" } ?? ""
    var lines = [style.bold("Plan of \(workflow.id)\(version)") + ": \(workflow.name)"]
    let known = plan.body.inputs.compactMap { member -> String? in
      guard let name = member.key.asString else { return nil }
      let isSensitive = plan.body.sensitiveInputs.contains(name)
      return "\(name)=\(isSensitive ? hiddenValue : member.value.shown)"
    }
    if !known.isEmpty { lines.append("known: " + known.joined(separator: ", ")) }
    if !plan.body.unknownInputs.isEmpty {
      lines.append("not known: " + plan.body.unknownInputs.joined(separator: ", "))
    }
    return lines
  }

  // MARK: Steps

  private func outline(_ list: PlannedList, depth: Int) -> [(PlannedStep, Int)] {
    list.steps.map { ($0, depth) }
  }

  private func lines(_ step: PlannedStep, _ depth: Int) -> [String] {
    let mark =
      switch step.certainty {
      case .certain: "  "
      case .possible: style.yellow("? ")
      case .never: style.dim("- ")
      }
    let indent = String(repeating: "  ", count: depth)
    var title = step.step.id
    if let name = step.step.name { title += "  \(name)" }
    title =
      step.certainty == .never
      ? style.dim(title) : style.bold(step.step.id) + title.dropFirst(step.step.id.count)
    var lines = [mark + indent + title + remark(step)]
    let inner = "    " + indent
    guard step.certainty != .never else { return lines }
    for fact in facts(step) { lines += wrapped(fact, indent: inner) }
    lines += nested(step, depth + 1)
    for recovery in step.recoveries { lines += self.lines(recovery, depth: depth + 1) }
    return lines
  }

  private func remark(_ step: PlannedStep) -> String {
    let source = step.step.condition?.source ?? ""
    return switch step.condition {
    case .fails?: style.dim("  never: `\(source)` does not hold")
    case .unknown?: style.dim("  if `\(source)`")
    case .broken(let message)?: style.red("  `\(source)` fails: \(message)")
    case .holds?, nil: step.certainty == .never ? style.dim("  never") : ""
    }
  }

  private func nested(_ step: PlannedStep, _ depth: Int) -> [String] {
    let indent = "  " + String(repeating: "  ", count: depth)
    switch step.body {
    case .leaf: return []
    case .section(let list): return list.steps.flatMap { lines($0, depth) }
    case .parallel(let list):
      return [indent + style.cyan("side by side")] + list.steps.flatMap { lines($0, depth) }
    case .loop(let loop):
      return [indent + style.cyan(loop.words)] + loop.steps.steps.flatMap { lines($0, depth) }
    case .choose(let cases, let mayMatchNone):
      var found: [String] = []
      for choice in cases {
        found.append(indent + style.cyan(words(choice)))
        if choice.certainty != .never {
          found += choice.steps.steps.flatMap { lines($0, depth + 1) }
        }
      }
      if mayMatchNone { found.append(indent + style.cyan("or none of them")) }
      return found
    case .workflow(let body):
      let late = body.finally.steps.flatMap { lines($0, depth) }
      return [indent + style.cyan("workflow \(body.workflow.id): \(body.workflow.name)")]
        + body.steps.steps.flatMap { lines($0, depth) } + late
    }
  }

  private func words(_ choice: PlannedCase) -> String {
    guard let source = choice.source else {
      return choice.certainty == .never ? "otherwise: never" : "otherwise"
    }
    return switch choice.verdict {
    case .holds: "when `\(source)`: holds"
    case .fails: "when `\(source)`: does not hold"
    case .unknown: "when `\(source)`"
    case .broken(let message): "when `\(source)`: fails, \(message)"
    }
  }

  private func lines(_ recovery: PlannedRecovery, depth: Int) -> [String] {
    let indent = "  " + String(repeating: "  ", count: depth)
    let cause = recovery.cause == .failure ? "if it fails" : "if its time is up"
    let condition = recovery.source.map { " and `\($0)`" } ?? ""
    let head = "\(cause)\(condition), then \(recovery.then.rawValue) after:"
    return [indent + style.yellow(head)] + recovery.steps.steps.flatMap { lines($0, depth + 1) }
  }

  // MARK: Facts

  private func facts(_ step: PlannedStep) -> [String] {
    var lines: [String] = []
    for check in step.unmet { lines.append(style.red("parks here: \(check.message)")) }
    for call in step.calls where call.isShownAlone { lines.append(words(call)) }
    if let question = step.question { lines += words(question) }
    if let wait = step.wait { lines.append(wait) }
    if let failure = step.failure { lines.append(words(failure, of: step.address)) }
    return lines
  }

  /// The first line at the indent, the others a little further in.
  private func wrapped(_ text: String, indent: String) -> [String] {
    let width = max(columns - indent.utf8.count - 2, 30)
    return TextLayout.wrapped(text, to: width).enumerated().map { position, line in
      indent + (position == 0 ? "" : "  ") + line
    }
  }

  private func words(_ call: PlannedCall) -> String {
    let verb =
      switch call.purpose {
      case .act: "calls"
      case .look: "looks with"
      case .probe: "in doubt asks"
      case .undo, .notify: "may call"
      }
    let undo = call.undo.map { "; undo: \($0)" } ?? ""
    return "\(verb) \(call.operation) (\(call.effects.words)\(undo))"
  }

  private func words(_ question: PlannedQuestion) -> [String] {
    let who = question.role ?? "anybody"
    var lines: [String] = []
    if let approvals = question.approvals {
      let others = question.notStarter ? ", not by who started it" : ""
      let count = "\(approvals) approval\(approvals == 1 ? "" : "s")"
      lines.append("needs \(count) by \(who)\(others): \(Self.oneLine(question.message))")
    } else {
      var asked = question.fields.map(\.name)
      asked += question.items.map { item in
        item.event.map { "[\(item.name), or the event \($0)]" } ?? "[\(item.name)]"
      }
      lines.append("asks \(who)" + (asked.isEmpty ? "" : ": " + asked.joined(separator: ", ")))
    }
    return lines + question.deadlines
  }

  /// A text on one line; a long one is cut.
  private static func oneLine(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.count > 160 ? line.prefix(157) + "…" : line
  }

  private func words(_ failure: PlannedFailure, of address: String) -> String {
    let tries = failure.attempts > 1 ? ", \(failure.attempts) tries" : ""
    let then =
      switch failure.leadsTo {
      case "continue": "it is noted and the run goes on"
      case "stop": "the run ends as failed"
      case "undo": "what was done is taken back"
      case "recover": "recovery steps"
      default: "the run parks here"
      }
    let by = failure.handler.map { $0 == address ? "" : " (as \($0) says)" } ?? ""
    return "may fail\(tries), then \(then)\(by): " + failure.causes.joined(separator: "; ")
  }

  // MARK: Summary

  private var summary: [String] {
    var lines = [""]
    let facts = PlanFactsTable(plan)
    if !facts.people.isEmpty {
      lines.append(style.bold("People"))
      lines += facts.people.map { "  \($0.role): \($0.steps.joined(separator: ", "))" }
    }
    if !facts.effects.isEmpty {
      lines.append(style.bold("Effects"))
      lines += facts.effects.map { effect in
        "  \(effect.operation) (\(effect.effects.words)): \(effect.steps.joined(separator: ", "))"
      }
    }
    lines.append(style.bold("Paths") + "  \(plan.pathCount) at most")
    lines.append(style.bold("Ends") + "  \(ends)")
    return lines
  }

  private var ends: String {
    let times = plan.times
    if let earliest = times.earliest, let latest = times.latest {
      return "\(moments.minutes(earliest)) at the earliest, "
        + "\(moments.minutes(latest)) at the latest if every deadline is kept"
    }
    let first = times.earliest.map { "\(moments.minutes($0)) at the earliest; no latest end" }
    let head = first ?? "cannot be reckoned"
    return openings.isEmpty ? head : "\(head): \(openings.joined(separator: "; "))"
  }

  /// Why there is no latest end.
  private var openings: [String] {
    var reasons: [(reason: String, steps: [String])] = []
    for step in plan.times.unreckoned {
      if let index = reasons.firstIndex(where: { $0.reason == step.reason }) {
        reasons[index].steps.append(step.address)
      } else {
        reasons.append((step.reason, [step.address]))
      }
    }
    let open = plan.times.openEnded
    return reasons.map { "\(Self.first($0.steps)): \($0.reason)" }
      + (open.isEmpty ? [] : ["nothing bounds \(Self.first(open))"])
  }

  private static func first(_ steps: [String]) -> String {
    steps.prefix(8).joined(separator: ", ")
  }
}

extension PlannedCall {
  /// How a step is taken back stands with its call, and reminders with the question.
  fileprivate var isShownAlone: Bool { purpose != .undo && purpose != .notify }
}

/// What a plan says over all its steps.
struct PlanFactsTable {
  private(set) var people: [(role: String, steps: [String])] = []
  private(set) var effects: [(operation: String, effects: Effects, steps: [String])] = []

  init(_ plan: RunPlan) {
    for (step, _) in plan.allSteps where step.certainty != .never {
      if let question = step.question { add(question.role ?? "anybody", step.address) }
      for call in step.calls where call.effects != .none && call.purpose == .act {
        add(call, step.address)
      }
    }
  }

  private mutating func add(_ role: String, _ address: String) {
    if let index = people.firstIndex(where: { $0.role == role }) {
      people[index].steps.append(address)
    } else {
      people.append((role, [address]))
    }
  }

  private mutating func add(_ call: PlannedCall, _ address: String) {
    let index = effects.firstIndex {
      $0.operation == call.operation && $0.effects == call.effects
    }
    if let index {
      effects[index].steps.append(address)
    } else {
      effects.append((call.operation, call.effects, [address]))
    }
  }
}

extension Effects {
  /// What doing it twice means, for people.
  var words: String {
    switch self {
    case .none: "only reads"
    case .repeatable: "may be repeated"
    case .keyed: "may be repeated with its key"
    case .once: "must not happen twice"
    }
  }
}

import Fields
import Values
import Workflows

/// Puts differences into words, everything about one step in one place.
struct ChangeReportBuilder {
  private let comparison: WorkflowComparison
  private let renamings: Renamings
  private let ways: WayChanges

  init(_ comparison: WorkflowComparison) {
    self.comparison = comparison
    renamings = Renamings(comparison.differences)
    ways = WayChanges(comparison)
  }

  var sections: [ChangeReport.Section] {
    var sections: [ChangeReport.Section] = []
    var places: [WorkflowDifference.Subject: Int] = [:]
    var toldChoices: Set<String> = []
    for difference in comparison.differences where !isToldElsewhere(difference) {
      if ways.match(for: difference) != nil {
        let choice = "\(difference.workflow) \(difference.subjectWords)"
        guard toldChoices.insert(choice).inserted else { continue }
      }
      let title = sectionTitle(difference)
      if sections.last?.title != title {
        sections.append(.init(title: title, entries: []))
        places = [:]
      }
      let last = sections.count - 1
      if let place = places[difference.subject] {
        sections[last].entries[place].details += details(difference)
      } else {
        places[difference.subject] = sections[last].entries.count
        sections[last].entries.append(entry(difference))
      }
    }
    return sections
  }

  private func isToldElsewhere(_ difference: WorkflowDifference) -> Bool {
    renamings.isOldSide(difference) || ways.isNoMove(difference)
  }

  private func sectionTitle(_ difference: WorkflowDifference) -> String {
    let title =
      switch difference.subject {
      case .workflow: "The procedure"
      case .input: "What is needed at the start"
      case .output: "The result"
      case .role: "Roles"
      case .step: "Steps"
      case .operation: "Operations"
      case .event: "Events"
      case .calendar: "Calendars"
      }
    let isCalled = !difference.workflow.hasSameBytes(as: comparison.new.id)
    return isCalled ? "\(title), in \(difference.workflow)" : title
  }

  private func entry(_ difference: WorkflowDifference) -> ChangeReport.Entry {
    if let old = renamings.oldID(of: difference) {
      return .init(kind: .changed, title: title(difference), details: ["its ID was “\(old)”"])
    }
    let kind: ChangeReport.Entry.Kind =
      switch difference.change {
      case .added: .added
      case .removed: .removed
      case .changed: .changed
      case .moved: .moved
      }
    return .init(kind: kind, title: title(difference), details: details(difference))
  }

  // MARK: titles

  private func title(_ difference: WorkflowDifference) -> String {
    switch difference.subject {
    case .workflow: difference.workflow
    case .input(let name): field(name, difference)
    case .output(let name): Wording.atStart(Wording.humanized(name))
    case .role(let key): wording(difference).role(key)
    case .step(let id): "\(step(id, difference)?.title ?? id) (\(id))"
    case .operation(let name), .event(let name), .calendar(let name): name
    }
  }

  private func field(_ name: String, _ difference: WorkflowDifference) -> String {
    let field = pair(difference).new.inputs[name] ?? pair(difference).old.inputs[name]
    return field.map { Wording.atStart(Wording.fieldName($0)) } ?? name
  }

  /// The two versions of the workflow that a difference is in.
  private func pair(_ difference: WorkflowDifference) -> (old: Workflow, new: Workflow) {
    comparison.pairs.first { $0.new.id.hasSameBytes(as: difference.workflow) }
      ?? (comparison.old, comparison.new)
  }

  private func wording(_ difference: WorkflowDifference) -> Wording {
    if case .removed = difference.change { return Wording(pair(difference).old, .plain) }
    return Wording(pair(difference).new, .plain)
  }

  private func step(_ id: String, _ difference: WorkflowDifference) -> Step? {
    pair(difference).new.step(named: id) ?? pair(difference).old.step(named: id)
  }

  // MARK: details

  private func details(_ difference: WorkflowDifference) -> [String] {
    switch difference.change {
    case .added(let value), .removed(let value): return about(difference, value)
    case .moved(let from, let to):
      return ["now \(place(to, pair(difference).new)) (was \(place(from, pair(difference).old)))"]
    case .changed(let key, let from, let to):
      if let match = ways.match(for: difference) {
        let (old, new) = pair(difference)
        return WayChanges.lines(match, Wording(old, .plain), Wording(new, .plain))
      }
      if case .step(let id) = difference.subject,
        let words = stepChange(id, key, pair(difference))
      {
        return [words]
      }
      return OutlineChange(Self.keyName(key), from, to).lines
    }
  }

  /// What is told of something that is new or gone.
  private func about(_ difference: WorkflowDifference, _ value: Value) -> [String] {
    guard case .step(let id) = difference.subject else {
      if case .input(let name) = difference.subject,
        let field = pair(difference).new.inputs[name] ?? pair(difference).old.inputs[name]
      {
        return field.isRequired ? ["it has to be given"] : []
      }
      return value.asString.map { [$0] } ?? []
    }
    var isOld = false
    if case .removed = difference.change { isOld = true }
    let workflow = isOld ? pair(difference).old : pair(difference).new
    guard let step = workflow.step(named: id) else { return [] }
    var notes = FlowOutlineBuilder(wording: Wording(workflow, .plain)).notes(of: step).map(\.text)
    if let parent = step.parent, !isOld {
      notes.insert("in “\(workflow.allSteps[parent].title)”", at: 0)
    }
    return notes
  }

  private func place(_ position: StepPosition, _ workflow: Workflow) -> String {
    let wording = Wording(workflow, .plain)
    let order = position.after.map { "after “\(wording.step($0))”" } ?? "first"
    switch position.list {
    case .main: return order
    case .finally: return "\(order) at the end, whatever the outcome"
    case .body(let id): return "\(order) in “\(wording.step(id))”"
    case .choice(let id, let index):
      return "\(order) in way \(StepNumbers.letter(index)) of “\(wording.step(id))”"
    case .recovery(let id, _): return "\(order) after a failure of “\(wording.step(id))”"
    }
  }

  /// What changed about a step, where there are better words than those of the file.
  private func stepChange(
    _ id: String, _ key: String, _ pair: (old: Workflow, new: Workflow)
  ) -> String? {
    guard let old = pair.old.step(named: id), let new = pair.new.step(named: id) else { return nil }
    let before = Wording(pair.old, .plain)
    let after = Wording(pair.new, .plain)
    switch key {
    case "name": return "it was called “\(old.title)”"
    case "role":
      return change("who", old.role.map(before.role), new.role.map(after.role))
    case "if":
      return change(
        "only if", old.condition.map(before.condition), new.condition.map(after.condition))
    case "due": return change("due", time(old.due, before), time(new.due, after))
    case "expires": return change("expires", time(old.expires, before), time(new.expires, after))
    case "target":
      return change("target", old.target.map(before.length), new.target.map(after.length))
    case "timeout":
      return change(
        "time for one try", old.timeout.map(before.length), new.timeout.map(after.length))
    case "kind": return "it is now \(Self.kindWords(new)) (was: \(Self.kindWords(old)))"
    // What the contract says is not among what the steps say, and holds all the same.
    case "effects": return change("effects", old.effects?.rawValue, new.effects?.rawValue)
    default: return nil
    }
  }

  private func time(_ deadline: Deadline?, _ wording: Wording) -> String? {
    guard let deadline else { return nil }
    if case .after(let duration) = deadline { return "within \(wording.length(duration))" }
    return wording.deadline(deadline)
  }

  private func change(_ name: String, _ from: String?, _ to: String?) -> String {
    OutlineChange.line(name, from, to)
  }

  private static func kindWords(_ step: Step) -> String {
    switch step.kind {
    case .action: "done by the machine"
    case .ask: "asked of people"
    case .approve: "decided by people"
    case .wait: "waited for"
    case .set: "reckoned"
    case .section: "a section"
    case .parallel: "side by side"
    case .forEach, .repeat: "a loop"
    case .choose: "a choice"
    case .workflow: "a procedure of its own"
    case .goTo: "a jump"
    case .finish: "an end"
    }
  }

  private static func keyName(_ key: String) -> String {
    let names = [
      "manual": "how it is done by hand", "ask.message": "the question",
      "approve.message": "the question", "description": "the description",
      "on_failure": "if it fails", "on_expiry": "if time runs out", "preconditions": "before",
      "verify": "verified", "undo": "taken back by", "escalate": "escalation",
      "remind": "reminders",
      "action": "operation", "checkpoint": "checkpoint",
    ]
    if let name = names[key] { return name }
    if key.hasPrefix("allow.") { return "silenced warning \(key.dropFirst("allow.".count))" }
    let parts = key.split(separator: ".").map { Wording.humanized(String($0)) }
    let isNested = parts.count > 2 && parts[0] == "ask"
    return (isNested ? Array(parts.dropFirst()) : parts).joined(separator: ", ")
  }
}

import Fields
package import Values
package import Workflows

/// What changed between two versions of a workflow, for the people who follow it.
package struct ChangeReport {
  /// Everything that changed about one step, one input, one role.
  struct Entry {
    enum Kind: String { case added, removed, changed, moved }
    let kind: Kind
    let title: String
    var details: [String]
  }

  struct Section {
    let title: String
    var entries: [Entry]
  }

  package let comparison: WorkflowComparison
  let sections: [Section]

  package init(_ comparison: WorkflowComparison) {
    self.comparison = comparison
    sections = ChangeReportBuilder(comparison).sections
  }

  package var isEmpty: Bool { sections.isEmpty }

  /// For a terminal.
  package var text: String {
    guard !isEmpty else { return "Nothing changed for the people who follow it.\n" }
    var lines = [heading]
    for section in sections {
      lines += ["", section.title]
      for entry in section.entries {
        lines.append("  \(Self.sign(entry.kind)) \(entry.title)")
        lines += entry.details.map { "      \($0)" }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// For a message, a review or the document's history.
  package var markdown: String {
    var lines = ["# \(MarkdownText.escaped(heading))", ""]
    guard !isEmpty else { return lines[0] + "\n\nNothing changed for the people who follow it.\n" }
    for section in sections {
      lines += ["## \(MarkdownText.escaped(section.title))", ""]
      for entry in section.entries {
        let word = entry.kind == .changed ? "" : "**\(Wording.atStart(entry.kind.rawValue)):** "
        lines.append("- \(word)\(MarkdownText.escaped(entry.title))")
        lines += entry.details.map { "  - \(MarkdownText.escaped($0))" }
      }
      lines.append("")
    }
    return lines.joined(separator: "\n")
  }

  /// For programs: the differences as they are, with outlines of what was and what is.
  package var json: Value {
    [
      "format": "baton-diff/1",
      "old": Self.side(comparison.old), "new": Self.side(comparison.new),
      "differences": .list(toldDifferences.map(Self.json)),
    ]
  }

  /// The differences with the ways of choices matched as the text matches them.
  private var toldDifferences: [WorkflowDifference] {
    let ways = WayChanges(comparison)
    var toldChoices: Set<String> = []
    return comparison.differences.flatMap { difference -> [WorkflowDifference] in
      if ways.isNoMove(difference) { return [] }
      guard let match = ways.match(for: difference) else { return [difference] }
      let choice = "\(difference.workflow) \(difference.subjectWords)"
      guard toldChoices.insert(choice).inserted else { return [] }
      return WayChanges.differences(match, like: difference)
    }
  }

  private var heading: String {
    let old = comparison.old.version ?? "without a version"
    let new = comparison.new.version ?? "without a version"
    return old == new
      ? "\(comparison.new.name): what changed" : "\(comparison.new.name): from \(old) to \(new)"
  }

  private static func sign(_ kind: Entry.Kind) -> String {
    switch kind {
    case .added: "+"
    case .removed: "-"
    case .changed: "~"
    case .moved: ">"
    }
  }

  // MARK: JSON

  private static func side(_ workflow: Workflow) -> Value {
    [
      "id": .string(workflow.id), "version": workflow.version.map { .string($0) } ?? .null,
      "sha256": .string(workflow.sha256),
    ]
  }

  private static func json(_ difference: WorkflowDifference) -> Value {
    let (kind, name) = subject(difference.subject)
    var map: ValueMap = ["workflow": .string(difference.workflow), "subject": .string(kind)]
    map["name"] = name.map { .string($0) }
    switch difference.change {
    case .added(let value):
      map["change"] = "added"
      map["to"] = value
    case .removed(let value):
      map["change"] = "removed"
      map["from"] = value
    case .changed(let key, let from, let to):
      map["change"] = "changed"
      map["key"] = .string(key)
      map["from"] = from
      map["to"] = to
    case .moved(let from, let to):
      map["change"] = "moved"
      map["from"] = position(from)
      map["to"] = position(to)
    }
    return .map(map)
  }

  private static func subject(_ subject: WorkflowDifference.Subject) -> (String, String?) {
    switch subject {
    case .workflow: ("workflow", nil)
    case .input(let name): ("input", name)
    case .output(let name): ("output", name)
    case .role(let name): ("role", name)
    case .step(let name): ("step", name)
    case .operation(let name): ("operation", name)
    case .event(let name): ("event", name)
    case .calendar(let name): ("calendar", name)
    }
  }

  private static func position(_ position: StepPosition) -> Value {
    var map: ValueMap =
      switch position.list {
      case .main: ["list": "steps"]
      case .finally: ["list": "finally"]
      case .body(let id): ["list": "body", "of": .string(id)]
      case .choice(let id, let index):
        ["list": "case", "of": .string(id), "index": .int(Int64(index))]
      case .recovery(let id, let index):
        ["list": "recovery", "of": .string(id), "index": .int(Int64(index))]
      }
    map["after"] = position.after.map { .string($0) }
    return .map(map)
  }
}

import Documents
import SourceText
import Values

/// Whether the people of the project can do what a workflow asks of its roles.
struct HolderCheck {
  private let workflow: WorkflowUnderCheck
  private let facts: ProjectFacts

  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    guard facts.people != nil else { return }
    let check = HolderCheck(workflow: workflow, facts: facts)
    for step in workflow.parts.allSteps {
      check.rungs(of: step)
      switch step.kind {
      case .approve(let approval): check.approval(approval, step)
      case .ask: check.question(step)
      default: break
      }
    }
  }

  /// How many people the roles of a step have; nil where only the run knows.
  private func holders(_ step: Step) -> Int? {
    guard let role = step.role else { return facts.people?.count }
    let roles = Set([role] + step.escalate.compactMap(\.to))
    guard !roles.contains(where: { isHeldOutside($0) }) else { return nil }
    return facts.holders(of: roles)?.count
  }

  /// Whether a role is somebody's whom only the run knows.
  private func isHeldOutside(_ key: String) -> Bool {
    workflow.roles[key]?.person != nil
  }

  /// Whether the file has a role; one that it has not is an error already.
  private func isDeclared(_ key: String) -> Bool {
    workflow.parts.roles.contains { $0.key.hasSameBytes(as: key) }
  }

  private func approval(_ approval: Approval, _ step: Step) {
    guard step.role.map(isDeclared) ?? true, let holders = holders(step) else { return }
    let needed = approval.approvals
    if holders < needed {
      let who = step.role.map { "the role `\($0)`" } ?? "a role in this project"
      workflow.decoder.report(
        .impossibleApproval,
        holders == 0
          ? "nobody can give this approval: no one holds \(who)"
          : "\(needed) people must approve, and \(people(holders)) \(who)", at: step.span,
        help: help(step))
    } else if approval.notStarter, holders == needed {
      workflow.decoder.report(
        .starterDecides,
        holders == 1
          ? "nobody can give this approval when its only possible giver starts the run"
          : "too few can approve when one of them starts the run", at: step.span,
        label: "\(people(holders)) \(step.role.map { "the role `\($0)`" } ?? "a role")",
        help: "give the role to one more person in `baton.yaml`")
    }
  }

  private func question(_ step: Step) {
    guard let role = step.role, isDeclared(role), holders(step) == 0,
      let written = workflow.node(step, "role")
    else { return }
    workflow.decoder.report(
      .emptyRole, "nobody can answer this question: no one holds the role `\(role)`",
      at: written.span, help: help(step))
  }

  /// An escalation to a role that nobody holds reaches nobody.
  private func rungs(of step: Step) {
    if step.escalate.isEmpty { return }
    for written in workflow.node(step, "escalate")?.items ?? [] {
      guard let place = written["to"], let to = place.text, isDeclared(to), !isHeldOutside(to),
        facts.holders(of: [to])?.isEmpty == true
      else { continue }
      workflow.decoder.report(
        .emptyRole, "nobody is told: no one holds the role `\(to)`", at: place.span,
        help: "give the role to somebody in `baton.yaml`")
    }
  }

  private func people(_ count: Int) -> String {
    count == 1 ? "one person holds" : "\(count) people hold"
  }

  private func help(_ step: Step) -> String {
    let known = Set((facts.people ?? []).flatMap(\.roles))
    if let role = step.role, let near = nearest(role, among: known.sorted()) {
      return "somebody holds `\(near)`: is that meant?"
    }
    let whom = holders(step) == 0 ? "somebody" : "more people"
    return "give the role to \(whom) in `baton.yaml`: `people: { ana: { roles: [ … ] } }`"
  }
}

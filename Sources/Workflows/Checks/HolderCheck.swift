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

  /// The roles that may answer a step: its own, and those that escalations bring in time.
  private func roles(_ step: Step) -> [String] {
    guard let own = step.role else { return [] }
    var roles = [own]
    for rung in step.escalate where !DeadlineOrderCheck.comesTooLate(rung, step) {
      guard let to = rung.to, !roles.contains(where: { $0.hasSameBytes(as: to) }) else { continue }
      roles.append(to)
    }
    return roles
  }

  /// How many people the roles of a step have; nil where only the run knows.
  ///
  /// - Parameter mustSignIn: whether nobody counts whom the project does not know.
  private func holders(_ step: Step, mustSignIn: Bool = false) -> Int? {
    guard step.role != nil else { return facts.people?.count }
    var found: Set<String> = []
    for role in roles(step) {
      guard let person = workflow.roles[role]?.person else {
        found.formUnion(facts.holders(of: [role]) ?? [])
        continue
      }
      guard let name = person.constantText else { return nil }
      if let known = facts.person(called: name) {
        found.insert(known)
      } else if !mustSignIn {
        return nil
      }
    }
    return found.count
  }

  /// Whether a role is somebody's whom only the run knows, or the workflow alone.
  private func isHeldOutside(_ key: String) -> Bool {
    workflow.roles[key]?.person != nil
  }

  /// Whether the file has a role; one that it has not is an error already.
  private func isDeclared(_ key: String) -> Bool {
    workflow.parts.roles.contains { $0.key.hasSameBytes(as: key) }
  }

  private func approval(_ approval: Approval, _ step: Step) {
    let needed = approval.approvals
    // The role of one person is looked at without the project, too.
    let isOnePersons = step.role.map(isHeldOutside) ?? false && roles(step).count == 1
    guard step.role.map(isDeclared) ?? true, !isOnePersons || needed == 1,
      let holders = holders(step, mustSignIn: approval.notStarter)
    else { return }
    if holders < needed {
      workflow.decoder.report(
        .impossibleApproval,
        holders == 0
          ? "nobody can give this approval: no one holds \(who(step))"
          : "\(needed) people must approve, and \(people(holders)) \(who(step))", at: step.span,
        help: isOnePersons ? unknownPerson(step) : help(step))
    } else if approval.notStarter, holders == needed {
      workflow.decoder.report(
        .starterDecides,
        holders == 1
          ? "nobody can give this approval when its only possible giver starts the run"
          : "too few can approve when one of them starts the run", at: step.span,
        label: "\(people(holders)) \(who(step))",
        help: isOnePersons
          ? "give the step another role" : "give the role to one more person in `baton.yaml`")
    }
  }

  /// The roles that were counted: `the role \`support\``, `the roles \`support\` and \`boss\``.
  private func who(_ step: Step) -> String {
    let roles = roles(step).map { "`\($0)`" }
    switch roles.count {
    case 0: return "a role in this project"
    case 1: return "the role \(roles[0])"
    default: return "one of the roles \(roles.joined(separator: ", "))"
    }
  }

  /// Nobody signs in whom the project does not know.
  private func unknownPerson(_ step: Step) -> String? {
    guard let name = step.role.flatMap({ workflow.roles[$0]?.person?.constantText }) else {
      return nil
    }
    let known = (facts.people ?? []).map(\.id) + facts.addresses.keys.sorted()
    if let near = nearest(name, among: known) {
      return "somebody is called `\(near)`: is that meant?"
    }
    return "`not_starter` is for people who sign in, and nobody in `baton.yaml` is `\(name)`"
  }

  private func question(_ step: Step) {
    guard let role = step.role, isDeclared(role), holders(step) == 0,
      let written = workflow.node(step, "role")
    else { return }
    workflow.decoder.report(
      .emptyRole, "nobody can answer this question: no one holds the role `\(role)`",
      at: written.span, help: help(step))
  }

  /// A reminder or an escalation that reaches nobody.
  private func rungs(of step: Step) {
    if step.escalate.isEmpty, step.remind.isEmpty { return }
    let reminders = workflow.node(step, "remind")?.items ?? []
    for (reminder, written) in zip(step.remind, reminders)
    where reminders.count == step.remind.count {
      // A role that an escalation has brought by then is reminded, too.
      let joined = step.escalate.first { DeadlineOrderCheck.mayComeBeforeDue($0, step) }?.to
      rung(reminder.notify, to: [step.role, joined], of: step, at: written.span)
    }
    let rungs = workflow.node(step, "escalate")?.items ?? []
    for (escalation, written) in zip(step.escalate, rungs) where rungs.count == step.escalate.count
    {
      rung(escalation.notify, to: [escalation.to ?? step.role], of: step, at: written.span)
    }
    for written in rungs {
      guard let place = written["to"], let to = place.text, isDeclared(to), !isHeldOutside(to),
        facts.holders(of: [to])?.isEmpty == true
      else { continue }
      workflow.decoder.report(
        .emptyRole, "nobody is told: no one holds the role `\(to)`", at: place.span,
        help: "give the role to somebody in `baton.yaml`")
    }
  }

  private func rung(
    _ notify: ActionCall?, to roles: [String?], of step: Step, at span: SourceSpan
  ) {
    let roles = roles.compactMap(\.self)
    if notify == nil, let environment = facts.silentEnvironment {
      workflow.decoder.report(
        .emptyRole, "nobody is told: the environment `\(environment)` has no `notify`", at: span,
        help: "say in `baton.yaml` how people are told, or here:"
          + " `notify: { action: mail.send, with: { … } }`")
    } else if roles.isEmpty, notify?.namesPerson ?? true {
      workflow.decoder.report(
        .emptyRole, "nobody is told: the step has no `role`", at: span,
        help: "give the step a role" + (step.remind.isEmpty ? ", or the escalation `to: …`" : ""))
    } else if notify?.readsEmail == true {
      unaddressed(roles, at: span)
    }
  }

  /// People whom a message does not reach that is made of the address of each.
  private func unaddressed(_ roles: [String], at span: SourceSpan) {
    let told = facts.holders(of: Set(roles.filter { !isHeldOutside($0) })) ?? []
    let people = told.intersection(facts.withoutAddress).sorted().map { "`\($0)`" }
    if people.isEmpty { return }
    let verb = people.count == 1 ? "is" : "are"
    workflow.decoder.report(
      .emptyRole,
      "\(people.joined(separator: ", ")) \(verb) not told: `notify` reads `person.email`",
      at: span, help: "write `email: …` in `baton.yaml`")
  }

  private func people(_ count: Int) -> String {
    count == 1 ? "one person holds" : "\(count) people hold"
  }

  private func help(_ step: Step) -> String {
    let known = Set((facts.people ?? []).flatMap(\.roles))
    for role in roles(step) where !isHeldOutside(role) && !known.contains(role) {
      if let near = nearest(role, among: known.sorted()) {
        return "somebody holds `\(near)`: is that meant?"
      }
    }
    let whom = holders(step) == 0 ? "somebody" : "more people"
    return "give the role to \(whom) in `baton.yaml`: `people: { ana: { roles: [ … ] } }`"
  }
}

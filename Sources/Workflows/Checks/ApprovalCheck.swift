import CEL
import SourceText
import Values

/// An approval of a role that is one person's, whom only the run knows.
///
/// Only the person who started the run could give it, and that one must not; or more people have to
/// approve than hold the role.
enum ApprovalCheck {
  static func run(_ workflow: WorkflowUnderCheck) {
    guard workflow.has(.approve) else { return }
    for step in workflow.parts.allSteps {
      guard case .approve(let approval) = step.kind, let key = step.role,
        let role = workflow.roles[key],
        role.person != nil, !workflow.hasEscalation(step)
      else { continue }
      if role.isStarter {
        check(approval, step, role, workflow)
      } else if approval.approvals > 1 {
        report(approval, step, role, workflow)
      }
    }
  }

  private static func check(
    _ approval: Approval, _ step: Step, _ role: Role, _ workflow: WorkflowUnderCheck
  ) {
    let note = Diagnostic.Note(
      "the role `\(role.key)` is held by whoever started the run", file: workflow.decoder.file,
      span: role.span)
    if approval.notStarter {
      workflow.decoder.report(
        .impossibleApproval, "nobody can give this approval", at: step.span, notes: [note],
        help: "leave `not_starter` out, or give the step another role")
    } else if approval.approvals > 1 {
      report(approval, step, role, workflow)
    } else {
      workflow.decoder.report(
        .starterDecides, "only the person who started the run can give this approval",
        at: step.span, notes: [note],
        help: "give the step another role, so that a second person looks at it")
    }
  }

  private static func report(
    _ approval: Approval, _ step: Step, _ role: Role, _ workflow: WorkflowUnderCheck
  ) {
    workflow.decoder.report(
      .impossibleApproval,
      "\(approval.approvals) people must approve, and one person holds the role `\(role.key)`",
      at: step.span,
      notes: [.init("the role is one person's", file: workflow.decoder.file, span: role.span)],
      help: "ask for one approval, or give the step another role")
  }
}

extension Role {
  /// Whether it is held by whoever started the run.
  var isStarter: Bool {
    person?.expressions.contains { expression in
      expression.references.contains { $0.path == ["run", "started_by"] }
    } ?? false
  }
}

extension WorkflowUnderCheck {
  /// Whether an escalation brings another role to a step.
  func hasEscalation(_ step: Step) -> Bool {
    step.escalate.contains { rung in
      rung.to.map { to in step.role.map { !$0.hasSameBytes(as: to) } ?? true } ?? false
    }
  }
}

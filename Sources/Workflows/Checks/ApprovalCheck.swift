import CEL
import SourceText
import Values

/// An approval that only the person who started the run could give is one that nobody can give.
enum ApprovalCheck {
  static func run(_ workflow: WorkflowUnderCheck) {
    for step in workflow.parts.allSteps {
      guard case .approve(let approval) = step.kind, let key = step.role,
        let role = workflow.parts.roles.first(where: { $0.key.hasSameBytes(as: key) }),
        let person = role.person
      else { continue }
      let isStarter = person.expressions.contains { expression in
        expression.references.contains { $0.path == ["run", "started_by"] }
      }
      if approval.notStarter, isStarter {
        workflow.decoder.report(
          .impossibleApproval, "nobody can give this approval", at: step.span,
          notes: [
            .init(
              "the role `\(key)` is held by whoever started the run",
              file: workflow.decoder.file, span: role.span)
          ], help: "leave `not_starter` out, or give the step another role")
      } else if approval.approvals > 1 {
        workflow.decoder.report(
          .impossibleApproval,
          "\(approval.approvals) people must approve, and one person holds the role `\(key)`",
          at: step.span,
          notes: [
            .init("the role is one person's", file: workflow.decoder.file, span: role.span)
          ], help: "ask for one approval, or give the step another role")
      }
    }
  }
}

/// A condition on the world or the run, and what to say where it does not hold.
package struct Check: Sendable {
  package let check: Expression
  package let message: Template?
  /// Where to read more: a procedure's number, a link.
  package let see: Template?
  /// An operation without effects to call first; the check sees its `outputs`.
  package let look: ActionCall?
}

/// When a definite failure is tried again.
package struct RetryPolicy: Sendable {
  /// All tries, the first included.
  package let attempts: Int
  package let wait: DurationTemplate?
  package let backoff: Backoff
  package let maxWait: DurationTemplate?
  /// Sees `error`.
  package let onlyIf: Expression?

  package enum Backoff: String, Sendable, CaseIterable {
    case constant, double
  }
}

/// What happens when a step fails, or its time is up.
package enum FailurePolicy: Sendable {
  case park
  case `continue`
  case stop
  case undo
  /// The first branch whose `when` holds; none holds: the failure goes outwards.
  case recover([RecoveryBranch])
}

/// Steps after a failure; they see `error`.
package struct RecoveryBranch: Sendable {
  package let when: Expression?
  package let steps: StepList
  package let then: Continuation

  package enum Continuation: String, Sendable, CaseIterable {
    case park, `continue`, stop, undo, retry
  }
}

/// How to take a step back.
package enum UndoDefinition: Sendable {
  case action(ActionCall, scope: CallScope)
  case manual(Template)
}

/// Which names the templates of a call see.
package enum CallScope: Sendable {
  /// A step's: `inputs`, `steps`, `run` are the workflow's, `outputs` the step's own, `with` what
  /// the attempt was called with, `key` its idempotency key.
  case workflow
  /// A contract's: `inputs` and `outputs` are the operation's, `key` the idempotency key.
  case contract
}

/// How to ask the world whether an effect happened.
package struct Probe: Sendable {
  package let action: ActionCall
  /// True: it happened. Sees the probe's `outputs`.
  package let check: Expression
  /// The outputs of the step where it happened; they see the probe's `outputs`.
  package let outputs: [NamedTemplate]
  package let scope: CallScope
}

/// A moment by which people should have acted.
package enum Deadline: Sendable {
  /// So long after the question was asked.
  case after(DurationTemplate)
  /// An expression of type timestamp.
  case at(Expression)
}

/// A reminder before `due`.
package struct Reminder: Sendable {
  package let before: DurationTemplate
  package let condition: Expression?
  package let notify: ActionCall?
}

/// A rung of an escalation.
package struct Escalation: Sendable {
  package let after: DurationTemplate
  /// Counted from `due`, not from when the question was asked.
  package let isAfterDue: Bool
  /// The role that joins.
  package let to: String?
  package let condition: Expression?
  package let notify: ActionCall?
}

import Documents
import SourceText
import TimeZones

/// Deadlines that pass each other: a reminder before the question is asked, an escalation after it
/// has expired. Only fixed lengths in the same kind of time are compared.
struct DeadlineOrderCheck {
  private let workflow: WorkflowUnderCheck
  private let step: Step

  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    guard workflow.has(.due) || workflow.has(.expires) else { return }
    for step in workflow.parts.allSteps where step.due != nil || step.expires != nil {
      let check = DeadlineOrderCheck(workflow: workflow, step: step)
      check.reminders()
      check.expiry()
      check.escalations()
    }
  }

  private var due: Span? { Span(step.due) }
  private var expires: Span? { Span(step.expires) }

  private func reminders() {
    guard let due else { return }
    for (position, reminder) in step.remind.enumerated() {
      guard let before = Span(reminder.before), due.isAtMost(before) else { continue }
      report(
        place("remind", position, of: step.remind.count),
        "this reminder is due when the question is asked, or before",
        "the time is `\(due.text)`, and the reminder \(before.text) before its end")
    }
  }

  private func expiry() {
    guard let due, let expires, expires.isAtMost(due), !due.isAtMost(expires) else { return }
    report(
      workflow.node(step, "expires")?.span ?? step.span, "it expires before it is due",
      "it is due after `\(due.text)`")
  }

  /// Whether a step has expired before a rung of its escalation comes.
  static func comesTooLate(_ rung: Escalation, _ step: Step) -> Bool {
    guard let expires = Span(step.expires), let after = Span(rung.after),
      let fires = rung.isAfterDue ? Span(step.due)?.plus(after) : after
    else { return false }
    return expires.isAtMost(fires) && !fires.isAtMost(expires)
  }

  /// Whether a rung that brings a role may come before the step is due.
  static func mayComeBeforeDue(_ rung: Escalation, _ step: Step) -> Bool {
    if rung.isAfterDue || rung.to == nil { return false }
    guard let due = Span(step.due), let after = Span(rung.after) else { return true }
    return !due.isAtMost(after)
  }

  private func escalations() {
    guard let expires else { return }
    for (position, rung) in step.escalate.enumerated() {
      guard Self.comesTooLate(rung, step) else { continue }
      report(
        place("escalate", position, of: step.escalate.count), "nothing is escalated any more then",
        "it expires after `\(expires.text)`")
    }
  }

  private func place(_ key: String, _ position: Int, of count: Int) -> SourceSpan {
    let list = workflow.node(step, key)
    // Entries that are not understood are left out, and then the others are not where they were.
    guard let items = list?.items, items.count == count else { return list?.span ?? step.span }
    return items[position].span
  }

  private func report(_ span: SourceSpan, _ message: String, _ label: String) {
    workflow.decoder.report(.deadlineOrder, message, at: span, label: label)
  }

  /// A fixed length that can be compared with others of its kind.
  private struct Span {
    private let length: AuthoredDuration
    var text: String { length.description }

    private init(_ length: AuthoredDuration) { self.length = length }

    init?(_ deadline: Deadline?) {
      guard case .after(let duration)? = deadline else { return nil }
      self.init(duration)
    }

    init?(_ duration: DurationTemplate) {
      guard let length = duration.fixed else { return nil }
      self.length = length.duration
    }

    func isAtMost(_ other: Span) -> Bool {
      length.unit == other.length.unit && length.amount <= other.length.amount
    }

    func plus(_ other: Span) -> Span? {
      let (sum, overflow) = length.amount.addingReportingOverflow(other.length.amount)
      guard length.unit == other.length.unit, !overflow else { return nil }
      return Span(AuthoredDuration(sum, length.unit))
    }
  }
}

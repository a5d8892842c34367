import Documents
import TimeZones
import Values

/// The written procedure is looked at again as often as it says.
enum ReviewCheck {
  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    guard let now = facts.now, let control = workflow.parts.document,
      let text = control.effective, let date = CivilDate(text), let every = control.reviewEvery,
      let start = Timestamp(rfc3339: "\(text)T00:00:00Z"), let due = every.moment(after: start),
      due < now, let written = workflow.root["document"]?["effective"]
    else { return }
    let day = String(due.rfc3339.prefix(10))
    workflow.decoder.report(
      .reviewOverdue, "the review of this procedure was due on \(day)", at: written.span,
      label: "in effect since \(date), reviewed every \(every)",
      help: "review it, and write the new date under `effective`")
  }
}

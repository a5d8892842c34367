import Documents
import SourceText
import Values

/// The calendar that business time is reckoned by, and the times of triggers.
enum CalendarCheck {
  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    guard let name = workflow.parts.calendar, let written = workflow.root["calendar"],
      let known = facts.calendars, !known.contains(where: { $0.hasSameBytes(as: name) })
    else { return }
    workflow.decoder.report(
      .unknownCalendar, "unknown calendar `\(name)`", at: written.span,
      label: known.isEmpty
        ? "the project has no `calendars` folder with one"
        : "there are \(known.sorted().shortList)",
      help: workflow.decoder.suggestion(name, known)
        ?? "write `calendars/\(name).yaml`, or leave `calendar` out")
  }
}

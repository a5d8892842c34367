import Documents
import TimeZones
import Values

/// Holidays are proclaimed for some years only: business time beyond them cannot be reckoned, and a
/// run that needs it parks.
enum CalendarHorizonCheck {
  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    guard let now = facts.now, let name = workflow.parts.calendar,
      let written = workflow.root["calendar"],
      let calendar = workflow.parts.catalog.calendar(named: name)?.calendar,
      let horizon = calendar.horizon
    else { return }
    let lengths = workflow.parts.allSteps.flatMap(\.lengths)
    guard lengths.contains(where: \.duration.isBusinessTime),
      end(of: lengths, from: now, calendar) == nil
    else { return }
    workflow.decoder.report(
      .calendarEnds, "the holidays of `\(name)` are known only up to \(horizon)",
      at: written.span, label: "a run that starts today can need them for longer",
      help: "add the holidays of the next years to calendars/\(name).yaml")
  }

  /// When a run ends that takes all its time; nil where the calendar does not reach so far.
  private static func end(
    of lengths: [Length], from now: Timestamp, _ calendar: BusinessCalendar
  ) -> Timestamp? {
    var moment = now
    for length in lengths {
      guard let next = length.moment(after: moment, calendar: calendar) else { return nil }
      moment = next
    }
    // What passes in plain time also brings the end of the calendar nearer.
    return try? calendar.add(businessDays: 1, to: moment)
  }
}

extension Step {
  /// The lengths of time that the file gives for people and waits.
  fileprivate var lengths: [Length] {
    var templates: [DurationTemplate] = []
    for deadline in [due, expires] {
      if case .after(let length)? = deadline { templates.append(length) }
    }
    if case .wait(.duration(let length)) = kind { templates.append(length) }
    templates += escalate.map(\.after)
    return templates.compactMap(\.fixed)
  }
}

import CEL
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
    let times = workflow.parts.allSteps.map(\.times)
    let lengths = times.flatMap(\.inTurn)
    let isShort =
      lengths.contains(where: \.duration.isBusinessTime)
      && end(of: lengths, from: now, calendar) == nil
    guard
      isShort
        || times.flatMap(\.apart).contains(where: { length in
          length.duration.isBusinessTime && length.moment(after: now, calendar: calendar) == nil
        })
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

/// Lengths of time that the file gives for people and waits.
private struct StepTimes {
  /// Those that pass one after the other.
  var inTurn: [Length] = []
  /// Those that start at other moments, or beside each other; none before the run does.
  var apart: [Length] = []

  mutating func add(_ template: DurationTemplate) {
    if let length = template.fixed { inTurn.append(length) }
  }

  /// What `after` adds: to `now`, or to another moment.
  mutating func add(_ moment: Expression) {
    guard moment.mentions("after("), let tree = try? Parser.parse(moment.source) else { return }
    tree.visit { node in
      guard case .call("after", nil, let arguments) = node.kind, arguments.count == 2 else {
        return
      }
      let lengths = arguments[1].possibleTexts.compactMap { Length($0.text) }
      if lengths.count == 1, case .identifier("now") = arguments[0].kind {
        inTurn += lengths
      } else {
        apart += lengths
      }
    }
  }

  mutating func add(_ wait: Wait) {
    switch wait {
    case .duration(let length): add(length)
    case .until(let moment): add(moment)
    case .event: break
    case .firstOf(let waits):
      var inner = StepTimes()
      for wait in waits { inner.add(wait.wait) }
      apart += inner.inTurn + inner.apart
    }
  }
}

extension Step {
  fileprivate var times: StepTimes {
    var times = StepTimes()
    for deadline in [due, expires].compactMap(\.self) {
      switch deadline {
      case .after(let length): times.add(length)
      case .at(let moment): times.add(moment)
      }
    }
    if case .wait(let wait) = kind { times.add(wait) }
    for rung in escalate { times.add(rung.after) }
    return times
  }
}

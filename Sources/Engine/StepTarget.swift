package import TimeZones
package import Values
package import Workflows

/// The time that a step should take, on the clock or in the business time of its workflow.
package struct StepTarget: Sendable, Hashable {
  private let length: Length
  private let calendar: BusinessCalendar

  package init(_ length: Length, calendar: BusinessCalendar = .standard) {
    self.length = length
    self.calendar = calendar
  }

  /// Whether what began and ended then kept within it; nil where the calendar does not reach so far.
  package func isMet(from start: Timestamp, to end: Timestamp) -> Bool? {
    if let span = length.elapsed { return end.since(start).map { $0 <= span } }
    return length.moment(after: start, calendar: calendar).map { end <= $0 }
  }

  /// The time on the wall clock; nil for business time.
  package var elapsed: TimeSpan? { length.elapsed }

  /// As an author would write it.
  package var authored: String { length.description }

  /// As JSON has it: `5s`, `2 business days`.
  package var journalText: String { length.elapsed?.journalText ?? length.description }
}

extension RunEngine {
  /// How long a step should take; nil where nothing is said, or where what is said cannot be worked out (yet).
  package func target(of step: Step, at address: String) -> StepTarget? {
    guard let target = step.target else { return nil }
    let place = Place(engine: self, at: address, now: state.lastAt)
    let length = target.fixed ?? place.flatMap { try? target.length($0.scope) }
    let workflow = place?.scope.surroundings.workflow ?? self.workflow
    return length.map { StepTarget($0, calendar: workflow.businessCalendar) }
  }
}

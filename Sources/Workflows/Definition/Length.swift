package import TimeZones
package import Values

/// A length of time as authors write it: `30s`, `3d`, `4 business hours`, `2 business days`.
package struct Length: Hashable, Sendable, CustomStringConvertible {
  package let duration: AuthoredDuration

  package init(_ duration: AuthoredDuration) { self.duration = duration }

  /// Reads a length; a leading `-` makes it negative.
  ///
  /// - Returns: nil for anything else, a bare number included.
  package init?(_ text: String) {
    guard case .success(let duration) = AuthoredDuration.parse(text) else { return nil }
    self.duration = duration
  }

  /// A length of ISO 8601 as it is written here: `PT1H30M` is `1h30m`.
  ///
  /// - Returns: nil for anything else, and for years and months, which have no one length.
  static func written(iso8601 text: String) -> String? {
    var rest = Substring(text)
    guard rest.popFirst() == "P" else { return nil }
    var written = ""
    var isTime = false
    while let next = rest.first {
      if next == "T", !isTime {
        isTime = true
        rest.removeFirst()
        continue
      }
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      guard !digits.isEmpty, let unit = rest.popFirst(), (isTime ? "HMS" : "WD").contains(unit)
      else { return nil }
      written += digits + unit.lowercased()
    }
    return Length(written) == nil ? nil : written
  }

  /// What messages say is allowed.
  package static let examples = "`30s`, `15m`, `2h`, `3d`, `2w`, `4 business hours`"

  /// The time on the wall clock; nil for business time.
  package var elapsed: TimeSpan? { duration.exact }

  /// The moment so long after another.
  ///
  /// - Returns: nil where the moment is out of range, or the calendar does not reach so far.
  package func moment(
    after start: Timestamp, calendar: BusinessCalendar = .standard
  ) -> Timestamp? {
    try? reckoned(after: start, by: calendar)
  }

  /// The moment so long after another; before it, for a negative length.
  ///
  /// - Throws: where the moment is out of range, or the calendar does not reach so far.
  package func reckoned(
    after start: Timestamp, by calendar: BusinessCalendar
  ) throws(BusinessCalendar.Problem) -> Timestamp {
    try duration.added(to: start, calendar: calendar)
  }

  /// The moment so long before another.
  ///
  /// - Throws: as ``reckoned(after:by:)``.
  package func reckoned(
    before end: Timestamp, by calendar: BusinessCalendar
  ) throws(BusinessCalendar.Problem) -> Timestamp {
    try AuthoredDuration(-duration.amount, duration.unit).added(to: end, calendar: calendar)
  }

  /// As an author would write it.
  package var description: String { duration.description }
}

/// A calendar as a hidden variable (`@calendar`) of an activation: `after` reckons by it.
package final class CalendarValue: ObjectValue, @unchecked Sendable {
  package let calendar: BusinessCalendar
  /// What the workflow calls it, by the name of its file; nil for the standard one.
  private let key: String?

  package init(_ calendar: BusinessCalendar, key: String? = nil) {
    self.calendar = calendar
    self.key = key
  }

  /// Why something has no moment by this calendar, in a sentence for people.
  ///
  /// - Parameter subject: what asks for the moment, as the file has it.
  package func message(of problem: BusinessCalendar.Problem, in subject: String) -> String {
    guard case .beyondHorizon(let last) = problem, let key else {
      return "\(subject) cannot be reckoned: \(problem.message)"
    }
    return
      "\(subject) reaches beyond \(last), up to which the holidays of the calendar `\(key)` are"
      + " known"
  }

  package override var typeName: String { "calendar" }
}

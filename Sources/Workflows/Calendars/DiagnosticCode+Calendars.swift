package import SourceText

/// The findings about calendars.
extension DiagnosticCode {
  // MARK: Calendars (B16)

  /// Something in a calendar's file is wrong or missing.
  package static let calendarShape = DiagnosticCode("B1601")
  /// The holidays of a calendar are known for less time than a run may need.
  package static let calendarEnds = DiagnosticCode("B1602", .warning)
}

package import SourceText
package import TimeZones

/// A calendar of the project, `calendars/NAME.yaml`: when a team works, and on which days it does not.
///
/// ```yaml
/// name: South Africa
/// time_zone: Africa/Johannesburg
/// hours:
///   weekdays: 08:00-17:00
///   saturday: [08:00-12:00]
/// holidays:
///   2026-12-25: Christmas Day
/// holidays_until: 2026-12-31
/// ```
package final class CalendarFile: Sendable {
  /// The word that `calendar` of a workflow uses: the file's name without its ending.
  package let name: String
  package let calendar: BusinessCalendar
  package let file: SourceFile

  init(name: String, calendar: BusinessCalendar, file: SourceFile) {
    self.name = name
    self.calendar = calendar
    self.file = file
  }

  /// Reads a calendar.
  ///
  /// Where `holidays_until` is not said, the holidays are known to the end of the last one's year.
  /// - Parameter isAdvised: whether warnings are wanted, too.
  /// - Returns: nil where anything is wrong, which has been reported then.
  package static func decode(
    _ file: SourceFile, name: String, isAdvised: Bool = false, into diagnostics: Diagnostics
  ) -> CalendarFile? {
    CalendarDecoder(decoder: FileDecoder(file, diagnostics, isAdvised: isAdvised)).decode(name)
  }
}

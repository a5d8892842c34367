package import TimeZones
import Values

extension BusinessCalendar {
  /// What the calendar says, one entry a key; days are in order, however the file has them.
  package var facets: [Facet] {
    var facets: [Facet] = [("name", .string(name)), ("time_zone", .string(timeZone.name))]
    for day in Weekday.allCases {
      guard let parts = hours[day], !parts.isEmpty else { continue }
      facets.append(("hours.\(day)", .list(parts.map { .string($0.outline) })))
    }
    if !holidays.isEmpty {
      facets.append(("holidays", .list(holidays.sorted().map { .string("\($0)") })))
    }
    if let horizon { facets.append(("holidays_until", .string("\(horizon)"))) }
    return facets
  }
}

extension BusinessCalendar.Hours {
  /// `09:00-17:00`.
  fileprivate var outline: String { "\(Self.clock(start))-\(Self.clock(end))" }

  private static func clock(_ second: Int) -> String {
    let (hour, minute) = (second / 3600, second / 60 % 60)
    return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
  }
}

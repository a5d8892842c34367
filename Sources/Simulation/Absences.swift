import TimeZones
import Values
import Workflows

/// When nobody is there in a test, as moments.
struct Absences {
  /// In the order of the file.
  let stretches: [Range<Timestamp>]

  init(_ test: WorkflowTest, startedAt: Timestamp, calendar: BusinessCalendar) {
    stretches = test.absences.map { absence in
      let start = absence.start.moment(since: startedAt, calendar)
      let end: Timestamp =
        switch absence.end {
        case .at(let at): at
        case .after(let length): ScriptedMoment.after(length).moment(since: start, calendar)
        }
      return start..<max(start, end)
    }
  }

  /// When what comes due at a moment is noticed, where nobody acts on the run before.
  func noticed(_ due: Timestamp) -> Timestamp {
    var moment = due
    // Each can lead to the end of another one once.
    for _ in stretches {
      guard let stretch = stretches.first(where: { $0.contains(moment) }) else { break }
      moment = stretch.upperBound
    }
    return moment
  }
}

extension ScriptedMoment {
  /// - Parameter start: what `after` counts from.
  func moment(since start: Timestamp, _ calendar: BusinessCalendar) -> Timestamp {
    switch self {
    case .at(let at): at
    case .after(let length): (try? length.added(to: start, calendar: calendar)) ?? start
    }
  }
}

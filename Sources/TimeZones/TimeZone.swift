package import Values

/// The rules by which clocks of a place follow universal time.
///
/// ```swift
/// let zone = TimeZone("Africa/Johannesburg")
/// zone?.civilTime(of: moment).hour
/// ```
package struct TimeZone: Sendable {
  /// What a local time stands for when a clock change is near.
  package enum Resolution: Hashable, Sendable {
    case exact(Timestamp)
    /// The clock was set back and shows this time twice.
    case repeated(first: Timestamp, second: Timestamp)
    /// The clock was set forward over this time: the first moment after the change, and what the
    /// local time would be had the clock not been changed yet.
    case skipped(change: Timestamp, continued: Timestamp)
  }

  enum Rules: Sendable {
    case fixed(Int)
    case zone(ZoneRules)
  }

  /// The name as given: `Europe/Zurich`, `+02:00`, `UTC`.
  package let name: String
  let rules: Rules

  init(name: String, rules: Rules) {
    self.name = name
    self.rules = rules
  }

  package static let utc = TimeZone(name: "UTC", rules: .fixed(0))

  /// A zone that is always so many seconds ahead of universal time.
  package static func fixed(seconds: Int) -> TimeZone {
    TimeZone(name: offsetText(seconds), rules: .fixed(seconds))
  }

  /// Looks a zone up: `UTC`, `Z`, an offset (`+02:00`, `-02:30`, `02:00`) or an IANA name.
  ///
  /// nil where the database has no such zone; names that could leave its folder are refused
  /// without looking.
  package init?(_ name: String, database: TimeZoneDatabase = .system) {
    if name == "UTC" || name == "Z" {
      self = TimeZone(name: name, rules: .fixed(0))
    } else if let offset = Self.offset(from: name) {
      self = TimeZone(name: name, rules: .fixed(offset))
    } else if let rules = database.rules(named: name) {
      self = TimeZone(name: name, rules: .zone(rules))
    } else {
      return nil
    }
  }

  /// How many seconds the clocks are ahead of universal time at a moment.
  package func offset(at moment: Timestamp) -> Int {
    offset(atSecond: min(max(moment.seconds, -(1 << 60)), 1 << 60))
  }

  /// What the clocks show at a moment. Moments beyond 36 billion years are taken as that far.
  package func civilTime(of moment: Timestamp) -> CivilTime {
    let seconds = min(max(moment.seconds, -(1 << 60)), 1 << 60)
    return CivilTime(
      secondsSinceEpoch: seconds + Int64(offset(atSecond: seconds)),
      nanosecond: Int(moment.nanoseconds))
  }

  /// The moments at which the clocks show a time: one, two or, in a gap, none.
  package func resolve(_ local: CivilTime) -> Resolution {
    let wall = local.secondsSinceEpoch
    let nanoseconds = Int32(local.nanosecond)
    let before = offset(atSecond: wall - 86_400)
    let after = offset(atSecond: wall + 86_400)
    let early = wall - Int64(before)
    let late = wall - Int64(after)
    let isEarlyValid = offset(atSecond: early) == before
    let isLateValid = offset(atSecond: late) == after
    func moment(_ seconds: Int64) -> Timestamp {
      Timestamp(seconds: seconds, nanoseconds: nanoseconds)
    }
    switch (isEarlyValid, isLateValid) {
    case (true, true) where early != late:
      return .repeated(first: moment(min(early, late)), second: moment(max(early, late)))
    case (true, _): return .exact(moment(early))
    case (false, true): return .exact(moment(late))
    case (false, false):
      let change = transition(after: min(early, late), upTo: max(early, late))
      return .skipped(change: Timestamp(seconds: change), continued: moment(early))
    }
  }

  /// The moment of a local time: of a repeated one the first, for a skipped one the first moment
  /// after the gap.
  package func timestamp(of local: CivilTime) -> Timestamp {
    switch resolve(local) {
    case .exact(let moment): moment
    case .repeated(let first, _): first
    case .skipped(let change, _): change
    }
  }

  private func offset(atSecond second: Int64) -> Int {
    switch rules {
    case .fixed(let seconds): seconds
    case .zone(let rules): rules.offset(at: second)
    }
  }

  /// The first second in a range that has another offset than the range's start.
  private func transition(after start: Int64, upTo end: Int64) -> Int64 {
    let initial = offset(atSecond: start)
    var low = start
    var high = end
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if offset(atSecond: middle) == initial { low = middle } else { high = middle }
    }
    return high
  }

  private static func offset(from text: String) -> Int? {
    var reader = DigitReader(text)
    let sign = reader.sign() ?? 1
    guard let hours = reader.number(digits: 2), reader.take(":"),
      let minutes = reader.number(digits: 2), reader.isAtEnd, hours < 24, minutes < 60
    else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }

  /// `+02:00`
  package static func offsetText(_ seconds: Int) -> String {
    let minutes = Int(seconds.magnitude) / 60
    return (seconds < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2)
  }
}

extension TimeZone: Hashable {
  package static func == (left: TimeZone, right: TimeZone) -> Bool { left.name == right.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

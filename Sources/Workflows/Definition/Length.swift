package import Values

/// A length of time as authors write it: `30s`, `3d`, `4 business hours`, `2 business days`.
package enum Length: Hashable, Sendable {
  /// Time on the wall clock; a day is 24 hours.
  case elapsed(TimeSpan)
  case businessHours(Int64)
  case businessDays(Int64)

  /// Reads a length; a leading `-` makes it negative.
  ///
  /// - Returns: nil for anything else, a bare number included.
  package init?(_ text: String) {
    let trimmed = text.split(separator: " ", omittingEmptySubsequences: true)
    guard let first = trimmed.first else { return nil }
    let digits = first.prefix { $0.isASCII && ($0.isNumber || $0 == "-") }
    guard let amount = Int64(digits), amount.magnitude <= 1_000_000_000 else { return nil }
    let attached = first.dropFirst(digits.count)
    let words = (attached.isEmpty ? [] : [attached]) + trimmed.dropFirst()
    switch words.map(String.init) {
    case ["business", "hour"], ["business", "hours"]: self = .businessHours(amount)
    case ["business", "day"], ["business", "days"]: self = .businessDays(amount)
    case let single where single.count == 1:
      guard let unit = single.first.flatMap({ Self.units[$0] }) else { return nil }
      self = .elapsed(unit.span(amount))
    default: return nil
    }
  }

  /// What messages say is allowed.
  package static let examples = "`30s`, `15m`, `2h`, `3d`, `2w`, `4 business hours`"

  /// The time on the wall clock; nil for business time.
  package var elapsed: TimeSpan? { if case .elapsed(let span) = self { span } else { nil } }

  /// The moment so long after another; nil where it is out of range.
  package func moment(after start: Timestamp) -> Timestamp? {
    switch self {
    case .elapsed(let span): start.adding(span)
    case .businessHours(let hours): WorkingWeek.adding(hours: hours, to: start)
    case .businessDays(let days): WorkingWeek.adding(days: days, to: start)
    }
  }

  private enum Unit {
    case milliseconds
    case seconds(Int64)

    func span(_ amount: Int64) -> TimeSpan {
      switch self {
      case .seconds(let factor): TimeSpan(seconds: amount * factor)
      case .milliseconds:
        TimeSpan(seconds: amount / 1000, nanoseconds: Int32(amount % 1000) * 1_000_000)
      }
    }
  }

  private static let units: [String: Unit] = {
    var table: [String: Unit] = ["ms": .milliseconds]
    let seconds: [(Int64, [String])] = [
      (1, ["s", "second", "seconds"]), (60, ["m", "minute", "minutes"]),
      (3600, ["h", "hour", "hours"]), (86_400, ["d", "day", "days"]),
      (604_800, ["w", "week", "weeks"]),
    ]
    for (factor, names) in seconds { for name in names { table[name] = .seconds(factor) } }
    return table
  }()
}

/// Business time where no calendar says otherwise: Monday to Friday, 9 to 17 o'clock UTC.
enum WorkingWeek {
  private static let day: Int64 = 86_400
  private static let opens: Int64 = 9 * 3600
  private static let closes: Int64 = 17 * 3600

  /// The moment after so many working hours; a negative number counts back.
  static func adding(hours: Int64, to start: Timestamp) -> Timestamp? {
    guard hours.magnitude <= 1_000_000 else { return nil }
    var rest = hours.magnitude.asSeconds
    var second = start.seconds
    while rest > 0 {
      let dayStart = second.floored(to: day)
      let open = dayStart + opens
      let close = dayStart + closes
      let (from, to) = hours > 0 ? (max(second, open), close) : (open, min(second, close))
      let available = isWorking(dayStart) ? max(0, to - from) : 0
      if available >= rest {
        second = hours > 0 ? from + rest : to - rest
        rest = 0
      } else {
        rest -= available
        second = hours > 0 ? dayStart + day : dayStart - 1
      }
    }
    return Timestamp(seconds: second, nanoseconds: start.nanoseconds)
  }

  /// The same time of day so many working days later; a negative number counts back.
  static func adding(days: Int64, to start: Timestamp) -> Timestamp? {
    guard days.magnitude <= 100_000 else { return nil }
    var left = days.magnitude
    var second = start.seconds
    while left > 0 {
      second += days > 0 ? day : -day
      if isWorking(second.floored(to: day)) { left -= 1 }
    }
    return Timestamp(seconds: second, nanoseconds: start.nanoseconds)
  }

  /// 1970-01-01 was a Thursday.
  private static func isWorking(_ dayStart: Int64) -> Bool {
    let weekday = (dayStart / day + 3).modulo(7)
    return weekday < 5
  }
}

extension UInt64 {
  fileprivate var asSeconds: Int64 { Int64(clamping: self) * 3600 }
}

extension Int64 {
  fileprivate func modulo(_ divisor: Int64) -> Int64 {
    let rest = self % divisor
    return rest < 0 ? rest + divisor : rest
  }

  fileprivate func floored(to unit: Int64) -> Int64 { self - modulo(unit) }
}

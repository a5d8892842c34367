package import Values

/// A duration as authors write it: `30s`, `15m`, `2h`, `3d`, `2w`, `4 business hours`,
/// `2 business days`; negative (`-3d`) or with `before` (`1 business hour before`) it points back.
package struct AuthoredDuration: Hashable, Sendable {
  package enum Unit: Hashable, Sendable {
    /// `amount` is in nanoseconds.
    case exact
    case businessHours
    case businessDays
  }

  /// Why a text is no duration: a sentence in the author's words.
  package struct Problem: Error, Hashable, Sendable {
    package let message: String
    /// The longest length of its kind, where the text is a longer one.
    package var longest: String?
  }

  package let unit: Unit
  /// Nanoseconds, or a number of business hours or days; negative when it points back.
  package let amount: Int64

  package init(_ amount: Int64, _ unit: Unit) {
    self.amount = amount
    self.unit = unit
  }

  /// Reads what an author wrote.
  package static func parse(_ text: String) -> Result<AuthoredDuration, Problem> {
    var words = text.split(separator: " ").map(String.init)
    var isNegative = false
    if words.count > 1, words.last == "before" {
      words.removeLast()
      isNegative = true
    }
    guard var first = words.first else { return .failure(problem("the duration is empty")) }
    if first.utf8.first == UInt8(ascii: "-") {
      first.removeFirst()
      isNegative.toggle()
    }
    words[0] = first
    let parsed = words.count == 3 && words[1] == "business" ? business(words) : exact(words, text)
    return parsed.map { isNegative ? AuthoredDuration(-$0.amount, $0.unit) : $0 }
  }

  /// The length of a plain duration; nil for business time, which only a calendar can measure.
  package var exact: TimeSpan? {
    unit == .exact ? TimeSpan(nanoseconds: Int128(amount)) : nil
  }

  /// Whether a calendar is needed.
  package var isBusinessTime: Bool { unit != .exact }

  /// The moment that far from another.
  ///
  /// - Throws: ``BusinessCalendar/Problem`` where the calendar does not reach so far; a plain
  ///   duration only when the moment is out of range.
  package func added(
    to moment: Timestamp, calendar: BusinessCalendar
  ) throws(BusinessCalendar.Problem) -> Timestamp {
    switch unit {
    case .businessHours: return try calendar.add(businessHours: amount, to: moment)
    case .businessDays: return try calendar.add(businessDays: amount, to: moment)
    case .exact:
      guard let span = exact, let sum = moment.adding(span) else { throw .outOfRange }
      return sum
    }
  }

  private static let units: [(name: String, nanoseconds: Int128)] = [
    ("w", 604_800_000_000_000), ("d", 86_400_000_000_000), ("h", 3_600_000_000_000),
    ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
  ]

  private static let longNames: [String: String] = [
    "week": "w", "day": "d", "hour": "h", "minute": "m", "min": "m", "second": "s", "sec": "s",
    "millisecond": "ms",
  ]

  private static let mostBusinessUnits: Int64 = 1_000_000

  private static func business(_ words: [String]) -> Result<AuthoredDuration, Problem> {
    guard let amount = Int64(words[0]), amount >= 0, amount <= mostBusinessUnits else {
      if !words[0].isEmpty, words[0].utf8.allSatisfy(\.isDigit) {
        let longest = "\(mostBusinessUnits) business hours or days"
        return .failure(
          Problem(message: "business time is at most \(longest)", longest: longest))
      }
      return .failure(problem("`\(words[0])` is not a whole number of business hours or days"))
    }
    switch words[2] {
    case "hour", "hours": return .success(AuthoredDuration(amount, .businessHours))
    case "day", "days": return .success(AuthoredDuration(amount, .businessDays))
    default:
      return .failure(
        problem(
          "business time is counted in `business hours` or `business days`, not `\(words[2])`"))
    }
  }

  private static func exact(
    _ words: [String], _ text: String
  ) -> Result<AuthoredDuration, Problem> {
    let joined = words.joined()
    if joined.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ".") }) {
      return .failure(
        problem(
          "a bare number is not a duration: write `\(joined)s`, `\(joined)m`, `\(joined)h` or `\(joined)d`"
        ))
    }
    var reader = DigitReader(joined)
    if let total = TimeSpan.sum(&reader, units: units) {
      guard let amount = Int64(exactly: total) else {
        return .failure(
          Problem(message: "`\(text)` is longer than 292 years", longest: "292 years"))
      }
      return .success(AuthoredDuration(amount, .exact))
    }
    let digits = joined.prefix { $0.isASCII && $0.isNumber }
    let unit = joined.dropFirst(digits.count)
    if digits.utf8.count > 18, units.contains(where: { $0.name == unit }) {
      return .failure(
        Problem(message: "`\(text)` is longer than 292 years", longest: "292 years"))
    }
    return .failure(problem(unreadable(words, text)))
  }

  /// Says what is wrong, with the right spelling where it can be guessed.
  private static func unreadable(_ words: [String], _ text: String) -> String {
    let digits = words[0].prefix { $0.isNumber }
    let rest = ([String(words[0].dropFirst(digits.count))] + words.dropFirst()).joined()
    let singular = rest.hasSuffix("s") && rest.utf8.count > 2 ? String(rest.dropLast()) : rest
    if !digits.isEmpty, let short = longNames[singular.lowercased()] {
      return "`\(text)` is written `\(digits)\(short)`"
    }
    return "`\(text)` is not a duration such as `30s`, `15m`, `2h`, `3d`, `2w`, `4 business hours`"
      + " or `2 business days`"
  }

  private static func problem(_ message: String) -> Problem { Problem(message: message) }
}

extension AuthoredDuration: CustomStringConvertible {
  /// As an author would write it, in the largest unit that divides it.
  package var description: String {
    switch unit {
    case .businessHours: return "\(amount) business hour" + (amount.magnitude == 1 ? "" : "s")
    case .businessDays: return "\(amount) business day" + (amount.magnitude == 1 ? "" : "s")
    case .exact:
      guard amount != 0 else { return "0s" }
      for unit in Self.units where Int128(amount) % unit.nanoseconds == 0 {
        return "\(Int128(amount) / unit.nanoseconds)\(unit.name)"
      }
      return exact?.durationText ?? "0s"
    }
  }
}

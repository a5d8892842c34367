import TimeZones
import Values

/// A day or a moment as people write it, and how an expression has it.
struct MomentAdvice {
  private enum Form {
    case day, moment, localMoment, clock
  }

  private let form: Form
  /// The moment that is meant, as RFC 3339 writes it.
  private let moment: String

  /// What stands behind the day.
  var time: String { String(moment.dropFirst(10)) }

  /// - Returns: nil for anything else.
  init?(_ text: String) {
    let text = text.trimmed
    if CivilDate(text) != nil {
      (form, moment) = (.day, "\(text)T00:00:00Z")
      return
    }
    if let clock = Self.clock(text) {
      (form, moment) = (.clock, "2026-12-24T\(clock)Z")
      return
    }
    let day = text.prefix(10)
    guard CivilDate(String(day)) != nil, let mark = text.dropFirst(10).first, "T t".contains(mark)
    else { return nil }
    let rest = String(text.dropFirst(11)).trimmed
    if Timestamp(rfc3339: "\(day)T\(rest)") != nil {
      (form, moment) = (.moment, "\(day)T\(rest)")
    } else if let clock = Self.clock(rest) {
      (form, moment) = (.localMoment, "\(day)T\(clock)Z")
    } else {
      return nil
    }
  }

  /// `18:00` and `18:00:30`, with seconds.
  private static func clock(_ text: String) -> String? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count),
      parts.allSatisfy({ (1...2).contains($0.utf8.count) && UInt8($0) != nil })
    else { return nil }
    let clock = parts.map { $0.utf8.count == 1 ? "0\($0)" : String($0) }.joined(separator: ":")
    let whole = parts.count == 2 ? "\(clock):00" : clock
    return Timestamp(rfc3339: "2026-12-24T\(whole)Z") == nil ? nil : whole
  }

  /// What to write where an expression stands; nil for a day, which is one that gives a number.
  var bareHelp: String? {
    if case .day = form { return nil }
    return help("`timestamp('\(moment)')`")
  }

  /// What to write under a key that takes a length of time, or a map with `at`.
  func help(under key: String) -> String {
    help("`\(key): { at: timestamp('\(moment)') }`")
  }

  private func help(_ written: String) -> String {
    switch form {
    case .day, .moment: "a moment is written \(written)"
    case .localMoment:
      "a moment is written \(written), where `Z` is universal time and `+02:00` two hours ahead of it"
    case .clock: "a time of day needs its day: \(written)"
    }
  }
}

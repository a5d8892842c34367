package import Engine
package import Values

/// How moments and lengths of time are shown to people: in one time zone, with the offset.
package struct MomentFormat: Sendable {
  /// The seconds to add to UTC at a moment.
  private let offset: @Sendable (Timestamp) -> Int
  /// What the zone is called, `UTC` or `Africa/Johannesburg`.
  package let zone: String

  package init(zone: String, offset: @escaping @Sendable (Timestamp) -> Int) {
    self.zone = zone
    self.offset = offset
  }

  package static let utc = MomentFormat(zone: "UTC") { _ in 0 }

  /// `2026-11-20 21:06:53.123 +02:00`.
  package func text(_ moment: Timestamp) -> String {
    let parts = parts(of: moment)
    return "\(parts.local.prefix(23)) \(parts.offset)"
  }

  /// `2026-11-20 21:06 +02:00`, for dates that a person reads as a plan.
  package func minutes(_ moment: Timestamp) -> String {
    let parts = parts(of: moment)
    return "\(parts.local.prefix(16)) \(parts.offset)"
  }

  /// The seconds to add to UTC at a moment.
  package func offset(at moment: Timestamp) -> Int { offset(moment) }

  private func parts(of moment: Timestamp) -> (local: String, offset: String) {
    let seconds = offset(moment)
    let shifted = moment.adding(TimeSpan(seconds: Int64(seconds))) ?? moment
    let text = shifted.journalText
    let local = "\(text.prefix(10)) \(text.dropFirst(11).prefix(12))"
    let minutes = abs(seconds) / 60
    return (local, "\(seconds < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))")
  }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// How long a step should take; business time as its author wrote it.
  package static func text(_ target: StepTarget) -> String {
    target.elapsed.map { text($0) } ?? target.authored
  }

  /// A length of time in its two largest units: `0.4 s`, `3 min 12 s`, `2 d 4 h`.
  package static func text(_ span: TimeSpan) -> String {
    let seconds = span.seconds.magnitude
    let sign = span < .zero ? "-" : ""
    if seconds < 10 {
      let tenths = (seconds * 1000 + UInt64(span.nanoseconds.magnitude / 1_000_000))
      if tenths < 1000 { return "\(sign)\(tenths) ms" }
      return "\(sign)\(tenths / 1000).\(tenths % 1000 / 100) s"
    }
    if seconds < 60 { return "\(sign)\(seconds) s" }
    if seconds < 3600 { return sign + two(seconds, "min", 60, "s", 1) }
    if seconds < 86_400 { return sign + two(seconds, "h", 3600, "min", 60) }
    return sign + two(seconds, "d", 86_400, "h", 3600)
  }

  private static func two(
    _ seconds: UInt64, _ unit: String, _ size: UInt64, _ smaller: String, _ smallerSize: UInt64
  ) -> String {
    let rest = seconds % size / smallerSize
    return rest == 0 ? "\(seconds / size) \(unit)" : "\(seconds / size) \(unit) \(rest) \(smaller)"
  }
}

import TimeZones
import Values

/// Moments and lengths of time (CEL specification, "Timestamps and durations").
enum TimeFunctions {
  static let table: [FunctionDeclaration] =
    [
      FunctionDeclaration(
        "timestamp", "A moment from a text (RFC 3339) or from seconds since 1970.",
        overloads: [CELType.timestamp, .string, .int].map {
          Overload("\($0)_to_timestamp", [$0], .timestamp, .unary(timestamp))
        }, examples: [("timestamp('2026-01-18T00:00:00Z').getFullYear()", "2026")]),
      FunctionDeclaration(
        "duration", "A length of time from a text such as `90s` or `1h30m`.",
        overloads: [CELType.duration, .string, .int].map {
          Overload("\($0)_to_duration", [$0], .duration, .unary(duration))
        }, examples: [("duration('1h30m').getMinutes()", "90")]),
    ] + [
      part("getFullYear", "The year.") { Int64($0.date.year) },
      part("getMonth", "The month from 0, January.") { Int64($0.date.month - 1) },
      part("getDate", "The day of the month from 1.") { Int64($0.date.day) },
      part("getDayOfMonth", "The day of the month from 0.") { Int64($0.date.day - 1) },
      part("getDayOfWeek", "The day of the week from 0, Sunday.") {
        Int64($0.date.weekday.rawValue)
      },
      part("getDayOfYear", "The day of the year from 0.") { Int64($0.date.dayOfYear) },
      part("getHours", "The hour of the day, or the whole hours of a length of time.", 3600) {
        Int64($0.hour)
      },
      part("getMinutes", "The minute of the hour, or the whole minutes of a length of time.", 60) {
        Int64($0.minute)
      },
      part("getSeconds", "The second of the minute, or the whole seconds of a length of time.", 1) {
        Int64($0.second)
      },
      part("getMilliseconds", "The milliseconds of the second.", 0) {
        Int64($0.nanosecond / 1_000_000)
      },
    ]

  private static func timestamp(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .timestamp: return value
    case .int(let seconds): return .timestamp(try Arithmetic.inRange(Timestamp(seconds: seconds)))
    case .string(let text):
      guard let moment = Timestamp(rfc3339: text) else {
        throw EvaluationError(
          .invalidConversion, "'\(text.prefix(40))' is not a moment such as 2026-01-18T09:00:00Z")
      }
      return .timestamp(try Arithmetic.inRange(moment))
    default: throw TypeFunctions.unfit("timestamp", value)
    }
  }

  private static func duration(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .duration: return value
    case .int(let seconds): return .duration(try Arithmetic.bounded(TimeSpan(seconds: seconds)))
    case .string(let text):
      guard let span = TimeSpan(duration: text) else {
        throw EvaluationError(
          .invalidConversion, "'\(text.prefix(40))' is not a length of time such as 90s or 1h30m")
      }
      return .duration(try Arithmetic.bounded(span))
    default: throw TypeFunctions.unfit("duration", value)
    }
  }

  /// A part of a moment in UTC or in a named time zone; with `unit` also of a length of time, in
  /// units of so many seconds (0: the milliseconds of its second).
  private static func part(
    _ name: String, _ summary: String, _ unit: Int64? = nil,
    _ read: @escaping @Sendable (CivilTime) -> Int64
  ) -> FunctionDeclaration {
    var overloads = [
      Overload(
        "timestamp_\(name)", isMember: true, [.timestamp], .int,
        .unary { (value) throws(EvaluationError) in
          .int(try self.part(name, of: value, in: .utc, unit, read))
        }),
      Overload(
        "timestamp_\(name)_with_tz", isMember: true, [.timestamp, .string], .int,
        .binary { (value, zone) throws(EvaluationError) in
          guard case .string(let zoneName) = zone, let zone = TimeZone(zoneName) else {
            throw EvaluationError(.invalidArgument, "unknown time zone \(zone.shown)")
          }
          return .int(try self.part(name, of: value, in: zone, nil, read))
        }),
    ]
    if unit != nil {
      overloads.append(
        Overload(
          "duration_\(name)", isMember: true, [.duration], .int,
          .unary { (value) throws(EvaluationError) in
            .int(try self.part(name, of: value, in: .utc, unit, read))
          }))
    }
    return FunctionDeclaration(name, summary, overloads: overloads)
  }

  private static func part(
    _ name: String, of value: Value, in zone: TimeZone, _ unit: Int64?,
    _ read: (CivilTime) -> Int64
  ) throws(EvaluationError) -> Int64 {
    switch (value, unit) {
    case (.timestamp(let moment), _): return read(zone.civilTime(of: moment))
    case (.duration(let span), 0?): return Int64(span.nanoseconds / 1_000_000)
    case (.duration(let span), let unit?): return span.seconds / unit
    default: throw TypeFunctions.unfit(name, value)
    }
  }
}

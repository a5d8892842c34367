package import Values

/// Exact arithmetic: what does not fit its type is an error, never wrapped (CEL specification,
/// "Overflow").
package enum Arithmetic {
  /// How many elements or bytes a computed value may have.
  static let sizeLimit = 1_000_000

  static func add(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
    switch (left, right) {
    case (.int(let a), .int(let b)): .int(try exact(a.addingReportingOverflow(b)))
    case (.uint(let a), .uint(let b)): .uint(try exact(a.addingReportingOverflow(b)))
    case (.double(let a), .double(let b)): .double(a + b)
    case (.string(let a), .string(let b)):
      .string(try sized(a.utf8.count + b.utf8.count) { a + b })
    case (.bytes(let a), .bytes(let b)): .bytes(try sized(a.count + b.count) { a + b })
    case (.list(let a), .list(let b)): .list(try sized(a.count + b.count) { a + b })
    case (.timestamp(let a), .duration(let b)), (.duration(let b), .timestamp(let a)):
      .timestamp(try inRange(a.adding(b)))
    case (.duration(let a), .duration(let b)): .duration(try sum(a, b))
    default: throw noOverload("+", left, right)
    }
  }

  static func subtract(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
    switch (left, right) {
    case (.int(let a), .int(let b)): .int(try exact(a.subtractingReportingOverflow(b)))
    case (.uint(let a), .uint(let b)): .uint(try exact(a.subtractingReportingOverflow(b)))
    case (.double(let a), .double(let b)): .double(a - b)
    case (.timestamp(let a), .timestamp(let b)): .duration(try bounded(a.since(b)))
    case (.timestamp(let a), .duration(let b)): .timestamp(try inRange(a.adding(try negate(b))))
    case (.duration(let a), .duration(let b)): .duration(try sum(a, try negate(b)))
    default: throw noOverload("-", left, right)
    }
  }

  static func multiply(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
    switch (left, right) {
    case (.int(let a), .int(let b)): .int(try exact(a.multipliedReportingOverflow(by: b)))
    case (.uint(let a), .uint(let b)): .uint(try exact(a.multipliedReportingOverflow(by: b)))
    case (.double(let a), .double(let b)): .double(a * b)
    default: throw noOverload("*", left, right)
    }
  }

  static func divide(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
    switch (left, right) {
    case (.int(let a), .int(let b)): .int(try quotient(a.dividedReportingOverflow(by: b), b))
    case (.uint(let a), .uint(let b)): .uint(try quotient(a.dividedReportingOverflow(by: b), b))
    case (.double(let a), .double(let b)): .double(a / b)
    default: throw noOverload("/", left, right)
    }
  }

  static func remainder(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
    switch (left, right) {
    case (.int(let a), .int(let b)):
      .int(try quotient(a.remainderReportingOverflow(dividingBy: b), b))
    case (.uint(let a), .uint(let b)):
      .uint(try quotient(a.remainderReportingOverflow(dividingBy: b), b))
    default: throw noOverload("%", left, right)
    }
  }

  static func negate(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .int(let a): .int(try exact(Int64(0).subtractingReportingOverflow(a)))
    case .double(let a): .double(-a)
    default:
      throw EvaluationError(.noSuchOverload, "`-` does not work on \(value.typeName)")
    }
  }

  static func noOverload(_ symbol: String, _ left: Value, _ right: Value) -> EvaluationError {
    EvaluationError(
      .noSuchOverload, "`\(symbol)` does not work on \(left.typeName) and \(right.typeName)")
  }

  // MARK: Bounds

  private static func exact<T>(
    _ result: (partialValue: T, overflow: Bool)
  ) throws(EvaluationError) -> T {
    guard !result.overflow else {
      throw EvaluationError(.overflow, "the result does not fit its type")
    }
    return result.partialValue
  }

  private static func quotient<T: FixedWidthInteger>(
    _ result: (partialValue: T, overflow: Bool), _ divisor: T
  ) throws(EvaluationError) -> T {
    guard divisor != 0 else { throw EvaluationError(.divisionByZero, "division by zero") }
    return try exact(result)
  }

  static func sized<T>(_ count: Int, _ make: () -> T) throws(EvaluationError) -> T {
    guard count <= sizeLimit else {
      throw EvaluationError(.limitReached, "the result has more than \(sizeLimit) elements")
    }
    return make()
  }

  /// Moments are within the years 0001 … 9999 (google.protobuf.Timestamp).
  package static func inRange(_ moment: Timestamp?) throws(EvaluationError) -> Timestamp {
    guard let moment, moment.seconds >= -62_135_596_800, moment.seconds <= 253_402_300_799 else {
      throw EvaluationError(.overflow, "the moment is not within the years 1 to 9999")
    }
    return moment
  }

  /// Lengths of time are held in 64-bit nanoseconds by other implementations; so they are bounded
  /// here (CEL specification, "Timestamps and durations").
  static func bounded(_ span: TimeSpan?) throws(EvaluationError) -> TimeSpan {
    let message = "the length of time is out of range"
    guard let span else { throw EvaluationError(.overflow, message) }
    let (product, overflow) = span.seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (_, overflowed) = product.addingReportingOverflow(Int64(span.nanoseconds))
    guard !overflow, !overflowed else { throw EvaluationError(.overflow, message) }
    return span
  }

  private static func negate(_ span: TimeSpan) throws(EvaluationError) -> TimeSpan {
    guard span.seconds != .min else {
      throw EvaluationError(.overflow, "the length of time is out of range")
    }
    return TimeSpan(seconds: -span.seconds, nanoseconds: -span.nanoseconds)
  }

  private static func sum(_ a: TimeSpan, _ b: TimeSpan) throws(EvaluationError) -> TimeSpan {
    var (seconds, overflow) = a.seconds.addingReportingOverflow(b.seconds)
    guard !overflow, seconds != .max, seconds != .min else {
      throw EvaluationError(.overflow, "the length of time is out of range")
    }
    var nanos = a.nanoseconds + b.nanoseconds
    seconds += Int64(nanos / 1_000_000_000)
    nanos %= 1_000_000_000
    if seconds > 0, nanos < 0 {
      (seconds, nanos) = (seconds - 1, nanos + 1_000_000_000)
    } else if seconds < 0, nanos > 0 {
      (seconds, nanos) = (seconds + 1, nanos - 1_000_000_000)
    }
    return try bounded(TimeSpan(seconds: seconds, nanoseconds: nanos))
  }
}

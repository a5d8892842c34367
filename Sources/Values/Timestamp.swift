/// A moment: seconds since 1970-01-01T00:00:00Z without leap seconds, and nanoseconds.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Whole seconds, rounded down, so that `nanoseconds` is never negative.
  public let seconds: Int64
  /// 0 ..< 1,000,000,000.
  public let nanoseconds: Int32

  /// - Precondition: `nanoseconds` is in 0 ..< 1,000,000,000.
  public init(seconds: Int64, nanoseconds: Int32 = 0) {
    precondition((0..<1_000_000_000).contains(nanoseconds), "nanoseconds out of range")
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}

/// A signed length of time: seconds and nanoseconds of the same sign.
public struct TimeSpan: Hashable, Comparable, Sendable {
  public let seconds: Int64
  /// Same sign as `seconds` (or any sign where `seconds` is 0), magnitude below 1,000,000,000.
  public let nanoseconds: Int32

  /// - Precondition: the magnitude of `nanoseconds` is below 1,000,000,000 and the signs agree.
  public init(seconds: Int64, nanoseconds: Int32 = 0) {
    precondition(
      nanoseconds > -1_000_000_000 && nanoseconds < 1_000_000_000, "nanoseconds out of range")
    precondition(
      seconds == 0 || nanoseconds == 0 || (seconds < 0) == (nanoseconds < 0), "signs differ")
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  public static let zero = TimeSpan(seconds: 0)

  public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}

extension Timestamp {
  /// The moment a span later (earlier for a negative one); nil on overflow.
  public func adding(_ span: TimeSpan) -> Timestamp? {
    let nanos = nanoseconds + span.nanoseconds
    let carry: Int64 = nanos >= 1_000_000_000 ? 1 : nanos < 0 ? -1 : 0
    let (sum, overflow) = seconds.addingReportingOverflow(span.seconds)
    let (total, overflowed) = sum.addingReportingOverflow(carry)
    guard !overflow, !overflowed else { return nil }
    return Timestamp(seconds: total, nanoseconds: nanos - Int32(carry) * 1_000_000_000)
  }

  /// The span from an earlier moment to this one; nil on overflow.
  public func since(_ earlier: Timestamp) -> TimeSpan? {
    var (delta, overflow) = seconds.subtractingReportingOverflow(earlier.seconds)
    guard !overflow else { return nil }
    var nanos = nanoseconds - earlier.nanoseconds
    if delta > 0, nanos < 0 {
      delta -= 1
      nanos += 1_000_000_000
    } else if delta < 0, nanos > 0 {
      delta += 1
      nanos -= 1_000_000_000
    }
    return TimeSpan(seconds: delta, nanoseconds: nanos)
  }
}

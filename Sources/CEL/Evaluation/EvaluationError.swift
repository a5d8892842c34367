/// Why an expression has no value.
public struct EvaluationError: Error, Hashable, Sendable {
  public enum Code: String, Sendable {
    case noSuchVariable, noSuchField, noSuchKey, noSuchOverload, indexOutOfRange
    case divisionByZero, overflow, invalidArgument, invalidConversion
    /// A bound was reached: cost, depth or size of the result.
    case limitReached
    /// The value depends on something that the activation calls unknown.
    case unknown
    /// A function would need more of the world than is known so far.
    case beyondHorizon
  }

  public let code: Code
  /// One sentence without a final stop; values are shown, so it is not for logs.
  public let message: String
  /// The UTF-8 range of the part of the expression that failed, where it is known.
  public var range: Range<Int>?

  public init(_ code: Code, _ message: String, range: Range<Int>? = nil) {
    self.code = code
    self.message = message
    self.range = range
  }
}

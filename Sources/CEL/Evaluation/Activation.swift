public import Values

/// Gives an expression its variables; asked when, and only when, one is read.
///
/// Names that start with `@` are not reachable from an expression; functions with a contextual
/// implementation may ask for them.
public protocol Activation {
  /// The value of a variable, or nil where it has none.
  func value(named name: String) -> Value?
}

/// Variables from a table.
public struct Variables: Activation {
  private let values: [String: Value]

  public init(_ values: [String: Value] = [:]) { self.values = values }

  public func value(named name: String) -> Value? { values[name] }
}

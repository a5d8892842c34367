public import Values

/// Gives an expression its variables; asked when, and only when, one is read.
///
/// Names that start with `@` are not reachable from an expression; functions with a contextual
/// implementation may ask for them.
public protocol Activation {
  /// The value of a variable, or nil where it has none.
  func value(named name: String) -> Value?

  /// Parts of the variables that are there and cannot be known; reading one is an error.
  var unknowns: [Unknown] { get }
}

extension Activation {
  /// Everything is known.
  public var unknowns: [Unknown] { [] }
}

/// Variables from a table.
public struct Variables: Activation, Sendable {
  private let names: [String]
  private let values: [Value]
  /// Where a name stands; few are searched instead.
  private let index: [String: Int]?

  public init(_ values: [String: Value] = [:]) {
    names = Array(values.keys)
    self.values = Array(values.values)
    index = names.count > 8 ? Dictionary(zip(names, names.indices)) { first, _ in first } : nil
  }

  public func value(named name: String) -> Value? {
    if let index { return index[name].map { values[$0] } }
    return names.firstIndex(of: name).map { values[$0] }
  }
}

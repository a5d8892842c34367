public import Values

/// A function of the language: its name, what it is for, and what it does for which types.
///
/// The library is made of tables of these; the reference page, its tested examples and the help
/// derive from them.
public struct FunctionDeclaration: Sendable {
  /// An expression and the text of its result, `("size('abc')", "3")`.
  public typealias Example = (expression: String, result: String)

  public let name: String
  /// One sentence.
  public let summary: String
  public let overloads: [Overload]
  public let examples: [Example]

  public init(
    _ name: String, _ summary: String, overloads: [Overload], examples: [Example] = []
  ) {
    self.name = name
    self.summary = summary
    self.overloads = overloads
    self.examples = examples
  }
}

/// One signature of a function.
public struct Overload: Sendable {
  /// As the specification names it, `size_string`.
  public let id: String
  /// Whether it is called on its first parameter: `'a'.size()`.
  public let isMember: Bool
  /// The types of the parameters; of a member the receiver comes first.
  public let parameters: [CELType]
  public let result: CELType
  public let implementation: Implementation

  public init(
    _ id: String, isMember: Bool = false, _ parameters: [CELType], _ result: CELType,
    _ implementation: Implementation
  ) {
    self.id = id
    self.isMember = isMember
    self.parameters = parameters
    self.result = result
    self.implementation = implementation
  }
}

/// What an overload does with values that have the types of its parameters.
///
/// An implementation may be called with other types where the expression was not checked; it then
/// throws `noSuchOverload`.
public enum Implementation: Sendable {
  case unary(@Sendable (Value) throws(EvaluationError) -> Value)
  case binary(@Sendable (Value, Value) throws(EvaluationError) -> Value)
  case ternary(@Sendable (Value, Value, Value) throws(EvaluationError) -> Value)
  case many(@Sendable ([Value]) throws(EvaluationError) -> Value)
  /// Also sees the variables, for functions whose result depends on the place.
  case contextual(@Sendable (any Activation, [Value]) throws(EvaluationError) -> Value)
  /// Of an optional value and something else: the optional one (or what it holds) where it holds
  /// something, and only otherwise the other, which is not evaluated before.
  case fallback(unwraps: Bool)
}

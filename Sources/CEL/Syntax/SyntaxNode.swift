public import Values

/// A node of a parsed expression; immutable, with an id that is unique in its tree, on which types
/// and other findings hang in side tables.
public final class SyntaxNode: Sendable {
  public let id: Int
  public let kind: Kind
  /// UTF-8 range in the source.
  public let range: Range<Int>

  public init(id: Int, _ kind: Kind, range: Range<Int>) {
    self.id = id
    self.kind = kind
    self.range = range
  }

  public enum Kind: Sendable {
    case literal(Value)
    /// A name; with a leading dot it is looked up from the root only.
    case identifier(String)
    /// `operand.field`, `operand.?field`.
    case select(SyntaxNode, field: String, isOptional: Bool)
    /// `has(operand.field)`.
    case has(SyntaxNode, field: String)
    /// A function or an operator, which is the function of that name: `_+_`, `!_`, `_[_]`, `_[?_]`.
    case call(String, target: SyntaxNode?, arguments: [SyntaxNode])
    case and(SyntaxNode, SyntaxNode)
    case or(SyntaxNode, SyntaxNode)
    case conditional(SyntaxNode, SyntaxNode, SyntaxNode)
    case list([Element])
    case map([Entry])
    /// `Name{field: value}`; there are no messages to build, so it is an error later on.
    case message(String, [Entry])
    case comprehension(Comprehension)
    /// `cel.bind(name, value, body)`.
    case bind(String, SyntaxNode, SyntaxNode)
    /// `cel.block([…], body)`: the elements are `@index0`, `@index1` … in what follows.
    case block([SyntaxNode], SyntaxNode)
    /// `target.optMap(name, body)`, `target.optFlatMap(name, body)`.
    case optionalMap(SyntaxNode, String, SyntaxNode, isFlat: Bool)
  }

  public struct Element: Sendable {
    public let value: SyntaxNode
    public let isOptional: Bool
  }

  public struct Entry: Sendable {
    public let key: SyntaxNode
    public let value: SyntaxNode
    public let isOptional: Bool
  }

  /// A macro over the elements of a list or the entries of a map.
  public struct Comprehension: Sendable {
    public enum Macro: String, Sendable {
      case all, exists, existsOne, map, filter
      case transformList, transformMap, transformMapEntry, sortBy
    }
    public let macro: Macro
    /// The macro's name as it was written (`exists_one` or `existsOne`).
    public let spelling: String
    public let range: SyntaxNode
    public let variable: String
    /// The second variable: with it the first is the index or the key.
    public let second: String?
    /// What selects elements, for the macros that can leave some out.
    public let predicate: SyntaxNode?
    /// What an element becomes.
    public let transform: SyntaxNode?
  }
}

/// A mistake in an expression, found before it is evaluated.
public struct Issue: Error, Hashable, Sendable {
  /// One sentence in lower case without a final stop.
  public let message: String
  /// UTF-8 range in the source.
  public let range: Range<Int>
  /// A spelling that would be right.
  public let suggestion: String?

  public init(_ message: String, range: Range<Int>, suggestion: String? = nil) {
    self.message = message
    self.range = range
    self.suggestion = suggestion
  }
}

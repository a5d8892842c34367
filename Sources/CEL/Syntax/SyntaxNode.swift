public import Values

/// A node of a parsed expression; immutable, with an id that is unique in its tree, on which types
/// and other findings hang in side tables.
public final class SyntaxNode: Sendable {
  public let id: Int
  public let kind: Kind
  /// UTF-8 range in the source.
  public let range: Range<Int>
  /// How many nodes the longest way down has, this one included; the parser bounds it, so that
  /// recursion over a tree is safe.
  public let height: Int

  public init(id: Int, _ kind: Kind, range: Range<Int>) {
    self.id = id
    self.kind = kind
    self.range = range
    height = kind.partsHeight + 1
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

extension SyntaxNode.Kind {
  fileprivate var partsHeight: Int {
    switch self {
    case .literal, .identifier: 0
    case .select(let operand, _, _), .has(let operand, _): operand.height
    case .call(_, let target, let arguments):
      arguments.reduce(target?.height ?? 0) { max($0, $1.height) }
    case .and(let left, let right), .or(let left, let right), .bind(_, let left, let right),
      .optionalMap(let left, _, let right, _):
      max(left.height, right.height)
    case .conditional(let test, let positive, let negative):
      max(test.height, positive.height, negative.height)
    case .list(let elements): elements.reduce(0) { max($0, $1.value.height) }
    case .map(let entries), .message(_, let entries):
      entries.reduce(0) { max($0, $1.key.height, $1.value.height) }
    case .comprehension(let macro):
      max(macro.range.height, macro.predicate?.height ?? 0, macro.transform?.height ?? 0)
    case .block(let values, let body): values.reduce(body.height) { max($0, $1.height) }
    }
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
  /// What is wrong, for those who know more about the author and can say what to write instead.
  public let reason: Reason

  public enum Reason: Hashable, Sendable {
    case unknownName(String)
    /// An operator between types that do not go together.
    case mismatch(operator: String, [CELType])
    /// A field of something that has none.
    case noFields(CELType, field: String)
    case expected(CELType, found: CELType)
    /// A field that a record does not have, with those that it has.
    case unknownField(String, of: String, known: [String])
    case unknownFunction(String)
    /// A function with types that it does not take: its receiver, its arguments, and what it takes.
    case noOverload(String, on: CELType?, [CELType], takes: [Signature])
    /// The results of `?`, which have different types.
    case branches(CELType, CELType)
    case other
  }

  /// The types of a function's parameters.
  public struct Signature: Hashable, Sendable {
    /// What it is called on; nil for a function that stands alone.
    public let receiver: CELType?
    public let parameters: [CELType]
  }

  public init(
    _ message: String, range: Range<Int>, suggestion: String? = nil, reason: Reason = .other
  ) {
    self.message = message
    self.range = range
    self.suggestion = suggestion
    self.reason = reason
  }
}

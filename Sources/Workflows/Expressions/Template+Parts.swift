import CEL
import Fields
import Values

extension Template {
  /// Whether it is one value that is computed, or one text, and not a list or a map of them.
  var isSingle: Bool {
    switch form {
    case .expression, .text: true
    case .literal, .list, .map: false
    }
  }

  /// The value as far as the file says it; what is computed is an ``UnknownValue``.
  var knownParts: Value {
    switch form {
    case .literal(let value): value
    case .expression(let expression): expression.knownParts
    case .text: .object(UnknownValue(noun: CELType.string.noun, type: .string))
    case .list(let templates): .list(templates.map(\.knownParts))
    case .map(let members):
      .map(ValueMap(members.map { ($0.name, $0.value.knownParts) }))
    }
  }

  /// Whether it is one expression of which more is known than that its type fits a field: the members of
  /// a map, or the items of a list.
  func hasKnownParts(for wanted: CELType) -> Bool {
    guard case .expression(let expression) = form else { return false }
    if case (.object(let record), .object) = (expression.type, wanted), record.isClosed {
      return true
    }
    return expression.writtenTree != nil
  }

  /// The part of an expression that a path of names and indices leads to.
  func part(at path: ArraySlice<String>) -> ExpressionPart? {
    switch form {
    case .expression(let expression): return ExpressionPart(of: expression, at: path)
    case .list(let templates):
      guard let key = path.first, let index = Int(key.dropFirst().dropLast()),
        templates.indices.contains(index)
      else { return nil }
      return templates[index].part(at: path.dropFirst())
    case .map(let members):
      let member = members.last { $0.name == path.first }
      return member?.value.part(at: path.dropFirst())
    case .literal, .text: return nil
    }
  }
}

/// A part of what an expression gives: that which a piece of it gives, or a member of that.
struct ExpressionPart {
  let expression: Expression
  /// The piece; nil for the whole.
  let node: SyntaxNode?
  /// The names that lead on from there.
  let members: [String]

  var isWhole: Bool { node == nil }

  init(expression: Expression) {
    self.expression = expression
    node = nil
    members = []
  }

  init?(of expression: Expression, at path: ArraySlice<String>) {
    self.expression = expression
    guard !path.isEmpty else {
      node = nil
      members = []
      return
    }
    guard var piece = expression.checked?.tree else { return nil }
    var rest = path
    while let key = rest.first, let next = piece.writtenPart(key) {
      piece = next
      rest = rest.dropFirst()
    }
    node = piece
    members = Array(rest)
  }
}

extension Expression {
  /// The tree of a list or a map that is written out in the expression.
  fileprivate var writtenTree: CheckedExpression? {
    guard isCompiled, let checked else { return nil }
    switch checked.tree.kind {
    case .list, .map: return checked
    default: return nil
    }
  }

  /// The value as far as the expression and its type say it.
  fileprivate var knownParts: Value {
    if let checked = writtenTree { return checked.knownParts(of: checked.tree) }
    return type.knownParts(remedy: { self.conversion(to: $0) })
  }
}

extension CheckedExpression {
  fileprivate func knownParts(of node: SyntaxNode) -> Value {
    switch node.kind {
    case .literal(.null), .literal(.bool), .literal(.int), .literal(.double), .literal(.string):
      if case .literal(let value) = node.kind { return value }
    case .list(let elements) where !elements.contains(where: \.isOptional):
      return .list(elements.map { knownParts(of: $0.value) })
    case .map(let entries) where !entries.contains(where: { $0.name == nil }):
      return .map(
        ValueMap(entries.map { ($0.name ?? "", knownParts(of: $0.value)) }))
    default: break
    }
    return (type(of: node) ?? .dyn).knownParts()
  }
}

extension SyntaxNode {
  /// An item or a member of a list or a map that is written out.
  fileprivate func writtenPart(_ key: String) -> SyntaxNode? {
    switch kind {
    case .list(let elements):
      guard let index = Int(key.dropFirst().dropLast()), elements.indices.contains(index) else {
        return nil
      }
      return elements[index].value
    case .map(let entries): return entries.last { $0.name == key }?.value
    default: return nil
    }
  }
}

extension CELType {
  /// What is known of a value of the type: the members of a record.
  fileprivate func knownParts(
    isOptional: Bool = false, isImplied: Bool = false,
    remedy: @escaping @Sendable (CELType) -> String? = { _ in nil }
  ) -> Value {
    if case .object(let record) = self, record.isClosed, !isOptional {
      return .map(
        ValueMap(
          record.fieldNames.sorted().map { name -> (String, Value) in
            let type = record.type(of: name) ?? .dyn
            return (
              name, type.knownParts(isOptional: record.mayLack(name), isImplied: true)
            )
          }))
    }
    return .object(
      UnknownValue(
        noun: stored.noun, type: self, isOptional: isOptional, isImplied: isImplied, remedy: remedy)
    )
  }
}

extension UnknownValue {
  fileprivate convenience init(
    noun: String, type: CELType, isOptional: Bool = false, isImplied: Bool = false,
    remedy: @escaping @Sendable (CELType) -> String? = { _ in nil }
  ) {
    let stored = type.stored
    var mayBeAbsent = isOptional
    if case .optional = type { mayBeAbsent = true }
    var mayBeNull = false
    if case .wrapper = stored { mayBeNull = true }
    self.init(
      noun: noun, mayBeAbsent: mayBeAbsent, mayBeNull: mayBeNull, isImplied: isImplied,
      fits: { stored.fits($0) }, remedy: remedy)
  }
}

extension Expression {
  /// What to write so that it gives a value of a type, where a conversion does that.
  func conversion(to wanted: CELType) -> String? {
    let inner = source.trimmed
    if case (.int, .duration) = (wanted.present, type.present) {
      return "`${{ \(inner).getSeconds() }}` gives its seconds"
    }
    return switch (wanted.present, type) {
    case (.string, .int), (.string, .double), (.string, .bool):
      "`${{ string(\(inner)) }}` gives text"
    case (.int, .string): "`${{ int(\(inner)) }}` gives an integer"
    case (.double, .string): "`${{ double(\(inner)) }}` gives a number"
    default: nil
    }
  }
}

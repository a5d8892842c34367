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
    case .expression(let expression): .object(UnknownValue(of: expression))
    case .text: .object(UnknownValue(noun: CELType.string.noun, type: .string))
    case .list(let templates): .list(templates.map(\.knownParts))
    case .map(let members):
      .map(ValueMap(members.map { ($0.name, $0.value.knownParts) }))
    }
  }

  /// The expression that a path of names and indices leads to, where there is just one.
  func expression(at path: some Collection<String>) -> Expression? {
    switch form {
    case .expression(let expression): return path.isEmpty ? expression : nil
    case .list(let templates):
      guard let key = path.first, let index = Int(key.dropFirst().dropLast()),
        templates.indices.contains(index)
      else { return nil }
      return templates[index].expression(at: path.dropFirst())
    case .map(let members):
      let member = members.last { $0.name == path.first }
      return member?.value.expression(at: path.dropFirst())
    case .literal, .text: return nil
    }
  }
}

extension UnknownValue {
  fileprivate convenience init(of expression: Expression) {
    self.init(
      noun: expression.type.stored.noun, type: expression.type,
      remedy: { expression.conversion(to: $0) })
  }

  fileprivate convenience init(
    noun: String, type: CELType, remedy: @escaping @Sendable (CELType) -> String? = { _ in nil }
  ) {
    let stored = type.stored
    var mayBeAbsent = false
    if case .optional = type { mayBeAbsent = true }
    self.init(
      noun: noun, mayBeAbsent: mayBeAbsent, fits: { stored.fits($0) }, remedy: remedy)
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

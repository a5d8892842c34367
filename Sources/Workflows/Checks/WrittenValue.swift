import CEL
import Values

/// A value as far as it is written out in the file: in YAML, in a `set` with expressions in it, or as a
/// list or map of an expression.
enum WrittenValue {
  case value(Value)
  case template(Template)
  case node(SyntaxNode)

  init(_ expression: Expression) {
    if let constant = expression.constantValue {
      self = .value(constant)
    } else if expression.isCompiled, let tree = expression.checked?.tree {
      self = .node(tree)
    } else {
      self = .value(.null)
    }
  }

  private init(of template: Template) {
    switch template.form {
    case .literal(let value): self = .value(value)
    case .expression(let expression): self.init(expression)
    default: self = .template(template)
    }
  }

  /// A value of a `set`.
  static func of(_ template: Template) -> WrittenValue { WrittenValue(of: template) }

  /// The items of a list; nil for anything else, and where some may be left out.
  var items: [WrittenValue]? {
    switch self {
    case .value(.list(let values)): return values.map { .value($0) }
    case .node(let node):
      guard case .list(let elements) = node.kind, !elements.contains(where: \.isOptional) else {
        return nil
      }
      return elements.map { .node($0.value) }
    case .template(let template):
      guard case .list(let templates) = template.form,
        !templates.contains(where: \.mayLackValue)
      else { return nil }
      return templates.map { .of($0) }
    case .value: return nil
    }
  }

  /// The names that a map has; nil for anything else, and where they are computed.
  var names: [String]? {
    switch self {
    case .value(.map(let map)): return map.compactMap(\.key.asString)
    case .node(let node):
      guard case .map(let entries) = node.kind else { return nil }
      let names = entries.compactMap(\.name)
      return names.count == entries.count ? names : nil
    case .template(let template):
      guard case .map(let members) = template.form else { return nil }
      return members.map(\.name)
    case .value: return nil
    }
  }

  /// A member of a map whose names are known.
  func member(_ name: String) -> WrittenValue? {
    switch self {
    case .value(let value): return value.asMap?[name].map { .value($0) }
    case .node(let node):
      guard case .map(let entries) = node.kind else { return nil }
      return entries.first { $0.name?.hasSameBytes(as: name) == true }.map { .node($0.value) }
    case .template(let template):
      guard case .map(let members) = template.form else { return nil }
      return members.first { $0.name.hasSameBytes(as: name) }.map { .of($0.value) }
    }
  }
}

extension SyntaxNode.Entry {
  /// The key, where it is a constant text.
  var name: String? {
    if case .literal(.string(let name)) = key.kind { name } else { nil }
  }
}

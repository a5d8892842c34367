import Values

/// A place where an expression reads a variable.
public struct Reference: Hashable, Sendable {
  /// The variable and the constant fields after it: `["steps", "user", "outputs", "id"]`.
  public let path: [String]
  /// UTF-8 range in the source.
  public let range: Range<Int>
  /// Whether the expression allows for it not being there: it is tested with `has`, or selected
  /// with `.?`.
  public let isGuarded: Bool
}

struct ReferenceCollector {
  private let findings: Findings
  private(set) var references: [Reference] = []
  /// The paths that are there wherever the node under the visit counts.
  private var present: [[String]] = []

  init(_ findings: Findings) { self.findings = findings }

  mutating func visit(_ node: SyntaxNode, isGuarded: Bool) {
    if let path = path(of: node) {
      references.append(
        Reference(
          path: path.names, range: node.range,
          isGuarded: isGuarded || path.isOptional
            || present.contains { path.names.starts(with: $0) }))
      return
    }
    switch node.kind {
    case .literal, .identifier: break
    case .select(let operand, _, let isOptional):
      visit(operand, isGuarded: isGuarded || isOptional)
    case .has(let operand, let field): visitTested(operand, field, node)
    case .call(_, let target, let arguments):
      visitCall(target, arguments, node, isGuarded: isGuarded)
    case .and(let left, let right):
      visit(left, assuming: tested(in: right, is: true), isGuarded)
      visit(right, assuming: tested(in: left, is: true), isGuarded)
    case .or(let left, let right):
      visit(left, assuming: tested(in: right, is: false), isGuarded)
      visit(right, assuming: tested(in: left, is: false), isGuarded)
    case .conditional(let test, let positive, let negative):
      visit(test, isGuarded: isGuarded)
      visit(positive, assuming: tested(in: test, is: true), isGuarded)
      visit(negative, assuming: tested(in: test, is: false), isGuarded)
    default:
      for child in node.children { visit(child, isGuarded: isGuarded) }
    }
  }

  private mutating func visit(
    _ node: SyntaxNode, assuming paths: [[String]], _ isGuarded: Bool
  ) {
    present += paths
    defer { present.removeLast(paths.count) }
    visit(node, isGuarded: isGuarded)
  }

  /// The paths that `has` found where the condition has the given outcome.
  private func tested(in node: SyntaxNode, is outcome: Bool) -> [[String]] {
    switch node.kind {
    case .has(let operand, let field) where outcome:
      path(of: operand).map { [$0.names + [field]] } ?? []
    case .call("!_", nil, let arguments): tested(in: arguments[0], is: !outcome)
    case .and(let left, let right) where outcome, .or(let left, let right) where !outcome:
      tested(in: left, is: outcome) + tested(in: right, is: outcome)
    default: []
    }
  }

  private mutating func visitTested(_ operand: SyntaxNode, _ field: String, _ node: SyntaxNode) {
    if let path = path(of: operand) {
      references.append(Reference(path: path.names + [field], range: node.range, isGuarded: true))
    } else {
      visit(operand, isGuarded: true)
    }
  }

  private mutating func visitCall(
    _ target: SyntaxNode?, _ arguments: [SyntaxNode], _ node: SyntaxNode, isGuarded: Bool
  ) {
    if let target, findings.calls[node.id]?.isNamespaced != true {
      visit(target, isGuarded: isGuarded)
    }
    for argument in arguments { visit(argument, isGuarded: isGuarded) }
  }

  /// The names of a chain `variable.field.field`, also `variable["field"]`.
  private func path(of node: SyntaxNode) -> (names: [String], isOptional: Bool)? {
    if case .variable(let name)? = findings.names[node.id] {
      return (name.split(separator: ".").map(String.init), false)
    }
    switch node.kind {
    case .select(let operand, let field, let isOptional):
      return path(of: operand).map { ($0.names + [field], $0.isOptional || isOptional) }
    case .call("_[_]", nil, let arguments):
      guard case .literal(.string(let field)) = arguments[1].kind else { return nil }
      return path(of: arguments[0]).map { ($0.names + [field], $0.isOptional) }
    case .call("_[?_]", nil, let arguments):
      guard case .literal(.string(let field)) = arguments[1].kind else { return nil }
      return path(of: arguments[0]).map { ($0.names + [field], true) }
    default: return nil
    }
  }
}

extension SyntaxNode {
  /// The direct parts, in order of the source.
  public var children: [SyntaxNode] {
    switch kind {
    case .literal, .identifier: []
    case .select(let operand, _, _), .has(let operand, _): [operand]
    case .call(_, let target, let arguments): (target.map { [$0] } ?? []) + arguments
    case .and(let left, let right), .or(let left, let right): [left, right]
    case .conditional(let test, let positive, let negative): [test, positive, negative]
    case .list(let elements): elements.map(\.value)
    case .map(let entries): entries.flatMap { [$0.key, $0.value] }
    case .message(_, let entries): entries.map(\.value)
    case .comprehension(let macro):
      [macro.range] + [macro.predicate, macro.transform].compactMap(\.self)
    case .bind(_, let value, let body): [value, body]
    case .block(let values, let body): values + [body]
    case .optionalMap(let target, _, let body, _): [target, body]
    }
  }
}

import Values

/// What a name in an expression stands for.
enum NameReference: Sendable {
  case variable(String)
  case local(String)
  case constant(Value)
}

/// What the checker found out about the nodes of a tree, by node id.
struct Findings: Sendable {
  /// Whether there was a check at all.
  var isChecked = false
  var types = NodeTable<CELType>()
  var names = NodeTable<NameReference>()
  /// The name under which a function was found, and the overloads that can apply.
  var calls = NodeTable<(function: String, overloads: [Overload], isNamespaced: Bool)>()
}

/// Something for the nodes of a tree, whose ids are small numbers without gaps.
struct NodeTable<Element: Sendable>: Sendable {
  private var elements: [Element?] = []

  subscript(id: Int) -> Element? {
    get { id < elements.count ? elements[id] : nil }
    set {
      while elements.count <= id { elements.append(nil) }
      elements[id] = newValue
    }
  }
}

/// Deduces the type of every node (CEL specification, "Gradual type checking").
struct Checker {
  let environment: CELEnvironment
  private let source: String
  var findings = Findings()
  var issues: [Issue] = []
  var substitution = Substitution()
  /// Variables of macros, innermost last.
  var locals: [(name: String, type: CELType)] = []

  /// - Parameter source: what the tree was parsed from.
  init(_ environment: CELEnvironment, source: String) {
    self.environment = environment
    self.source = source
    findings.isChecked = true
  }

  mutating func type(of node: SyntaxNode) -> CELType {
    var type = deduce(node)
    if type.isCompound { type = substitution.resolve(type) }
    findings.types[node.id] = type
    return type
  }

  private mutating func deduce(_ node: SyntaxNode) -> CELType {
    switch node.kind {
    case .literal(let value): return value.literalType
    case .identifier(let name): return identifier(name, node)
    case .select(let operand, let field, let isOptional):
      return select(node, operand, field, isOptional)
    case .has(let operand, let field):
      if qualified(node, operand, field) == nil {
        _ = self.field(field, of: type(of: operand), node)
      }
      return .bool
    case .call(let function, let target, let arguments):
      return call(node, function, target, arguments)
    case .and(let left, let right), .or(let left, let right):
      expect(.bool, left)
      expect(.bool, right)
      return .bool
    case .conditional(let condition, let positive, let negative):
      expect(.bool, condition)
      return join(type(of: positive), type(of: negative), node)
    case .list(let elements): return list(elements)
    case .map(let entries): return map(entries)
    case .message(let name, let entries):
      for entry in entries { _ = type(of: entry.value) }
      return report("unknown type `\(name)`", node.range)
    case .comprehension(let comprehension): return self.comprehension(comprehension, node)
    case .bind(let name, let value, let body):
      return scoped([(name, type(of: value))]) { $0.type(of: body) }
    case .block(let values, let body): return block(values, body)
    case .optionalMap(let target, let name, let body, let isFlat):
      return optionalMap(target, name, body, isFlat)
    }
  }

  // MARK: Reporting

  mutating func report(
    _ message: String, _ range: Range<Int>, suggestion: String? = nil,
    reason: Issue.Reason = .other
  ) -> CELType {
    issues.append(Issue(message, range: range, suggestion: suggestion, reason: reason))
    return .error
  }

  /// Where a word stands between two offsets of the source; all of it where it is not there.
  func range(of word: String, between bounds: Range<Int>) -> Range<Int> {
    let bytes = Array(source.utf8.dropFirst(bounds.lowerBound).prefix(bounds.count))
    let wanted = Array(word.utf8)
    let last = bytes.count - wanted.count
    guard last >= 0, let start = (0...last).first(where: { bytes[$0...].starts(with: wanted) })
    else { return bounds }
    return bounds.lowerBound + start..<bounds.lowerBound + start + wanted.count
  }

  mutating func expect(_ expected: CELType, _ node: SyntaxNode) {
    let actual = type(of: node)
    guard !substitution.fits(actual, expected) else { return }
    let found = substitution.resolve(actual, openAsDyn: true)
    _ = report(
      "expected \(expected), found \(found)", node.range, reason: .expected(expected, found: found))
  }

  /// The type that covers both results of a condition.
  private mutating func join(_ one: CELType, _ other: CELType, _ node: SyntaxNode) -> CELType {
    if let type = common(one, other) { return type }
    let (first, second) = (
      substitution.resolve(one, openAsDyn: true), substitution.resolve(other, openAsDyn: true)
    )
    return report(
      "both results of `?` need the same type, found \(first) and \(second)", node.range,
      reason: .branches(first, second))
  }

  // MARK: Names

  private mutating func identifier(_ name: String, _ node: SyntaxNode) -> CELType {
    if let local = locals.last(where: { $0.name == name }) {
      findings.names[node.id] = .local(name)
      return local.type
    }
    if let type = resolve(name, node) { return type }
    let shown = name.hasPrefix(".") ? String(name.dropFirst()) : name
    return report(
      "unknown name `\(shown)`", node.range,
      suggestion: nearest(shown, among: environment.variableNames + locals.map(\.name)),
      reason: .unknownName(shown))
  }

  /// Looks a (qualified) name up in the containers, innermost first.
  private mutating func resolve(_ name: String, _ node: SyntaxNode) -> CELType? {
    for candidate in environment.candidates(for: name) {
      if let type = environment.type(ofVariable: candidate) {
        findings.names[node.id] = .variable(candidate)
        return type
      }
      if let named = TypeNames.type(named: candidate) {
        findings.names[node.id] = .constant(.object(TypeValue(named.name)))
        return .type(named.type)
      }
    }
    return nil
  }

  private mutating func select(
    _ node: SyntaxNode, _ operand: SyntaxNode, _ field: String, _ isOptional: Bool
  ) -> CELType {
    if !isOptional, let type = qualified(node, operand, field) { return type }
    let type = self.field(field, of: self.type(of: operand), node)
    guard isOptional else { return type }
    if case .optional = type { return type }
    return .optional(type)
  }

  /// `a.b.c` as one declared name; a macro's variable `a` hides it.
  private mutating func qualified(
    _ node: SyntaxNode, _ operand: SyntaxNode, _ field: String
  ) -> CELType? {
    guard let prefix = operand.qualifiedName, environment.hasQualifiedNames else { return nil }
    let first = prefix.split(separator: ".", maxSplits: 1).first.map(String.init) ?? prefix
    guard prefix.hasPrefix(".") || !locals.contains(where: { $0.name == first }) else { return nil }
    return resolve("\(prefix).\(field)", node)
  }

  private mutating func field(_ name: String, of type: CELType, _ node: SyntaxNode) -> CELType {
    switch substitution.resolve(type) {
    case .dyn, .error, .parameter: return .dyn
    case .map(_, let value): return value
    case .object(let object):
      if let type = object.type(of: name) { return type }
      return report(unknownField: name, of: object, fieldRange(name, node))
    case .optional(let inner):
      let inside = field(name, of: inner, node)
      if case .optional = inside { return inside }
      return .optional(inside)
    // What is read where it is null is for others to say.
    case .wrapper(let inner) where inner.hasMembers: return field(name, of: inner, node)
    case let other:
      return report(
        "\(other) has no fields, so no `\(name)`", fieldRange(name, node),
        reason: .noFields(other, field: name))
    }
  }

  mutating func report(
    unknownField name: String, of object: ObjectType, _ range: Range<Int>
  ) -> CELType {
    let names = object.fieldNames
    let isLarge = names.count > 1_000
    return report(
      "\(object.name) has no field `\(name)`", range,
      suggestion: isLarge ? nil : nearest(name, among: names),
      reason: .unknownField(
        name, of: object.name, known: isLarge ? Array(names.prefix(100)) : names.sorted()))
  }

  /// The field's name at the end of a selection.
  private func fieldRange(_ name: String, _ node: SyntaxNode) -> Range<Int> {
    guard case .select = node.kind else { return node.range }
    return max(
      node.range.lowerBound, node.range.upperBound - name.utf8.count)..<node.range.upperBound
  }

  // MARK: Collections

  private mutating func list(_ elements: [SyntaxNode.Element]) -> CELType {
    var element: CELType?
    for each in elements {
      var type = self.type(of: each.value)
      if each.isOptional { type = unwrapped(type, each.value) }
      element = generalize(element, type)
    }
    return .list(element ?? substitution.fresh())
  }

  private mutating func map(_ entries: [SyntaxNode.Entry]) -> CELType {
    var key: CELType?
    var value: CELType?
    for entry in entries {
      key = generalize(key, type(of: entry.key))
      var type = self.type(of: entry.value)
      if entry.isOptional { type = unwrapped(type, entry.value) }
      value = generalize(value, type)
    }
    return .map(key ?? substitution.fresh(), value ?? substitution.fresh())
  }

  private mutating func unwrapped(_ type: CELType, _ node: SyntaxNode) -> CELType {
    switch substitution.resolve(type) {
    case .optional(let inner): inner
    case .dyn, .error: .dyn
    case let other: report("expected an optional value after `?`, found \(other)", node.range)
    }
  }

  private mutating func generalize(_ known: CELType?, _ type: CELType) -> CELType {
    guard let known else { return type }
    return common(known, type) ?? .dyn
  }

  /// The type that covers two, which one of them already does; nil where there is none.
  ///
  /// Null stands beside an optional value here. It does not in a comparison, where `x.?a == null`
  /// is a mistake: an absent value is not null.
  private mutating func common(_ one: CELType, _ other: CELType) -> CELType? {
    let result = substitution.fresh()
    if substitution.fit([one, other], [result, result]) { return substitution.resolve(result) }
    switch (substitution.resolve(one), substitution.resolve(other)) {
    case (.null, .optional(let inner)), (.optional(let inner), .null): return .optional(inner)
    default: return nil
    }
  }

  // MARK: Macros

  mutating func scoped(
    _ variables: [(String, CELType)], _ body: (inout Checker) -> CELType
  ) -> CELType {
    locals.append(contentsOf: variables)
    defer { locals.removeLast(variables.count) }
    return body(&self)
  }

  private mutating func block(_ values: [SyntaxNode], _ body: SyntaxNode) -> CELType {
    let outside = locals.count
    for (index, value) in values.enumerated() { locals.append(("@index\(index)", type(of: value))) }
    defer { locals.removeLast(locals.count - outside) }
    return type(of: body)
  }

  private mutating func optionalMap(
    _ target: SyntaxNode, _ name: String, _ body: SyntaxNode, _ isFlat: Bool
  ) -> CELType {
    let inner = unwrapped(type(of: target), target)
    let result = scoped([(name, inner)]) { $0.type(of: body) }
    guard isFlat else { return .optional(result) }
    switch substitution.resolve(result) {
    case .optional, .dyn, .error: return result
    case let other: return report("expected an optional value, found \(other)", body.range)
    }
  }

  private mutating func comprehension(
    _ macro: SyntaxNode.Comprehension, _ node: SyntaxNode
  ) -> CELType {
    let (first, second) = elementTypes(macro)
    var variables = [(macro.variable, first)]
    if let name = macro.second { variables.append((name, second)) }
    return scoped(variables) { checker in
      if let predicate = macro.predicate { checker.expect(.bool, predicate) }
      let transform = macro.transform.map { checker.type(of: $0) }
      return checker.result(of: macro, first, transform, node)
    }
  }

  /// The types of the variables of a macro over this range.
  private mutating func elementTypes(
    _ macro: SyntaxNode.Comprehension
  ) -> (CELType, CELType) {
    switch substitution.resolve(type(of: macro.range)).withoutNull {
    case .list(let element): return macro.second == nil ? (element, .dyn) : (.int, element)
    case .map(let key, let value): return (key, value)
    case .object: return (.string, .dyn)
    case .dyn, .error, .parameter: return (.dyn, .dyn)
    case let other:
      _ = report(
        "expected a list or a map for `\(macro.spelling)`, found \(other)", macro.range.range)
      return (.error, .error)
    }
  }

  private mutating func result(
    of macro: SyntaxNode.Comprehension, _ element: CELType, _ transform: CELType?,
    _ node: SyntaxNode
  ) -> CELType {
    let key = macro.second == nil ? CELType.int : element
    switch macro.macro {
    case .all, .exists, .existsOne: return .bool
    case .filter: return .list(element)
    case .sortBy: return .list(element)
    case .map, .transformList: return .list(transform ?? .dyn)
    case .transformMap: return .map(key, transform ?? .dyn)
    case .transformMapEntry:
      switch substitution.resolve(transform ?? .dyn) {
      case .map(let key, let value): return .map(key, value)
      case .dyn, .error: return .map(.dyn, .dyn)
      case let other: return report("expected a map with one entry, found \(other)", node.range)
      }
    }
  }
}

extension CELType {
  /// The type without the null that a value may be instead.
  var withoutNull: CELType { if case .wrapper(let type) = self { type } else { self } }

  fileprivate var hasMembers: Bool {
    switch self {
    case .map, .object: true
    default: false
    }
  }

  fileprivate var isCompound: Bool {
    switch self {
    case .list, .map, .optional, .type, .opaque: true
    default: false
    }
  }
}

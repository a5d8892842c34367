import Values

extension Parser {
  /// The node of a macro, or nil where the call is none (CEL specification, "Macros", and the
  /// extensions' READMEs).
  mutating func expand(
    _ name: String, _ target: SyntaxNode?, _ arguments: [SyntaxNode], _ range: Range<Int>
  ) throws(Issue) -> SyntaxNode? {
    guard let target else {
      return name == "has" && arguments.count == 1 ? try has(arguments[0], range) : nil
    }
    if case .identifier("cel") = target.kind { return try ofCEL(name, arguments, range) }
    switch (name, arguments.count) {
    case ("optMap", 2), ("optFlatMap", 2):
      let variable = try self.variable(arguments[0])
      return node(
        .optionalMap(target, variable, arguments[1], isFlat: name == "optFlatMap"), range)
    case ("all", 2), ("exists", 2), ("exists_one", 2), ("existsOne", 2), ("filter", 2), ("map", 2),
      ("sortBy", 2),
      ("map", 3):
      return try overElements(name, target, arguments, range)
    case ("all", 3), ("exists", 3), ("exists_one", 3), ("existsOne", 3), ("transformList", 3),
      ("transformList", 4), ("transformMap", 3), ("transformMap", 4), ("transformMapEntry", 3),
      ("transformMapEntry", 4):
      return try overEntries(name, target, arguments, range)
    default: return nil
    }
  }

  private mutating func has(_ argument: SyntaxNode, _ range: Range<Int>) throws(Issue) -> SyntaxNode
  {
    guard case .select(let operand, let field, isOptional: false) = argument.kind else {
      throw Issue("`has` takes a selection such as `has(a.b)`", range: argument.range)
    }
    return node(.has(operand, field: field), range)
  }

  private func macro(named name: String) -> SyntaxNode.Comprehension.Macro? {
    name == "exists_one" ? .existsOne : SyntaxNode.Comprehension.Macro(rawValue: name)
  }

  private mutating func overElements(
    _ name: String, _ target: SyntaxNode, _ arguments: [SyntaxNode], _ range: Range<Int>
  ) throws(Issue) -> SyntaxNode? {
    guard let macro = macro(named: name) else { return nil }
    let isMap = macro == .map || macro == .sortBy
    let comprehension = SyntaxNode.Comprehension(
      macro: macro, spelling: name, range: target, variable: try variable(arguments[0]),
      second: nil, predicate: isMap ? (arguments.count == 3 ? arguments[1] : nil) : arguments[1],
      transform: isMap ? arguments[arguments.count - 1] : nil)
    return node(.comprehension(comprehension), range)
  }

  private mutating func overEntries(
    _ name: String, _ target: SyntaxNode, _ arguments: [SyntaxNode], _ range: Range<Int>
  ) throws(Issue) -> SyntaxNode? {
    guard let macro = macro(named: name) else { return nil }
    let first = try variable(arguments[0])
    let second = try variable(arguments[1])
    guard first != second else {
      throw Issue("the two variables need different names", range: arguments[1].range)
    }
    let tests = macro == .all || macro == .exists || macro == .existsOne
    let comprehension = SyntaxNode.Comprehension(
      macro: macro, spelling: name, range: target, variable: first, second: second,
      predicate: tests ? arguments[2] : (arguments.count == 4 ? arguments[2] : nil),
      transform: tests ? nil : arguments[arguments.count - 1])
    return node(.comprehension(comprehension), range)
  }

  private func variable(_ node: SyntaxNode) throws(Issue) -> String {
    guard case .identifier(let name) = node.kind, !name.hasPrefix(".") else {
      throw Issue("expected the name of a variable", range: node.range)
    }
    guard name != "__result__" else {
      throw Issue("`__result__` cannot be a variable", range: node.range)
    }
    return name
  }

  // MARK: cel.*

  private mutating func ofCEL(
    _ name: String, _ arguments: [SyntaxNode], _ range: Range<Int>
  ) throws(Issue) -> SyntaxNode? {
    switch (name, arguments.count) {
    case ("bind", 3):
      return node(.bind(try variable(arguments[0]), arguments[1], arguments[2]), range)
    case ("block", 2):
      guard case .list(let elements) = arguments[0].kind else {
        throw Issue("`cel.block` takes a list of expressions first", range: arguments[0].range)
      }
      return node(.block(elements.map(\.value), arguments[1]), range)
    case ("index", 1): return node(.identifier("@index\(try number(arguments[0]))"), range)
    case ("iterVar", 2), ("accuVar", 2):
      let place = "\(try number(arguments[0])):\(try number(arguments[1]))"
      return node(.identifier("@\(name):\(place)"), range)
    default: return nil
    }
  }

  private func number(_ node: SyntaxNode) throws(Issue) -> Int64 {
    guard case .literal(.int(let number)) = node.kind, number >= 0 else {
      throw Issue("expected a number", range: node.range)
    }
    return number
  }
}

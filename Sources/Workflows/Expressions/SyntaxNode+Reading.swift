import CEL
import Values

extension SyntaxNode {
  /// Names that the node gives to its later parts.
  var boundNames: [String] {
    switch kind {
    case .comprehension(let macro): [macro.variable] + (macro.second.map { [$0] } ?? [])
    case .bind(let name, _, _), .optionalMap(_, let name, _, _): [name]
    default: []
    }
  }

  /// The names that the expression reads, with their constant field paths.
  var nameReferences: [NameReference] {
    var found: [NameReference] = []
    collectReferences(hidden: [], into: &found)
    return found
  }

  private func collectReferences(hidden: Set<String>, into found: inout [NameReference]) {
    if let reference = path(hidden: hidden) {
      found.append(reference)
      return
    }
    let bound = boundNames
    guard !bound.isEmpty, let first = children.first else {
      for child in children { child.collectReferences(hidden: hidden, into: &found) }
      return
    }
    first.collectReferences(hidden: hidden, into: &found)
    let inner = hidden.union(bound)
    for child in children.dropFirst() { child.collectReferences(hidden: inner, into: &found) }
  }

  /// The constant texts that the expression may give, with their places: both ways of a condition.
  var possibleTexts: [(text: String, range: Range<Int>)] {
    switch kind {
    case .literal(.string(let text)): [(text, range)]
    case .conditional(_, let positive, let negative):
      positive.possibleTexts + negative.possibleTexts
    default: []
    }
  }

  /// The path that a comparison looks at, also where `orValue` says what counts when nothing is there,
  /// and the texts that count then.
  var comparedPath: (path: [String], instead: [String])? {
    if let path = path()?.path { return (path, []) }
    guard case .call("orValue", let target?, let arguments) = kind, arguments.count == 1,
      let path = target.path()?.path
    else { return nil }
    return (path, arguments[0].possibleTexts.map(\.text))
  }

  /// The node and all inside it.
  func visit(_ look: (SyntaxNode) -> Void) {
    look(self)
    for child in children { child.visit(look) }
  }

  /// The node as a path from a name, where it is one.
  func path(hidden: Set<String> = []) -> NameReference? {
    switch kind {
    case .identifier(let written):
      let name = written.hasPrefix(".") ? String(written.dropFirst()) : written
      guard !hidden.contains(name), !name.hasPrefix("@") else { return nil }
      return NameReference(path: [name], range: range, certainCount: 1)
    case .select(let operand, let field, let isOptional):
      return operand.path(hidden: hidden)?.appending(field, isCertain: !isOptional, range: range)
    case .has(let operand, let field):
      return operand.path(hidden: hidden)?.appending(field, isCertain: false, range: range)
    case .call(let name, _, let arguments):
      guard name == "_[_]" || name == "_[?_]", arguments.count == 2,
        case .literal(.string(let key)) = arguments[1].kind
      else { return nil }
      return arguments[0].path(hidden: hidden)?
        .appending(key, isCertain: name == "_[_]", range: range)
    default: return nil
    }
  }
}

extension NameReference {
  fileprivate func appending(_ field: String, isCertain: Bool, range: Range<Int>) -> NameReference {
    let wasCertain = certainCount == path.count
    return NameReference(
      path: path + [field], range: range,
      certainCount: isCertain && wasCertain ? certainCount + 1 : certainCount)
  }
}

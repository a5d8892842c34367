package import CEL
package import Values

extension Expression {
  /// The values that the members of a name must have for a condition to hold, as far as it says so
  /// by itself: of `event.user == inputs.id && event.sum > 0.0` the user.
  ///
  /// What depends on anything sensitive is left out.
  package func demands(of name: String, in activation: some Activation) -> ValueMap {
    var demands = ValueMap()
    // It need not be compiled: that is asked each time a run parks.
    guard !isSensitive, let tree = try? Parser.parse(source) else { return demands }
    for (member, side) in tree.equalities(of: name) {
      if let value = side.plainValue(in: activation) ?? value(at: side.range, activation) {
        demands[member] = value
      }
    }
    return demands
  }

  private func value(at range: Range<Int>, _ activation: some Activation) -> Value? {
    let text = String(decoding: Array(source.utf8)[range], as: UTF8.self)
    guard case .success(let side) = CELEnvironment().compileUnchecked(text) else { return nil }
    return try? side.evaluate(activation)
  }
}

extension SyntaxNode {
  /// The members of a name that must equal something else, with where that stands.
  fileprivate func equalities(of name: String) -> [(member: String, other: SyntaxNode)] {
    switch kind {
    case .and(let left, let right): return left.equalities(of: name) + right.equalities(of: name)
    case .call("_==_", _, let sides) where sides.count == 2:
      return [(sides[0], sides[1]), (sides[1], sides[0])].compactMap { one, other in
        guard let path = one.path()?.path, path.count == 2, path[0] == name,
          !other.nameReferences.contains(where: { $0.path.first == name })
        else { return nil }
        return (path[1], other)
      }
    default: return []
    }
  }

  /// The value of a text, or of a name and the fields selected from it; nil where there is none, and
  /// for anything else.
  fileprivate func plainValue(in activation: some Activation) -> Value? {
    if case .literal(let value) = kind { return value }
    guard let reference = path(), reference.certainCount == reference.path.count else { return nil }
    return reference.path.dropFirst()
      .reduce(activation.value(named: reference.path[0])) { value, name in
        switch value {
        case .map(let map): map[name]
        case .object(let object): object.field(name)
        default: nil
        }
      }
  }
}

package import CEL
package import Values

extension Expression {
  /// The values that the members of a name must have for a condition to hold, as far as it says so
  /// by itself: of `event.user == inputs.id && event.sum > 0.0` the user.
  ///
  /// What depends on anything sensitive is left out.
  package func demands(of name: String, in activation: some Activation) -> ValueMap {
    var demands = ValueMap()
    guard !isSensitive, let tree = checked?.tree else { return demands }
    for (member, range) in tree.equalities(of: name) {
      let text = String(decoding: Array(source.utf8)[range], as: UTF8.self)
      guard case .success(let side) = CELEnvironment().compileUnchecked(text),
        let value = try? side.evaluate(activation)
      else { continue }
      demands[member] = value
    }
    return demands
  }
}

extension SyntaxNode {
  /// The members of a name that must equal something else, with where that stands.
  fileprivate func equalities(of name: String) -> [(member: String, other: Range<Int>)] {
    switch kind {
    case .and(let left, let right): return left.equalities(of: name) + right.equalities(of: name)
    case .call("_==_", _, let sides) where sides.count == 2:
      return [(sides[0], sides[1]), (sides[1], sides[0])].compactMap { one, other in
        guard let path = one.path()?.path, path.count == 2, path[0] == name,
          !other.nameReferences.contains(where: { $0.path.first == name })
        else { return nil }
        return (path[1], other.range)
      }
    default: return []
    }
  }
}

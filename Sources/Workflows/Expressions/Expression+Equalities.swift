import CEL
import Values

/// A member of a variable that has to equal something else: `event.order == inputs.order`.
package struct MemberEquality: Sendable {
  package let member: String
  package let other: Other

  package enum Other: Sendable {
    case text(String)
    /// A name and the fields selected from it.
    case path([String])
  }
}

extension Expression {
  /// The members of a variable that have to equal something for the expression to hold, where it says
  /// so plainly: at its top, or in a part joined by `&&`.
  ///
  /// None of an expression that depends on anything sensitive.
  package func equalities(of variable: String) -> [MemberEquality] {
    guard !isSensitive, let tree = try? Parser.parse(source) else { return [] }
    var found: [MemberEquality] = []
    tree.collectEqualities(of: variable, into: &found)
    return found
  }
}

extension SyntaxNode {
  fileprivate func collectEqualities(of variable: String, into found: inout [MemberEquality]) {
    switch kind {
    case .and(let left, let right):
      left.collectEqualities(of: variable, into: &found)
      right.collectEqualities(of: variable, into: &found)
    case .call("_==_", nil, let arguments) where arguments.count == 2:
      for (one, other) in [(arguments[0], arguments[1]), (arguments[1], arguments[0])] {
        guard let path = one.certainPath, path.count == 2, path[0] == variable,
          let other = other.comparable(besides: variable)
        else { continue }
        found.append(MemberEquality(member: path[1], other: other))
        return
      }
    default: break
    }
  }

  private func comparable(besides variable: String) -> MemberEquality.Other? {
    if case .literal(.string(let text)) = kind { return .text(text) }
    guard let path = certainPath, path[0] != variable else { return nil }
    return .path(path)
  }

  /// The node as a path that allows for no absence.
  private var certainPath: [String]? {
    guard let reference = path(), reference.certainCount == reference.path.count else { return nil }
    return reference.path
  }
}

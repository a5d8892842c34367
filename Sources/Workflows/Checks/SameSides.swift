package import CEL

/// A comparison whose sides are the same, so that it gives the same each time.
package struct SameSides {
  /// What the comparisons give where both sides are the same.
  private static let results = [
    "_==_": true, "_<=_": true, "_>=_": true, "_!=_": false, "_<_": false, "_>_": false,
  ]

  /// One of the sides.
  let side: SyntaxNode
  private let source: String
  private let result: Bool
  /// Where the comparison stands in the expression.
  package let range: Range<Int>

  /// The comparisons of something with itself in an expression.
  package static func all(in checked: CheckedExpression) -> [SameSides] {
    let source = Array(checked.source.utf8)
    var found: [SameSides] = []
    checked.tree.visit { node in
      guard case .call(let function, nil, let sides) = node.kind, sides.count == 2,
        let result = results[function], sides[0].range.count == sides[1].range.count,
        source[sides[0].range] == source[sides[1].range], sides[0].readsSomething
      else { return }
      found.append(
        SameSides(
          side: sides[0], source: String(decoding: source[sides[0].range], as: UTF8.self),
          result: result, range: node.range))
    }
    return found
  }

  package var message: String { "`\(source)` is compared with itself" }
  package var label: String { "this is \(result ? "always" : "never") true" }
}

extension SyntaxNode {
  /// Whether any name is read in it.
  fileprivate var readsSomething: Bool {
    if case .identifier = kind { return true }
    return children.contains(where: \.readsSomething)
  }
}

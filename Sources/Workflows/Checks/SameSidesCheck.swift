import CEL
import SourceText

/// A comparison of something with itself, `inputs.name == inputs.name`: it gives the same in every run, so one of
/// the sides was meant otherwise.
struct SameSidesCheck {
  /// What the comparisons give where both sides are the same.
  private static let results = [
    "_==_": true, "_<=_": true, "_>=_": true, "_!=_": false, "_<_": false, "_>_": false,
  ]

  let decoder: FileDecoder

  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    let check = SameSidesCheck(decoder: workflow.decoder)
    let reads = workflow.decoder.reads
    for index in reads.indices where mayRepeat(reads[index].expression) {
      check.look(at: reads[index])
    }
  }

  /// A look at the paths, which spares nearly all expressions a tree: none of them is read on both sides of a
  /// comparison.
  private static func mayRepeat(_ expression: Expression) -> Bool {
    if expression.isCompiled { return true }
    let references = expression.references
    guard references.count > 1 else { return false }
    return references.indices.contains { later in
      references[..<later].contains { earlier in
        let (start, end) = (earlier.range.upperBound, references[later].range.lowerBound)
        return earlier.path == references[later].path && start <= end
          && expression.mayCompare(start..<end)
      }
    }
  }

  private func look(at read: NameRead) {
    guard let tree = read.expression.checked?.tree else { return }
    let source = Array(read.expression.source.utf8)
    tree.visit { node in
      guard case .call(let function, nil, let sides) = node.kind, sides.count == 2,
        let result = Self.results[function], sides[0].range.count == sides[1].range.count,
        source[sides[0].range] == source[sides[1].range], sides[0].readsSomething
      else { return }
      let side = String(decoding: source[sides[0].range], as: UTF8.self)
      decoder.report(
        .sameSides, "`\(side)` is compared with itself", at: read.span(node.range),
        label: "this is \(result ? "always" : "never") true", help: help(for: sides[0], in: read))
    }
  }

  /// What `match` looks at is the event that has come.
  private func help(for side: SyntaxNode, in read: NameRead) -> String? {
    guard case .match = read.purpose, let field = side.path()?.path.last,
      case .object(let event)? = read.type(ofName: "event")?.present, event.type(of: field) != nil
    else { return nil }
    return "what has come is the event: one of the sides is `event.\(field)`"
  }
}

extension SyntaxNode {
  /// Whether any name is read in it.
  fileprivate var readsSomething: Bool {
    if case .identifier = kind { return true }
    return children.contains(where: \.readsSomething)
  }
}

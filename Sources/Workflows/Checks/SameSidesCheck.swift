import CEL
import SourceText

/// A comparison of something with itself, `inputs.name == inputs.name`: it gives the same in every run, so one of
/// the sides was meant otherwise.
struct SameSidesCheck {
  let decoder: FileDecoder

  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    SameSidesCheck(decoder: workflow.decoder).look(at: workflow.decoder.reads.indices)
  }

  /// Looks at some of the reads of the file.
  func look(at indices: Range<Int>) {
    // By index: a loop over the reads would copy each.
    for index in indices where Self.mayRepeat(decoder.reads[index].expression) {
      look(at: decoder.reads[index])
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
    guard let checked = read.expression.checked else { return }
    for found in SameSides.all(in: checked) {
      decoder.report(
        .sameSides, found.message, at: read.span(found.range), label: found.label,
        help: help(for: found.side, in: read))
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

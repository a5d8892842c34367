import CEL
import SourceText
import Values

/// A value that may be null is used only where a null has been ruled out: no function takes one, and no
/// number is more than nothing.
struct NullCheck {
  private let workflow: WorkflowUnderCheck

  init(_ workflow: WorkflowUnderCheck) { self.workflow = workflow }

  func check(_ read: NameRead) {
    // What fails for an event is no match of it. What a release foresees more than the one that started a run
    // does not hold the run up.
    if case .match = read.purpose { return }
    guard read.expression.isCompiled, !workflow.decoder.isStarted,
      let checked = read.expression.checked
    else { return }
    var reported: Set<[String]> = []
    checked.tree.visit { node in
      for part in node.partsThatMustNotBeNull {
        guard case .wrapper? = checked.type(of: part), let path = part.path()?.path,
          let reference = read.expression.references.first(where: { $0.range == part.range }),
          !isRuledOut(part, path, reference, read), reported.insert(path).inserted
        else { continue }
        let name = path.joined(separator: ".")
        workflow.decoder.report(
          .mayBeAbsent, "`\(name)` may be null, and that cannot be used here",
          at: read.span(part.range),
          help: "test it before, `\(name) != null && …`, or say what counts then: "
            + "`\(name) == null ? … : \(name)`")
      }
    }
  }

  private func isRuledOut(
    _ part: SyntaxNode, _ path: [String], _ reference: NameReference, _ read: NameRead
  ) -> Bool {
    if workflow.isInDoubt(read) || path.last.map(isVerified) == true { return true }
    guard let place = workflow.places.place(of: read) else { return true }
    var facts = workflow.places.facts(at: place, read, reference)
    if let condition = read.given { facts.add(condition, is: true) }
    return facts.rulesOutNull(path)
  }

  /// Whether a `verify` or a precondition asks something of an output or input of that name: it may be there
  /// that a null is ruled out.
  private func isVerified(_ name: String) -> Bool {
    workflow.places.steps.steps.contains { step in
      ((step?.verify ?? []) + (step?.preconditions ?? [])).contains { check in
        check.check.references.contains { $0.path.last?.hasSameBytes(as: name) == true }
      }
    }
  }
}

extension SyntaxNode {
  /// The parts that a call does not take where they are null.
  fileprivate var partsThatMustNotBeNull: [SyntaxNode] {
    guard case .call(let name, let target, let arguments) = kind else { return [] }
    switch name {
    case "_<_", "_<=_", "_>_", "_>=_", "_+_", "_-_", "_*_", "_/_", "_%_", "-_", "size":
      return arguments + (target.map { [$0] } ?? [])
    case "contains", "startsWith", "endsWith", "matches", "split", "replace", "substring", "trim",
      "lowerAscii", "upperAscii", "indexOf", "charAt":
      return target.map { [$0] } ?? []
    default: return []
    }
  }
}

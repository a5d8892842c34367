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
      guard node.children.contains(where: { checked.type(of: $0).mayBeNull }) else { return }
      for part in checked.partsThatMustNotBeNull(of: node) {
        guard checked.type(of: part).mayBeNull, let path = part.path()?.path,
          let reference = read.expression.references.first(where: {
            // It may be the beginning of a longer path.
            $0.range.contains(part.range.lowerBound) && $0.path.starts(with: path)
          }),
          !isRuledOut(path, reference, read), reported.insert(path).inserted
        else { continue }
        workflow.decoder.report(
          .mayBeAbsent,
          "`\(path.joined(separator: "."))` may be null, and that cannot be used here",
          at: read.span(part.range), help: Self.help(path, checked.type(of: part)))
      }
    }
  }

  private static func help(_ path: [String], _ type: CELType?) -> String {
    let name = path.joined(separator: ".")
    if case .bool? = type?.unwrapped {
      return "say what counts when it is null: `\(name) == true`"
    }
    return "test it before, `\(name) != null && …`, or say what counts then: "
      + "`\(name) == null ? … : \(name)`"
  }

  /// A value that is given where no null is taken.
  func check(_ needed: NonNullValue) {
    guard !workflow.decoder.isStarted, let checked = needed.part.expression.checked,
      let (path, range) = nullable(
        needed.part.node ?? checked.tree, needed.part.members, of: checked, needed.read)
    else { return }
    let name = path.joined(separator: ".")
    workflow.decoder.report(
      .mayBeAbsent, "\(needed.taker) must not be null, and `\(name)` may be",
      at: needed.read.span(range),
      help: "`if: \(name) != null` makes sure of it; `\(name) == null ? … : \(name)` says what "
        + "counts then")
  }

  /// The path of what may be null of that which a node gives, or of a member of it, and its place.
  private func nullable(
    _ node: SyntaxNode, _ members: [String], of checked: CheckedExpression, _ read: NameRead
  ) -> (path: [String], range: Range<Int>)? {
    if case .conditional(_, let positive, let negative) = node.kind {
      return nullable(positive, members, of: checked, read)
        ?? nullable(negative, members, of: checked, read)
    }
    guard let reference = node.path(), !members.isEmpty || checked.type(of: node).mayBeNull,
      !isRuledOut(reference.path + members, reference, read)
    else { return nil }
    return (reference.path + members, node.range)
  }

  private func isRuledOut(
    _ path: [String], _ reference: NameReference, _ read: NameRead
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

extension CELType? {
  /// Whether a value of the type may be null.
  fileprivate var mayBeNull: Bool { if case .wrapper? = self { true } else { false } }
}

extension CheckedExpression {
  /// The parts that a piece of the expression does not take where they are null.
  fileprivate func partsThatMustNotBeNull(of node: SyntaxNode) -> [SyntaxNode] {
    switch node.kind {
    case .and(let left, let right), .or(let left, let right): [left, right]
    case .conditional(let test, _, _): [test]
    // No key and no index is null.
    case .call("_[_]", _, let arguments): arguments
    case .call: operandsRefusingNull(of: node)
    // Nothing can be gone through, and nothing selected from it.
    case .comprehension(let macro): [macro.range, macro.predicate].compactMap(\.self)
    case .select(let operand, _, _), .has(let operand, _): [operand]
    default: []
    }
  }
}

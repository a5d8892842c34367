import CEL
import SourceText

/// What is read of the elements of a list, by a macro or by their index: a part that an element may lack
/// is read only where the expression, or a condition on the way to it, has looked whether it is there.
///
/// `items.exists(i, i.note == 'x')` fails for the first element without a `note`, and `items[0].note`
/// where the first has none.
struct ElementCheck {
  private let decoder: FileDecoder
  /// Nil in a contract.
  private let workflow: WorkflowUnderCheck?

  init(_ workflow: WorkflowUnderCheck) {
    decoder = workflow.decoder
    self.workflow = workflow
  }

  /// For a contract: no conditions lead anywhere.
  init(_ decoder: FileDecoder) {
    self.decoder = decoder
    workflow = nil
  }

  func check(_ read: NameRead) {
    // What fails for an event is no match of it.
    if case .match = read.purpose { return }
    guard read.expression.isCompiled, let checked = read.expression.checked else { return }
    var walk = Walk(checked: checked, source: Array(read.expression.source.utf8))
    walk.look(checked.tree, Facts(), [])
    for found in walk.found where !isLookedAt(found, on: read) {
      let whole = "\(found.operand).\(found.field)"
      decoder.report(
        .mayBeAbsent, "`\(whole)` is optional and may be absent", at: read.span(found.range),
        help: "write `\(found.operand).?\(found.field).orValue(…)`, or `has(\(whole)) && …`")
    }
  }

  /// Whether the expression or a condition that leads to the place looks whether elements have a field;
  /// which elements, nobody can say here.
  private func isLookedAt(_ found: Walk.Found, on read: NameRead) -> Bool {
    let field = found.field
    if !found.isOfName, read.expression.looksFor(field) { return true }
    if read.given?.looksFor(field) == true { return true }
    guard let workflow, let place = workflow.places.place(of: read) else { return false }
    return workflow.places.map.chain(place).contains { location in
      if case .branch(let number) = location.list.purpose,
        case .choose(let cases)? = location.list.owner?.kind,
        cases.prefix(number + 1).contains(where: { $0.when?.looksFor(field) == true })
      {
        return true
      }
      let steps = location.list.steps.steps.prefix(location.position + 1)
      return steps.contains { step in
        step.condition?.looksFor(field) == true
          || step.preconditions.contains { $0.check.looksFor(field) }
      }
    }
  }
}

/// The way through an expression, with what is known on it.
private struct Walk {
  struct Found {
    let operand: String
    let field: String
    let range: Range<Int>
    /// Whether the element has a name, of which an expression can say what it knows.
    let isOfName: Bool
  }

  let checked: CheckedExpression
  let source: [UInt8]
  private(set) var found: [Found] = []
  /// The fields for which an earlier part of a chain has looked: `items.filter(i, has(i.x)).map(…)`.
  private var lookedFor: [String] = []

  init(checked: CheckedExpression, source: [UInt8]) {
    self.checked = checked
    self.source = source
  }

  /// - Parameter bound: the names that stand for elements.
  mutating func look(_ node: SyntaxNode, _ facts: Facts, _ bound: Set<String>) {
    switch node.kind {
    case .and(let left, let right): sides(left, right, are: true, facts, bound)
    case .or(let left, let right): sides(left, right, are: false, facts, bound)
    case .conditional(let test, let positive, let negative):
      look(test, facts, bound)
      look(positive, adding(test, is: true, to: facts), bound)
      look(negative, adding(test, is: false, to: facts), bound)
    case .comprehension(let macro): look(inside: macro, facts, bound)
    case .optionalMap(let target, let name, let body, _):
      look(target, facts, bound)
      look(body, facts, bound.union([name]))
    case .bind(let name, let value, let body):
      look(value, facts, bound)
      look(body, facts, bound.union([name]))
    case .select(let operand, let field, let isOptional):
      if !isOptional { read(field, of: operand, at: node, facts, bound) }
      look(operand, facts, bound)
    default: for child in node.children { look(child, facts, bound) }
    }
  }

  private mutating func sides(
    _ left: SyntaxNode, _ right: SyntaxNode, are value: Bool, _ facts: Facts, _ bound: Set<String>
  ) {
    look(left, adding(right, is: value, to: facts), bound)
    look(right, adding(left, is: value, to: facts), bound)
  }

  private mutating func look(
    inside macro: SyntaxNode.Comprehension, _ facts: Facts, _ bound: Set<String>
  ) {
    look(macro.range, facts, bound)
    let outside = lookedFor
    defer { lookedFor = outside }
    macro.range.visit { node in
      switch node.kind {
      case .has(_, let field), .select(_, let field, true): lookedFor.append(field)
      default: break
      }
    }
    let inner = bound.union([macro.variable]).union(macro.second.map { [$0] } ?? [])
    if let predicate = macro.predicate { look(predicate, facts, inner) }
    guard let transform = macro.transform else { return }
    look(transform, macro.predicate.map { adding($0, is: true, to: facts) } ?? facts, inner)
  }

  private mutating func read(
    _ field: String, of operand: SyntaxNode, at node: SyntaxNode, _ facts: Facts,
    _ bound: Set<String>
  ) {
    guard case .object(let record)? = checked.type(of: operand), record.mayLack(field) else {
      return
    }
    let path = node.path()?.path
    if let path {
      // Paths from the names of the place are looked at with what the flow says of them.
      guard bound.contains(path[0]), !facts.hasValue(path), !lookedFor.contains(field) else {
        return
      }
    }
    let written = String(decoding: source[operand.range], as: UTF8.self)
    found.append(
      Found(
        operand: path.map { $0.dropLast().joined(separator: ".") } ?? written.onOneLine,
        field: field, range: node.range, isOfName: path != nil))
  }

  private func adding(_ node: SyntaxNode, is value: Bool, to facts: Facts) -> Facts {
    var facts = facts
    facts.add(node, is: value, source: source)
    return facts
  }
}

extension Expression {
  /// Whether it looks somewhere whether a field is there.
  fileprivate func looksFor(_ field: String) -> Bool {
    guard mayLookForSomething, let tree = checked?.tree else { return false }
    var isFound = false
    tree.visit { node in
      switch node.kind {
      case .has(_, let name), .select(_, let name, true): isFound = isFound || name == field
      default: break
      }
    }
    return isFound
  }

  private var mayLookForSomething: Bool { mentions("has(") || mentions(".?") }
}

extension String {
  /// Without line breaks, and shortened in the middle of what would be long in a message.
  fileprivate var onOneLine: String {
    let line = split { $0 == "\n" || $0 == " " }.joined(separator: " ")
    return line.count <= 60 ? line : "\(line.prefix(28)) … \(line.suffix(28))"
  }
}

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
    if workflow.isInDoubt(read) { return true }
    return workflow.places.map.chain(place).contains { location in
      if case .branch(let number) = location.list.purpose,
        case .choose(let cases)? = location.list.owner?.kind,
        cases.prefix(number + 1).contains(where: { $0.when?.looksFor(field) == true })
      {
        return true
      }
      // What a condition looks for is of no use to itself; the walk knows where it is.
      let isOwn = location.list === place.list && read.isCondition
      let steps = location.list.steps.steps.prefix(location.position + (isOwn ? 0 : 1))
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
      look(positive, where: test, is: true, facts, bound)
      look(negative, where: test, is: false, facts, bound)
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
    look(left, where: right, is: value, facts, bound)
    look(right, where: left, is: value, facts, bound)
  }

  /// Looks at a part that counts only where another one is true, or false.
  private mutating func look(
    _ node: SyntaxNode, where condition: SyntaxNode, is value: Bool, _ facts: Facts,
    _ bound: Set<String>
  ) {
    let outside = lookedFor
    defer { lookedFor = outside }
    lookedFor += condition.fieldsOfElements(being: value)
    look(node, bound.isEmpty ? facts : adding(condition, is: value, to: facts), bound)
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
    let names = [macro.variable] + (macro.second.map { [$0] } ?? [])
    let inner = bound.union(names)
    var facts = facts
    for name in names { facts.hide(name) }
    if let predicate = macro.predicate { look(predicate, facts, inner) }
    guard let transform = macro.transform else { return }
    look(transform, macro.predicate.map { adding($0, is: true, to: facts) } ?? facts, inner)
  }

  private mutating func read(
    _ field: String, of operand: SyntaxNode, at node: SyntaxNode, _ facts: Facts,
    _ bound: Set<String>
  ) {
    guard case .object(let record)? = checked.type(of: operand)?.unwrapped, record.mayLack(field)
    else {
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

extension SyntaxNode {
  /// The fields that elements have, since a condition with macros has come out in a way: those for which
  /// `all` has looked, or any macro, for which elements nobody can say here.
  fileprivate func fieldsOfElements(being value: Bool) -> [String] {
    switch kind {
    case .and(let left, let right) where value, .or(let left, let right) where !value:
      return left.fieldsOfElements(being: value) + right.fieldsOfElements(being: value)
    case .and, .or: return []
    case .call("!_", _, let arguments):
      return arguments.flatMap { $0.fieldsOfElements(being: !value) }
    case .comprehension(let macro):
      switch macro.macro {
      case .exists: return macro.predicate?.fieldsLookedFor(being: value) ?? []
      case .all where !value: return []
      default: return value ? macro.predicate?.fieldsLookedFor(being: true) ?? [] : []
      }
    default: return value ? children.flatMap { $0.fieldsOfElements(being: true) } : []
    }
  }

  /// The fields that are there where a condition on an element has come out in a way.
  private func fieldsLookedFor(being value: Bool) -> [String] {
    switch kind {
    case .and(let left, let right) where value, .or(let left, let right) where !value:
      return left.fieldsLookedFor(being: value) + right.fieldsLookedFor(being: value)
    case .call("!_", _, let arguments):
      return arguments.flatMap { $0.fieldsLookedFor(being: !value) }
    case .has(_, let field): return value ? [field] : []
    case .select(_, let field, true): return [field]
    case .and, .or: return []
    default: return children.flatMap { $0.fieldsLookedFor(being: value) }
    }
  }
}

extension NameRead {
  var isCondition: Bool { if case .condition = place { true } else { false } }
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

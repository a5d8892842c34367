import CEL
import SourceText
import Values

/// A member is read that no map which is written out has, or only some: of what a `set` gives, of an item of
/// a list.
struct MemberCheck {
  private let workflow: WorkflowUnderCheck
  /// Whether any loop may go through a list that is written out.
  private let hasLoops: Bool

  init(_ workflow: WorkflowUnderCheck) {
    self.workflow = workflow
    hasLoops = workflow.has(.forEach)
  }

  func check(_ read: NameRead) {
    // What a release foresees more than the one that started a run does not hold the run up.
    guard read.readsSteps || hasLoops, !workflow.decoder.isStarted else { return }
    for reference in read.expression.references where reference.certainCount > 1 {
      if reference.path[0] == "steps" {
        if reference.certainCount > 4, let value = output(of: reference.path) {
          check([value], from: 4, reference, read)
        }
      } else if hasLoops {
        checkItem(reference, read)
      }
    }
    if read.readsSteps, read.expression.isCompiled { checkIndexed(read) }
  }

  /// What a `set` gives under a name.
  private func output(of path: [String]) -> WrittenValue? {
    guard path[2] == "outputs", case .set(let values)? = workflow.places.steps[path[1]]?.kind else {
      return nil
    }
    return values.first { $0.name.hasSameBytes(as: path[3]) }.map { .of($0.value) }
  }

  // MARK: Items

  private func checkItem(_ reference: NameReference, _ read: NameRead) {
    guard let place = workflow.places.place(of: read) else { return }
    for location in workflow.places.map.chain(place).reversed() {
      guard case .forEach(let loop)? = location.list.owner?.kind,
        loop.itemName.hasSameBytes(as: reference.path[0])
      else { continue }
      if let items = WrittenValue(loop.list).items { check(items, from: 1, reference, read) }
      return
    }
  }

  /// - Parameter values: what may stand there.
  private func check(
    _ values: [WrittenValue], from start: Int, _ reference: NameReference, _ read: NameRead
  ) {
    var maps = values
    for index in start..<reference.certainCount {
      let names = maps.compactMap(\.names)
      guard !names.isEmpty, names.count == maps.count else { return }
      let next = maps.compactMap { $0.member(reference.path[index]) }
      guard !next.isEmpty else {
        return report(index, among: Set(names.joined()).sorted(), reference, read)
      }
      guard next.count == maps.count else { return reportSome(index, reference, read) }
      maps = next
    }
  }

  /// Some items have what is read and others do not: that is a mistake where nothing on the way to the
  /// place asks anything of the item.
  private func reportSome(_ index: Int, _ reference: NameReference, _ read: NameRead) {
    guard !isAskedAbout(reference.path[0], read), !workflow.isInDoubt(read) else { return }
    let (name, path) = (reference.path[index], reference.path[..<index].joined(separator: "."))
    workflow.decoder.report(
      .mayBeAbsent, "only some of the items have `\(path).\(name)`",
      at: read.expression.span(of: reference.range),
      help: "`\(path).?\(name).orValue(…)` says what counts for the others")
  }

  private func isAskedAbout(_ item: String, _ read: NameRead) -> Bool {
    func asks(_ expression: Expression?) -> Bool {
      expression?.references.contains { $0.path[0].hasSameBytes(as: item) } ?? false
    }
    if asks(read.given) || read.expression.isConditional { return true }
    guard let place = workflow.places.place(of: read) else { return true }
    return workflow.places.map.chain(place).contains { location in
      let steps = location.list.steps.steps
      if case .branch(let number) = location.list.purpose,
        case .choose(let cases)? = location.list.owner?.kind,
        cases.prefix(number + 1).contains(where: { asks($0.when) })
      {
        return true
      }
      if location.position < steps.count {
        let step = steps[location.position]
        let isOwn = location.list === place.list && read.isCondition
        if !isOwn, asks(step.condition) || step.preconditions.contains(where: { asks($0.check) }) {
          return true
        }
      }
      return steps.prefix(location.position).contains { step in
        step.isControl && asks(step.condition) || step.preconditions.contains { asks($0.check) }
      }
    }
  }

  // MARK: Items by their place

  /// `steps.order.outputs.lines[0].price`.
  private func checkIndexed(_ read: NameRead) {
    guard let tree = read.expression.checked?.tree else { return }
    tree.visit { node in
      guard case .select(let operand, let field, isOptional: false) = node.kind,
        case .call("_[_]", _, _) = operand.kind, let map = written(operand, read),
        let names = map.names, map.member(field) == nil
      else { return }
      report(field, of: operand.sourceText, among: names, at: read.span(node.range))
    }
  }

  private func written(_ node: SyntaxNode, _ read: NameRead) -> WrittenValue? {
    switch node.kind {
    case .call("_[_]", _, let arguments) where arguments.count == 2:
      guard case .literal(.int(let index)) = arguments[1].kind,
        let items = written(arguments[0], read)?.items
      else { return nil }
      return items.indices.contains(Int(index)) ? items[Int(index)] : nil
    case .select(let operand, let field, isOptional: false):
      if let path = node.path()?.path, path.count == 4, path[0] == "steps",
        read.expression.references.contains(where: { $0.path.starts(with: path) })
      {
        return output(of: path)
      }
      return written(operand, read)?.member(field)
    default: return nil
    }
  }

  // MARK: Findings

  private func report(
    _ index: Int, among names: [String], _ reference: NameReference, _ read: NameRead
  ) {
    report(
      reference.path[index], of: reference.path[..<index].joined(separator: "."), among: names,
      at: read.expression.span(of: reference.range))
  }

  private func report(_ name: String, of path: String, among names: [String], at span: SourceSpan) {
    workflow.decoder.report(
      .expressionType, "`\(path)` has no `\(name)`", at: span,
      label: names.isEmpty ? nil : "it has: \(names.quotedList)",
      help: nearest(name, among: names).map { "did you mean `\($0)`?" })
  }
}

extension Expression {
  /// Whether parts of it may count only in some cases.
  fileprivate var isConditional: Bool { mentions("&&") || mentions("||") || mentions("?") }
}

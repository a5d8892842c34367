import CEL
import SourceText
import Values

/// A member is read that no map which is written out has: of what a `set` gives, of an item of a list.
struct MemberCheck {
  private let workflow: WorkflowUnderCheck
  /// Whether any loop may go through a list that is written out.
  private let hasLoops: Bool

  init(_ workflow: WorkflowUnderCheck) {
    self.workflow = workflow
    hasLoops = workflow.has(.forEach)
  }

  func check(_ read: NameRead) {
    guard read.readsSteps || hasLoops else { return }
    for reference in read.expression.references where reference.certainCount > 1 {
      if reference.path[0] == "steps" {
        if reference.certainCount > 4 { checkOutputs(reference, read) }
      } else if hasLoops {
        checkItem(reference, read)
      }
    }
  }

  private func checkOutputs(_ reference: NameReference, _ read: NameRead) {
    let path = reference.path
    guard path[2] == "outputs", case .set(let values)? = workflow.places.steps[path[1]]?.kind,
      var template = values.first(where: { $0.name.hasSameBytes(as: path[3]) })?.value
    else { return }
    for index in 4..<reference.certainCount {
      switch template.form {
      case .map(let members):
        guard let next = members.first(where: { $0.name.hasSameBytes(as: path[index]) }) else {
          return report(index, among: members.map(\.name), reference, read)
        }
        template = next.value
      case .literal(let value): return check([value], from: index, reference, read)
      default: return
      }
    }
  }

  private func checkItem(_ reference: NameReference, _ read: NameRead) {
    guard let place = workflow.places.place(of: read) else { return }
    for location in workflow.places.map.chain(place).reversed() {
      guard case .forEach(let loop)? = location.list.owner?.kind,
        loop.itemName.hasSameBytes(as: reference.path[0])
      else { continue }
      if case .list(let items)? = loop.list.constantValue {
        check(items, from: 1, reference, read)
      }
      return
    }
  }

  /// - Parameter values: what may stand there.
  private func check(
    _ values: [Value], from start: Int, _ reference: NameReference, _ read: NameRead
  ) {
    var maps = values
    for index in start..<reference.certainCount {
      let all = maps.compactMap(\.asMap)
      guard !all.isEmpty, all.count == maps.count else { return }
      maps = all.compactMap { $0[reference.path[index]] }
      guard !maps.isEmpty else {
        let names = Set(all.flatMap { $0.compactMap(\.key.asString) })
        return report(index, among: names.sorted(), reference, read)
      }
      // Where only some have it, what follows is not looked at.
      guard maps.count == all.count else { return }
    }
  }

  private func report(
    _ index: Int, among names: [String], _ reference: NameReference, _ read: NameRead
  ) {
    let (name, path) = (reference.path[index], reference.path[..<index].joined(separator: "."))
    workflow.decoder.report(
      .expressionType, "`\(path)` has no `\(name)`",
      at: read.expression.span(of: reference.range),
      label: names.isEmpty ? nil : "it has: \(names.quotedList)",
      help: nearest(name, among: names).map { "did you mean `\($0)`?" })
  }
}

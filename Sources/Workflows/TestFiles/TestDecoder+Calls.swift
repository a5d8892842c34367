import CEL
import Documents
import Fields
import SourceText
import Values

/// With what operations are expected to be called.
extension TestDecoder {
  func calls(_ node: Node) -> [ExpectedCalls] {
    (decoder.map(node, "`calls`") ?? []).compactMap(calls)
  }

  private func calls(_ member: Member) -> ExpectedCalls? {
    guard let (target, _) = target(member, unused: "nothing makes this call") else { return nil }
    let calls = self.calls(of: target)
    let given = member.value.itemsOrSelf.compactMap { inputs($0, calls) }
    guard given.count == member.value.itemsOrSelf.count else { return nil }
    return ExpectedCalls(
      target: target, inputs: given, isOfAll: member.value.items == nil, span: member.key.span)
  }

  private func inputs(_ node: Node, _ calls: [KnownCall]) -> ValueMap? {
    guard let members = decoder.map(node, "a call") else { return nil }
    var values = ValueMap()
    for member in members {
      let fields = calls.compactMap { $0.contract.inputs[member.name] }
      guard !fields.isEmpty || calls.isEmpty else {
        reportUnknown(member, calls)
        continue
      }
      check(member.value, fields)
      values[member.name] = member.value.value(for: fields.first)
    }
    return values
  }

  private func reportUnknown(_ member: Member, _ calls: [KnownCall]) {
    let names = calls.flatMap(\.contract.inputs.names)
    let owners = calls.map(\.name)
    decoder.report(
      .unknownInput, "\(owners.quotedList) has no input `\(member.name)`", at: member.key.span,
      label: names.isEmpty ? "it takes none" : "it takes \(names.quotedList)",
      help: decoder.suggestion(member.name, names))
  }

  /// A value that no call can have. Of texts with `…`, and of what is only looked at in part, that is not known.
  private func check(_ node: Node, _ fields: [Field]) {
    guard !node.isNull, !fields.isEmpty, node.scalar != nil || fields.allSatisfy(\.isScalar),
      !Self.anything.contains(where: { node.scalar?.text.contains($0) ?? false })
    else { return }
    var found: FieldProblems?
    for field in fields {
      switch field.check(node.value(for: field)) {
      case .success: return
      case .failure(let problems): found = problems
      }
    }
    if let found { decoder.report(.inputMismatch, found.description, at: node.span) }
  }

  /// An operation as the workflow names it.
  private struct KnownCall {
    let name: String
    let contract: OperationContract
  }

  /// All that a target may mean.
  private func calls(of target: ScriptedAction.Target) -> [KnownCall] {
    var calls: [ActionCall] = []
    switch target {
    case .operation(let name):
      return workflow.catalog.operation(named: name).map {
        [KnownCall(name: name, contract: $0)]
      } ?? []
    case .step(let pattern):
      for step in workflows.flatMap({ $0.steps(matching: pattern) }) {
        if case .action(let call) = step.kind {
          calls.append(call)
        } else {
          calls += (step.preconditions + step.verify).compactMap(\.look)
        }
      }
    case .looks(let pattern, let looks):
      calls = workflows.flatMap { $0.steps(matching: pattern) }.flatMap { $0.calls(for: looks) }
    }
    var known: [KnownCall] = []
    for call in calls where !known.contains(where: { $0.name == call.operation }) {
      if let contract = call.contract {
        known.append(KnownCall(name: call.operation, contract: contract))
      }
    }
    return known
  }
}

extension Step {
  fileprivate func calls(for looks: StepPattern.Looks) -> [ActionCall] {
    switch looks {
    case .preconditions: preconditions.compactMap(\.look)
    case .verify: verify.compactMap(\.look)
    case .probe: [probe?.action].compactMap(\.self)
    }
  }
}

extension Field {
  fileprivate var isScalar: Bool {
    switch type {
    case .string, .int, .uint, .double, .bool: true
    default: false
    }
  }
}

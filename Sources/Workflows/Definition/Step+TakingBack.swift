import Fields
import SourceText
import Values

extension Step {
  /// The step that takes this one back by calling an operation, under an id of its own. It has this
  /// one's role, patience and tries, and none of its conditions.
  package func takingBack(as id: String, _ operation: String, in catalog: Catalog) -> Step {
    let contract = catalog.operation(named: operation)
    let attributes = takingBackAttributes
    attributes.effects = contract?.effects
    attributes.probe = contract?.probe?.qualified(by: operation)
    attributes.manual = contract?.manual
    attributes.retry = retry
    attributes.timeout = timeout
    return Step(
      index: index, id: id, span: span, parent: parent,
      kind: .action(ActionCall(operation: operation, contract: contract, with: [])),
      attributes: attributes)
  }

  /// The step by which a person takes this one back.
  package func takingBack(as id: String, byHand text: String) -> Step {
    let message = Template(
      .literal(.string(text)), file: SourceFile(path: "the run", bytes: []), span: span)
    let attributes = takingBackAttributes
    attributes.manual = message
    return Step(
      index: index, id: id, span: span, parent: parent,
      kind: .ask(
        Question(message: message, items: [], fields: FieldSet(), completeWhen: nil)),
      attributes: attributes)
  }

  /// The step that takes this one back as the definition says; nil where nothing does.
  package func takingBack(as id: String, in catalog: Catalog) -> Step? {
    switch undo {
    case .action(let call, _): takingBack(as: id, qualified(call.operation), in: catalog)
    case .manual: takingBack(as: id, byHand: "by hand")
    case nil: nil
    }
  }

  /// The name of an operation with the connection of the step's own call, where it has none itself: a
  /// contract names the operations of its own plugin alone.
  package func qualified(_ operation: String) -> String {
    guard !operation.contains("."), let connection else { return operation }
    return "\(connection).\(operation)"
  }

  /// What stands for a step that the definition does not have any more.
  package static func standIn(for address: String, titled title: String? = nil) -> Step {
    let attributes = Attributes()
    attributes.name = title
    return Step(
      index: 0, id: address, span: SourceSpan(start: 0, end: 0), parent: nil, kind: .set([]),
      attributes: attributes)
  }

  private var takingBackAttributes: Attributes {
    let attributes = Attributes()
    attributes.name = "Take back: \(title)"
    attributes.role = role
    return attributes
  }
}

extension UndoDefinition {
  /// The same, its operation named with the connection of the call it belongs to.
  func qualified(by operation: String) -> UndoDefinition {
    guard case .action(let call, .contract) = self else { return self }
    return .action(call.qualified(by: operation), scope: .contract)
  }
}

extension Probe {
  /// The same, its operation named with the connection of the call it belongs to.
  func qualified(by operation: String) -> Probe {
    guard case .contract = scope else { return self }
    return Probe(
      action: action.qualified(by: operation), check: check, outputs: outputs, scope: scope)
  }
}

extension ActionCall {
  fileprivate func qualified(by operation: String) -> ActionCall {
    guard !self.operation.contains("."), let dot = operation.firstIndex(of: ".") else {
      return self
    }
    return ActionCall(
      operation: "\(operation[..<dot]).\(self.operation)", contract: contract, with: with)
  }
}

import CEL
import Documents
import Fields
import SourceText
import Values

/// What a call may name: the project's operations, or those of the contract it stands in.
protocol OperationLookup {
  func operation(named name: String) -> OperationContract?
  /// Says what is wrong with a name, and what is there instead.
  func problem(with name: String) -> LookupProblem
}

/// What is wrong with a name that nothing answers to, and what is there instead.
struct LookupProblem {
  let message: String
  let label: String?
  let help: String?

  init(message: String, label: String?, help: String?) {
    (self.message, self.label, self.help) = (message, label, help)
  }

  /// - Parameter near: the name that may be meant.
  init(message: String, label: String?, near: String?) {
    self.init(message: message, label: label, help: near.map { "did you mean `\($0)`?" })
  }
}

extension FileDecoder {
  /// `action` and `with` of a map; `owner` is where they stand.
  func call(
    _ node: Node, in scope: Scope, _ lookup: some OperationLookup, readsOnly owner: String? = nil
  ) -> ActionCall? {
    guard let action = node["action"], let name = text(action, "action") else { return nil }
    guard let contract = lookup.operation(named: name) else {
      let problem = lookup.problem(with: name)
      report(
        .unknownOperation, problem.message, at: action.span, label: problem.label,
        help: problem.help)
      _ = node["with"].flatMap { namedTemplates($0, "with", in: scope) }
      return nil
    }
    if contract.outputs.hasOptionalParts { hasOptionalOutputs = true }
    if let owner, contract.effects != .none {
      report(
        .effectsNotAllowed, "\(owner) must not change the world, and `\(name)` does",
        at: action.span, label: "its effects are `\(contract.effects.rawValue)`")
    }
    let with = self.with(node["with"], contract.inputs, of: "`\(name)`", at: action.span, in: scope)
    return ActionCall(operation: name, contract: contract, with: with)
  }

  /// The values under `with`, held against the fields that take them.
  func with(
    _ node: Node?, _ fields: FieldSet, of owner: @autoclosure () -> String, at span: SourceSpan,
    in scope: Scope
  ) -> [NamedTemplate] {
    var named: [NamedTemplate] = []
    let members = node.flatMap { map($0, "`with`") }
    for member in members ?? [] {
      let name = member.name
      guard let position = fields.position(of: name) else {
        reportUnknownInput(member, of: node, fields, owner())
        _ = template(member.value, in: scope)
        continue
      }
      let type = fields.type(at: position)
      guard let value = template(member.value, in: scope, wants: type) else { continue }
      if value.literal == nil && value.type.fits(type)
        || checkInput(value, fields.fields[position], at: member.value.span)
      {
        named.append((name, value))
      }
    }
    if node == nil || members != nil {
      reportMissing(fields, given: members ?? [], owner(), at: node?.span ?? span)
    }
    return named
  }

  private func reportMissing(
    _ fields: FieldSet, given: MemberList, _ owner: @autoclosure () -> String, at span: SourceSpan
  ) {
    let names = given.count > 16 ? Set(given.map(\.name)) : nil
    for index in fields.requiredPositions {
      let name = fields.fields[index].name
      if names?.contains(name) ?? given.contains(key: name) { continue }
      if isMisspelt([name], inMapAt: span.start) { continue }
      let field = fields.fields[index]
      report(
        .missingInput, "\(owner()) needs the input `\(field.name)`", at: span,
        label: "expected `\(field.name)`: \(field.type.noun)")
    }
  }

  private func checkInput(_ value: Template, _ field: Field, at span: SourceSpan) -> Bool {
    if let literal = value.literal {
      guard let problem = field.schema.validate(literal).first else { return true }
      let path = problem.path.reduce("") { $1.hasPrefix("[") ? $0 + $1 : "\($0).\($1)" }
      report(
        .inputMismatch,
        path.isEmpty
          ? "`\(field.name)` does not fit: \(problem.message)"
          : "`\(field.name)` does not fit: `\(field.name)\(path)` \(problem.message)", at: span,
        help: problem.remedy)
      return false
    }
    if value.type.fits(field.type) { return true }
    report(
      .inputMismatch, "`\(field.name)` is \(field.type.noun), and this gives \(value.type.noun)",
      at: span, help: inputHelp(value, field))
    return false
  }

  private func inputHelp(_ value: Template, _ field: Field) -> String? {
    guard case .expression(let expression) = value.form else { return nil }
    let inner = expression.source.trimmed
    if case (.int, .duration) = (field.type.present, expression.type.present) {
      return "`${{ \(inner).getSeconds() }}` gives its seconds"
    }
    return switch (field.type.present, value.type) {
    case (.string, .int), (.string, .double), (.string, .bool):
      "`${{ string(\(inner)) }}` gives text"
    case (.int, .string): "`${{ int(\(inner)) }}` gives an integer"
    case (.double, .string): "`${{ double(\(inner)) }}` gives a number"
    default: nil
    }
  }
}

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
    if name == "command.run" { checkScript(with) }
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
      guard let value = value(member, fields, position, in: scope, of: owner()) else { continue }
      if fields.isRequired(at: position), case .expression(let expression) = value.form {
        need(expression, .missingInput, "\(owner()) needs the input `\(name)`")
        // Elsewhere a null counts as no value.
        if !fields.fields[position].takesNull { needNonNull(expression, "`\(name)`") }
      }
      named.append((name, value))
    }
    if node == nil || members != nil {
      reportMissing(fields, given: members ?? [], owner(), at: node?.span ?? span)
    }
    return named
  }

  /// What a probe says that a call has given, held against the outputs of its operation.
  func outputs(
    _ node: Node, _ fields: FieldSet, of owner: String, in scope: Scope
  ) -> [NamedTemplate] {
    var named: [NamedTemplate] = []
    for member in map(node, "`outputs`") ?? [] {
      guard let position = fields.position(of: member.name) else {
        reportUnknownOutput(member, fields, owner)
        _ = template(member.value, in: scope)
        continue
      }
      guard let value = value(member, fields, position, in: scope, of: owner) else { continue }
      named.append((member.name, value))
    }
    return named
  }

  /// A value for a field; nil, with findings, where it does not fit.
  private func value(
    _ member: Member, _ fields: FieldSet, _ position: Int, in scope: Scope,
    of owner: @autoclosure () -> String
  ) -> Template? {
    let type = fields.type(at: position)
    guard let value = template(member.value, in: scope, wants: type) else { return nil }
    if value.isSingle && value.type.fits(type) && !value.hasKnownParts(for: type) { return value }
    let isFitting = checkValue(value, fields.fields[position], member.value, owner)
    return isFitting || isStarted ? value : nil
  }

  private func reportUnknownOutput(_ member: Member, _ fields: FieldSet, _ owner: String) {
    let names = fields.fields.map(\.name)
    report(
      .unknownInput, "\(owner) has no output `\(member.name)`", at: member.key.span,
      label: "it gives \(names.isEmpty ? "nothing" : names.quotedList)",
      help: suggestion(member.name, names))
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

  private func checkValue(
    _ value: Template, _ field: Field, _ node: Node, _ owner: () -> String
  ) -> Bool {
    switch value.form {
    case .literal(let literal): return report(field.schema.validate(literal), of: field, in: node)
    case .list, .map: return examine(value, field, node, owner)
    case .expression where value.type.fits(field.type): return examine(value, field, node, owner)
    case .expression, .text:
      let found = Self.misfit(field.name, value.type, field.type)
      var help: String?
      if case .expression(let expression) = value.form {
        help = expression.conversion(to: field.type)
      }
      report(
        .inputMismatch, "`\(found.path)` is \(found.wanted), and this gives \(found.given)",
        at: node.span, help: help)
      return false
    }
  }

  /// Holds a value of which parts are known against a field.
  private func examine(
    _ value: Template, _ field: Field, _ node: Node, _ owner: () -> String
  ) -> Bool {
    let (problems, needed, nonNull) = field.schema.examine(value.knownParts)
    for path in needed {
      guard let part = value.part(at: path[...]) else { continue }
      need(part, .missingInput, "\(owner()) needs `\(Self.path(field.name, path))`")
    }
    for path in nonNull where !path.isEmpty {
      guard let part = value.part(at: path[...]) else { continue }
      needNonNull(part, "`\(Self.path(field.name, path))`")
    }
    return report(problems, of: field, in: node)
  }

  /// Reports every problem of a value at its place, and says whether there was none.
  private func report(_ problems: [SchemaProblem], of field: Field, in node: Node) -> Bool {
    for problem in problems {
      let path = Self.path(field.name, problem.path)
      report(
        .inputMismatch,
        problem.path.isEmpty
          ? "`\(path)` does not fit: \(problem.message)"
          : "`\(field.name)` does not fit: `\(path)` \(problem.message)",
        at: node.part(at: problem.path).span, help: problem.remedy)
    }
    return problems.isEmpty
  }

  private static func path(_ name: String, _ inner: [String]) -> String {
    inner.reduce(name) { $1.hasPrefix("[") ? $0 + $1 : "\($0).\($1)" }
  }

  /// The part of a value whose type is not the wanted one, in words that show the difference.
  private static func misfit(
    _ path: String, _ given: CELType, _ wanted: CELType
  ) -> (path: String, given: String, wanted: String) {
    switch (given.present, wanted.present) {
    case (.map(_, let own), .map(_, let other)) where !own.fits(other):
      return (path, "a map of \(own.plural)", "a map of \(other.plural)")
    case (.object(let own), .object(let other)):
      for name in other.fieldNames.sorted() {
        guard let one = own.type(of: name), let type = other.type(of: name), !one.fits(type) else {
          continue
        }
        return misfit("\(path).\(name)", one, type)
      }
    default: break
    }
    return (path, given.noun, wanted.noun)
  }
}

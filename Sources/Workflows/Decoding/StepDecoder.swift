import CEL
import Documents
import Fields
import SourceText
import Values

/// Turns outlines into steps.
final class StepDecoder {
  let decoder: FileDecoder
  let catalog: Catalog
  let outlines: OutlineReader
  private let types: StepTypes
  let roles: [Role]
  private let roleKeys: Set<String>
  let defaults: Defaults
  let sensitivity: StepSensitivity
  /// What is found of each step, by index.
  private(set) var steps: [Step?]
  /// Where the step stands that is being decoded: the lists around it, outermost first, each with the position in it.
  private(set) var around: [(list: ListOutline, position: Int)] = []
  /// What plain calls have from their operations.
  private var plainCalls: [String: Step.Attributes] = [:]

  /// What every step has that does not say it itself.
  struct Defaults {
    var retry: RetryPolicy?
    var timeout: DurationTemplate?
  }

  init(
    _ decoder: FileDecoder, _ catalog: Catalog, _ outlines: OutlineReader, _ types: StepTypes,
    roles: [Role], defaults: Defaults, sensitivity: StepSensitivity
  ) {
    self.decoder = decoder
    self.catalog = catalog
    self.outlines = outlines
    self.types = types
    self.roles = roles
    roleKeys = Set(roles.map(\.key))
    self.defaults = defaults
    self.sensitivity = sensitivity
    steps = Array(repeating: nil, count: outlines.all.count)
  }

  func list(_ outline: ListOutline, in scope: Scope) -> StepList {
    var position = 0
    var found: [Step] = []
    found.reserveCapacity(outline.steps.count)
    for step in outline.steps {
      around.append((outline, position))
      if let step = self.step(step, in: outline, position, scope) { found.append(step) }
      around.removeLast()
      position += 1
    }
    return StepList(found)
  }

  private func step(
    _ outline: StepOutline, in list: ListOutline, _ position: Int, _ scope: Scope
  ) -> Step? {
    let condition = outline[.condition].flatMap { written in
      decoder.at(.condition(outline.index)) {
        decoder.expression(written, "if", in: scope, wants: .truth)
      }
    }
    if condition == nil, outline.keys.contains(.condition) {
      decoder.doubtfulConditions.insert(outline.index)
    }
    let attributes =
      outline.keys.isPlain
      ? nil : decoder.at(.before(outline.index)) { common(outline, outline.node, scope) }
    let kind = decoder.at(.before(outline.index)) {
      self.kind(outline, in: list, position, scope)
    }
    guard let kind else {
      if let attributes { checkRest(outline, scope, into: attributes) }
      return nil
    }
    let sensitive = sensitivity(of: kind)
    sensitivity.set(sensitive, for: outline.id)
    let details =
      attributes.map { complete($0, outline, kind, scope, sensitive) }
      ?? plain(outline, kind, scope)
    if case .set(let values) = kind, outline.parent == nil, !outline.isInRecovery {
      outline.values = values
    }
    let step = Step(
      index: outline.index, id: outline.id, span: outline.span, parent: outline.parent?.index,
      kind: kind, condition: condition, attributes: details)
    steps[outline.index] = step
    return step
  }

  /// What can be read only when the kind is known.
  private func complete(
    _ attributes: Step.Attributes, _ outline: StepOutline, _ kind: Kind, _ scope: Scope,
    _ sensitive: Sensitivity
  ) -> Step.Attributes {
    decoder.at(.before(outline.index)) {
      machine(outline, kind, scope, into: attributes)
      people(outline, kind, scope, into: attributes)
    }
    if outline.keys.contains(.verify) || outline.keys.contains(.undo) {
      decoder.at(.after(outline.index)) {
        let outputs = Scope.Name(
          name: "outputs", type: types.outputType(of: outline), sensitivity: sensitive)
        after(outline, kind, scope.with(outputs), into: attributes)
      }
    }
    recover(outline, scope, into: attributes)
    return attributes
  }

  /// The rest of a step that is wrong about what it does, so that all is said at once.
  private func checkRest(
    _ outline: StepOutline, _ scope: Scope, into attributes: Step.Attributes
  ) {
    decoder.at(.before(outline.index)) {
      switch outline.kind?.key {
      case .action: retry(outline, scope, into: attributes)
      case .ask, .approve, .wait: deadlines(outline, scope, into: attributes)
      default: break
      }
    }
    recover(outline, scope, into: attributes)
  }

  /// What a step has that says nothing but what it does: a call, what its operation says, which is the
  /// same for all such calls; others nothing.
  private func plain(_ outline: StepOutline, _ kind: Kind, _ scope: Scope) -> Step.Attributes? {
    guard case .action(let call) = kind else {
      if outline.keys.contains(.with) { machine(outline, kind, scope, into: Step.Attributes()) }
      return nil
    }
    if let known = plainCalls[call.operation] { return known }
    let attributes = Step.Attributes()
    machine(outline, kind, scope, into: attributes)
    plainCalls[call.operation] = attributes
    return attributes
  }

  private func common(_ outline: StepOutline, _ node: Node, _ scope: Scope) -> Step.Attributes {
    let attributes = Step.Attributes()
    attributes.name =
      outline.keys.contains(.name) ? decoder.name(node, help: outline.differingHelp) : nil
    attributes.description = outline[.description].flatMap {
      decoder.description($0, help: outline.differingHelp)
    }
    attributes.role = outline[.role].flatMap { role($0, "role") }
    attributes.checkpoint = outline[.checkpoint].flatMap { decoder.fixedText($0, "checkpoint") }
    attributes.preconditions =
      outline[.preconditions].map {
        decoder.checks($0, "preconditions", in: scope, catalog) {
          decoder.doubtfulChecks.insert(outline.index)
        }
      } ?? []
    attributes.target = outline[.target].flatMap { decoder.duration($0, "target", in: scope) }
    attributes.manual = outline[.manual].flatMap { decoder.textTemplate($0, "manual", in: scope) }
    return attributes
  }

  private func after(
    _ outline: StepOutline, _ kind: Kind, _ scope: Scope, into attributes: Step.Attributes
  ) {
    attributes.verify =
      outline[.verify].map {
        decoder.checks($0, "verify", in: scope, catalog)
      } ?? []
    if let undo = outline[.undo] {
      let keyed = scope.with(Scope.Name(name: "key", type: .string))
      let called = calledWith(kind).map { keyed.with($0) } ?? keyed
      attributes.undo = decoder.undo(undo, in: called, catalog, calls: .workflow)
    }
  }

  /// What only a call of an operation has; what the step does not say is the contract's.
  private func machine(
    _ outline: StepOutline, _ kind: Kind, _ scope: Scope, into attributes: Step.Attributes
  ) {
    let node = outline.node
    guard case .action(let call) = kind else {
      if outline.keys.containsAny(of: StepKeys.machine) {
        decoder.misplaced(
          LanguageKeys.machine, node, in: "step", "it belongs to an `action`",
          help: { self.limitHelp($0, kind, of: node) })
      }
      if case .workflow = kind { return }
      if outline.keys.contains(.with) {
        decoder.misplaced(["with"], node, in: "step", "it belongs to an `action` or a `workflow`")
      }
      return
    }
    retry(outline, scope, into: attributes)
    attributes.effects =
      outline[.effects].flatMap { decoder.choice($0, "effects") } ?? call.contract?.effects
    attributes.undo = call.contract?.undo?.qualified(by: call.operation)
    attributes.manual = attributes.manual ?? call.contract?.manual
    attributes.probe = call.contract?.probe?.qualified(by: call.operation)
    if let probe = outline[.probe] {
      attributes.probe = decoder.probe(
        probe, of: call.contract.map { (call.operation, $0.outputs) },
        in: scope.with(calledWith(call)), catalog, calls: .workflow)
    }
  }

  /// `timeout` of what people or events end.
  private func limitHelp(_ member: Member, _ kind: Kind, of node: Node) -> String? {
    guard member.name == "timeout", node["expires"] == nil else { return nil }
    switch kind {
    case .ask, .approve, .wait:
      decoder.noteMisspelt("expires", in: node)
      return decoder.expiryHelp(member.value)
    default: return nil
    }
  }

  private func retry(_ outline: StepOutline, _ scope: Scope, into attributes: Step.Attributes) {
    attributes.retry = outline[.retry].map { decoder.retry($0, in: scope) } ?? defaults.retry
    attributes.timeout =
      outline[.timeout].map { decoder.clockDuration($0, "timeout", in: scope) } ?? defaults.timeout
  }

  /// `with`, for what takes a step back; only a call of an operation has it.
  private func calledWith(_ kind: Kind) -> Scope.Name? {
    if case .action(let call) = kind { calledWith(call) } else { nil }
  }

  /// `with`: what a call is called with, once defaults are filled in.
  private func calledWith(_ call: ActionCall) -> Scope.Name {
    guard let contract = call.contract else {
      return Scope.Name(name: "with", type: .map(.string, .dyn))
    }
    let certain = call.with.filter { !$0.value.mayLackValue }.map(\.name)
    let fields = contract.inputs
    let type = ObjectType(
      "`with`",
      fields: Dictionary(fields.types.map { ($0.name, $0.type) }, uniquingKeysWith: { $1 }),
      optional: fields.optionalNames.subtracting(certain), words: fields.words)
    if type.hasOptional { decoder.hasOptionalOutputs = true }
    return Scope.Name(
      name: "with", type: .object(type),
      sensitivity: Sensitivity(names: fields.sensitiveNames + call.with.sensitiveNames))
  }

  /// What only a question, an approval or a wait has.
  private func people(
    _ outline: StepOutline, _ kind: Kind, _ scope: Scope, into attributes: Step.Attributes
  ) {
    let node = outline.node
    switch kind {
    case .ask, .approve, .wait: deadlines(outline, scope, into: attributes)
    default:
      if outline.keys.containsAny(of: StepKeys.people) {
        decoder.misplaced(
          LanguageKeys.people, node, in: "step", "it belongs to an `ask`, an `approve` or a `wait`")
      }
    }
  }

  private func recover(
    _ outline: StepOutline, _ scope: Scope, into attributes: Step.Attributes
  ) {
    attributes.onFailure = policy(outline, .onFailure, scope)
    attributes.onExpiry = policy(outline, .onExpiry, scope)
  }

  private func policy(_ outline: StepOutline, _ key: StepKey, _ scope: Scope) -> FailurePolicy? {
    guard let node = outline[key] else { return nil }
    return decoder.at(.before(outline.index)) {
      policy(node, key.name, outline.recoveries[key.name] ?? [], in: scope)
    }
  }

  /// `on_failure` and `on_expiry`, with the lists of their branches.
  func policy(
    _ node: Node, _ key: String, _ lists: [ListOutline], in scope: Scope
  ) -> FailurePolicy? {
    let failed = scope.with(.error)
    switch node.content {
    case .scalar: return word(node, key)
    case .mapping:
      return lists.first.flatMap { branch(node, $0, in: failed) }.map { .recover([$0]) }
    case .sequence(let nodes):
      decoder.requireSome(node, key, "recovery")
      if let always = nodes.dropLast().first(where: { $0.members != nil && $0["when"] == nil }) {
        decoder.report(
          .unreachable, "what follows this one is never taken", at: always.span,
          label: "a recovery without `when` always is")
      }
      return .recover(zip(nodes, lists).compactMap { branch($0, $1, in: failed) })
    }
  }

  private func word(_ node: Node, _ key: String) -> FailurePolicy? {
    enum Word: String, CaseIterable { case park, `continue`, stop, undo }
    return switch decoder.choice(node, key, Word.self) {
    case .park: .park
    case .continue: .continue
    case .stop: .stop
    case .undo: .undo
    case nil: nil
    }
  }

  private func branch(_ node: Node, _ list: ListOutline, in scope: Scope) -> RecoveryBranch? {
    guard decoder.members(node, LanguageKeys.recovery) != nil else { return nil }
    if node["steps"] == nil, node["then"] == nil {
      decoder.missing("steps", or: ["then"], in: "a recovery", at: node.span)
    }
    return RecoveryBranch(
      when: decoder.for(.failure) {
        node["when"].flatMap { decoder.expression($0, "when", in: scope, wants: .truth) }
      },
      steps: self.list(list, in: scope),
      then: node["then"].flatMap { decoder.choice($0, "then") } ?? .park)
  }

  /// A role that the file declares.
  func role(_ node: Node, _ key: String) -> String? {
    guard let word = decoder.text(node, key) else { return nil }
    if roleKeys.contains(word) { return word }
    let keys = roles.map(\.key)
    if node.scalar.map(InterpolatedText.isNeeded) == true {
      decoder.report(
        .unknownRole, "`\(key)` names a role of the file: `${{ }}` is not evaluated here",
        at: node.span,
        help: "who holds it can be known only in the run: "
          + "`roles: { customer: { person: \(word.inYAMLQuotes) } }`")
      return word
    }
    decoder.report(
      .unknownRole, "unknown role `\(word)`", at: node.span,
      label: keys.isEmpty
        ? "the file has no `roles`" : "the file's roles are \(keys.quotedList)",
      help: decoder.suggestion(word, keys) ?? "declare it: `roles: { \(word): { name: … } }`")
    return word
  }

  private func sensitivity(of kind: Kind) -> Sensitivity {
    switch kind {
    case .action(let call): call.contract.map { Sensitivity($0.outputs) } ?? .none
    case .ask(let question): Sensitivity(question.fields)
    case .set(let values): Sensitivity(names: values.sensitiveNames)
    case .forEach(let loop): loop.collect?.isSensitive == true ? .whole : .none
    case .repeat(let loop): loop.steps.steps.last.map { sensitivity(of: $0.kind) } ?? .none
    case .workflow(let call):
      Sensitivity(names: call.definition?.outputs.sensitiveNames ?? [])
    case .wait(.event(let event)): sensitivity(ofOneOf: [event])
    case .wait(.firstOf(let ways)):
      sensitivity(
        ofOneOf: ways.flattened.compactMap { way in
          if case .event(let event) = way.wait { event } else { nil }
        })
    default: .none
    }
  }

  private func sensitivity(ofOneOf events: [EventWait]) -> Sensitivity {
    let names = events.flatMap { $0.contract?.fields.sensitiveNames ?? [] }
    return names.isEmpty ? .none : .members(["event": Sensitivity(names: names)])
  }
}

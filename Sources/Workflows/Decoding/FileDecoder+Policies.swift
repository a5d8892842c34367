import CEL
import Documents
import Fields
import SourceText
import Values

extension FileDecoder {
  /// A length of time, fixed or computed.
  func duration(_ node: Node, _ key: String, in scope: Scope) -> DurationTemplate? {
    guard text(node, key) != nil else { return nil }
    guard node.scalar.map(InterpolatedText.isNeeded) == true else {
      guard let length = length(node, key),
        let template = template(node, in: scope, wants: .string)
      else { return nil }
      return DurationTemplate(template, fixed: length)
    }
    guard let template = template(node, in: scope, wants: .string) else { return nil }
    return duration(template, key, at: node.span)
  }

  /// A length of time that is computed.
  private func duration(
    _ template: Template, _ key: String, at span: SourceSpan
  ) -> DurationTemplate? {
    var isMoment = false
    if case .expression(let expression) = template.form,
      case .timestamp = expression.type.present
    {
      isMoment = true
    }
    guard template.type.fits(.string), !isMoment else {
      report(
        .expressionResult,
        "`\(key)` needs a text such as `3d`, and this gives "
          + (isMoment ? CELType.timestamp.noun : template.type.noun), at: span,
        help: isMoment && key == "wait" ? "a moment is written `wait: { at: … }`" : nil)
      return nil
    }
    for expression in template.expressions {
      need(expression, .mayBeAbsent, "`\(key)` needs a length of time")
      needNonNull(expression, "`\(key)`")
    }
    switch template.form {
    case .expression(let expression):
      checkLengths(expression, key)
      neededLengths.append(NeededLength(expression: expression, key: key))
    case .text(let parts): checkUnit(parts, key, at: span)
    case .literal, .list, .map: break
    }
    return DurationTemplate(template, fixed: nil)
  }

  /// The texts that an expression for a length of time can give: `x > 3 ? '8w' : '4w'`.
  private func checkLengths(_ expression: Expression, _ key: String) {
    guard expression.holdsText, let checked = expression.checked else { return }
    for (word, range) in checked.tree.possibleTexts where Length(word) == nil {
      reportLength(word, key, at: expression.span(of: range))
    }
    checkUnit(checked.tree, key, of: checked, at: expression.span(of: checked.tree.range))
  }

  /// A length of time that is counted by the clock, fixed or computed.
  func clockDuration(_ node: Node, _ key: String, in scope: Scope) -> DurationTemplate? {
    guard let duration = duration(node, key, in: scope) else { return nil }
    if let fixed = duration.fixed { requireClock(fixed, key, at: node.span) }
    if case .expression(let expression) = duration.template.form, expression.holdsText {
      for (word, range) in expression.checked?.tree.possibleTexts ?? [] {
        Length(word).map { requireClock($0, key, at: expression.span(of: range)) }
      }
    }
    return duration
  }

  /// A length of time or a moment.
  func deadline(_ node: Node, _ key: String, in scope: Scope) -> Deadline? {
    if node.members != nil {
      guard members(node, LanguageKeys.moment) != nil else { return nil }
      guard let at = node["at"] else {
        missing("at", in: "`\(key)`", at: node.span)
        return nil
      }
      return expression(at, "at", in: scope, wants: .moment).map { .at($0) }
    }
    guard let scalar = node.scalar, InterpolatedText.isNeeded(for: scalar) else {
      return duration(node, key, in: scope).map { .after($0) }
    }
    guard let template = template(node, in: scope, wants: .string) else { return nil }
    if case .expression(let expression) = template.form, case .timestamp = expression.type {
      return .at(expression)
    }
    return duration(template, key, at: node.span).map { .after($0) }
  }

  /// `preconditions` and `verify`.
  ///
  /// - Parameter doubt: called where what has to hold is not understood, unless it is what an operation says.
  func checks(
    _ node: Node, _ key: String, in scope: Scope, _ lookup: some OperationLookup,
    doubt: () -> Void = {}
  ) -> [Check] {
    guard let items = list(node, "`\(key)`") else {
      doubt()
      return []
    }
    return items.compactMap { item in
      let check = check(item, in: scope, lookup)
      if check == nil, item["action"] == nil { doubt() }
      return check
    }
  }

  private func check(_ node: Node, in scope: Scope, _ lookup: some OperationLookup) -> Check? {
    guard members(node, LanguageKeys.check) != nil else { return nil }
    let look =
      node["action"] == nil
      ? nil : call(node, in: scope, lookup, readsOnly: "a look at the world")
    if node["action"] == nil, let with = node["with"] {
      report(.misplacedKey, "`with` without an `action`", at: with.span)
    }
    var inner = scope
    if let contract = look?.contract { inner = scope.with(.outputs(of: contract)) }
    if node["action"] != nil, look == nil {
      inner = scope.with(Scope.Name(name: "outputs", type: .dyn))
    }
    let message = node["message"].flatMap { textTemplate($0, "message", in: inner) }
    let see = node["see"].flatMap { textTemplate($0, "see", in: inner) }
    guard let condition = node["check"] else {
      missing("check", in: "a check", at: node.span, help: "`check: …` says what must hold")
      return nil
    }
    guard let test = expression(condition, "check", in: inner, wants: .truth) else { return nil }
    return Check(check: test, message: message, see: see, look: look)
  }

  func retry(_ node: Node, in scope: Scope) -> RetryPolicy? {
    if let attempts = node.scalar?.resolved.asInt {
      report(
        .wrongShape, "`retry` is a map, not \(node.kindName)", at: node.span,
        help: "write `retry: { attempts: \(attempts) }`")
      return nil
    }
    guard members(node, LanguageKeys.retry) != nil else { return nil }
    if node["attempts"] == nil {
      missing(
        "attempts", in: "`retry`", at: node.span, help: "`attempts: 3` is three tries in all")
    }
    return RetryPolicy(
      attempts: node["attempts"].flatMap { integer($0, "attempts", atLeast: 1) } ?? 1,
      wait: node["wait"].flatMap { clockDuration($0, "wait", in: scope) },
      backoff: node["backoff"].flatMap { choice($0, "backoff") } ?? .constant,
      maxWait: node["max_wait"].flatMap { clockDuration($0, "max_wait", in: scope) },
      onlyIf: self.for(.failure) {
        node["only_if"].flatMap {
          expression($0, "only_if", in: scope.with(.error), wants: .truth)
        }
      })
  }

  /// An undo with its action or its text.
  func undo(
    _ node: Node, in scope: Scope, _ lookup: some OperationLookup, calls: CallScope
  ) -> UndoDefinition? {
    if let word = node.text, !node.isNull {
      report(
        .wrongShape, "`undo` is a map, not \(node.kindName)", at: node.span,
        help: undoHelp(word.trimmed, lookup))
      return nil
    }
    guard members(node, LanguageKeys.undo) != nil else { return nil }
    switch (node["action"], node["manual"]) {
    case (_?, nil): return call(node, in: scope, lookup).map { .action($0, scope: calls) }
    case (nil, let manual?): return textTemplate(manual, "manual", in: scope).map { .manual($0) }
    case (_?, let manual?):
      report(.severalKinds, "`undo` has an action and a text: one of them", at: manual.span)
    case (nil, nil): missing("action", or: ["manual"], in: "`undo`", at: node.span)
    }
    return nil
  }

  /// What to write for an undo that is a text: the name of an operation, or what a person does.
  private func undoHelp(_ word: String, _ lookup: some OperationLookup) -> String {
    if let contract = lookup.operation(named: word) {
      let with = contract.inputs.fields.isEmpty ? "" : ", with: { … }"
      return "write `undo: { action: \(word)\(with) }`"
    }
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 2, parts.allSatisfy({ isName(String($0)) }) {
      return "write `undo: { action: \(word), with: { … } }`"
    }
    return "write `undo: { manual: \(word.asFlowYAML) }` for what a person does"
  }

  /// A probe, and what it says that the call has given where that took effect.
  ///
  /// - Parameter contract: the operation of the call, under its name there; nil where it is not known.
  func probe(
    _ node: Node, of contract: (name: String, outputs: FieldSet)?, in scope: Scope,
    _ lookup: some OperationLookup, calls: CallScope
  ) -> Probe? {
    guard members(node, LanguageKeys.probe) != nil else { return nil }
    let keyed = scope.with(Scope.Name(name: "key", type: .string))
    guard node["action"] != nil else {
      missing("action", in: "`probe`", at: node.span)
      return nil
    }
    let call = call(node, in: keyed, lookup, readsOnly: "a probe")
    let found =
      call?.contract.map { Scope.Name.outputs(of: $0) }
      ?? Scope.Name(name: "outputs", type: .dyn)
    let inner = keyed.with(found)
    let check = node["check"].flatMap { expression($0, "check", in: inner, wants: .truth) }
    let outputs = self.for(check.map { NameRead.Purpose.given($0) } ?? purpose) {
      () -> [NamedTemplate] in
      guard let written = node["outputs"] else { return [] }
      guard let contract else { return namedTemplates(written, "outputs", in: inner) ?? [] }
      return self.outputs(written, contract.outputs, of: "`\(contract.name)`", in: inner)
    }
    if node["check"] == nil { missing("check", in: "`probe`", at: node.span) }
    guard let check, let call else { return nil }
    return Probe(action: call, check: check, outputs: outputs, scope: calls)
  }

  func reminders(_ node: Node, in scope: Scope, _ lookup: some OperationLookup) -> [Reminder] {
    (list(node, "`remind`") ?? []).compactMap { item in
      if item.members != nil { return reminder(item, in: scope, lookup) }
      guard let word = text(item, "remind") else { return nil }
      guard word.hasSuffix(" before"), let scalar = item.scalar else {
        let isLength = Length(word) != nil
        report(
          .badLength, "`\(word)` does not say before what a reminder is sent", at: item.span,
          label: "expected `1 business hour before`: so long before `due`",
          help: isLength ? "write `\(word) before`" : nil)
        return nil
      }
      let length = Node(text: String(word.dropLast(" before".count)), like: scalar)
      return duration(length, "remind", in: scope).map {
        Reminder(before: $0, condition: nil, notify: nil)
      }
    }
  }

  private func reminder(
    _ node: Node, in scope: Scope, _ lookup: some OperationLookup
  ) -> Reminder? {
    guard members(node, LanguageKeys.reminder) != nil else { return nil }
    if node["before"] == nil { missing("before", in: "a reminder", at: node.span) }
    let length = node["before"].flatMap { duration($0, "before", in: scope) }
    let condition = node["if"].flatMap { expression($0, "if", in: scope, wants: .truth) }
    let notify = node["notify"].flatMap { self.notify($0, in: scope, lookup) }
    return length.map { Reminder(before: $0, condition: condition, notify: notify) }
  }

  func escalation(
    _ node: Node, in scope: Scope, _ lookup: some OperationLookup
  ) -> Escalation? {
    guard members(node, LanguageKeys.escalation) != nil else { return nil }
    let key = ["after", "after_due"].first { node[$0] != nil }
    if key == nil {
      missing(
        "after", or: ["after_due"], in: "an escalation", at: node.span, help: "or `after_due`")
    }
    if key == "after", let other = node["after_due"] {
      report(
        .severalKinds, "an escalation has `after` or `after_due`", at: other.span,
        help: "`after` counts from the question, `after_due` from its deadline; make it two entries"
      )
    }
    let length = key.flatMap { key in node[key].flatMap { duration($0, key, in: scope) } }
    let condition = node["if"].flatMap { expression($0, "if", in: scope, wants: .truth) }
    let notify = node["notify"].flatMap { self.notify($0, in: scope, lookup) }
    let to = text(node, under: "to")
    return length.map {
      Escalation(
        after: $0, isAfterDue: key == "after_due", to: to, condition: condition, notify: notify)
    }
  }

  private func notify(
    _ node: Node, in scope: Scope, _ lookup: some OperationLookup
  ) -> ActionCall? {
    guard members(node, LanguageKeys.call) != nil else { return nil }
    let told = scope.with(
      Scope.Name(name: "person", type: ContextTypes.person),
      Scope.Name(name: "text", type: .string))
    guard node["action"] != nil else {
      missing("action", in: "`notify`", at: node.span)
      return nil
    }
    return call(node, in: told, lookup)
  }
}

extension Scope.Name {
  /// `outputs`, of an operation.
  static func outputs(of contract: OperationContract) -> Scope.Name {
    Scope.Name(
      name: "outputs", type: contract.outputs.objectType(named: "`outputs`"),
      sensitivity: Sensitivity(contract.outputs)
    )
  }

  /// `error`, after a failure.
  static let error = Scope.Name(name: "error", type: ContextTypes.error)
}

/// The types of the language's own names.
enum ContextTypes {
  /// `person`, who is told of something. Some have no address, but to have to allow for that wherever
  /// one is written to would help nobody.
  static let person = CELType.object(
    ObjectType(
      "`person`",
      fields: ["id": .string, "name": .string, "email": .string, "roles": .list(.string)]))

  static let error = CELType.object(
    ObjectType(
      "error",
      fields: [
        "code": .string, "message": .string, "step": .string, "details": .map(.string, .dyn),
      ]))

  /// `run`.
  ///
  /// - Parameter labels: those that the file declares; where it declares none, it may be called by a
  ///   workflow whose run has some.
  static func run(labels: [String]) -> CELType {
    let declared = ObjectType(
      "`run.labels`", fields: Dictionary(labels.map { ($0, .string) }, uniquingKeysWith: { $1 }))
    return .object(
      ObjectType(
        "`run`",
        fields: [
          "id": .string, "name": .string, "status": .string, "started_at": .timestamp,
          "started_by": .string, "environment": .string,
          "labels": labels.isEmpty ? .map(.string, .string) : .object(declared),
          "workflow": .object(
            ObjectType(
              "`run.workflow`",
              fields: ["id": .string, "name": .string, "version": .string, "sha256": .string])),
        ]))
  }

  /// `steps.ID`.
  static func step(_ id: String, outputs: CELType) -> CELType {
    .object(ObjectType("step", of: id, source: StepFields(outputs: outputs)))
  }

  /// What an expression can ask of a step.
  private final class StepFields: FieldSource {
    private let outputs: CELType

    init(outputs: CELType) { self.outputs = outputs }

    func type(of field: String) -> CELType? {
      // Nearly always this one.
      if field == "outputs" { return outputs }
      return switch field {
      case "status", "by": .string
      case "started_at", "finished_at": .timestamp
      case "attempts": .int
      case "error": ContextTypes.error
      default: nil
      }
    }

    var fieldNames: [String] {
      ["status", "outputs", "started_at", "finished_at", "by", "attempts", "error"]
    }
  }
}

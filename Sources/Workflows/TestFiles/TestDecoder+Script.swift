import Documents
import Fields
import SourceText
import TimeZones
import Values

/// What the world and people say.
extension TestDecoder {
  // MARK: Actions

  func actions(_ node: Node?) -> [ScriptedAction] {
    (node.flatMap { decoder.map($0, "`actions`") } ?? []).compactMap(action)
  }

  private func action(_ member: Member) -> ScriptedAction? {
    guard let (target, contracts) = target(member, unused: "nothing asks for this answer")
    else { return nil }
    let isList = member.value.items != nil
    let answers = member.value.itemsOrSelf.compactMap { node in
      answer(node, contract(of: node, contracts))
    }
    return ScriptedAction(
      target: target, answers: answers, isEndless: !isList, span: member.key.span)
  }

  /// The contract that the outputs of an answer are held against: where versions of the workflow call
  /// different operations in a step, the first one that they fit.
  private func contract(
    of node: Node, _ contracts: [OperationContract]
  ) -> OperationContract? {
    contracts.first { contract in
      switch contract.outputs.complete(
        node["outputs"]?.values(for: contract.outputs) ?? ValueMap())
      {
      case .success: true
      case .failure: false
      }
    } ?? contracts.last
  }

  /// What a name under `actions` or `calls` means.
  ///
  /// - Parameter unused: what is said of an operation that no step calls.
  func target(
    _ member: Member, unused: String
  ) -> (ScriptedAction.Target, [OperationContract])? {
    let name = member.name
    let isOperation = workflow.catalog.operation(named: name) != nil
    if !isOperation, let (step, looks) = StepPattern(name).looked {
      return lookTarget(step, looks, unused, at: member.key.span).map { ($0, []) }
    }
    let isStep = StepPattern(name).takenBack != nil && !isOperation
    guard name.contains("."), !isStep else {
      let found = steps(name, at: member.key.span)
      guard !found.isEmpty else { return nil }
      let calls = found.compactMap { step -> ActionCall? in
        if case .action(let call) = step.kind { call } else { nil }
      }
      guard !calls.isEmpty else {
        let called = found.flatMap { $0.preconditions + $0.verify }
        if called.contains(where: { $0.look != nil }) { return (.step(StepPattern(name)), []) }
        decoder.report(
          .valueNotAllowed, "`\(name)` calls no operation", at: member.key.span,
          help: "what people say stands under `answers`")
        return nil
      }
      return (.step(StepPattern(name)), calls.compactMap(\.contract))
    }
    guard let contract = workflow.catalog.operation(named: name) else {
      let problem = workflow.catalog.problem(with: name)
      decoder.report(
        .unknownOperation, problem.message, at: member.key.span, label: problem.label,
        help: problem.help)
      return nil
    }
    if !workflows.contains(where: { $0.calledOperations.contains(name) }) {
      decoder.diagnostics.add(
        .unusedAnswer, "no step of `\(workflow.id)` calls `\(name)`", in: decoder.file,
        at: member.key.span, label: unused)
    }
    return (.operation(name), [contract])
  }

  /// `order.verify`: what the checks of one step see.
  private func lookTarget(
    _ step: StepPattern, _ looks: StepPattern.Looks, _ unused: String, at span: SourceSpan
  ) -> ScriptedAction.Target? {
    let found = steps(step.text, at: span)
    guard !found.isEmpty else { return nil }
    let looksSomewhere = found.contains { step in
      switch looks {
      case .preconditions: step.preconditions.contains { $0.look != nil }
      case .verify: step.verify.contains { $0.look != nil }
      case .probe: step.probe != nil
      }
    }
    if looksSomewhere { return .looks(step, looks) }
    decoder.report(
      .valueNotAllowed, "`\(looks.rawValue)` of `\(step.text)` calls no operation", at: span,
      label: unused)
    return nil
  }

  private func answer(_ node: Node, _ contract: OperationContract?) -> ScriptedAction.Answer? {
    guard decoder.members(node, TestKeys.action) != nil else { return nil }
    let takes = node["takes"].flatMap { decoder.clockLength($0, "takes") }?.elapsed ?? .zero
    let kinds = ["outputs", "error", "lost", "unavailable"].filter { node[$0] != nil }
    guard kinds.count <= 1 else {
      decoder.report(
        .severalKinds, "an answer is one of \(kinds.quotedList)", at: node.span)
      return nil
    }
    guard let result = result(node, contract) else { return nil }
    return ScriptedAction.Answer(result: result, takes: takes)
  }

  private func result(_ node: Node, _ contract: OperationContract?) -> ScriptedAction.Result? {
    if let error = node["error"] { return self.error(error) }
    if let lost = node["lost"] {
      return happened(lost, "lost").map { .lost($0 ?? "the answer was lost") }
    }
    if let gone = node["unavailable"] {
      return happened(gone, "unavailable").map { .unavailable($0 ?? "it cannot be reached") }
    }
    guard let outputs = node["outputs"] else {
      return outputs(ValueMap(), contract, at: { _, _ in node.span })
    }
    guard decoder.map(outputs, "`outputs`") != nil else { return nil }
    return self.outputs(
      outputs.values(for: contract?.outputs), contract,
      at: { outputs.span(of: $0, $1) })
  }

  private func outputs(
    _ values: ValueMap, _ contract: OperationContract?, at place: (String, Bool) -> SourceSpan
  ) -> ScriptedAction.Result? {
    guard let contract else { return .outputs(values) }
    return completed(values, contract.outputs, "`\(contract.name)`", at: place).map {
      .outputs($0)
    }
  }

  /// `true`, or a text that says more; nil where it is neither.
  private func happened(_ node: Node, _ key: String) -> String?? {
    if case .bool(let flag)? = node.scalar?.resolved {
      if !flag { refuseFalse(node, key, "`true`, or a text that says more") }
      return flag ? .some(nil) : nil
    }
    return decoder.text(node, key).map { .some($0) }
  }

  /// What is said by being there cannot be said not to be.
  func refuseFalse(_ node: Node, _ key: String, _ expected: String) {
    decoder.report(
      .valueNotAllowed, "`\(key)` cannot be `false`", at: node.span, label: "expected \(expected)",
      help: "leave it out")
  }

  private func error(_ node: Node) -> ScriptedAction.Result? {
    guard decoder.members(node, TestKeys.error) != nil else { return nil }
    guard let code = decoder.text(node, under: "code") else {
      if node["code"] == nil {
        decoder.missing(
          "code", in: "`error`", at: node.span, help: "`error: { code: unavailable }`")
      }
      return nil
    }
    return .error(
      code: code, message: decoder.text(node, under: "message") ?? "it failed (\(code))",
      canRetry: node["retry"].flatMap { decoder.truth($0, "retry") },
      details: map(node, "details")?.value.asMap ?? ValueMap())
  }

  /// What stands under a key, which is a map; nil where it is not there.
  func map(_ node: Node, _ key: String) -> Node? {
    guard let inner = node[key], decoder.map(inner, "`\(key)`") != nil else { return nil }
    return inner
  }

  // MARK: Events

  func events(_ node: Node?) -> [ScriptedEvent] {
    (node.flatMap { decoder.list($0, "`events`") } ?? []).compactMap(event)
  }

  private func event(_ node: Node) -> ScriptedEvent? {
    guard decoder.members(node, TestKeys.event) != nil else { return nil }
    guard let name = decoder.text(node, under: "event") else {
      if node["event"] == nil { decoder.missing("event", in: "an event", at: node.span) }
      return nil
    }
    let place = node["event"]?.span ?? node.span
    guard let contract = workflow.catalog.event(named: name) else {
      let problem = workflow.catalog.problem(withEvent: name)
      decoder.report(
        .unknownEvent, problem.message, at: place, label: problem.label,
        help: problem.help)
      return nil
    }
    let data = map(node, "data")
    if data == nil, node["data"] != nil { return nil }
    guard
      let values = completed(
        data?.values(for: contract.fields) ?? ValueMap(), contract.fields, "`\(name)`",
        at: { data?.span(of: $0, $1) ?? place })
    else { return nil }
    return ScriptedEvent(name: name, data: values, moment: when(node), span: place)
  }

  // MARK: Answers of people

  func answers(_ node: Node?) -> [ScriptedAnswers] {
    (node.flatMap { decoder.map($0, "`answers`") } ?? []).compactMap(answers)
  }

  private func answers(_ member: Member) -> ScriptedAnswers? {
    let found = steps(member.name, at: member.key.span)
    guard let step = found.first else { return nil }
    let entries: [ScriptedAnswers.Entry?]
    switch step.kind {
    case .ask where Self.isUnanswered(member.value): entries = [Self.unanswered]
    case .ask:
      let questions = found.compactMap { step -> Question? in
        if case .ask(let question) = step.kind { question } else { nil }
      }
      entries =
        member.value.items.map { $0.map { entry($0, questions) } }
        ?? [whole(member.value, questions)]
    case .approve: entries = member.value.itemsOrSelf.map { decision($0, of: member.name) }
    default:
      decoder.report(
        .valueNotAllowed, "`\(member.name)` asks nobody", at: member.key.span,
        label: "expected a step with `ask` or `approve`")
      return nil
    }
    return ScriptedAnswers(
      step: StepPattern(member.name), entries: entries.compactMap(\.self),
      isEndless: member.value.items == nil, span: member.key.span)
  }

  /// Fields and ticks, all at once.
  private func whole(_ node: Node, _ questions: [Question]) -> ScriptedAnswers.Entry? {
    if refuseWord(node) { return nil }
    guard decoder.map(node, "an answer") != nil, let values = values(node, questions) else {
      return nil
    }
    return ScriptedAnswers.Entry(content: .values(values), moment: when(node.empty), by: nil)
  }

  private static let unanswered = ScriptedAnswers.Entry(
    content: .nothing, moment: atOnce, by: nil)

  /// Reports a word in place of an answer that is nearly the only one there is.
  private func refuseWord(_ node: Node) -> Bool {
    guard let word = node.scalar?.text,
      let help = decoder.suggestion(word, [Word.unanswered.rawValue])
    else { return false }
    decoder.report(
      .valueNotAllowed, "a question is not answered by `\(word)`", at: node.span,
      label: "expected its fields and items, or `unanswered`", help: help)
    return true
  }

  private static func isUnanswered(_ node: Node) -> Bool {
    node.scalar?.text == Word.unanswered.rawValue
  }

  private func entry(_ node: Node, _ questions: [Question]) -> ScriptedAnswers.Entry? {
    if Self.isUnanswered(node) { return Self.unanswered }
    if refuseWord(node) { return nil }
    guard decoder.members(node, TestKeys.answer) != nil else { return nil }
    guard let with = node["with"] else {
      decoder.missing("with", in: "an answer", at: node.span, help: "`with: { field: value }`")
      return nil
    }
    let refused = decoder.text(node, under: "refused")
    guard let values = values(with, questions, areRefused: refused != nil) else { return nil }
    return ScriptedAnswers.Entry(
      content: .values(values), moment: when(node), by: decoder.text(node, under: "by"),
      refused: refused)
  }

  /// - Parameter questions: the question, and where the run goes by several versions of the workflow as
  ///   each of them asks it.
  /// - Parameter areRefused: whether they need not fit the fields.
  private func values(
    _ node: Node, _ questions: [Question], areRefused: Bool = false
  ) -> ValueMap? {
    var values = ValueMap()
    for member in decoder.map(node, "`with`") ?? [] {
      if questions.contains(where: { $0.items.contains { $0.name == member.name } }) {
        guard let flag = decoder.truth(member.value, member.name) else { return nil }
        values[member.name] = .bool(flag)
        continue
      }
      let fields = questions.compactMap { $0.fields[member.name] }
      guard !fields.isEmpty else {
        reportUnknown(member, questions)
        return nil
      }
      let given = areRefused ? member.value.value(for: fields[0]) : value(member.value, fields)
      guard let value = given else { return nil }
      values[member.name] = value
    }
    return values
  }

  /// The value as the first of the fields takes it that does.
  private func value(_ node: Node, _ fields: [Field]) -> Value? {
    var found: FieldProblems?
    for field in fields {
      let given = node.value(for: field)
      // A null says that nothing is given.
      guard field.present(given) != nil else { return .null }
      switch field.check(given) {
      case .success(let value): return value
      case .failure(let problems): found = problems
      }
    }
    if let found { decoder.report(.inputMismatch, found.description, at: node.span) }
    return nil
  }

  private func reportUnknown(_ member: Member, _ questions: [Question]) {
    let names = questions.flatMap { $0.fields.names + $0.items.map(\.name) }
    decoder.report(
      .unknownInput, "the question has no `\(member.name)`", at: member.key.span,
      label: "it asks for \(names.quotedList)", help: decoder.suggestion(member.name, names))
  }

  private enum Word: String, CaseIterable { case approve, reject, unanswered }

  private func decision(_ node: Node, of step: String) -> ScriptedAnswers.Entry? {
    if node.scalar != nil {
      return decoder.choice(node, step, Word.self).map { word in
        let content: ScriptedAnswers.Content =
          switch word {
          case .approve: .approval(comment: nil)
          case .reject: .rejection(comment: nil)
          case .unanswered: .nothing
          }
        return ScriptedAnswers.Entry(content: content, moment: when(node), by: nil)
      }
    }
    guard decoder.members(node, TestKeys.decision) != nil else { return nil }
    let comment = decoder.text(node, under: "comment")
    var rejects = false
    var reason = comment
    if let reject = node["reject"] {
      refuseBoth("approve", "reject", node)
      guard let words = happened(reject, "reject") else { return nil }
      rejects = true
      reason = words ?? comment
    } else if let approve = node["approve"] {
      rejects = !(decoder.truth(approve, "approve") ?? true)
    } else {
      decoder.missing(
        "approve", or: ["reject"], in: "an answer to an `approve`", at: node.span,
        help: "`approve: true`, or `reject: why not`")
      return nil
    }
    return ScriptedAnswers.Entry(
      content: rejects ? .rejection(comment: reason) : .approval(comment: comment),
      moment: when(node), by: decoder.text(node, under: "by"),
      refused: decoder.text(node, under: "refused"))
  }
}

extension Node {
  /// A node without members at the same place.
  fileprivate var empty: Node { emptied }
}

extension Workflow {
  /// The names of all operations that steps of this workflow and of those that it calls may call.
  package var calledOperations: Set<String> {
    var names: Set<String> = []
    for step in definitions.flatMap(\.allSteps) {
      if case .action(let call) = step.kind { names.insert(call.operation) }
      for check in step.preconditions + step.verify {
        if let look = check.look { names.insert(look.operation) }
      }
      for call in step.secondaryCalls {
        names.insert(call.operation)
        if let connection = step.connection { names.insert("\(connection).\(call.operation)") }
      }
    }
    return names
  }
}

extension Step {
  /// The name before the dot of its operation.
  package var connection: String? {
    guard case .action(let call) = kind, let dot = call.operation.firstIndex(of: ".") else {
      return nil
    }
    return String(call.operation[..<dot])
  }

  fileprivate var secondaryCalls: [ActionCall] {
    var calls = [probe?.action].compactMap(\.self)
    if case .action(let call, _)? = undo { calls.append(call) }
    return calls + (remind.map(\.notify) + escalate.map(\.notify)).compactMap(\.self)
  }
}

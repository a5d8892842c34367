import CEL
import Documents
import Fields
import SourceText

extension StepDecoder {
  /// What a step does; nil where the file is wrong about it.
  func kind(
    _ outline: StepOutline, in list: ListOutline, _ position: Int, _ scope: Scope
  ) -> Kind? {
    guard let (key, node) = outline.kind else { return nil }
    switch key {
    case .action: return decoder.call(outline.node, in: scope, catalog).map { .action($0) }
    case .ask: return question(node, scope).map { .ask($0) }
    case .approve: return approval(node, scope).map { .approve($0) }
    case .wait: return wait(node, outline, scope).map { .wait($0) }
    case .set:
      decoder.requireSome(node, key.name, "name with its value")
      let values = decoder.namedTemplates(node, "set", in: scope)
      if values?.mayLackSome == true { decoder.hasOptionalOutputs = true }
      return values.map { .set($0) }
    case .steps: return outline.lists.first.map { .section(self.list($0, in: scope)) }
    case .parallel: return outline.lists.first.map { .parallel(self.list($0, in: scope)) }
    case .forEach: return forEach(node, outline, scope).map { .forEach($0) }
    case .choose: return cases(node, outline, scope).map { .choose($0) }
    case .loop: return loop(node, outline, scope).map { .repeat($0) }
    case .workflow: return subWorkflow(node, outline, scope).map { .workflow($0) }
    case .goTo: return jump(node, outline, in: list, position).map { .goTo($0) }
    case .finish: return finish(node, scope).map { .finish($0) }
    default: return nil
    }
  }

  private func question(_ node: Node, _ scope: Scope) -> Question? {
    guard decoder.members(node, LanguageKeys.ask) != nil else { return nil }
    let items = node["items"].flatMap { decoder.map($0, "`items`") } ?? []
    let fields =
      node["fields"].map {
        FieldSet.decode(
          $0, in: decoder.file, into: decoder.diagnostics,
          differing: "put what differs into the message of the question",
          isStarted: decoder.isStarted)
      } ?? FieldSet([])
    if fields.hasOptionalParts { decoder.hasOptionalOutputs = true }
    let asked = [node["items"], node["fields"]].compactMap(\.self)
    if asked.isEmpty {
      decoder.missing(
        "fields", or: ["items"], in: "`ask`", at: node.span,
        help: "`fields` are filled in, `items` are ticked")
    } else if asked.allSatisfy({ $0.isNull || $0.members?.isEmpty == true }) {
      decoder.report(
        .missingKey, "this question asks for nothing", at: node.span,
        help: "`fields` are filled in, `items` are ticked")
    }
    checkAnswerNames(node["fields"], node["items"])
    let names = scope.with(Scope.Name(name: "progress", type: .double))
    return Question(
      message: node["message"].flatMap { decoder.textTemplate($0, "message", in: scope) },
      items: items.compactMap { item($0, scope) }, fields: fields,
      completeWhen: node["complete_when"].flatMap {
        decoder.expression($0, "complete_when", in: names, wants: .truth)
      })
  }

  /// The outputs of a question are its fields, and `items` and `progress` where it has items; an answer
  /// has fields and items side by side.
  private func checkAnswerNames(_ fields: Node?, _ items: Node?) {
    for member in fields?.members ?? [] {
      let isOutput = ["items", "progress"].contains(member.name)
      // A question of a run that was started is still shown, and can be done by hand.
      let isItem = !decoder.isStarted && items?[member.name] != nil
      guard isOutput || isItem else { continue }
      decoder.report(
        .invalidFieldName, "`\(member.name)` cannot name a field of a question",
        at: member.key.span,
        label: isOutput
          ? "what is ticked is given under `\(member.name)`" : "one of its items has the name")
    }
  }

  private func item(_ member: Member, _ scope: Scope) -> Question.Item? {
    if !decoder.isName(member.name) {
      decoder.report(
        .badName, "`\(member.name)` is not a name for an item", at: member.key.span,
        label: "expected small letters, digits and `_`")
    }
    let node = member.value
    if node.scalar != nil {
      return decoder.textTemplate(node, member.name, in: scope).map {
        Question.Item(name: member.name, label: $0, help: nil, category: nil, doneOn: nil)
      }
    }
    guard decoder.members(node, LanguageKeys.item) != nil else { return nil }
    if node["label"] == nil { decoder.missing("label", in: "an item", at: node.span) }
    let label = node["label"].flatMap { decoder.textTemplate($0, "label", in: scope) }
    let help = node["help"].flatMap { decoder.textTemplate($0, "help", in: scope) }
    let category = decoder.fixedText(
      node, under: "category", help: "put what differs into the `label` of the item")
    let doneOn = node["done_on"].flatMap { doneOn -> EventWait? in
      guard decoder.members(doneOn, LanguageKeys.event) != nil else { return nil }
      return event(doneOn, "`done_on`", scope)
    }
    return label.map {
      Question.Item(name: member.name, label: $0, help: help, category: category, doneOn: doneOn)
    }
  }

  private func approval(_ node: Node, _ scope: Scope) -> Approval? {
    if node.text != nil, !node.isNull {
      return decoder.textTemplate(node, "approve", in: scope).map {
        Approval(message: $0, approvals: 1, notStarter: false)
      }
    }
    guard decoder.members(node, LanguageKeys.approve) != nil else { return nil }
    if node["message"] == nil { decoder.missing("message", in: "`approve`", at: node.span) }
    let text = node["message"].flatMap { decoder.textTemplate($0, "message", in: scope) }
    let approvals = node["approvals"].flatMap { decoder.integer($0, "approvals", atLeast: 1) }
    let notStarter = node["not_starter"].flatMap { decoder.truth($0, "not_starter") }
    return text.map {
      Approval(message: $0, approvals: approvals ?? 1, notStarter: notStarter ?? false)
    }
  }

  private func wait(_ node: Node, _ outline: StepOutline, _ scope: Scope) -> Wait? {
    if node.members == nil {
      if let word = node.text, catalog.event(named: word) != nil {
        decoder.report(
          .badLength, "`\(word)` is not a length of time", at: node.span,
          help: "for an event write `wait: { event: \(word) }`")
        return nil
      }
      return decoder.duration(node, "wait", in: scope).map { .duration($0) }
    }
    guard decoder.members(node, LanguageKeys.wait) != nil else { return nil }
    let known = ["event", "at", "until", "first_of"]
    let kinds = known.filter { node[$0] != nil }
    guard kinds.count == 1, let key = kinds.first, let value = node[key] else {
      if kinds.isEmpty, decoder.isMisspelt(known, inMapAt: node.span.start) { return nil }
      decoder.report(
        kinds.isEmpty ? .missingKey : .severalKinds,
        kinds.isEmpty
          ? "`wait` does not say for what" : "a `wait` has one of \(kinds.quotedList)",
        at: node.span, label: "expected a length of time, `event`, `at` or `first_of`")
      return nil
    }
    switch key {
    case "event": return event(node, "`wait`", scope).map { .event($0) }
    case "first_of":
      guard let members = decoder.map(value, "`first_of`") else { return nil }
      decoder.requireSome(value, key, "event or moment with a name")
      let waits = members.map { ($0.name, wait($0.value, outline, scope)) }
      let found = waits.compactMap { name, wait in wait.map { (name: name, wait: $0) } }
      // Only what an event has ended has an event.
      decoder.hasOptionalOutputs = true
      return found.count == members.count ? .firstOf(found) : nil
    default:
      return decoder.expression(value, key, in: scope, wants: .moment).map { .until($0) }
    }
  }

  private func event(_ node: Node, _ owner: String, _ scope: Scope) -> EventWait? {
    if node["event"] == nil { decoder.missing("event", in: owner, at: node.span) }
    let name = node["event"].flatMap { decoder.text($0, "event") }
    let contract = name.flatMap { catalog.event(named: $0) }
    if let name, contract == nil, let written = node["event"] {
      let problem = catalog.problem(withEvent: name)
      decoder.report(
        .unknownEvent, problem.message, at: written.span, label: problem.label,
        help: problem.help)
    }
    if contract?.fields.hasOptionalParts == true { decoder.hasOptionalOutputs = true }
    let inner = scope.with(
      Scope.Name(
        name: "event", type: contract?.fields.objectType(named: "`\(name ?? "")`") ?? .dyn,
        sensitivity: contract.map { Sensitivity($0.fields) } ?? .none))
    let match = decoder.for(.match) {
      node["match"].flatMap { decoder.expression($0, "match", in: inner, wants: .truth) }
    }
    let since = node["since"].flatMap { self.since($0) }
    return name.map { EventWait(event: $0, contract: contract, match: match, since: since) }
  }

  private func forEach(_ node: Node, _ outline: StepOutline, _ scope: Scope) -> ForEach? {
    if let scalar = node.scalar, !node.isNull {
      let list = InterpolatedText.bare(scalar).asFlowYAML
      decoder.report(
        .wrongShape, "`for_each` is a map, not \(node.kindName)", at: node.span,
        help: "write `for_each: { in: \(list), steps: [ … ] }`")
      return nil
    }
    guard decoder.members(node, LanguageKeys.forEach) != nil else { return nil }
    if node["in"] == nil {
      decoder.missing("in", in: "`for_each`", at: node.span, help: "`in: inputs.users`, a list")
    }
    let list = node["in"].flatMap { decoder.expression($0, "in", in: scope, wants: .list) }
    if list?.type.elementType.hasOptional == true { decoder.hasOptionalItems = true }
    let itemName = itemName(node)
    let inner = scope.with(
      Scope.Name(
        name: itemName, type: list?.type.elementType.stored ?? .dyn,
        sensitivity: list?.isSensitive == true ? .whole : .none),
      Scope.Name(name: "index", type: .int))
    requireSteps(node, "`for_each`")
    let steps = outline.lists.first.map { self.list($0, in: inner) } ?? StepList([])
    let collect = decoder.at(.loopEnd(outline.index)) {
      node["collect"].flatMap { decoder.template($0, in: inner) }
    }
    let maxParallel = node["max_parallel"].flatMap {
      decoder.integer($0, "max_parallel", atLeast: 1)
    }
    return list.map {
      ForEach(
        list: $0, itemName: itemName, maxParallel: maxParallel, collect: collect, steps: steps)
    }
  }

  private func itemName(_ node: Node) -> String {
    guard let written = node["as"], let name = decoder.text(written, "as") else { return "item" }
    var taken = ["inputs", "steps", "run", "now", "outputs", "error", "event", "index"]
    // Some keys bring a name of their own that would hide the item there. A run that was started
    // has not needed to read the item in those, nor by a word of the language.
    if !decoder.isStarted { taken += ["key", "with", "person", "text", "progress"] }
    let isWord = !decoder.isStarted && CELEnvironment.isReserved(name)
    if !decoder.isName(name) || taken.contains(name) || isWord {
      decoder.report(
        .badName, "`\(name)` cannot be the name of an item", at: written.span,
        label: taken.contains(name)
          ? "the language uses it already"
          : isWord
            ? "it is a word of the expression language" : "expected small letters, digits and `_`")
    }
    return name
  }

  private func cases(_ node: Node, _ outline: StepOutline, _ scope: Scope) -> [Case]? {
    guard let nodes = decoder.list(node, "`choose`") else { return nil }
    var cases: [Case] = []
    for (position, (node, list)) in zip(nodes, outline.lists).enumerated() {
      guard decoder.members(node, LanguageKeys.choice) != nil else { continue }
      requireSteps(node, "a case")
      decoder.requireSome(node["steps"], "steps", "step")
      let when = decoder.at(.caseCondition(outline.index, position)) {
        node["when"].flatMap { decoder.expression($0, "when", in: scope, wants: .truth) }
      }
      let isMisspelt = decoder.isMisspelt(["when"], inMapAt: node.span.start)
      if when == nil, node["when"] != nil || isMisspelt {
        decoder.doubtfulConditions.insert(outline.index)
      } else if when == nil, position < nodes.count - 1 {
        decoder.report(
          .unreachable, "the cases after this one can never be reached", at: node.span,
          label: "a case without `when` always holds")
      }
      cases.append(Case(when: when, steps: self.list(list, in: scope)))
    }
    return cases
  }

  private func loop(_ node: Node, _ outline: StepOutline, _ scope: Scope) -> Repeat? {
    guard decoder.members(node, LanguageKeys.loop) != nil else { return nil }
    requireSteps(node, "`repeat`")
    let inner = scope.with(Scope.Name(name: "index", type: .int))
    let steps = outline.lists.first.map { self.list($0, in: inner) } ?? StepList([])
    if node["until"] == nil {
      decoder.missing("until", in: "`repeat`", at: node.span, help: "`until` says when it ends")
    }
    let until = node["until"].flatMap { written in
      decoder.at(.loopEnd(outline.index)) {
        decoder.expression(written, "until", in: inner, wants: .truth)
      }
    }
    let every = node["every"].flatMap { decoder.duration($0, "every", in: scope) }
    let atMost =
      node["at_most"].flatMap { decoder.integer($0, "at_most", atLeast: 1) }
      ?? unreadLimit(of: node)
    return until.map { Repeat(steps: steps, until: $0, every: every, atMost: atMost) }
  }

  /// Stands for a limit that was meant, but is misspelt or no number: that is an error already, and that
  /// nothing limits the rounds only follows from it.
  private func unreadLimit(of node: Node) -> Int? {
    guard node["at_most"] == nil else { return .max }
    var isMeant = false
    node.members?.forEachKey { text, _ in
      if !LanguageKeys.loop.contains(text) { isMeant = true }
    }
    return isMeant ? .max : nil
  }

  private func requireSteps(_ node: Node, _ owner: String) {
    if node.members != nil, node["steps"] == nil {
      decoder.missing("steps", in: owner, at: node.span)
    }
  }

  private func subWorkflow(_ node: Node, _ outline: StepOutline, _ scope: Scope) -> SubWorkflow? {
    guard let reference = decoder.text(node, "workflow") else { return nil }
    let written = outline.node["with"]
    guard let definition = outline.definition else {
      let with = written.flatMap { decoder.namedTemplates($0, "with", in: scope) } ?? []
      return SubWorkflow(reference: reference, with: with, definition: nil)
    }
    if definition.outputs.mayLackSome { decoder.hasOptionalOutputs = true }
    let with = decoder.with(
      written, definition.inputs, of: "the workflow `\(definition.id)`", at: node.span, in: scope)
    return SubWorkflow(reference: reference, with: with, definition: definition)
  }

  private func jump(
    _ node: Node, _ outline: StepOutline, in list: ListOutline, _ position: Int
  ) -> String? {
    guard let id = decoder.text(node, "go_to") else { return nil }
    if let parent = outline.parent, parent.kind?.key == .parallel, parent.lists.first === list {
      decoder.report(
        .badJump, "`go_to` has nothing to skip here: the steps of a `parallel` run side by side",
        at: node.span,
        help: "steps that follow upon each other stand in a section, `steps: [ … ]`, which may be "
          + "one of the `parallel`")
      return nil
    }
    if let target = list.positions[id] {
      if target > position { return id }
      decoder.report(
        .badJump, "`go_to` leads forward only, and `\(id)` is not later", at: node.span,
        help: "to do steps again, use `repeat`")
      return nil
    }
    let later = list.steps[(position + 1)...].lazy.map(\.id)
    let exists = outlines.step(named: id) != nil
    decoder.report(
      exists ? .badJump : .unknownStep,
      exists ? "`\(id)` is not a step of the same list" : "unknown step `\(id)`", at: node.span,
      label: later.isEmpty
        ? "no step follows in this list"
        : "later in this list: \(Array(later.prefix(8)).quotedList)",
      help: decoder.suggestion(id, later))
    return nil
  }

  private func finish(_ node: Node, _ scope: Scope) -> Finish? {
    if node.isNull { return Finish(outcome: .succeeded, message: nil) }
    if node.scalar != nil {
      return decoder.choice(node, "finish", Finish.Outcome.self).map {
        Finish(outcome: $0, message: nil)
      }
    }
    guard decoder.members(node, LanguageKeys.finish) != nil else { return nil }
    return Finish(
      outcome: node["outcome"].flatMap { decoder.choice($0, "outcome") } ?? .succeeded,
      message: node["message"].flatMap { decoder.textTemplate($0, "message", in: scope) })
  }
}

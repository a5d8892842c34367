import Documents
import Fields
import SourceText
import Values

/// What people do to a run.
extension TestDecoder {
  func commands(_ node: Node?) -> [ScriptedCommand] {
    (node.flatMap { decoder.list($0, "`commands`") } ?? []).compactMap(command)
  }

  private func command(_ node: Node) -> ScriptedCommand? {
    guard decoder.members(node, TestKeys.command) != nil else { return nil }
    let verbs = TestKeys.verbs.filter { node[$0] != nil }
    guard verbs.count == 1, let verb = verbs.first, let what = node[verb] else {
      decoder.report(
        verbs.isEmpty ? .missingKind : .severalKinds,
        "a command is one of \(TestKeys.verbs.quotedList)", at: node.span)
      return nil
    }
    guard let action = action(verb, what, node) else { return nil }
    return ScriptedCommand(
      action: action, reason: decoder.text(node, under: "reason") ?? "as the test says",
      moment: when(node), by: decoder.text(node, under: "by"), place: place(node, verb),
      refused: decoder.text(node, under: "refused"), span: node.span)
  }

  private func action(_ verb: String, _ what: Node, _ node: Node) -> ScriptedCommand.Action? {
    let ofRun: [String: ScriptedCommand.Action] = [
      "resume": .resume, "cancel": .cancel, "undo": .undo,
    ]
    if let action = ofRun[verb] { return isSaid(what, verb) ? action : nil }
    if verb == "rewind" { return rewind(what, node) }
    if verb == "migrate" { return move(what, node) }
    guard let address = decoder.text(what, verb),
      let step = steps(address, at: what.span).first, isAddress(address, at: what.span)
    else { return nil }
    switch verb {
    case "retry":
      var fields: FieldSet?
      if case .action(let call) = step.kind { fields = call.contract?.inputs }
      return .retry(
        address, with: map(node, "with")?.values(for: fields) ?? ValueMap(),
        again: node["again"].flatMap { decoder.truth($0, "again") } ?? false)
    case "done": return .done(address, values: values(node, step))
    case "skip": return .skip(address)
    case "by_hand": return .byHand(address)
    default:
      guard let happened = node["happened"].flatMap({ decoder.truth($0, "happened") }) else {
        decoder.missing(
          "happened", in: "`resolve`", at: node.span, help: "`happened: true` or `false`")
        return nil
      }
      return .resolve(address, happened: happened, values: values(node, step))
    }
  }

  /// Whether what is done to the run as a whole is done.
  private func isSaid(_ what: Node, _ verb: String) -> Bool {
    guard case .bool(let flag)? = what.scalar?.resolved else {
      decoder.report(
        .wrongShape, "`\(verb)` is of the run as a whole, not of \(what.kindName)", at: what.span,
        label: "expected `true`", help: "write `\(verb): true`")
      return false
    }
    if !flag { refuseFalse(what, verb, "`true`") }
    return flag
  }

  private func rewind(_ what: Node, _ node: Node) -> ScriptedCommand.Action? {
    guard let name = decoder.text(what, "rewind") else { return nil }
    let checkpoints = workflows.flatMap { $0.allSteps.compactMap(\.checkpoint) }
    let isStep = workflows.contains { !$0.steps(matching: StepPattern(name)).isEmpty }
    if !checkpoints.contains(name), !isStep {
      decoder.report(
        .unknownStep, "`\(workflow.id)` has no checkpoint `\(name)`", at: what.span,
        label: checkpoints.isEmpty ? "it has none" : "it has \(checkpoints.quotedList)",
        help: decoder.suggestion(name, checkpoints))
      return nil
    }
    let again = node["again"].flatMap { decoder.list($0, "`again`") } ?? []
    return .rewind(name, again: again.compactMap { decoder.text($0, "again") })
  }

  private func values(_ node: Node, _ step: Step) -> ValueMap {
    var fields: FieldSet?
    switch step.kind {
    case .action(let call): fields = call.contract?.outputs
    case .ask(let question): fields = question.fields
    default: break
    }
    return map(node, "with")?.values(for: fields) ?? ValueMap()
  }
}

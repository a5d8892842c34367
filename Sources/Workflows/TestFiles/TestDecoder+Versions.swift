import Documents
import Fields
import SourceText
import Values

/// Runs that go by one version of a workflow after the other.
extension TestDecoder {
  /// Finds the versions that the run of a test goes by, before anything is said about their steps.
  ///
  /// - Returns: the one it is started with; nil where that is the workflow of the file.
  func startedWith(_ node: Node) -> Workflow? {
    let key = "started_with"
    let first = node[key].flatMap { versions.version($0, key, decoder) }
    workflow = first ?? versions.present
    workflows = [workflow]
    var comesHome = false
    for command in node["commands"]?.items ?? [] {
      guard let target = command["migrate"] else { continue }
      if target.scalar?.resolved.asBool == true {
        comesHome = true
        checkStart(node, target)
      }
      guard let version = self.target(target) else { continue }
      targets[target.span.start] = version
      if !workflows.contains(where: { $0 === version }) { workflows.append(version) }
    }
    if let start = node[key], !comesHome {
      decoder.report(
        .valueNotAllowed, "the run never comes to `\(versions.present.id)` as it is now",
        at: start.span, label: "no command is `migrate: true`",
        help: "`commands: [ { migrate: true } ]` moves the run to the workflow of the file")
    }
    return first
  }

  private func target(_ node: Node) -> Workflow? {
    guard case .bool(let flag)? = node.scalar?.resolved else {
      return versions.version(node, "migrate", decoder)
    }
    if flag { return versions.present }
    decoder.report(
      .valueNotAllowed, "`migrate` cannot be `false`", at: node.span,
      label: "expected `true`, or the file of another version")
    return nil
  }

  private func checkStart(_ node: Node, _ target: Node) {
    guard node["started_with"] == nil,
      !(node["commands"]?.items ?? []).contains(where: {
        $0["migrate"]?.text?.contains(".") ?? false
      })
    else { return }
    decoder.report(
      .missingKey, "the run goes by `\(versions.present.id)` from the start", at: target.span,
      label: "there is nothing to move it from",
      help:
        "`started_with: earlier/\(versions.present.id).yaml` at the test starts it with another version"
    )
  }

  /// Where a `migrate` moves the run, with what is decided about it.
  func move(_ what: Node, _ node: Node) -> ScriptedCommand.Action? {
    guard let workflow = targets[what.span.start] else { return nil }
    var decisions: [String: String] = [:]
    for member in node["decide"].flatMap({ decoder.map($0, "`decide`") }) ?? [] {
      guard let word = decoder.text(member.value, member.name) else { continue }
      guard TestKeys.choices.contains(word) else {
        decoder.report(
          .valueNotAllowed, "`\(word)` is no choice", at: member.value.span,
          label: "allowed: \(TestKeys.choices.quotedList)",
          help: decoder.suggestion(word, TestKeys.choices))
        continue
      }
      decisions[member.name] = word
    }
    return .migrate(
      ScriptedCommand.Move(
        workflow: workflow, decisions: decisions, inputs: newInputs(node["with"], workflow)))
  }

  private func newInputs(_ node: Node?, _ workflow: Workflow) -> ValueMap {
    for member in node.flatMap({ decoder.map($0, "`with`") }) ?? []
    where workflow.inputs[member.name] == nil {
      let names = workflow.inputs.names
      decoder.report(
        .unknownInput, "`\(workflow.id)` has no input `\(member.name)`", at: member.key.span,
        label: names.isEmpty ? "it takes none" : "it takes \(names.quotedList)",
        help: decoder.suggestion(member.name, names))
    }
    return node?.values(for: workflow.inputs) ?? ValueMap()
  }

  /// The step at which the run stands when a command is given.
  func place(_ node: Node, _ verb: String) -> StepPattern? {
    guard let place = node["while"], let name = decoder.text(place, "while") else { return nil }
    guard TestKeys.verbsOfRun.contains(verb) else {
      decoder.report(
        .valueNotAllowed, "`while` does not go with `\(verb)`", at: place.span,
        label: "goes with \(TestKeys.verbsOfRun.quotedList)")
      return nil
    }
    return steps(name, at: place.span).isEmpty ? nil : StepPattern(name)
  }
}

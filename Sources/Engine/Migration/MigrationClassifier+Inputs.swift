import Documents
import Fields
import Values
import Workflows

/// What becomes of the run's inputs.
extension MigrationClassifier {
  /// An input that the run has and that gets another value.
  struct ChangedInput {
    let name: String
    let before: Value?
    let after: Value
    let difference: WorkflowDifference
    let verdict: MigrationItem.Verdict
  }

  /// The inputs of which another value is given than the run goes by: what was approved with the old
  /// one is not what would be done.
  var changedInputs: [ChangedInput] {
    guard !choices.inputs.isEmpty else { return [] }
    let stored = engine.state.header.inputs
    let known = new.inputs.coerce(stored.openedOrLeftOut(by: engine.vault))
    return new.inputs.coerce(choices.inputs).compactMap { member in
      guard let name = member.key.asString, let old = engine.workflow.inputs[name] else {
        return nil
      }
      let before = known[name]
      guard before?.inJSON != member.value.inJSON else { return nil }
      let isSensitive =
        old.isSensitive || (new.inputs[name]?.isSensitive ?? false) || stored.sealed[name] != nil
      return changed(name, before, member.value, isSensitive: isSensitive)
    }
  }

  private func changed(
    _ name: String, _ before: Value?, _ after: Value, isSensitive: Bool
  ) -> ChangedInput {
    let words =
      isSensitive ? "its value becomes another" : words(of: before?.inJSON, and: after.inJSON)
    let begun = underWay(begunWith: name).map { "`\($0)`" }.joined(separator: ", ")
    let exception = begun.isEmpty ? "" : "; \(begun) goes on with what it was begun with"
    return ChangedInput(
      name: name, before: before, after: after,
      difference: WorkflowDifference(
        workflow: new.id, subject: .input(name),
        change: .changed(
          key: "value", from: before.map { isSensitive ? .null : $0.inJSON },
          to: isSensitive ? .null : after.inJSON)),
      verdict: .safe(
        "\(words): counts from now on, and what was done before stays done\(exception)"))
  }

  private func words(of before: Value?, and after: Value) -> String {
    let before = before.map(shown) ?? "absent"
    let after = shown(after)
    // What is long says less than that it changes.
    guard before.utf8.count + after.utf8.count <= 120 else { return "its value becomes another" }
    return "it is \(before) and becomes \(after)"
  }

  private func shown(_ value: Value) -> String {
    let text = value.asString.map { "`\($0)`" } ?? JSONText.compact(value)
    return engine.vault.redact(text)
  }

  // MARK: Differences of the definition

  func input(_ difference: WorkflowDifference, _ name: String) -> [MigrationItem] {
    guard difference.workflow == new.id else {
      return [
        item(difference, name, .safe("counts for calls of `\(difference.workflow)` from now on"))
      ]
    }
    switch difference.change {
    case .removed: return [item(difference, name, .safe("its value stays in the record"))]
    case .added where choices.inputs[name] != nil:
      return [item(difference, name, .safe("it gets the value that is given"))]
    case .added where new.inputs[name]?.isRequired == false:
      return [item(difference, name, .safe("it may be absent, or has a default"))]
    case .added: return []
    default: return [item(difference, name, .safe("its value is held against the new field"))]
    }
  }

  /// What the new fields do not accept as it is, or do not have.
  var unfitInputs: [MigrationItem] {
    var known = engine.state.header.inputs.openedOrLeftOut(by: engine.vault)
    for member in known where member.key.asString.flatMap({ new.inputs[$0] }) == nil {
      known.set(member.key, nil)
    }
    for member in choices.inputs { known.set(member.key, member.value) }
    let sealed = Set(engine.state.header.inputs.sealed.names)
    guard case .failure(let problems) = new.inputs.complete(known, hiding: sealed) else {
      return []
    }
    return problems.problems.map { problem in
      let name = String(problem.path.prefix { $0 != "." && $0 != "[" })
      return MigrationItem(
        difference: nil, subject: "inputs.\(name)",
        verdict: .decision(
          "\(problem.message): give it with -i \(name)=…",
          MigrationDecision(key: "inputs.\(name)", choices: nil), chosen: nil))
    }
  }
}

import Documents
import Fields
import Values
import Workflows

/// Steps that a person does in place of the machine.
extension RunEngine {
  /// Whether nothing is to be called for a step because a person does it.
  func isByHand(_ place: Place) -> Bool {
    if let position = state.undo.position(of: place.address),
      isByHand(state.undo.entries[position])
    {
      return true
    }
    guard case .action = place.step.kind else { return false }
    return isTakenByHand(place.address)
  }

  /// Whether nothing is to be called to take an effect back because a person does it.
  func isByHand(_ entry: UndoEntry) -> Bool {
    switch entry.plan {
    case .manual, .unknown: true
    case .call: isTakenByHand(entry.address)
    }
  }

  /// Whether people do what the machine would do there: in the whole run, or at that address.
  private func isTakenByHand(_ address: String) -> Bool {
    state.header.isByHand || (state.hasRecovery && state.recovery.byHand.contains(address))
  }

  /// The addresses at which a person takes back what is to be taken back.
  func addressesByHand(of entries: [UndoEntry]) -> Set<String> {
    Set(entries.lazy.filter { isByHand($0) }.map(\.address))
  }

  /// Shows a person what to do, and waits until they have done it.
  func askByHand(_ place: Place) -> Decision {
    place.record(
      .stepWaiting(
        Waiting(cause: .byHand(message: instructions(place)), role: place.step.role)))
  }

  /// What a person is told to do.
  func instructions(_ place: Place) -> String {
    manual(of: place.step, at: place.address) ?? fallback(place)
  }

  private func fallback(_ place: Place) -> String {
    guard case .action(let call) = place.step.kind else { return place.step.title }
    let task = "\(place.step.title): do by hand what `\(call.operation)` does"
    let inputs = shownInputs(of: call, place)
    guard !inputs.isEmpty else { return task }
    let members = inputs.map { "`\(EscapedMarkdown.inCode("\($0.name): \($0.text)"))`" }
    return "\(task), with \(members.joined(separator: ", "))"
  }

  /// What an operation would have been called with, as people may see it: what is sensitive, and what cannot
  /// be known, as the file has it.
  private func shownInputs(of call: ActionCall, _ place: Place) -> [(name: String, text: String)] {
    let given = givenInputs(place)
    let names = Set(given.names)
    var shown: [(name: String, text: String)] = []
    for (name, template) in call.with where !names.contains(name) {
      let text = shownText(of: template, place)
      if place.scope.isSensitive(template) || call.contract?.inputs[name]?.isSensitive ?? false {
        shown.append((name, template.literal == nil ? Self.text(template.outline) : hiddenValue))
      } else if let text {
        shown.append((name, text))
      }
    }
    for member in given.clear {
      shown.append((member.key.asString ?? "", vault.redact(Self.text(member.value))))
    }
    shown += given.sealed.names.map { ($0, hiddenValue) }
    let said = names.union(call.with.map(\.name))
    for field in call.contract?.inputs.fields ?? [] where !said.contains(field.name) {
      guard let value = field.defaultValue else { continue }
      shown.append((field.name, field.isSensitive ? hiddenValue : Self.text(value)))
    }
    return shown
  }

  /// The inputs of a step that do not come from its expressions: those of what takes a step back were worked out
  /// before, and what a person corrected replaces either.
  func givenInputs(_ place: Place) -> StoredValues {
    var given = undoInputs(at: place.address) ?? StoredValues()
    if place.record.hasWork { given.replace(with: place.record.corrected) }
    return given
  }

  /// - Returns: nil for an absent optional value, which would have been left out.
  private func shownText(of template: Template, _ place: Place) -> String? {
    do throws(ExpressionFailure) {
      return try template.render(place.scope).map { vault.redact(Self.text($0.inJSON)) }
    } catch {
      return Self.text(template.outline)
    }
  }

  /// On one line: text as it is where it is one line, everything else as JSON.
  private static func text(_ value: Value) -> String {
    if let text = value.asString, !text.isEmpty, !text.contains(where: \.isNewline) { return text }
    return JSONText.compact(value)
  }

  mutating func takeByHand(_ address: String) {
    state.recovery.byHand.insert(address)
    switch state.steps[address]?.phase {
    case .failed(acted: false), .blocked, .unavailable, .retrying:
      state.steps[address]?.phase = .entered
      state.steps[address]?.looks = [:]
    default: break
    }
  }
}

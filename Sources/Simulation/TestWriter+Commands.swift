import Engine
import Fields
import Values
import Workflows

/// What people did to the run.
extension TestWriter {
  /// Each at the moment at which it was given: `after` counts from when the run stood still, which calls that
  /// took their time and deadlines that were noticed late have moved.
  mutating func commands() -> [String] {
    var lines: [String] = []
    var moves = 0
    for (index, event) in events.enumerated() where doing.commands.contains(index) {
      if case .recovery(.migrated(let migration)) = event.kind {
        moves += 1
        lines.append("      - \(move(migration, moves, event))")
      } else if let line = command(event) {
        lines.append("      - \(line)")
      }
    }
    return lines.isEmpty ? [] : ["    commands:"] + lines
  }

  private mutating func move(_ migration: Migration, _ number: Int, _ event: Event) -> String {
    let target = number < versions.count ? FlowText.scalar(versions[number].path) : "true"
    var decisions = ValueMap()
    for (key, choice) in migration.decisions.sorted(by: { $0.key < $1.key }) {
      decisions[key] = .string(choice)
    }
    let workflow = number < versions.count ? versions[number].workflow : workflow
    let inputs = values(migration.inputs, workflow.inputs)
    return "{ migrate: \(target), "
      + (decisions.isEmpty ? "" : "decide: \(FlowText.text(.map(decisions))), ")
      + (inputs.isEmpty ? "" : "with: \(FlowText.text(.map(inputs))), ")
      + words(migration.reason) + tail(event)
  }

  private func tail(_ event: Event) -> String {
    "at: \(FlowText.scalar(event.at.journalText)), by: \(FlowText.scalar(event.actor.id)) }"
  }

  private mutating func command(_ event: Event) -> String? {
    let address = event.step.map(FlowText.scalar) ?? ""
    let tail = tail(event)
    switch event.kind {
    case .stepRetried(let with, let again, let reason):
      var fields: FieldSet?
      if case .action(let call)? = event.step.flatMap(step)?.kind { fields = call.contract?.inputs }
      return "{ retry: \(address), with: \(FlowText.text(.map(values(with, fields)))), "
        + (again ? "again: true, " : "") + words(reason) + tail
    case .stepSucceeded(let outputs, .byHand, let reason, _):
      let given = given(outputs ?? StoredValues(), event.step.flatMap(step))
      return "{ done: \(address), with: \(FlowText.text(.map(given))), \(words(reason))\(tail)"
    case .stepSkipped(_, let message, _): return "{ skip: \(address), \(words(message))\(tail)"
    case .doubtResolved(let happened, let outputs, let reason, _):
      let given = values(outputs, event.step.flatMap(step)?.outputFields)
      return "{ resolve: \(address), happened: \(happened), with: "
        + "\(FlowText.text(.map(given))), \(words(reason))\(tail)"
    case .runFinishing(.cancelled, let message, _, _):
      return "{ cancel: true, \(words(message))\(tail)"
    case .runResumed: return "{ resume: true, \(tail)"
    case .recovery(.undoing(let message, _)): return "{ undo: true, \(words(message))\(tail)"
    case .recovery(.rewinding(let place, let again, let message, _)):
      let others =
        again.isEmpty ? "" : "again: [\(again.map(FlowText.scalar).joined(separator: ", "))], "
      return "{ rewind: \(FlowText.scalar(place)), \(others)\(words(message))\(tail)"
    case .recovery(.byHandChosen(let reason)):
      return "{ by_hand: \(address), \(words(reason))\(tail)"
    default: return nil
    }
  }

  /// What somebody said who did a step by hand, with samples where it is sealed.
  private mutating func given(_ stored: StoredValues, _ step: Step?) -> ValueMap {
    let outputs = step?.outputsByHand(needed: [], in: workflow)
    var given = values(stored, outputs?.typed)
    for name in stored.sealed.names {
      let members = outputs?.members(of: name) ?? []
      guard !members.isEmpty else { continue }
      let values = members.map { field in
        (String(field.name.dropFirst(name.count + 1)), FieldSamples.value(for: field))
      }
      given[name] = .map(ValueMap(values))
    }
    guard let typed = outputs?.typed else { return given }
    // What the step says by itself, the share of the items that are ticked, nobody gives.
    return ValueMap(
      given.compactMap { member in
        member.key.asString.flatMap { typed[$0] == nil ? nil : ($0, member.value) }
      })
  }

  private func words(_ reason: String?) -> String {
    reason.map { "reason: \(FlowText.scalar($0)), " } ?? ""
  }
}

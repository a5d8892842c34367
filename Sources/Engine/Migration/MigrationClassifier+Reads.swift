import Workflows

/// What later steps read of what is there already.
extension MigrationClassifier {
  /// By address what is there and is not what the new version reads of it, in words; what was so
  /// before is no matter of the move.
  static func unmetReads(
    _ engine: RunEngine, _ moved: RunEngine, _ choices: MigrationChoices
  ) -> [String: String] {
    let toDo = choices.decisions.filter { $0.value == MigrationDecision.Choice.doIt.rawValue }
    var before = StandingReads(engine)
    var after = StandingReads(moved, toDo: Set(toDo.keys))
    var found: [String: String] = [:]
    for address in moved.state.steps.keys where toDo[address] == nil {
      let lacks = after.lacks(at: address)
      guard !lacks.isEmpty else { continue }
      let known = Set(before.lacks(at: address).map(\.key))
      let new = lacks.filter { !known.contains($0.key) }
      if let words = words(of: new, at: address, moved) { found[address] = words }
    }
    return found
  }

  private static func words(
    of lacks: [StandingReads.Lack], at address: String, _ engine: RunEngine
  ) -> String? {
    guard let first = lacks.first else { return nil }
    let what =
      switch engine.state.steps[address]?.phase {
      case .skipped?: "it was passed over"
      case .inside?:
        if case .workflow? = engine.step(at: address)?.kind {
          "the call is under way"
        } else {
          "some of its items are over"
        }
      default: "it is done"
      }
    let more = lacks.count > 1 ? " (and \(lacks.count - 1) more)" : ""
    let object = first.key.isMissing ? "it" : "it otherwise"
    return "\(what): \(first.problem), and \(first.sentence) \(object)\(more)"
  }

  func output(_ difference: WorkflowDifference) -> String {
    difference.workflow == new.id
      ? "counts when the run ends"
      : "counts for calls of `\(difference.workflow)` that end from now on"
  }

  /// What is not said of a step that has changed itself.
  func unmetItems(beside items: [MigrationItem]) -> [MigrationItem] {
    let said = Set(
      items.compactMap { item -> String? in
        guard case .decision(let message, _, _) = item.verdict, unmet[item.subject] == message
        else { return nil }
        return item.subject
      })
    return unmet.sorted { $0.key < $1.key }.compactMap { address, message in
      guard !said.contains(address) else { return nil }
      return MigrationItem(
        difference: nil, subject: address, verdict: decision(message, address, [.keep]))
    }
  }
}

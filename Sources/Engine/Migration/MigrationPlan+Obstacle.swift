extension MigrationPlan {
  /// Why a run cannot be moved by this plan, for whoever sees nothing else of it; nil where it can.
  package var obstacle: Refusal? {
    for item in items {
      if case .impossible(let message) = item.verdict {
        return Refusal("the run cannot be moved as it stands: `\(item.subject)`: \(message)")
      }
    }
    for item in items {
      guard case .decision(let message, let decision, nil) = item.verdict else { continue }
      let choices = (decision.choices ?? []).map(\.rawValue)
      return Refusal(
        "not everything about the move is decided: `\(item.subject)`: \(message)",
        hint: choices.isEmpty
          ? nil : "decide `\(decision.key)`: " + choices.joined(separator: " or "))
    }
    return nil
  }
}

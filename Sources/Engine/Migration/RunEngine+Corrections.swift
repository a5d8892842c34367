import Fields
import Values
import Workflows

/// Values that somebody gave a step with `retry`, instead of those of the procedure.
extension RunEngine {
  /// Forgets those that are not to count any more, and those that the operation does not have.
  ///
  /// - Parameter decisions: what was decided for the move, by address.
  mutating func fitCorrections(_ decisions: [String: String]) {
    for (address, record) in state.steps where record.hasWork && !record.corrected.isEmpty {
      let fitting =
        decisions[address] == MigrationDecision.Choice.again.rawValue
        ? StoredValues() : corrections(at: address)
      if fitting != record.corrected { state.steps[address]?.corrected = fitting }
    }
  }

  /// Those of a step that its operation has.
  func corrections(at address: String) -> StoredValues {
    guard let values = state.steps[address]?.corrected else { return StoredValues() }
    guard case .action(let call)? = step(at: address)?.kind, let contract = call.contract else {
      return values
    }
    var fitting = values
    for name in values.names where contract.inputs[name] == nil {
      fitting.clear[name] = nil
      fitting.sealed[name] = nil
    }
    return fitting
  }
}

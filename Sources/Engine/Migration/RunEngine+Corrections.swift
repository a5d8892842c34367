import Fields
import Values
import Workflows

/// What people gave: values to try a step with instead of those of the procedure, and parts of answers.
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

  /// Forgets the answers that were given before the run went back and are not to count any more.
  ///
  /// - Parameter decisions: what was decided for the move, by address.
  mutating func forgetAnswers(_ decisions: [String: String]) {
    for (address, choice) in decisions where choice == MigrationDecision.Choice.again.rawValue {
      guard let record = state.steps[address], record.holdsGiven else { continue }
      state.steps[address]?.drop(answersTo: record.answers.names)
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

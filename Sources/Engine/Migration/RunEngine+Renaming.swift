import Values
import Workflows

/// Steps that have another id from a migration on and keep what they came to.
extension RunEngine {
  /// Folds that a step has another address now.
  mutating func rename(_ old: String, to new: String) {
    guard let record = state.steps.removeValue(forKey: old) else { return }
    state.steps[new] = record
    state.undo.rename(old, to: new)
    state.checkpoints = state.checkpoints.map { $0 == old ? new : $0 }
    state.problems = state.problems.map { $0 == old ? new : $0 }
    guard state.hasRecovery else { return }
    if let mark = state.recovery.marks.removeValue(forKey: old) { state.recovery.marks[new] = mark }
    if state.recovery.kept.remove(old) != nil { state.recovery.kept.insert(new) }
  }

  /// Says of each such step that the run has passed it: from here on the record knows it by its new
  /// address.
  func passedUnderNewIDs(_ renamed: [String: String]) -> [PendingEvent] {
    renamed.values.sorted().filter { !state.isCurrent($0) && isPassed($0) }.map { address in
      PendingEvent(.recovery(.stepKept), step: address)
    }
  }

  /// Whether the run does not come to a step any more, where it stands now.
  private func isPassed(_ address: String) -> Bool {
    guard state.hasRecovery else { return true }
    return !state.recovery.kept.contains(address)
  }
}

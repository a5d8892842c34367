import Workflows

/// Going back as journals of old have it: only what had succeeded keeps its outcome.
extension RunEngine {
  /// - Parameter fromFirstRound: Whether a `repeat` that is done again begins with its first round.
  mutating func goOnBehindCheckpointAsOfOld(fromFirstRound: Bool) {
    guard case .undoing(.checkpoint(let address, let again), _) = state.phase else { return }
    beginRewound()
    for later in laterSteps(than: address, asOfOld: true).reversed() {
      resetAsOfOld(later, again: Set(again), fromFirstRound: fromFirstRound)
    }
    endRewound(behind: address)
    reopen(behind: address, asOfOld: true)
    retestCheckpoint()
  }

  private mutating func resetAsOfOld(
    _ later: LaterStep, again: Set<String>, fromFirstRound: Bool
  ) {
    guard let record = state.steps[later.address] else { return }
    if !again.contains(later.address), keepsAsOfOld(later, record) {
      state.recovery.kept.insert(later.address)
      return
    }
    var renewed = record.renewed
    switch later.step.kind {
    case .repeat where fromFirstRound: forgetRounds(of: later.address)
    case .repeat:
      renew(inside: later.address)
      renewed.group = record.group
    case .forEach: renew(inside: later.address)
    default: break
    }
    state.steps[later.address] = renewed
  }

  private func keepsAsOfOld(_ later: LaterStep, _ record: StepRecord) -> Bool {
    switch (record.phase, later.step.kind) {
    case (.skipped, _): return record.by != .machine
    case (.succeeded, .action), (.succeeded, .ask), (.succeeded, .wait): return true
    case (.succeeded, .forEach), (.succeeded, .repeat):
      let prefix = later.address + "["
      let isUndone = state.undo.entries.contains {
        $0.step.hasPrefix(prefix) && $0.status == .done
      }
      return !isUndone
        && (!later.step.holdsApproval || state.undo.holdsIrreversible(inside: later.address))
    default: return false
    }
  }
}

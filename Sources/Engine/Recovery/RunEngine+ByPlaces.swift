import Workflows

/// Going back in a run that was moved: by the places of the steps, not by when they had their effects.
extension RunEngine {
  /// The effects that going back to a checkpoint takes back, by their positions: those of what comes after it,
  /// in a run that was moved as in one that went by the same version all along.
  func takenBack(byGoingBackTo checkpoint: String) -> [Int] {
    let mark = state.recovery.marks[checkpoint] ?? 0
    let entries = state.undo.entries
    let open = entries.indices.filter { entries[$0].status == .open && !entries[$0].isManual }
    guard state.recovery.goesByPlaces, let way = way(to: checkpoint) else {
      return open.filter { $0 >= mark }
    }
    return open.filter { comes(entries[$0].step, after: way) ?? ($0 >= mark) }
  }

  /// Whether a step comes after another in the procedure, the one that a way leads to; nil where that cannot
  /// be told, as of one that the definition does not have any more.
  private func comes(_ address: String, after way: [(step: Step, address: String)]) -> Bool? {
    guard let own = self.way(to: address) else { return nil }
    guard let (one, other) = zip(own, way).first(where: { $0.address != $1.address }) else {
      return false
    }
    guard let workflow = location(of: other.address)?.surroundings.workflow,
      let list = workflow.list(of: one.step), let before = workflow.list(of: other.step)
    else { return nil }
    guard list === before else {
      if list === workflow.finally { return true }
      return before === workflow.finally ? false : nil
    }
    guard let place = list.position(of: one.step.id), list.position(of: other.step.id) != nil
    else { return nil }
    // What a `go_to` jumps over does not come again: it keeps what it came to.
    return place >= next(behind: other, in: list)
  }

  /// The run has not passed those any more that come after one, which is the newest.
  mutating func forgetCheckpoints(after address: String) {
    guard let way = way(to: address) else { return }
    let position = state.checkpoints.lastIndex(of: address) ?? state.checkpoints.count
    state.checkpoints = state.checkpoints.enumerated().filter { index, other in
      other != address && !(comes(other, after: way) ?? (index > position))
    }.map(\.element)
    state.checkpoints.append(address)
  }

  /// What held steps, was begun after the checkpoint and is not in the definition any more: put back by
  /// another migration it is begun anew, as it is where it is still there.
  mutating func forgetWhatIsGone(since checkpoint: String) {
    guard let passed = state.steps[checkpoint]?.finishedAt else { return }
    for (address, record) in state.steps {
      guard let group = record.group, let begun = record.startedAt, begun >= passed,
        location(of: address) == nil
      else { continue }
      let isLoop = group.start.count != nil || group.rounds > 0
      if isLoop, !isTakenBack(inside: address) || state.undo.holdsIrreversible(inside: address) {
        continue
      }
      state.steps[address]?.phase = .undone
    }
  }

  private func isTakenBack(inside loop: String) -> Bool {
    let prefix = loop + "["
    return state.undo.entries.contains { $0.step.hasPrefix(prefix) && $0.status == .done }
  }
}

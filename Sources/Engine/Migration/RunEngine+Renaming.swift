import Values
import Workflows

/// Steps that have another id from a migration on and keep what they came to.
extension RunEngine {
  /// Folds that a step has another address now.
  mutating func rename(_ renaming: Renaming) {
    guard state.steps[renaming.old] != nil else { return }
    let takenBack = state.undo.rename(renaming)
    func new(_ address: String) -> String? { takenBack[address] ?? renaming.address(of: address) }
    for (address, record) in state.steps {
      guard let new = new(address) else { continue }
      state.steps[address] = nil
      state.steps[new] = record
    }
    state.checkpoints = state.checkpoints.map { new($0) ?? $0 }
    state.problems = state.problems.map { new($0) ?? $0 }
    for index in state.tellings.indices {
      let address = state.tellings[index].address
      state.tellings[index].address = new(address) ?? address
    }
    if state.hasRecovery { state.recovery.rename(new) }
    if state.hasEarlierTimes {
      state.earlierTimes = Dictionary(
        state.earlierTimes.map { (new($0) ?? $0, $1) }, uniquingKeysWith: { $1 })
    }
    guard renaming.takesAlong else { return }
    state.checkpointTest = state.checkpointTest?.renamed(new)
    renameTaken(renaming)
    renameForgotten(renaming.withoutIndices)
  }

  /// Approvals of rounds that are over are kept by the ids that they have inside of one.
  private mutating func renameForgotten(_ renaming: Renaming) {
    for (loop, record) in state.steps {
      guard let approvals = record.group?.approvals, !approvals.isEmpty else { continue }
      let prefix = UndoLog.withoutIndices(loop) + "/"
      let renamed = approvals.map { name in
        renaming.address(of: prefix + name).map { String($0.dropFirst(prefix.count)) } ?? name
      }
      state.steps[loop]?.changeGroup { $0.approvals = Set(renamed) }
    }
  }

  /// What a wait took in rounds that are over is kept by its address in every round.
  private mutating func renameTaken(_ renaming: Renaming) {
    guard !state.takenInRounds.isEmpty else { return }
    // Only the id differs, and it stands last.
    let new = addressInEveryRound(renaming.new)
    let old = new.dropLast(renaming.new.lastID.count) + renaming.old.lastID
    let inEveryRound = Renaming(String(old), to: new, takesAlong: true)
    for (wait, events) in state.takenInRounds {
      guard let new = inEveryRound.address(of: wait) else { continue }
      state.takenInRounds[wait] = nil
      state.takenInRounds[new, default: []].formUnion(events)
    }
  }

  /// Says of each such step that the run has passed it: from here on the record knows it by its new
  /// address.
  func passedUnderNewIDs(_ renamed: [String: String]) -> [PendingEvent] {
    renamed.values.sorted().filter { address in
      !state.isCurrent(address) && isPassed(address) && state.steps[address]?.hasOutcome ?? false
    }.map { PendingEvent(.recovery(.stepKept), step: $0) }
  }

  /// Whether the run does not come to a step any more, where it stands now.
  private func isPassed(_ address: String) -> Bool {
    guard state.hasRecovery else { return true }
    return !state.recovery.kept.contains(address)
  }
}

extension RecoveryState {
  fileprivate mutating func rename(_ new: (String) -> String?) {
    func renamed(_ addresses: Set<String>) -> Set<String> { Set(addresses.map { new($0) ?? $0 }) }
    func renamed(_ counts: [String: Int]) -> [String: Int] {
      Dictionary(counts.map { (new($0) ?? $0, $1) }, uniquingKeysWith: { $1 })
    }
    marks = renamed(marks)
    kept = renamed(kept)
    retries = renamed(retries)
    exhausted = renamed(exhausted)
    byHand = renamed(byHand)
  }
}

extension CheckpointTest {
  fileprivate func renamed(_ new: (String) -> String?) -> CheckpointTest {
    switch self {
    case .pending(let step): .pending(step: new(step) ?? step)
    case .unmet(let step, let blocker): .unmet(step: new(step) ?? step, blocker)
    }
  }
}

extension String {
  /// The last part of an address: the id of its step.
  var lastID: Substring {
    self[(lastIndex(of: "/").map(index(after:)) ?? startIndex)...]
  }
}

import Values
import Workflows

/// A step that comes after a checkpoint and was begun.
struct LaterStep {
  let step: Step
  let address: String
  let surroundings: Surroundings
}

/// Going back to a checkpoint.
extension RunEngine {
  /// The steps and lists that lead to an address, outermost first; nil where a loop or a branch is
  /// among them, whose place cannot be found again.
  func path(to address: String) -> [(step: Step, address: String)]? {
    guard let (target, surroundings) = location(of: address) else { return nil }
    guard surroundings.loops.isEmpty else { return nil }
    var path = [(step: target, address: address)]
    var step = target
    var workflow = surroundings.workflow
    var prefix = surroundings.prefix
    while true {
      if let parent = step.parent {
        step = workflow.allSteps[parent]
      } else if let call = prefix.isEmpty ? nil : String(prefix.dropLast()) {
        guard let (outer, around) = location(of: call), around.loops.isEmpty else { return nil }
        (step, workflow, prefix) = (outer, around.workflow, around.prefix)
      } else {
        return path.reversed()
      }
      switch step.kind {
      case .section, .choose, .workflow: path.append((step, prefix + step.id))
      default: return nil
      }
    }
  }

  /// The step at which the run stands although it comes before a checkpoint; nil where there is none.
  func standingBefore(_ checkpoint: String) -> String? {
    for (_, address) in path(to: checkpoint) ?? [] {
      for frame in state.frames.values where frame.role != .branch {
        let position = frame.list.steps.firstIndex { frame.address(of: $0) == address }
        if let position, frame.cursor < position { return frame.currentAddress }
      }
    }
    return nil
  }

  /// Everything that was begun after a checkpoint, in the order of the procedure.
  func laterSteps(than checkpoint: String) -> [LaterStep] {
    guard let path = path(to: checkpoint) else { return [] }
    var later: [LaterStep] = []
    for (step, address) in path.reversed() {
      guard let (_, surroundings) = location(of: address),
        let list = surroundings.workflow.list(of: step), let position = list.position(of: step.id)
      else { continue }
      for step in list.steps[(position + 1)...] { collect(step, surroundings, into: &later) }
    }
    return later
  }

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
    guard let place = list.position(of: one.step.id), let passed = list.position(of: other.step.id)
    else { return nil }
    return place > passed
  }

  private func collect(_ step: Step, _ surroundings: Surroundings, into later: inout [LaterStep]) {
    let address = surroundings.prefix + step.id
    guard let record = state.steps[address] else { return }
    later.append(LaterStep(step: step, address: address, surroundings: surroundings))
    for (list, inner) in step.lists(at: address, record, surroundings) {
      for step in list.steps { collect(step, inner, into: &later) }
    }
  }

  /// Whether a loop of which something is taken back can be done again as a whole; true for all
  /// other steps.
  func canRedo(_ later: LaterStep, again: Set<String>) -> Bool {
    guard later.step.isLoop, !again.contains(later.address) else { return true }
    let prefix = later.address + "["
    let isOver = state.steps[later.address]?.isOver ?? false
    let hasUndo = state.undo.entries.contains {
      $0.step.hasPrefix(prefix) && $0.status == .open && !$0.isManual
    }
    guard hasUndo || !isOver else { return true }
    return !hasIrreversible(inside: later.address)
  }

  /// Whether something happened inside a loop that nothing takes back, or only a person.
  func hasIrreversible(inside address: String) -> Bool {
    let inside = UndoLog.withoutIndices(address) + "/"
    if state.undo.irreversible.keys.contains(where: { $0.hasPrefix(inside) }) { return true }
    return state.undo.entries.contains {
      $0.isManual && $0.step.hasPrefix(address + "[") && ($0.status == .open || $0.status == .kept)
    }
  }

  // MARK: Folding

  /// Stands behind the checkpoint again. What was taken back is as if never begun; what was not
  /// keeps its outcome.
  ///
  /// - Parameter fromFirstRound: Whether a `repeat` that is done again begins with its first round.
  mutating func goOnBehindCheckpoint(fromFirstRound: Bool) {
    guard case .undoing(.checkpoint(let address, let again), _) = state.phase else { return }
    state.phase = .main
    state.recovery.rewinds += 1
    state.recovery.kept = []
    state.recovery.exhausted = []
    state.recovery.retries = [:]
    for later in laterSteps(than: address).reversed() {
      reset(later, again: Set(again), fromFirstRound: fromFirstRound)
    }
    state.undo.releaseKept()
    if state.recovery.goesByPlaces {
      forgetCheckpoints(after: address)
      forgetWhatIsGone(since: address)
    } else if let position = state.checkpoints.lastIndex(of: address) {
      state.checkpoints.removeSubrange((position + 1)...)
    }
    reopen(behind: address)
    retestCheckpoint()
  }

  /// The run has not passed those any more that come after one, which is the newest.
  private mutating func forgetCheckpoints(after address: String) {
    guard let way = way(to: address) else { return }
    let position = state.checkpoints.lastIndex(of: address) ?? state.checkpoints.count
    state.checkpoints = state.checkpoints.enumerated().filter { index, other in
      other != address && !(comes(other, after: way) ?? (index > position))
    }.map(\.element)
    state.checkpoints.append(address)
  }

  /// What held steps, was begun after the checkpoint and is not in the definition any more: put back by
  /// another migration it is begun anew, as it is where it is still there.
  private mutating func forgetWhatIsGone(since checkpoint: String) {
    guard let passed = state.steps[checkpoint]?.finishedAt else { return }
    for (address, record) in state.steps {
      guard let group = record.group, let begun = record.startedAt, begun >= passed,
        location(of: address) == nil
      else { continue }
      let isLoop = group.start.count != nil || group.rounds > 0
      if isLoop, !isTakenBack(inside: address) || hasIrreversible(inside: address) { continue }
      state.steps[address]?.phase = .undone
    }
  }

  private func isTakenBack(inside loop: String) -> Bool {
    let prefix = loop + "["
    return state.undo.entries.contains { $0.step.hasPrefix(prefix) && $0.status == .done }
  }

  private mutating func reset(
    _ later: LaterStep, again: Set<String>, fromFirstRound: Bool
  ) {
    guard let record = state.steps[later.address] else { return }
    let isKept = !again.contains(later.address) && keeps(later, record)
    if isKept {
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

  /// Whether a step keeps its outcome: what the world or a person gave, not what can be worked out
  /// again, nor an approval, which was of something else.
  private func keeps(_ later: LaterStep, _ record: StepRecord) -> Bool {
    switch (record.phase, later.step.kind) {
    case (.skipped, _): return record.by != .machine
    case (.succeeded, .action), (.succeeded, .ask), (.succeeded, .wait): return true
    case (.succeeded, .forEach), (.succeeded, .repeat):
      // A loop is done again as a whole: for its approvals only where nothing in it would happen
      // twice.
      return !isTakenBack(inside: later.address)
        && (!later.step.holdsApproval || hasIrreversible(inside: later.address))
    default: return false
    }
  }

  /// Opens the lists that lead to an address, each at the step on the way, the last behind it.
  private mutating func reopen(behind address: String) {
    guard let path = path(to: address) else { return }
    openOutermost(.main)
    for (position, place) in path.enumerated() {
      guard let id = state.frames.keys.max(), var frame = state.frames[id] else { return }
      guard let cursor = frame.list.position(of: place.step.id) else { return }
      if let standing = frame.currentAddress { state.standing[standing] = nil }
      frame.cursor = cursor
      state.frames[id] = frame
      state.standing[place.address] = id
      guard position < path.count - 1 else { return leave(place.address) }
      openAgain(place.address)
    }
  }

  private mutating func openAgain(_ address: String) {
    state.steps[address]?.phase = .inside
    state.steps[address]?.group?.open = []
    state.steps[address]?.group?.ending = nil
    enter(address, state.steps[address]?.group?.start ?? StepStart())
  }
}

extension Step {
  fileprivate var isLoop: Bool {
    switch kind {
    case .forEach, .repeat: true
    default: false
    }
  }
}

extension Step {
  /// Whether somebody approves something in it.
  fileprivate var holdsApproval: Bool {
    switch kind {
    case .approve: true
    case .workflow(let call):
      call.definition?.allSteps.contains { $0.holdsApproval } ?? false
    default: nestedLists.contains { list in list.steps.contains { $0.holdsApproval } }
    }
  }
}

extension Workflow {
  /// The list in which a step stands.
  func list(of step: Step) -> StepList? {
    let lists =
      step.parent.map { allSteps[$0].nestedLists } ?? [steps, finally]
    return lists.first { list in list.position(of: step.id).map { list.steps[$0] === step } ?? false
    }
  }
}

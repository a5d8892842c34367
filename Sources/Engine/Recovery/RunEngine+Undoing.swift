import Values
import Workflows

extension RunEngine {
  // MARK: Folding

  /// Folds an event about taking back that is about the run.
  mutating func applyRecovery(_ event: RecoveryEvent) {
    switch event {
    case .undoing(let message, _): startUndoing(.end(message: message), from: 0)
    case .rewinding(let checkpoint, let again, _, let keepsManual):
      var mark = state.recovery.marks[checkpoint] ?? 0
      if state.recovery.goesByPlaces {
        mark = state.undo.keep(allBut: takenBack(byGoingBackTo: checkpoint))
      } else if keepsManual {
        state.undo.keepManual(from: mark)
      }
      state.recovery.takingBack = state.undo.open(from: mark)
      startUndoing(.checkpoint(checkpoint, again: again), from: mark)
    case .rewound(.ofOld(let fromFirstRound)):
      goOnBehindCheckpointAsOfOld(fromFirstRound: fromFirstRound)
    case .rewound(let rules): goOnBehindCheckpoint(by: rules)
    case .migrated(let migration): migrate(migration)
    default: break
    }
  }

  private mutating func startUndoing(_ goal: UndoGoal, from mark: Int) {
    // What a step did stays, and is tested once the run has gone back.
    let isGoingBack = if case .checkpoint = goal { true } else { false }
    abandonEverything { isGoingBack && $0.isToBeVerified }
    closeEverything()
    state.recovery.open = [:]
    state.phase = .undoing(goal, from: mark)
    state.parked = nil
    state.checkpointTest = nil
    openNextUndo()
  }

  /// Stands at the newest effect that is still to be taken back, or at the end of it.
  mutating func openNextUndo() {
    guard case .undoing(_, let mark) = state.phase else { return }
    closeEverything()
    add(undoFrame(state.undo.newest(from: mark)))
  }

  /// Finds the place of a run that takes something back again; it follows from the effects.
  mutating func standAtUndo() {
    guard case .undoing(_, let mark) = state.phase else { return }
    state.nextFrame -= 1
    add(undoFrame(state.undo.newest(from: mark)))
  }

  /// The list of the one step that takes an effect back; empty where none is left.
  func undoFrame(_ position: Int?) -> Frame {
    let entry = position.map { state.undo.entries[$0] }
    let found = entry.flatMap { undoLocation(of: $0.address) }
    let list = StepList(found.map { [$0.step] } ?? [])
    return Frame(
      role: .undo, parent: nil, owner: nil,
      surroundings: found?.surroundings ?? Surroundings(workflow), list: list,
      index: position ?? -1, cursor: 0, end: list.count)
  }

  /// The step that takes another back, by its own address.
  func undoLocation(of address: String) -> (step: Step, surroundings: Surroundings)? {
    guard let position = state.undo.position(of: address) else { return nil }
    let entry = state.undo.entries[position]
    // A step that a migration removed is taken back all the same.
    let (step, surroundings) =
      location(of: entry.step)
      ?? (
        Step.standIn(for: entry.step, titled: removedTitles[entry.step]), Surroundings(workflow)
      )
    let id = String(address.dropFirst(surroundings.prefix.count))
    let catalog = surroundings.workflow.catalog
    let undoing =
      switch entry.plan {
      case .call(let operation, _): step.takingBack(as: id, operation, in: catalog)
      case .manual(let text): step.takingBack(as: id, byHand: text)
      case .unknown(let message): step.takingBack(as: id, byHand: message)
      }
    return (undoing, surroundings)
  }

  /// Notes that an effect was taken back, or passed over, and goes to the next.
  mutating func noteUndone(_ kind: EventKind, at address: String) {
    guard let position = state.undo.position(of: address) else { return }
    switch kind {
    case .stepSucceeded:
      state.undo.close(position, as: .done)
      let step = state.undo.entries[position].step
      state.steps[step]?.phase = .undone
      state.steps[step]?.undoIsPrepared = false
      let stands = state.undo.holdsUndone(of: step)
      state.steps[step]?.effectStands = stands
    case .stepSkipped: state.undo.close(position, as: .skipped)
    default: return
    }
    openNextUndo()
  }

  /// Notes that a step acted, and counts the effect where nothing takes it back: once, whether its `verify`
  /// holds afterwards or not.
  mutating func noteEffect(_ kind: EventKind, at address: String) {
    var isOver = false
    switch kind {
    case .stepSucceeded: isOver = true
    case .attemptSucceeded, .doubtResolved(true, _, _, _): break
    default: return
    }
    guard let step = step(at: address) else { return }
    guard step.hasEffects else { return noteHandwork(kind, step, at: address) }
    guard state.undo.position(of: address) == nil else { return }
    // What is over says so by itself.
    if !isOver { state.steps[address]?.effectStands = true }
    guard state.steps[address]?.undoIsPrepared != true,
      state.steps[address]?.effectIsCounted != true
    else { return }
    if !isOver { state.steps[address]?.effectIsCounted = true }
    state.undo.noteIrreversible(address)
  }

  // MARK: Deciding

  /// What follows when nothing is left to take back.
  func finishUndoing() -> Decision {
    guard case .undoing(let goal, _) = state.phase else { return .wait(until: nil) }
    switch goal {
    case .end(let message):
      return .record([self.end(.undone, message: message)])
    case .checkpoint:
      return .record([PendingEvent(.recovery(.rewound(.newest)))])
    }
  }

  /// Says what such steps were called, for people.
  package mutating func name(removed titles: [String: String]) {
    removedTitles = titles
    for (id, frame) in state.frames where frame.role == .undo && frame.cursor == 0 {
      state.frames[id] = undoFrame(
        state.undo.entries.indices.contains(frame.index) ? frame.index : nil)
    }
  }

  /// The steps that are still to be taken back and that a migration took out.
  package var removedSteps: Set<String> {
    guard state.migrations > 0 else { return [] }
    return Set(
      state.undo.entries.filter { $0.status == .open && location(of: $0.step) == nil }.map(\.step))
  }

  /// What the step that takes an effect back is called with.
  func undoInputs(at address: String) -> StoredValues? {
    guard let position = state.undo.position(of: address),
      case .call(_, let with) = state.undo.entries[position].plan
    else { return nil }
    return with
  }
}

/// What taking back would do, for people to read first.
package struct UndoPreview: Sendable {
  /// Newest first.
  package let entries: [UndoEntry]
  /// The addresses of those that a person takes back.
  package let byHand: Set<String>
  /// Steps that had an effect that nothing takes back, and how often; indices of loops left out.
  package let irreversible: [(step: String, count: Int)]
}

/// What a run is after that takes back what it did, and how much of it is left.
package struct UndoProgress: Sendable {
  package let goal: UndoGoal
  package let left: Int
  /// How it began.
  package let begun: BegunGoingBack?
}

extension RunEngine {
  /// Nil while the run takes nothing back.
  package var undoProgress: UndoProgress? {
    guard case .undoing(let goal, let mark) = state.phase else { return nil }
    return UndoProgress(
      goal: goal, left: state.undo.entries.dropFirst(mark).count { $0.status == .open },
      begun: state.recovery.goingBack)
  }

  /// The steps that are still to be taken back, newest first; none while the run takes nothing back.
  var stepsToTakeBack: [String] {
    guard case .undoing(_, let mark) = state.phase else { return [] }
    return state.undo.entries.dropFirst(mark).filter { $0.status == .open }.reversed().map(\.step)
  }

  /// The event from which on the run takes back what it did.
  func undoing(_ message: String?) -> PendingEvent {
    let irreversible = undoPreview.irreversible.map(\.step)
    return PendingEvent(.recovery(.undoing(message: message, irreversible: irreversible)))
  }

  /// What `undo` would do now.
  package var undoPreview: UndoPreview {
    let entries = Array(state.undo.entries.filter { $0.status == .open }.reversed())
    return UndoPreview(
      entries: entries, byHand: addressesByHand(of: entries),
      irreversible: state.undo.staying.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }
}

extension Step {
  /// Whether carrying it out changes the world.
  var hasEffects: Bool {
    guard case .action = kind, let effects else { return false }
    return effects != .none
  }
}

extension StepRecord {
  /// Whether an attempt took effect of which nobody knows yet whether it will do.
  fileprivate var isToBeVerified: Bool {
    if case .acted = phase { effectStands } else { false }
  }
}

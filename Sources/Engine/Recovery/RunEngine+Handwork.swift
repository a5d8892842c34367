import Workflows

/// Sections, calls, choices and loops that a person did by hand as a whole: what was done of what they hold,
/// nobody knows but that person.
extension RunEngine {
  func isDoneByHandAsAWhole(
    _ step: Step, at address: String, by rules: RewindRules = .newest
  ) -> Bool {
    guard step.isContainer, let record = state.steps[address],
      record.manner == .byHand, case .succeeded = record.phase
    else { return false }
    return !isCarriedOut(step, at: address, record, by: rules)
  }

  /// Whether the machine had come through all that a step holds, so that a person only said that it will do.
  private func isCarriedOut(
    _ step: Step, at address: String, _ record: StepRecord, by rules: RewindRules
  ) -> Bool {
    guard let group = record.group, let surroundings = location(of: address)?.surroundings else {
      return false
    }
    var prefix = surroundings.prefix
    var list: StepList?
    switch step.kind {
    case .section(let own), .parallel(let own): list = own
    case .choose(let cases):
      list = group.start.choice.flatMap { cases.indices.contains($0) ? cases[$0].steps : nil }
    case .workflow(let call):
      // It may have ended as failed, whatever became of its steps, and well before all of them.
      if let ending = group.ending, ending.status != .succeeded || rules.followsEverywhere {
        return ending.status == .succeeded
      }
      list = call.definition?.steps
      prefix = address + "/"
    case .forEach:
      return group.endedCount == group.start.count && group.failed.isEmpty
        && group.brokenOff.isEmpty
    case .repeat(let loop):
      guard rules.followsEverywhere else { return false }
      // After its last round nothing but a check of the whole is left.
      list = loop.steps
      prefix = surroundings.inside(step, at: address, index: group.rounds).prefix
    default: return false
    }
    return list?.steps.allSatisfy { inner in
      guard let inside = state.steps[prefix + inner.id] else { return false }
      if case .undone = inside.phase { return true }
      return inside.hasOutcome
    } ?? false
  }

  /// Counts what a person did as a whole where nothing takes it back.
  mutating func noteHandwork(_ kind: EventKind, _ step: Step, at address: String) {
    guard case .stepSucceeded(_, .byHand, _, _) = kind, isDoneByHandAsAWhole(step, at: address),
      step.holdsEffects, state.steps[address]?.undoIsPrepared != true
    else { return }
    state.undo.noteHandwork(address)
  }

  /// No run goes on in the middle of what is done as a whole or not at all: what takes all of it back, or what a
  /// person did of it, has no middle.
  func refuseInMiddleOfWhole(_ checkpoint: String) throws(Refusal) {
    guard let way = path(to: checkpoint) else { return }
    let mark = state.recovery.marks[checkpoint] ?? 0
    let takenBack = Set(
      state.undo.entries.dropFirst(mark).filter { $0.status == .open && !$0.isManual }.map(\.step))
    for (step, address) in way.dropLast() {
      let isByHand = step.holdsEffects && isDoneByHandAsAWhole(step, at: address)
      guard isByHand || takenBack.contains(address) else { continue }
      throw Refusal(
        isByHand
          ? "`\(address)`, around the checkpoint, was done by hand as a whole"
          : "`\(address)`, around the checkpoint, is taken back as a whole",
        hint: wayBack(before: checkpoint, outsideOf: address))
    }
  }

  private func wayBack(before checkpoint: String, outsideOf address: String) -> String {
    let earlier = state.checkpoints.prefix { $0 != checkpoint }.filter { other in
      guard let way = path(to: other), isOfProcedure(way) else { return false }
      return !way.contains { $0.address == address }
    }
    guard let last = earlier.last else {
      return "take back all that was done: baton undo \(state.header.run)"
    }
    return "go back to a checkpoint before it: --to \(step(at: last)?.checkpoint ?? last)"
  }
}

extension UndoLog {
  /// Whether something inside a loop was done by hand as a whole.
  func holdsHandwork(inside address: String) -> Bool {
    guard !handwork.isEmpty else { return false }
    let inside = Self.withoutIndices(address) + "/"
    return handwork.keys.contains { $0.hasPrefix(inside) }
  }
}

import Workflows

/// What comes again of what a run has been through, once it goes by another version.
extension RunEngine {
  // MARK: Folding

  /// What was taken back or cancelled counts for nothing: where the run comes to it, it is as if it had
  /// never been begun. So is what failed and is to be done all the same; of what it did already only the
  /// `verify` is tested again, as with `retry`.
  mutating func renewWhatComesAgain(toDo: [String]) {
    let toDo = Set(toDo)
    for (address, record) in state.steps {
      let isRenewed =
        switch record.phase {
        case .undone, .cancelled: toDo.contains(address) || isToCome(address)
        case .failed(acted: false): toDo.contains(address)
        default: false
        }
      if isRenewed { state.steps[address] = record.renewed }
      if case .failed(acted: true) = record.phase, toDo.contains(address) {
        state.steps[address]?.retried(with: StoredValues(), again: false)
        state.steps[address]?.finishedAt = nil
      }
    }
  }

  /// What failed and was passed over stays so where the run comes to it once more; nothing else that has
  /// no outcome is passed over.
  mutating func keepWhatFailed(toDo: [String]) {
    state.recovery.goesByPlaces = true
    for (address, record) in state.steps {
      if record.isPassedOver, isToCome(address) { state.recovery.kept.insert(address) }
    }
    state.recovery.kept.subtract(toDo)
    for address in state.recovery.kept where !(state.steps[address]?.hasOutcome ?? false) {
      state.recovery.kept.remove(address)
    }
  }

  // MARK: Places

  /// Whether the run comes to a step from where it stands, as the definition has its place.
  func isToCome(_ address: String) -> Bool {
    guard !state.isCurrent(address), state.undo.position(of: address) == nil,
      let (step, surroundings) = location(of: address),
      let list = surroundings.workflow.list(of: step)
    else { return false }
    if let (frame, position) = openList(with: step, surroundings) {
      return frame.cursor < position
    }
    guard let owner = surroundings.owner(of: step) else {
      return list === workflow.finally
    }
    guard self.step(at: owner)?.isCarriedOut(by: list) ?? false else { return false }
    switch state.steps[owner]?.phase {
    case .inside?: return list === surroundings.workflow.finally
    case nil, .entered?, .undone?, .cancelled?:
      return state.isCurrent(owner) || isToCome(owner)
    default: return false
    }
  }

  /// Whether an open list has a step that it is past.
  func hasPassed(_ address: String) -> Bool {
    guard let (step, surroundings) = location(of: address),
      let (frame, position) = openList(with: step, surroundings)
    else { return false }
    return position < frame.cursor
  }

  /// Whether an address is one that a step has by the definition, in as many loops.
  func isAddress(_ address: String) -> Bool {
    guard let (step, surroundings) = location(of: address) else { return false }
    return surroundings.workflow.isInDefaults(step)
      || step.loopDepth(in: surroundings.workflow) == surroundings.loops.count
  }

  /// The step as whose recovery a step is carried out, or one around it; nil for those of the procedure.
  func recovered(by address: String) -> String? {
    for (step, own) in way(to: address) ?? [] {
      guard let surroundings = location(of: own)?.surroundings,
        let list = surroundings.workflow.list(of: step), let owner = surroundings.owner(of: step),
        let holder = self.step(at: owner), !holder.isCarriedOut(by: list)
      else { continue }
      return owner
    }
    return nil
  }

  private func openList(
    with step: Step, _ surroundings: Surroundings
  ) -> (frame: Frame, position: Int)? {
    for frame in state.frames.values
    where frame.role != .branch && frame.role != .again
      && frame.surroundings.prefix == surroundings.prefix
    {
      guard let position = frame.list.position(of: step.id), frame.list.steps[position] === step
      else { continue }
      return (frame, position)
    }
    return nil
  }

  /// The steps that lead to an address, outermost first, and the one at it; nil where the definitions have
  /// no such step.
  func way(to address: String) -> [(step: Step, address: String)]? {
    guard let (step, surroundings) = location(of: address) else { return nil }
    guard let owner = surroundings.owner(of: step) else { return [(step, address)] }
    return way(to: owner).map { $0 + [(step, address)] }
  }
}

extension Surroundings {
  /// The address of the step that holds another, in its workflow or as its call.
  fileprivate func owner(of step: Step) -> String? {
    step.parent.map { address(of: workflow.allSteps[$0]) } ?? call
  }
}

extension Step {
  /// Whether a list is of those that the step is there to carry out, rather than one for when it fails.
  fileprivate func isCarriedOut(by list: StepList) -> Bool {
    switch kind {
    case .section(let own), .parallel(let own): own === list
    case .forEach(let loop): loop.steps === list
    case .repeat(let loop): loop.steps === list
    case .choose(let cases): cases.contains { $0.steps === list }
    case .workflow: true
    default: false
    }
  }
}

extension StepRecord {
  /// Whether a step counts for nothing: it was never begun, or was taken back or cancelled.
  var isAsNew: Bool {
    switch phase {
    case .entered: startedAt == nil
    case .undone, .cancelled: true
    default: false
    }
  }

  /// Whether something that people gave waits for the step to begin once more, since the run went back before it.
  var holdsGiven: Bool {
    guard case .entered = phase, hasWork else { return false }
    return !answers.isEmpty || !corrected.isEmpty
  }

  /// Whether it failed and the run went on without it. What people approved, and rejected when they were
  /// asked again, was over once as well.
  var isPassedOver: Bool {
    guard case .failed = phase else { return false }
    return finishedAt != nil && manner == .machine
  }

  /// Whether it has come to something that the run can pass by.
  var hasOutcome: Bool {
    switch phase {
    case .succeeded, .skipped: true
    default: isPassedOver
    }
  }
}

import Values
package import Workflows

/// The run goes on by another definition.
extension RunEngine {
  /// The definition that the next `run.migrated` moves the run to.
  package mutating func expect(_ workflow: Workflow) { upcoming = workflow }

  /// Folds a migration.
  mutating func migrate(_ migration: Migration) {
    let renamings = migration.renamed.sorted { $0.key < $1.key }.map { old, new in
      Renaming(old, to: new, takesAlong: migration.goesByPlaces)
    }
    if let upcoming { take(upcoming, renamings) }
    upcoming = nil
    state.recovery.earlierVersions.append(
      EarlierVersion(
        definition: state.header.definition, until: state.lastAt, renamed: migration.renamed))
    state.header.workflowName = migration.workflowName
    state.header.workflowVersion = migration.workflowVersion
    state.header.workflowFile = migration.workflowFile
    state.header.workflowSHA256 = migration.workflowSHA256
    state.header.definition = migration.definition
    for member in migration.inputs.clear {
      state.header.inputs.clear.set(member.key, member.value)
    }
    for member in migration.inputs.sealed {
      state.header.inputs.sealed.set(member.key, member.value)
    }
    for renaming in renamings { rename(renaming) }
    for rungs in migration.rungs { state.renumber(rungs) }
    for address in migration.toDo { stand(at: address) }
    fitCorrections(migration.decisions)
    forgetAnswers(migration.decisions)
    keepWhatIsOver()
    if migration.goesByPlaces {
      renewWhatComesAgain(toDo: migration.toDo)
      keepWhatFailed(toDo: migration.toDo)
      forgetWhatIsNoCheckpoint()
    }
    state.parked = nil
    lookAtEverything()
  }

  /// A step that is none by the new version is not gone back to, nor tested before the run goes on.
  private mutating func forgetWhatIsNoCheckpoint() {
    state.checkpoints = state.checkpoints.filter { address in
      location(of: address).map { $0.step.checkpoint != nil } ?? true
    }
  }

  /// Puts every open list in its place in another definition.
  ///
  /// - Parameter renamings: the steps that have another address from here on, and keep what they came to.
  /// - Returns: the addresses at which the run stands and that the definition does not have there.
  @discardableResult
  mutating func take(_ new: Workflow, _ renamings: [Renaming] = []) -> [String] {
    let old = state.frames
    let before = self
    workflow = new
    hasUndo = new.hasUndo
    hasCalledFinally = new.hasCalledFinally
    eventWaits = new.eventWaits
    newestSurroundings = nil
    state.frames = [:]
    state.standing = [:]
    var lost: [String] = []
    for id in old.keys.sorted() {
      guard let frame = old[id] else { continue }
      if let placed = placed(frame) {
        state.frames[id] = placed
        if let address = placed.currentAddress { state.standing[address] = id }
      } else if isGoneBranch(frame), let owner = frame.owner {
        state.steps[owner]?.changeGroup { $0.open.removeAll { $0 == id } }
      } else {
        lost.append(frame.currentAddress ?? frame.owner ?? "")
      }
    }
    agenda = Agenda()
    followCases(from: before, renamings)
    for id in old.keys.sorted() { closeIfOver(id) }
    return lost
  }

  private func placed(_ old: Frame) -> Frame? {
    if old.role == .again { return Frame(askingAgain: .map(old.savedAskingAgain), in: state) }
    var frame: Frame
    if let owner = old.owner, let parent = old.parent {
      guard let outer = state.frames[parent], let step = outer.current,
        outer.address(of: step) == owner,
        let index = index(of: old, in: step),
        let found = Frame(old.role, of: step, at: owner, index: index, in: (parent, outer))
      else { return nil }
      frame = found
    } else {
      guard old.role == .main || old.role == .finally else { return nil }
      frame = Frame(old.role, of: workflow)
    }
    guard let current = old.current else {
      frame.cursor = frame.end
      return frame
    }
    guard let cursor = cursor(of: old, current, in: frame) else { return nil }
    frame.cursor = cursor
    return frame
  }

  /// A branch or a case is known by the step at which it stands, an iteration or round by its number.
  private func index(of old: Frame, in step: Step) -> Int? {
    guard let current = old.current else { return old.index }
    switch (old.role, step.kind) {
    case (.branch, .parallel(let list)): return list.position(of: current.id)
    case (.choice, .choose(let cases)):
      return cases.firstIndex { $0.steps.position(of: current.id) != nil }
        ?? cases.firstIndex(withAnyOf: old.list.steps.map(\.id))
    default: return old.index
    }
  }

  /// Goes back in its list to a step that the run had passed.
  mutating func stand(at address: String) {
    for id in state.frames.keys.sorted() {
      guard var frame = state.frames[id], frame.role != .branch, frame.role != .again,
        let position = frame.list.steps.firstIndex(where: { frame.address(of: $0) == address }),
        position < frame.cursor
      else { continue }
      for step in frame.list.steps[(position + 1)..<frame.cursor] {
        state.recovery.kept.insert(frame.address(of: step))
      }
      // It comes in its place then.
      for asking in state.askedAgain {
        guard let again = state.frames[asking], again.parent == id,
          again.list === frame.list, again.cursor > position
        else { continue }
        if let approval = again.currentAddress { state.standing[approval] = nil }
        state.frames[asking] = nil
        state.askedAgain.removeAll { $0 == asking }
      }
      if let standing = frame.currentAddress { state.standing[standing] = nil }
      frame.cursor = position
      state.frames[id] = frame
      state.standing[address] = id
    }
  }

  /// What was done already is not done again because it stands further down now.
  private mutating func keepWhatIsOver() {
    for frame in state.frames.values {
      for step in frame.list.steps[min(frame.cursor, frame.end)..<frame.end].dropFirst() {
        let address = frame.address(of: step)
        if state.steps[address]?.isOver == true { state.recovery.kept.insert(address) }
      }
    }
  }
}

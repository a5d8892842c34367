import Values
import Workflows

/// What comes once an approval is given.
extension RunEngine {
  /// What an approval would release with other values than the procedure gives.
  func changes(releasedBy place: Place) -> [ApprovalShown.Change] {
    released(by: place).sorted().compactMap { address in
      guard let record = state.steps[address], isToCome(record, at: address),
        !record.corrected.isEmpty
      else { return nil }
      return ApprovalShown.Change(step: address, with: record.corrected)
    }
  }

  /// The steps of which something is known that an approval releases: what is left of its list, or of that beside
  /// which it is asked again, and what comes behind the steps around that.
  private func released(by place: Place) -> Set<String> {
    let own = place.frame
    var found = Set(begun(own.list.steps[own.cursor..<own.end], own.surroundings))
    if own.role == .again { found.formUnion(currentAddresses(inside: own.parent)) }
    var inner = own
    while let id = inner.parent, let outer = state.frames[id] {
      if inner.role == .workflow, case .workflow(let call)? = outer.current?.kind,
        let last = call.definition?.finally
      {
        found.formUnion(begun(last.steps[...], inner.surroundings))
      }
      let start = releasesCurrent(inner, of: outer) ? outer.cursor : outer.cursor + 1
      found.formUnion(
        begun(outer.list.steps[min(start, outer.end)..<outer.end], outer.surroundings))
      inner = outer
    }
    return found
  }

  /// Whether the step at which a list stands comes behind one that is opened from there: what an approval
  /// released that is asked again, and what recovery steps have tried again.
  private func releasesCurrent(_ inner: Frame, of outer: Frame) -> Bool {
    if inner.role == .again { return true }
    guard inner.role == .recovery, let step = outer.current else { return false }
    let branches = step.recoveryBranches(in: outer.surroundings.workflow)
    return inner.index < branches.count && branches[inner.index].then == .retry
  }

  /// The steps of which something is known among some and those inside them, but for what is over.
  private func begun(_ steps: ArraySlice<Step>, _ surroundings: Surroundings) -> [String] {
    steps.flatMap { step -> [String] in
      let address = surroundings.prefix + step.id
      guard let record = state.steps[address], isToCome(record, at: address) else { return [] }
      let inside = step.lists(at: address, record, surroundings)
      return [address] + inside.flatMap { begun($0.list.steps[...], $0.surroundings) }
    }
  }

  /// Whether something is still to become of a step, wherever the run comes to it.
  private func isToCome(_ record: StepRecord, at address: String) -> Bool {
    if state.hasRecovery, state.recovery.kept.contains(address) { return false }
    // What was taken back is done again.
    if case .undone = record.phase { return true }
    return !record.isOver
  }
}

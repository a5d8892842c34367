import Workflows

/// Steps at which a run stands and of which nothing has come yet: a process ended before it began them, or
/// they are to be tried again.
extension RunEngine {
  /// Whether nothing goes on at a step, nothing has come of it, and nobody is asked.
  func isToBegin(_ address: String) -> Bool {
    guard let record = state.steps[address] else { return true }
    guard case .entered = record.phase else { return false }
    return record.doubt == nil
  }

  /// Where a list that stands at a step goes on in its new place; nil where it has no such step, and
  /// something has come of that.
  func cursor(of old: Frame, _ current: Step, in new: Frame) -> Int? {
    let address = old.address(of: current)
    let hasRecord = state.steps[address]?.startedAt != nil
    let position = new.list.position(of: current.id).flatMap { position in
      position >= new.cursor && position < new.end
        && (!hasRecord || new.list.steps[position].kind.key == current.kind.key) ? position : nil
    }
    if let position, hasRecord || new.role == .branch { return position }
    guard isToBegin(address), new.role != .branch else { return nil }
    // What comes behind the steps that were passed is next.
    let passed = old.list.steps[..<old.cursor].compactMap { new.list.position(of: $0.id) }
    var next = passed.last.map { $0 + 1 } ?? new.cursor
    let end = position ?? new.end
    // What stands there now may have come to its end further up.
    while next < end, state.steps[new.address(of: new.list.steps[next])]?.hasOutcome ?? false {
      next += 1
    }
    return min(end, next)
  }

  /// Whether a list is a branch that was not begun, and that its section does not have any more.
  func isGoneBranch(_ frame: Frame) -> Bool {
    guard frame.role == .branch, let step = frame.current, let owner = frame.owner,
      isToBegin(frame.address(of: step)), let parent = frame.parent.flatMap({ state.frames[$0] }),
      parent.currentAddress == owner, case .parallel(let list)? = parent.current?.kind
    else { return false }
    return list.position(of: step.id) == nil
  }
}

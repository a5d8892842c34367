import CEL
import Values
import Workflows

/// Approvals inside a step: whoever passes over the step would pass over them.
extension RunEngine {
  /// The address of an approval inside a step, in called workflows, too, that comes where the step is carried out and
  /// that nobody has given; nil where there is none.
  func approvalToCome(inside step: Step, at address: String) -> String? {
    guard step.holdsApproval, let (_, surroundings) = location(of: address) else { return nil }
    let record = state.steps[address]
    // What is inside has come to the end that the procedure gives it: a check of the whole is all that is left.
    if case .failed(acted: true)? = record?.phase, record?.isPartlyTakenBack != true,
      !step.beginsInsideAgain(record?.group)
    {
      return nil
    }
    return approvalToCome(inside: step, at: address, surroundings)
  }

  private func approvalToCome(
    inside step: Step, at address: String, _ surroundings: Surroundings
  ) -> String? {
    for (list, inner) in listsToCome(of: step, at: address, surroundings) {
      if let found = approvalToCome(in: list, of: step, inner) { return found }
    }
    return nil
  }

  private func approvalToCome(
    in list: StepList, of owner: Step, _ surroundings: Surroundings
  ) -> String? {
    let isSideBySide = if case .parallel = owner.kind { true } else { false }
    let newest = isSideBySide ? nil : lastBegun(in: list, surroundings)
    for (position, step) in list.steps.enumerated() where step.holdsApproval {
      let address = surroundings.prefix + step.id
      let record = state.steps[address]
      switch record?.phase {
      case .succeeded, .skipped: continue
      default: break
      }
      if record?.startedAt == nil {
        // Jumped over, or about to be left out.
        if position < newest ?? 0 || holds(step.condition, surroundings) == false { continue }
      }
      if case .approve = step.kind { return address }
      if let found = approvalToCome(inside: step, at: address, surroundings) { return found }
    }
    return nil
  }

  /// What keeps its outcome over a rewind was begun before that: it says nothing of where the run has come since.
  private func lastBegun(in list: StepList, _ surroundings: Surroundings) -> Int? {
    let kept = state.hasRecovery ? state.recovery.kept : []
    return list.steps.lastIndex { step in
      let address = surroundings.prefix + step.id
      return state.steps[address]?.startedAt != nil && !kept.contains(address)
    }
  }

  /// The lists inside a step that are carried out, as far as that is known, unless something fails.
  private func listsToCome(
    of step: Step, at address: String, _ surroundings: Surroundings
  ) -> [(list: StepList, surroundings: Surroundings)] {
    let group = state.steps[address]?.group
    func inside(_ index: Int) -> Surroundings {
      surroundings.inside(step, at: address, index: index)
    }
    switch step.kind {
    case .section(let list), .parallel(let list): return [(list, surroundings)]
    case .choose(let cases):
      return casesToCome(cases, group, surroundings).map { ($0, surroundings) }
    case .repeat(let loop): return [(loop.steps, inside(group?.rounds ?? 0))]
    case .forEach(let loop):
      return itemsToCome(group).map { (loop.steps, inside($0)) }
    case .workflow(let call):
      return [call.definition?.steps, call.definition?.finally].compactMap(\.self)
        .map { ($0, inside(0)) }
    default: return []
    }
  }

  private func casesToCome(
    _ cases: [Case], _ group: Group?, _ surroundings: Surroundings
  ) -> [StepList] {
    if let choice = group?.start.choice {
      return cases.indices.contains(choice) ? [cases[choice].steps] : []
    }
    var found: [StepList] = []
    for choice in cases {
      let holds = holds(choice.when, surroundings)
      if holds != false { found.append(choice.steps) }
      if holds == true { break }
    }
    return found
  }

  /// The items of a `for_each` that are not over; of one that is not begun the first stands for all.
  private func itemsToCome(_ group: Group?) -> [Int] {
    guard let group, let count = group.start.count else { return [0] }
    let open = group.open.compactMap { state.frames[$0]?.index }
    var items = group.failed.union(group.brokenOff).union(group.held).union(open)
    if group.nextItem < count { items.insert(group.nextItem) }
    return items.sorted()
  }

  /// Whether a condition holds, and none does; nil where it depends on what is not settled yet.
  private func holds(_ condition: Expression?, _ surroundings: Surroundings) -> Bool? {
    guard let condition else { return true }
    // The inputs of a call are known once it has begun.
    guard surroundings.call.map({ state.steps[$0]?.group != nil }) ?? true,
      condition.references.allSatisfy({ isSettled($0.path, surroundings) })
    else { return nil }
    let scope = RunScope(
      reader: StateReader(self), surroundings: surroundings, address: "", now: state.lastAt)
    return try? condition.test(scope)
  }

  private func isSettled(_ path: [String], _ surroundings: Surroundings) -> Bool {
    switch (path.first, path.dropFirst().first) {
    case ("inputs", _): return true
    case ("run", let member?): return member != "status"
    case ("steps", let id?):
      guard let step = surroundings.workflow.step(named: id) else { return false }
      return state.steps[surroundings.address(of: step)]?.isOver ?? false
    default: return false
    }
  }
}

extension Step {
  /// Whether trying the step again begins what is inside of it once more, though that had come to an end: a loop
  /// has further rounds, and a workflow that has ended itself as failed can only begin anew.
  fileprivate func beginsInsideAgain(_ group: Group?) -> Bool {
    switch kind {
    case .repeat: true
    case .workflow: group?.ending.map { $0.status != .succeeded } ?? false
    default: false
    }
  }
}

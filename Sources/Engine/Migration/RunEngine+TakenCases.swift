import Workflows

/// The cases that choices have taken, which may have other numbers in another definition.
extension RunEngine {
  /// Follows the case of each choice into the present definition: the one in which the run stands, or that has
  /// steps of the one that was taken.
  mutating func followCases(from before: RunEngine) {
    var taken: [String: Int] = [:]
    for frame in state.frames.values where frame.role == .choice {
      if let owner = frame.owner { taken[owner] = frame.index }
    }
    for (address, record) in before.state.steps {
      guard let choice = record.group?.start.choice,
        case .choose(let old)? = before.step(at: address)?.kind, old.indices.contains(choice),
        case .choose(let new)? = step(at: address)?.kind
      else { continue }
      let now = taken[address] ?? new.firstIndex(withAnyOf: old[choice].steps)
      if now != choice { state.steps[address]?.changeGroup { $0.start.choice = now } }
    }
  }
}

extension [Case] {
  /// The first case that has a step of a list.
  func firstIndex(withAnyOf list: StepList) -> Int? {
    firstIndex { choice in
      list.steps.contains { choice.steps.position(of: $0.id) != nil }
    }
  }
}

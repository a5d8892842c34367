import Workflows

/// The cases that choices have taken, which may have other numbers in another definition.
extension RunEngine {
  /// Follows the case of each choice into the present definition: the one in which the run stands, or that has
  /// steps of the one that was taken, be it under other ids.
  mutating func followCases(from before: RunEngine, _ renamings: [Renaming]) {
    func new(_ address: String) -> String {
      renamings.lazy.compactMap { $0.address(of: address) }.first ?? address
    }
    var taken: [String: Int] = [:]
    for frame in state.frames.values where frame.role == .choice {
      if let owner = frame.owner { taken[owner] = frame.index }
    }
    for (address, record) in before.state.steps {
      guard let choice = record.group?.start.choice,
        let (chooser, surroundings) = before.location(of: address),
        case .choose(let old) = chooser.kind, old.indices.contains(choice),
        case .choose(let cases)? = step(at: new(address))?.kind
      else { continue }
      let ids = old[choice].steps.steps.map { String(new(surroundings.prefix + $0.id).lastID) }
      let now = taken[address] ?? cases.firstIndex(withAnyOf: ids)
      if now != choice { state.steps[address]?.changeGroup { $0.start.choice = now } }
    }
  }
}

extension [Case] {
  /// The first case that has one of some steps.
  func firstIndex(withAnyOf ids: [String]) -> Int? {
    firstIndex { choice in ids.contains { choice.steps.position(of: $0) != nil } }
  }
}

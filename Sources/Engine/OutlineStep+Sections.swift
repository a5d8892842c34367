import Workflows

extension Sequence<OutlineStep> {
  /// By address, the addresses of the sections, choices and parallels that each step stands in, in an
  /// outline: an address shows only the loops and calls around it.
  package var sections: [String: [String]] {
    var result: [String: [String]] = [:]
    var around: [(place: OutlineStep, sections: [String])] = []
    for place in self {
      while let last = around.last, last.place.depth >= place.depth { around.removeLast() }
      var sections: [String] = []
      if let outer = around.last {
        sections = outer.sections
        if outer.place.step.isSection(holding: place.step) { sections.append(outer.place.address) }
      }
      if !sections.isEmpty { result[place.address] = sections }
      around.append((place, sections))
    }
    return result
  }
}

extension Step {
  /// Whether a step stands in it, and not beside it as what recovers it does.
  fileprivate func isSection(holding step: Step) -> Bool {
    switch kind {
    case .section(let list), .parallel(let list): list.position(of: step.id) != nil
    case .choose(let cases): cases.contains { $0.steps.position(of: step.id) != nil }
    default: false
    }
  }
}

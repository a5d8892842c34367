import Engine

/// What a test can expect of the way that a run took: the order in which branches did their steps is the
/// world's, and no test can say it again.
struct BranchedPath {
  /// `path`, and `steps` where a part of it can only be said without its order.
  private(set) var lines = ["path:"]
  private var unordered: [String] = []

  init(_ path: [String], of engine: RunEngine) {
    let places = BranchPlaces(engine.workflow)
    var part: [(address: String, place: BranchPlaces.Place)] = []
    for address in path {
      let place = places.place(of: address)
      if place.isBranched {
        part.append((address, place))
      } else {
        add(part)
        part = []
        add(address)
      }
    }
    add(part)
    let ends = unordered.compactMap { address -> String? in
      guard let status = engine.state.steps[address]?.phase.status else { return nil }
      return "  \(FlowText.scalar(address)): \(status.rawValue)"
    }
    if path.isEmpty { lines = ["path: []"] }
    if !ends.isEmpty { lines += ["steps:"] + ends }
  }

  private mutating func add(_ address: String) { lines.append("  - \(FlowText.scalar(address))") }

  /// Adds what branches did. One branch after the other, as the file has them, is what a test does, too.
  private mutating func add(_ part: [(address: String, place: BranchPlaces.Place)]) {
    let isInOrder = zip(part, part.dropFirst()).allSatisfy {
      !$1.place.position.lexicographicallyPrecedes($0.place.position)
    }
    if isInOrder {
      for step in part { add(step.address) }
    } else {
      lines.append("  - …")
      unordered += part.map(\.address)
    }
  }
}

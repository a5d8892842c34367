/// In which items of a loop a person did something in place of the machine, and in which they passed over
/// something: known as long as the loop, whatever is forgotten of the items themselves.
///
/// Neighbours are kept together: all items of a loop take no more room than one.
struct HandledItems: Sendable, Hashable {
  enum Way: Sendable { case byHand, overridden }

  private(set) var byHand = RangeSet<Int>()
  private(set) var overridden = RangeSet<Int>()

  mutating func note(_ way: Way, _ index: Int) {
    switch way {
    case .byHand: byHand.insert(contentsOf: index..<index + 1)
    case .overridden: overridden.insert(contentsOf: index..<index + 1)
    }
  }
}

extension HandledItems {
  /// The first and the number of each stretch of neighbours.
  var saved: (byHand: [Int], overridden: [Int]) { (Self.saved(byHand), Self.saved(overridden)) }

  /// nil where they are no such numbers.
  init?(byHand: [Int], overridden: [Int]) {
    guard let byHand = Self.set(byHand), let overridden = Self.set(overridden) else { return nil }
    (self.byHand, self.overridden) = (byHand, overridden)
  }

  private static func saved(_ items: RangeSet<Int>) -> [Int] {
    items.ranges.flatMap { [$0.lowerBound, $0.count] }
  }

  private static func set(_ saved: [Int]) -> RangeSet<Int>? {
    guard saved.count.isMultiple(of: 2) else { return nil }
    var items = RangeSet<Int>()
    for position in stride(from: 0, to: saved.count, by: 2) {
      let (end, overflow) = saved[position].addingReportingOverflow(saved[position + 1])
      guard saved[position] >= 0, end > saved[position], !overflow else { return nil }
      items.insert(contentsOf: saved[position]..<end)
    }
    return items
  }
}

extension EventKind {
  /// How a person saw to a step with it in place of the machine; nil for anything else.
  func wayHandled(by actor: Actor) -> HandledItems.Way? {
    switch self {
    case .stepSucceeded(_, manner: .byHand, _, _): .byHand
    case .stepSkipped(_, _, isOverride: true): .overridden
    // Journals of old do not say that it was an override, but that a person did it.
    case .stepSkipped(reason: "person", _, _) where actor != .machine: .overridden
    default: nil
    }
  }
}

/// In which items of a loop a person did something in place of the machine, in which they passed over
/// something, and in which the run went on without what had failed: known as long as the loop, whatever
/// is forgotten of the items themselves.
///
/// Neighbours are kept together: all items of a loop take no more room than one.
struct HandledItems: Sendable, Hashable {
  enum Way: Sendable { case byHand, overridden, passedOver }

  private(set) var byHand = RangeSet<Int>()
  private(set) var overridden = RangeSet<Int>()
  private(set) var passedOver = RangeSet<Int>()

  mutating func note(_ way: Way, _ index: Int) {
    switch way {
    case .byHand: byHand.insert(contentsOf: index..<index + 1)
    case .overridden: overridden.insert(contentsOf: index..<index + 1)
    case .passedOver: passedOver.insert(contentsOf: index..<index + 1)
    }
  }
}

extension HandledItems {
  /// The first and the number of each stretch of neighbours.
  var saved: (byHand: [Int], overridden: [Int], passedOver: [Int]) {
    (Self.saved(byHand), Self.saved(overridden), Self.saved(passedOver))
  }

  /// nil where they are no such numbers.
  init?(byHand: [Int], overridden: [Int], passedOver: [Int]) {
    guard let byHand = Self.set(byHand), let overridden = Self.set(overridden),
      let passedOver = Self.set(passedOver)
    else { return nil }
    (self.byHand, self.overridden, self.passedOver) = (byHand, overridden, passedOver)
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
  /// How a step was left with it otherwise than by being done as the procedure says; nil for anything else.
  func wayHandled(by actor: Actor) -> HandledItems.Way? {
    switch self {
    case .stepSucceeded(_, manner: .byHand, _, _): .byHand
    case .stepSkipped(_, _, isOverride: true): .overridden
    case .stepContinued: .passedOver
    // Journals of old do not say that it was an override, but that a person did it.
    case .stepSkipped(reason: "person", _, _) where actor != .machine: .overridden
    default: nil
    }
  }
}

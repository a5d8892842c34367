/// Work for many things, of which some are under way at a time: one that takes long holds up no more than its
/// own place.
package enum BoundedConcurrency {
  /// - Parameters:
  ///   - width: How many are under way at a time, at least 1.
  ///   - isStopped: Asked before each is begun; true begins no more.
  ///   - ended: Told of each outcome as it comes.
  /// - Returns: the outcomes of the items that were begun, which are the first, in their order.
  package static func map<Item: Sendable, Outcome: Sendable>(
    _ items: [Item], width: Int, until isStopped: () -> Bool,
    ended: (Outcome) -> Void = { _ in }, _ work: @escaping @Sendable (Item) async -> Outcome
  ) async -> [Outcome] {
    var outcomes: [Outcome?] = Array(repeating: nil, count: items.count)
    await withTaskGroup(of: (position: Int, outcome: Outcome).self) { group in
      var next = 0
      func begin() {
        guard next < items.count, !isStopped() else { return }
        let (position, item) = (next, items[next])
        group.addTask { (position, await work(item)) }
        next += 1
      }
      for _ in 0..<width { begin() }
      while let (position, outcome) = await group.next() {
        outcomes[position] = outcome
        ended(outcome)
        begin()
      }
    }
    return outcomes.compactMap(\.self)
  }
}

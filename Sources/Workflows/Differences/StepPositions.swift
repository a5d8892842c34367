/// Where every step of a workflow stands.
package struct StepPositions: Sendable {
  /// The lists and the ids in them, in the order of the file.
  package private(set) var lists: [(list: StepPosition.List, ids: [String])] = []
  private var positions: [String: StepPosition] = [:]

  package init(_ workflow: Workflow) {
    visit(workflow.steps, .main)
    visit(workflow.finally, .finally)
  }

  package subscript(_ id: String) -> StepPosition? { positions[id] }

  private mutating func visit(_ steps: StepList, _ list: StepPosition.List) {
    lists.append((list, steps.steps.map(\.id)))
    var previous: String?
    for step in steps.steps {
      positions[step.id] = StepPosition(list: list, after: previous)
      previous = step.id
      for (inner, steps) in step.namedLists { visit(steps, inner) }
    }
  }

  /// The same with the cases of choices numbered otherwise.
  ///
  /// - Parameter number: the number of a case from the id of its choice and the number it has.
  package func renumbered(_ number: (String, Int) -> Int) -> StepPositions {
    func named(_ list: StepPosition.List) -> StepPosition.List {
      guard case .choice(let id, let index) = list else { return list }
      return .choice(of: id, number(id, index))
    }
    var positions = self
    positions.lists = lists.map { (named($0.list), $0.ids) }
    positions.positions = self.positions.mapValues {
      StepPosition(list: named($0.list), after: $0.after)
    }
    return positions
  }

  /// The steps of both that stand in another list, or in the same one in another order. Of steps
  /// that changed places the fewest are named.
  package func moved(to other: StepPositions) -> Set<String> {
    var moved: Set<String> = []
    for (id, position) in positions {
      if let now = other.positions[id], now.list != position.list { moved.insert(id) }
    }
    for (list, ids) in other.lists {
      guard let before = lists.first(where: { $0.list == list })?.ids else { continue }
      let order = Dictionary(uniqueKeysWithValues: before.enumerated().map { ($1, $0) })
      let common = ids.compactMap { id in order[id].map { (id: id, place: $0) } }
      let kept = longestRising(common.map(\.place))
      for (index, entry) in common.enumerated() where !kept.contains(index) {
        moved.insert(entry.id)
      }
    }
    return moved
  }

  /// The indices of a longest rising part of a row.
  private func longestRising(_ row: [Int]) -> Set<Int> {
    var ends: [Int] = []
    var previous = [Int?](repeating: nil, count: row.count)
    for index in row.indices {
      let place = ends.firstIndex { row[$0] >= row[index] } ?? ends.count
      previous[index] = place > 0 ? ends[place - 1] : nil
      if place == ends.count { ends.append(index) } else { ends[place] = index }
    }
    var kept: Set<Int> = []
    var next = ends.last
    while let index = next {
      kept.insert(index)
      next = previous[index]
    }
    return kept
  }
}

extension Step {
  /// The lists inside the step, as ``StepPosition`` names them.
  fileprivate var namedLists: [(StepPosition.List, StepList)] {
    var lists: [(StepPosition.List, StepList)] =
      switch kind {
      case .section(let list), .parallel(let list): [(.body(of: id), list)]
      case .forEach(let loop): [(.body(of: id), loop.steps)]
      case .repeat(let loop): [(.body(of: id), loop.steps)]
      case .choose(let cases):
        cases.enumerated().map { (.choice(of: id, $0), $1.steps) }
      default: []
      }
    var number = 0
    for case .recover(let branches)? in [onFailure, onExpiry] {
      for branch in branches {
        lists.append((.recovery(of: id, number), branch.steps))
        number += 1
      }
    }
    return lists
  }
}

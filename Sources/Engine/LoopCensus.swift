import Values
package import Workflows

/// What has become of the items of the loops of a run.
///
/// Everything that the run remembers is gone through once, whatever the number of its loops.
package final class LoopCensus {
  private let engine: RunEngine
  private let state: RunState
  private lazy var takenBack = state.undo.itemsTakenBack { [state] loop in
    state.steps[loop]?.group?.effectsBefore ?? 0
  }

  package init(_ engine: RunEngine) {
    self.engine = engine
    state = engine.state
  }

  /// What has become of the items of a loop; nil for other steps, and before it has begun.
  package func items(of step: Step, at address: String) -> LoopItems? {
    guard case .forEach = step.kind, let record = state.steps[address],
      let group = record.group, let count = group.start.count
    else { return nil }
    var items = LoopItems(all: count)
    items.notBegun = count - group.nextItem
    items.takenBack = takenBack[address] ?? 0
    if let handled = group.handled {
      items.byHand = handled.byHand.ranges.joined().map(group.item)
      items.overridden = handled.overridden.ranges.joined().map(group.item)
      items.passedOver = handled.passedOver.ranges.joined().map(group.item)
    }
    switch record.phase {
    case .inside: sortOpen(group, into: &items)
    case .succeeded where record.manner != .byHand && record.manner != .override:
      items.done = count
    default:
      let notBegun = notBegun(group.brokenOff, of: step, at: address)
      sortClosed(group, notBegun, into: &items)
    }
    return items
  }

  private func sortOpen(_ group: Group, into items: inout LoopItems) {
    items.isOpen = true
    items.done = group.endedCount - group.uncollected.count
    items.stuck = group.uncollected.sorted().map(group.item)
    for (frame, index) in group.open.compactMap({ id in state.frames[id].map { ($0, $0.index) } })
      .sorted(by: { $0.1 < $1.1 })
    {
      switch engine.standing(in: frame) {
      case .stuck: items.stuck.append(group.item(index))
      case .waiting: items.waiting += 1
      case .underWay: items.underWay += 1
      }
    }
  }

  private func sortClosed(_ group: Group, _ notBegun: Set<Int>, into items: inout LoopItems) {
    let failed = group.failed.union(group.uncollected)
    let brokenOff = group.brokenOff.union(group.ended)
    items.stuck = failed.sorted().map(group.item)
    items.brokenOff = brokenOff.subtracting(notBegun).sorted().map(group.item)
    items.done = group.nextItem - failed.count - brokenOff.count
    items.notBegun += notBegun.count
  }

  /// Those of the items that were closed of which no step was begun.
  private func notBegun(_ closed: Set<Int>, of step: Step, at address: String) -> Set<Int> {
    guard !closed.isEmpty, case .forEach(let loop) = step.kind,
      let outer = engine.location(of: address)?.surroundings
    else { return [] }
    return closed.filter { index in
      let prefix = outer.inside(step, at: address, index: index).prefix
      return loop.steps.steps.allSatisfy { state.steps[prefix + $0.id]?.startedAt == nil }
    }
  }

  /// The loops around an address, each with the index of the item or round in which it lies.
  package static func forEachItem(around address: String, _ body: (String, Int) -> Void) {
    var start = address.utf8.startIndex
    while let bracket = address.utf8[start...].firstIndex(of: UInt8(ascii: "[")),
      let end = address.utf8[bracket...].firstIndex(of: UInt8(ascii: "]"))
    {
      start = address.utf8.index(after: end)
      if let index = Int(address[address.utf8.index(after: bracket)..<end]) {
        body(String(address[..<bracket]), index)
      }
    }
  }
}

extension RunEngine {
  /// What has become of the items of one loop. Whoever asks for many keeps a ``LoopCensus``.
  package func items(of step: Step, at address: String) -> LoopItems? {
    LoopCensus(self).items(of: step, at: address)
  }
}

private enum ItemStanding: Int { case underWay, waiting, stuck }

extension RunEngine {
  fileprivate func standing(in frame: Frame) -> ItemStanding {
    guard let address = frame.currentAddress, let record = state.steps[address] else {
      return .underWay
    }
    let inner = framesInside(address).compactMap { state.frames[$0] }
    guard inner.isEmpty else {
      return inner.map(standing).max { $0.rawValue < $1.rawValue } ?? .underWay
    }
    return switch record.phase.status {
    case .failed, .blocked, .inDoubt: .stuck
    case .waiting: .waiting
    default: .underWay
    }
  }
}

extension Group {
  fileprivate func item(_ index: Int) -> LoopItems.Item {
    let items = start.inputs.clear["items"]?.asList ?? []
    return LoopItems.Item(
      index: index, value: items.indices.contains(index) ? items[index] : nil)
  }
}

import Values
package import Workflows

/// What has become of the items of the loops of a run.
///
/// Everything that the run remembers is gone through once, whatever the number of its loops.
package final class LoopCensus {
  private let engine: RunEngine
  private let state: RunState
  /// The items in which a failure was passed over, by loop.
  private lazy var passedOver = findPassedOver()
  /// In how many items something was taken back and nothing is left that can be, by loop.
  private lazy var takenBack = countTakenBack()
  /// The items of which something is still known, and whether it failed, by loop.
  private lazy var remembered = findRemembered()

  package init(_ engine: RunEngine) {
    self.engine = engine
    state = engine.state
  }

  /// What has become of the items of a loop; nil for other steps, and before it has begun.
  package func items(of step: Step, at address: String) -> LoopItems? {
    guard case .forEach(let loop) = step.kind, let record = state.steps[address],
      let group = record.group, let count = group.start.count
    else { return nil }
    var items = LoopItems(all: count)
    items.notBegun = count - group.nextItem
    // Where the record does not tell one time through the loop from another, nothing is said.
    if record.keyGeneration == 0, state.recovery.rewinds == 0 {
      items.passedOver = (passedOver[address] ?? []).sorted().map(group.item)
    }
    items.takenBack = takenBack[address] ?? 0
    if let handled = group.handled {
      items.byHand = handled.byHand.ranges.joined().map(group.item)
      items.overridden = handled.overridden.ranges.joined().map(group.item)
    }
    switch record.phase {
    case .inside: sortOpen(group, into: &items)
    case .succeeded where record.manner != .byHand && record.manner != .override:
      items.done = count
    default: sortClosed(group, loop, at: address, record, into: &items)
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

  /// What an iteration that is over leaves behind is dropped; one that was ended early left it.
  private func sortClosed(
    _ group: Group, _ loop: ForEach, at address: String, _ record: StepRecord,
    into items: inout LoopItems
  ) {
    let failed = remembered[address] ?? [:]
    for (index, isFailed) in failed.sorted(by: { $0.key < $1.key }) {
      if isFailed || group.uncollected.contains(index) {
        items.stuck.append(group.item(index))
      } else {
        items.brokenOff.append(group.item(index))
      }
    }
    // Of items that were opened last nothing may have been begun before somebody ended it all.
    let lastKnown = failed.keys.max() ?? -1
    let unknown = (lastKnown + 1..<max(lastKnown + 1, group.nextItem))
      .suffix(loop.maxParallel ?? 1).filter { group.collected[$0] == nil }
    guard record.phase.status == .failed || unknown.isEmpty else { return }
    items.done = group.nextItem - failed.count
  }

  // MARK: Going through the run

  private func findPassedOver() -> [String: Set<Int>] {
    var found: [String: Set<Int>] = [:]
    for address in state.problems {
      Self.forEachItem(around: address) { found[$0, default: []].insert($1) }
    }
    return found
  }

  /// While a run goes on, what was taken back is done once more, and nothing is said.
  private func countTakenBack() -> [String: Int] {
    switch state.phase {
    case .main, .finishing(.succeeded, _), .ended(.succeeded, _): return [:]
    case .undoing, .finishing, .ended: break
    }
    // What was done once more is taken back once more: the last time counts.
    var newest: [String: UndoEntry.Status] = [:]
    for entry in state.undo.entries { newest[entry.step] = entry.status }
    var isTakenBack: [String: [Int: Bool]] = [:]
    for (step, status) in newest {
      Self.forEachItem(around: step) { loop, index in
        let before = isTakenBack[loop]?[index] ?? true
        isTakenBack[loop, default: [:]][index] = before && status == .done
      }
    }
    return isTakenBack.mapValues { $0.values.count { $0 } }
  }

  private func findRemembered() -> [String: [Int: Bool]] {
    var found: [String: [Int: Bool]] = [:]
    for (address, record) in state.steps {
      let status = record.phase.status
      let isFailed = status == .failed || status == .inDoubt
      Self.forEachItem(around: address) { loop, index in
        let before = found[loop]?[index] ?? false
        found[loop, default: [:]][index] = before || isFailed
      }
    }
    return found
  }

  /// The loops around an address, each with the index of the item or round in which it lies.
  static func forEachItem(around address: String, _ body: (String, Int) -> Void) {
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
    let recovery = [state.recovery.open[address]?.frame].compactMap(\.self)
    let inner = ((record.group?.open ?? []) + recovery).compactMap { state.frames[$0] }
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

import Values
package import Workflows

extension RunEngine {
  /// What has become of the items of a loop; nil for other steps, and before it has begun.
  package func items(of step: Step, at address: String) -> LoopItems? {
    guard case .forEach(let loop) = step.kind, let record = state.steps[address],
      let group = record.group, let count = group.start.count
    else { return nil }
    var items = LoopItems(all: count)
    items.notBegun = count - group.nextItem
    items.passedOver = passedOver(of: group, at: address, record)
    items.takenBack = takenBack(inside: address)
    switch record.phase {
    case .inside: sortOpen(group, into: &items)
    case .succeeded where record.manner != .byHand && record.manner != .override:
      items.done = count
    default: sortClosed(group, loop, at: address, into: &items)
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
      switch standing(in: frame) {
      case .stuck: items.stuck.append(group.item(index))
      case .waiting: items.waiting += 1
      case .underWay: items.underWay += 1
      }
    }
  }

  /// What an iteration that is over leaves behind is dropped; one that was ended early left it.
  private func sortClosed(
    _ group: Group, _ loop: ForEach, at address: String, into items: inout LoopItems
  ) {
    var failed: [Int: Bool] = [:]
    for (inner, record) in state.steps {
      guard let index = Self.index(of: inner, in: address) else { continue }
      let status = record.phase.status
      failed[index] = failed[index] == true || status == .failed || status == .inDoubt
    }
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
    guard state.steps[address]?.phase.status == .failed || unknown.isEmpty else { return }
    items.done = group.nextItem - failed.count
  }

  /// Where the record does not tell one time through the loop from another, nothing is said.
  private func passedOver(
    of group: Group, at address: String, _ record: StepRecord
  ) -> [LoopItems.Item] {
    guard record.keyGeneration == 0, state.recovery.rewinds == 0 else { return [] }
    return Set(state.problems.compactMap { Self.index(of: $0, in: address) }).sorted()
      .map(group.item)
  }

  /// While a run goes on, what was taken back is done once more, and nothing is said.
  private func takenBack(inside address: String) -> Int {
    switch state.phase {
    case .main, .finishing(.succeeded, _), .ended(.succeeded, _): return 0
    case .undoing, .finishing, .ended: break
    }
    // What was done once more is taken back once more: the last time counts.
    var newest: [String: UndoEntry.Status] = [:]
    for entry in state.undo.entries { newest[entry.step] = entry.status }
    var items: [Int: Bool] = [:]
    for (step, status) in newest {
      guard let index = Self.index(of: step, in: address) else { continue }
      items[index] = items[index] != false && status == .done
    }
    return items.values.count { $0 }
  }

  /// The index of the item in which an address lies.
  private static func index(of inner: String, in loop: String) -> Int? {
    guard inner.utf8.count > loop.utf8.count, inner.hasPrefix(loop + "[") else { return nil }
    let rest = inner.utf8.dropFirst(loop.utf8.count + 1)
    return rest.firstIndex(of: UInt8(ascii: "]")).flatMap { Int(inner[rest.startIndex..<$0]) }
  }

  private enum ItemStanding: Int { case underWay, waiting, stuck }

  private func standing(in frame: Frame) -> ItemStanding {
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

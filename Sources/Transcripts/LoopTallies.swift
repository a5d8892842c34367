import Engine
import RunStore
import Values

/// Folds the journal into what has become of the items of each loop over a list: for loops that the run
/// has forgotten with the round or the item that they lay in, and where its definition cannot be read.
struct LoopTallies {
  private struct Tally {
    let count: Int
    let values: [Value]
    /// How many effects could be taken back, or had been, when it was begun.
    let effectsBefore: Int
    var begun: Set<Int> = []
    var ended: Set<Int> = []
    /// Those with nothing begun in them since the loop went on without them.
    var held: Set<Int> = []
    var passedOver: Set<Int> = []
    var byHand: Set<Int> = []
    var overridden: Set<Int> = []

    func items(_ indices: some Sequence<Int>) -> [LoopItems.Item] {
      indices.sorted().map { index in
        LoopItems.Item(index: index, value: values.indices.contains(index) ? values[index] : nil)
      }
    }
  }

  private enum Standing: Int { case over, brokenOff, underWay, waiting, stuck }

  /// By the address of the loop.
  private var tallies: [String: Tally] = [:]

  /// - Parameter effects: How many effects could be taken back, or had been, so far.
  mutating func apply(_ record: JournalRecord, effects: Int) {
    if record.type == "run.migrated" { rename(by: record) }
    guard let address = record.step else { return }
    switch record.type {
    // Begun once more, it goes through all items once more.
    case "step.started":
      if let count = record.data["count"]?.asInt {
        let values = record.data["inputs"]?["items"]?.asList ?? []
        tallies[address] = Tally(count: Int(count), values: values, effectsBefore: effects)
      }
    case "iteration.ended":
      if let index = record.data["index"]?.asInt { tallies[address]?.ended.insert(Int(index)) }
    case "iteration.held":
      if let index = record.data["index"]?.asInt { tallies[address]?.held.insert(Int(index)) }
    default: break
    }
    // What takes a step back is no part of the item.
    guard !tallies.isEmpty, UndoLog.step(takenBackAt: address) == nil else { return }
    for (loop, index) in Self.items(around: address) {
      tallies[loop]?.begun.insert(index)
      tallies[loop]?.held.remove(index)
      switch record.type {
      case "step.continued": tallies[loop]?.passedOver.insert(index)
      case "step.succeeded" where record.data["how"]?.asString == Manner.byHand.rawValue:
        tallies[loop]?.byHand.insert(index)
      case "step.skipped" where record.isOverride: tallies[loop]?.overridden.insert(index)
      default: break
      }
    }
  }

  private mutating func rename(by record: JournalRecord) {
    for renaming in record.renamings {
      for (old, tally) in tallies {
        guard let new = renaming.address(of: old) else { continue }
        tallies[old] = nil
        tallies[new] = tally
      }
    }
  }

  /// What has become of the items of each loop, by its address.
  ///
  /// - Parameters:
  ///   - steps: as they stand in the end.
  ///   - undo: what was taken back.
  func result(_ steps: [TranscriptStep], _ undo: UndoLog) -> [String: LoopItems] {
    guard !tallies.isEmpty else { return [:] }
    let takenBack = undo.itemsTakenBack { tallies[$0]?.effectsBefore ?? 0 }
    var open: Set<String> = []
    var standings: [String: [Int: Standing]] = [:]
    for step in steps {
      if step.status == StepStatus.running.rawValue { open.insert(step.address) }
      guard UndoLog.step(takenBackAt: step.address) == nil else { continue }
      for (loop, index) in Self.items(around: step.address) where tallies[loop] != nil {
        let known = standings[loop]?[index] ?? .over
        let standing = Self.standing(step)
        standings[loop, default: [:]][index] = standing.rawValue > known.rawValue ? standing : known
      }
    }
    var result: [String: LoopItems] = [:]
    for (loop, tally) in tallies {
      result[loop] = Self.items(of: tally, standings[loop] ?? [:], isOpen: open.contains(loop))
      result[loop]?.takenBack = takenBack[loop] ?? 0
    }
    return result
  }

  private static func items(
    of tally: Tally, _ standings: [Int: Standing], isOpen: Bool
  ) -> LoopItems {
    let unended = tally.begun.subtracting(tally.ended)
    func those(_ standing: Standing) -> [Int] { unended.filter { standings[$0] == standing } }
    // All is done in them, but what they came to cannot be computed.
    let uncollected = those(.over).filter(tally.held.contains)
    var items = LoopItems(all: tally.count)
    items.isOpen = isOpen
    items.done = tally.ended.count
    items.passedOver = tally.items(tally.passedOver)
    items.byHand = tally.items(tally.byHand)
    items.overridden = tally.items(tally.overridden)
    let stuck = those(.stuck) + uncollected
    items.stuck = tally.items(stuck)
    if isOpen {
      items.waiting = those(.waiting).count
      items.underWay = unended.count - items.stuck.count - items.waiting
    } else {
      items.brokenOff = tally.items(unended.subtracting(stuck))
    }
    items.notBegun = tally.count - tally.ended.union(tally.begun).count
    return items
  }

  private static func standing(_ step: TranscriptStep) -> Standing {
    switch StepStatus(rawValue: step.status) {
    case .failed where step.isPassedOver: .over
    case .failed, .blocked, .inDoubt: .stuck
    case .waiting: .waiting
    case .running, .pending: .underWay
    case .succeeded, .skipped, .undone: .over
    default: .brokenOff
    }
  }

  /// The loops around an address, and the index of the item or round of each.
  static func items(around address: String) -> [(loop: String, index: Int)] {
    guard address.utf8.contains(UInt8(ascii: "[")) else { return [] }
    return address.indices.filter { address[$0] == "[" }.compactMap { bracket in
      let digits = address[address.index(after: bracket)...].prefix { $0 != "]" }
      return Int(digits).map { (String(address[..<bracket]), $0) }
    }
  }
}

import Values

/// How one step is taken back: decided when the step took effect, so that what the world looked
/// like then counts, not what it looks like later.
package enum UndoPlan: Sendable, Hashable {
  /// The operation to call, with these inputs.
  case call(operation: String, with: StoredValues)
  /// What a person does.
  case manual(String)
  /// It was to be taken back by something that could not be worked out; why.
  case unknown(String)
}

/// One effect of the run that can be taken back, or was.
package struct UndoEntry: Sendable, Hashable {
  package enum Status: String, Sendable {
    /// Not taken back.
    case open
    /// Taken back.
    case done
    /// A person passed over taking it back.
    case skipped
    /// It stays while the run goes back: only a person can take it back, or it comes before the
    /// checkpoint.
    case kept
    /// The step was come to once more after the run had gone back, and what people do then is said by a newer
    /// entry of it.
    case replaced
  }

  /// The address of the step that had the effect, as the run calls it now.
  package internal(set) var step: String
  /// The address under which it is taken back: `tenant.undo`.
  package internal(set) var address: String
  package internal(set) var plan: UndoPlan
  package internal(set) var status: Status = .open
}

extension UndoEntry {
  /// The operation that takes it back, where it is not taken back yet; nil where people do.
  var operationToCome: String? {
    guard status == .open || status == .kept, case .call(let operation, _) = plan else {
      return nil
    }
    return operation
  }

  /// Whether the workflow leaves it to a person to take it back.
  var isManual: Bool {
    if case .manual = plan { true } else { false }
  }
}

/// The effects of a run in the order of its journal, for taking them back newest first.
package struct UndoLog: Sendable {
  package internal(set) var entries: [UndoEntry] = []
  private var positions: [String: Int] = [:]
  /// How often each step had an effect that nothing takes back; indices of loops left out.
  package internal(set) var irreversible: [String: Int] = [:]
  /// How often each section, call, choice and loop with effects was done by hand as a whole, with nothing to take
  /// it back; indices of loops left out.
  var handwork: [String: Int] = [:]
  /// The steps that a rewind has the run come to once more though nothing of them was done again, and that people
  /// take back: they do so once.
  var comingAgain: Set<String> = []

  package init() {}

  var isEmpty: Bool { entries.isEmpty }

  package func position(of address: String) -> Int? { positions[address] }

  /// Notes how a step is taken back; `replacing` what was noted for it last.
  package mutating func add(_ plan: UndoPlan, for step: String, replacing: Bool) {
    if replacing, let last = entries.lastIndex(where: { $0.step == step && $0.status == .open }) {
      entries[last].plan = plan
      return
    }
    if !comingAgain.isEmpty, comingAgain.remove(step) != nil,
      let last = entries.lastIndex(where: { $0.step == step && $0.isManual && $0.status == .open })
    {
      entries[last].status = .replaced
    }
    restore(UndoEntry(step: step, address: freeAddress(for: step), plan: plan))
  }

  /// The first address of `tenant.undo`, `tenant.undo2` and so on at which nothing is taken back yet.
  private func freeAddress(for step: String) -> String {
    var number = 1
    var address = "\(step).undo"
    while positions[address] != nil {
      number += 1
      address = "\(step).undo\(number)"
    }
    return address
  }

  mutating func restore(_ entry: UndoEntry) {
    positions[entry.address] = entries.count
    entries.append(entry)
  }

  package mutating func close(_ position: Int, as status: UndoEntry.Status) {
    entries[position].status = status
  }

  /// A step has another address now. What takes it back keeps its own, `tenant.undo`; what takes back
  /// a step inside it does not: `call/tenant.undo`.
  ///
  /// - Returns: the new address of each that takes something back and has another one now.
  @discardableResult
  package mutating func rename(_ renaming: Renaming) -> [String: String] {
    var renamed: [String: String] = [:]
    for index in entries.indices {
      if let step = renaming.address(of: entries[index].step) { entries[index].step = step }
      let old = entries[index].address
      guard var new = renaming.address(of: old) else { continue }
      if positions[new] != nil {
        new = freeAddress(for: Self.step(takenBackAt: new) ?? entries[index].step)
      }
      positions[old] = nil
      positions[new] = index
      entries[index].address = new
      renamed[old] = new
    }
    let inEveryItem = renaming.withoutIndices
    Self.rename(&irreversible, inEveryItem)
    Self.rename(&handwork, inEveryItem)
    if !comingAgain.isEmpty {
      comingAgain = Set(comingAgain.map { renaming.address(of: $0) ?? $0 })
    }
    return renamed
  }

  private static func rename(_ counts: inout [String: Int], _ renaming: Renaming) {
    for (step, count) in counts {
      guard let new = renaming.address(of: step) else { continue }
      counts[step] = nil
      counts[new, default: 0] += count
    }
  }

  /// While the run goes back, everything but some entries stays as it is.
  ///
  /// - Parameter taken: the positions of those that are taken back, lowest first.
  /// - Returns: the mark from which on they are.
  mutating func keep(allBut taken: [Int]) -> Int {
    let mark = taken.first ?? entries.count
    let taken = Set(taken)
    for position in entries.indices.dropFirst(mark)
    where entries[position].status == .open && !taken.contains(position) {
      entries[position].status = .kept
    }
    return mark
  }

  /// While the run goes back to a mark, what only a person can take back stays as it is.
  mutating func keepManual(from mark: Int) {
    for position in entries.indices.dropFirst(mark)
    where entries[position].isManual && entries[position].status == .open {
      entries[position].status = .kept
    }
  }

  /// The run has gone back: all of it can be taken back later.
  mutating func releaseKept() {
    for position in entries.indices where entries[position].status == .kept {
      entries[position].status = .open
    }
  }

  mutating func noteIrreversible(_ step: String) {
    irreversible[Self.withoutIndices(step), default: 0] += 1
  }

  mutating func noteHandwork(_ step: String) {
    handwork[Self.withoutIndices(step), default: 0] += 1
  }

  /// How often each step had an effect that stays: nothing takes it back, or a person passed over doing so.
  var staying: [String: Int] {
    var staying = irreversible.merging(handwork, uniquingKeysWith: +)
    for entry in entries where entry.status == .skipped {
      staying[Self.withoutIndices(entry.step), default: 0] += 1
    }
    return staying
  }

  /// The positions of what is to be taken back, at or behind a mark.
  func open(from mark: Int) -> [Int] {
    entries.indices.dropFirst(mark).filter { entries[$0].status == .open }
  }

  /// Whether a step had an effect that is not taken back.
  func holdsUndone(of step: String) -> Bool {
    entries.contains { $0.step == step && $0.status != .done && $0.status != .replaced }
  }

  /// The newest entry that is to be taken back, at or behind a mark.
  func newest(from mark: Int) -> Int? {
    entries.indices.last { $0 >= mark && entries[$0].status == .open }
  }

  /// In how many items of each loop something was taken back, and nothing is left that can be.
  ///
  /// - Parameter begun: How many entries there were when a loop was begun: those of an earlier time through
  ///   it do not count.
  package func itemsTakenBack(since begun: (String) -> Int) -> [String: Int] {
    guard entries.contains(where: { $0.status == .done }) else { return [:] }
    // What was done once more is taken back once more: the last time counts.
    var newest: [String: Int] = [:]
    for position in entries.indices { newest[entries[position].step] = position }
    var isTakenBack: [String: [Int: Bool]] = [:]
    for (step, position) in newest {
      LoopCensus.forEachItem(around: step) { loop, index in
        guard position >= begun(loop) else { return }
        let before = isTakenBack[loop]?[index] ?? true
        isTakenBack[loop, default: [:]][index] = before && entries[position].status == .done
      }
    }
    return isTakenBack.mapValues { $0.values.count { $0 } }
  }

  /// The step that is taken back at an address, as the run calls it now; nil for any other address.
  package func step(takenBackAt address: String) -> String? {
    position(of: address).map { entries[$0].step } ?? Self.step(takenBackAt: address)
  }

  /// The step that is taken back at an address, `tenant` of `tenant.undo` and `tenant.undo2`, as it was
  /// called when it was done; nil for any other address.
  package static func step(takenBackAt address: String) -> String? {
    guard let dot = address.lastIndex(of: "."), address[dot...].hasPrefix(".undo"),
      address[dot...].dropFirst(".undo".count).allSatisfy(\.isNumber)
    else { return nil }
    return String(address[..<dot])
  }

  /// `add_users[3]/create` is `add_users/create`.
  static func withoutIndices(_ address: String) -> String {
    guard address.utf8.contains(UInt8(ascii: "[")) else { return address }
    var bytes: [UInt8] = []
    var isInside = false
    for byte in address.utf8 {
      if byte == UInt8(ascii: "[") { isInside = true }
      if !isInside { bytes.append(byte) }
      if byte == UInt8(ascii: "]") { isInside = false }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// What taking back is for.
package enum UndoGoal: Sendable, Hashable {
  /// The run ends as undone.
  case end(message: String?)
  /// The run goes on behind a checkpoint; these steps are done again though they could not be
  /// taken back.
  case checkpoint(String, again: [String])
}

extension UndoLog {
  /// The connections of what takes back what was not taken back yet.
  package var connections: Set<String> {
    Set(entries.compactMap { $0.operationToCome?.split(separator: ".").first.map(String.init) })
  }
}

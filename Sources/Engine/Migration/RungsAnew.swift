import Values
import Workflows

/// Which rung of a step was which, before the definition changed.
struct RungsAnew {
  /// The position of each old one.
  private(set) var kept: [Int: Int] = [:]
  private(set) var added: Set<Int> = []
  /// How many there are now.
  private let count: Int

  /// - Parameters:
  ///   - key: under which the steps have the rungs.
  ///   - reached: the positions of those that have come.
  init(_ key: String, _ before: Step, _ after: Step, reached: [Int]) {
    let old = Self.rungs(before, key)
    let new = Self.rungs(after, key)
    count = new.count
    added = Set(new.indices)
    let reached = Set(reached)
    let running = old.indices.filter { !reached.contains($0) }
    pair(Array(old.indices)) { new[$1] == old[$0] }
    // The same one in other words has come already; for somebody else it has not.
    pair(old.indices.filter(reached.contains)) {
      Self.isSameMoment(old[$0], new[$1]) && old[$0]["to"] == new[$1]["to"]
    }
    pair(running) { Self.isSameMoment(old[$0], new[$1]) }
    pair(running) { old[$0]["to"] == new[$1]["to"] }
    // One that is put otherwise stands in the place of one that is not there any more.
    pair(running) { _, _ in true }
  }

  /// The position of an old one that has come; of one that is gone none that there is.
  func past(_ index: Int) -> Int { kept[index] ?? count + index }

  /// Finds the new one for each old one that has none yet.
  private mutating func pair(_ old: [Int], where isSame: (Int, Int) -> Bool) {
    for index in old where kept[index] == nil {
      guard let found = added.sorted().first(where: { isSame(index, $0) }) else { continue }
      kept[index] = found
      added.remove(found)
    }
  }

  private static func rungs(_ step: Step, _ key: String) -> [Value] {
    step.facets.first { $0.key == key }?.value.asList ?? []
  }

  /// Whether two rungs come at the same time, whatever they say and to whom.
  private static func isSameMoment(_ one: Value, _ other: Value) -> Bool {
    ["before", "after", "after_due"].allSatisfy { one[$0] == other[$0] }
  }
}

/// Which rung of a step was which, of both keys, before the definition changed.
struct StepRungsAnew {
  let remind: RungsAnew
  let escalate: RungsAnew

  /// - Parameter past: the deadlines that have come.
  init(_ before: Step, _ after: Step, past: some Collection<DeadlineTimer>) {
    remind = RungsAnew("remind", before, after, reached: past.compactMap(\.kind.reminder))
    escalate = RungsAnew("escalate", before, after, reached: past.compactMap(\.kind.escalation))
  }

  /// What a deadline that has come is in the new definition.
  func past(_ kind: DeadlineTimer.Kind) -> DeadlineTimer.Kind {
    switch kind {
    case .due, .expires: kind
    case .remind(let index): .remind(remind.past(index))
    case .escalate(let index): .escalate(escalate.past(index))
    }
  }
}

extension DeadlineTimer.Kind {
  var reminder: Int? { if case .remind(let index) = self { index } else { nil } }
  var escalation: Int? { if case .escalate(let index) = self { index } else { nil } }
}

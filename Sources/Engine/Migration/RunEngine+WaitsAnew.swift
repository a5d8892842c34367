import Values
import Workflows

/// Open waits and their deadlines, as the definition has them after a migration.
extension RunEngine {
  /// What a `wait` waits for as it is put now: ways that were there keep their moments, new ones
  /// count from when it began to wait.
  ///
  /// - Parameter place: as of when it began to wait.
  /// - Returns: nil where it waits for something else altogether.
  func waitAnew(
    _ old: Waiting.Cause, _ wait: Wait, _ place: Place
  ) throws(ExpressionFailure) -> Waiting.Cause? {
    switch (old, wait) {
    case (.time, .duration), (.time, .until): return old
    case (.event, .event(let event)): return .event(name: event.event)
    case (.first(let ways), .firstOf(let waits)):
      var anew: [Waiting.Branch] = []
      for (name, wait) in waits {
        let known = ways.first { $0.name == name }
        anew.append(Waiting.Branch(name: name, cause: try way(known?.cause, wait, place)))
      }
      return .first(anew)
    default: return nil
    }
  }

  private func way(
    _ old: Waiting.Cause?, _ wait: Wait, _ place: Place
  ) throws(ExpressionFailure) -> Waiting.Cause {
    if let old, let kept = try waitAnew(old, wait, place) { return kept }
    return try cause(of: wait, place)
  }

  /// The deadlines of an open step as its definition has them now: those that run keep their
  /// moments, those that are gone do not come, and new ones count from when it began to wait.
  ///
  /// - Parameters:
  ///   - before: the step as it was.
  ///   - place: as of when it began to wait.
  func deadlinesAnew(
    _ old: Waiting, _ before: Step, _ place: Place
  ) throws(ExpressionFailure) -> DeadlinesAnew {
    // What somebody does by hand has none.
    if case .byHand = old.cause { return DeadlinesAnew(dueAt: old.dueAt, timers: old.timers) }
    let step = place.step
    var dueAt = step.due == nil ? nil : old.dueAt
    if dueAt == nil { dueAt = try place.dueAt() }
    let rungs = (
      remind: RungsAnew("remind", before, step), escalate: RungsAnew("escalate", before, step)
    )
    let reached = old.timers.prefix(place.record.people.timersReached)
    let running = old.timers.dropFirst(reached.count).compactMap { timer in
      kind(of: timer.kind, in: step, rungs).map { DeadlineTimer($0, at: timer.dueAt) }
    }
    let added = try timers(place, due: dueAt).filter { timer in
      switch timer.kind {
      case .due: before.due == nil
      case .expires: before.expires == nil
      case .remind(let index): before.due == nil || rungs.remind.added.contains(index)
      case .escalate(let index):
        rungs.escalate.added.contains(index)
          || (before.due == nil && step.escalate[index].isAfterDue)
      }
    }
    return DeadlinesAnew(
      dueAt: dueAt, timers: reached + (running + added).inOrder, added: added)
  }

  /// What a deadline that runs is in a definition; nil where it is gone.
  private func kind(
    of kind: DeadlineTimer.Kind, in step: Step, _ rungs: (remind: RungsAnew, escalate: RungsAnew)
  ) -> DeadlineTimer.Kind? {
    switch kind {
    case .due: step.due == nil ? nil : .due
    case .expires: step.expires == nil ? nil : .expires
    case .remind(let index): step.due == nil ? nil : rungs.remind.kept[index].map { .remind($0) }
    case .escalate(let index): rungs.escalate.kept[index].map { .escalate($0) }
    }
  }
}

/// The deadlines of an open step after a migration.
struct DeadlinesAnew {
  let dueAt: Timestamp?
  let timers: [DeadlineTimer]
  /// Those that the step did not have before.
  var added: [DeadlineTimer] = []
}

/// Which rung of a step was which, before the definition changed.
private struct RungsAnew {
  /// The position of each old one.
  private(set) var kept: [Int: Int] = [:]
  private(set) var added: Set<Int> = []

  /// - Parameter key: under which the steps have the rungs.
  init(_ key: String, _ before: Step, _ after: Step) {
    let old = Self.rungs(before, key)
    let new = Self.rungs(after, key)
    var left = Array(new.indices)
    for (index, rung) in old.enumerated() {
      guard let same = left.firstIndex(where: { new[$0] == rung }) else { continue }
      kept[index] = left.remove(at: same)
    }
    // A rung that is put otherwise stands in the place of one that is not there any more.
    for index in old.indices where kept[index] == nil && !left.isEmpty {
      kept[index] = left.removeFirst()
    }
    added = Set(left)
  }

  private static func rungs(_ step: Step, _ key: String) -> [Value] {
    step.facets.first { $0.key == key }?.value.asList ?? []
  }
}

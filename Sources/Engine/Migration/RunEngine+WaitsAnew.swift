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
    let past = old.timers.prefix(place.record.people.timersReached)
    let rungs = StepRungsAnew(before, step, past: past)
    let reached = past.map { DeadlineTimer(rungs.past($0.kind), at: $0.dueAt) }
    var running: [DeadlineTimer] = []
    var dropped: [DeadlineTimer] = []
    for timer in old.timers.dropFirst(past.count) {
      if let kind = kind(of: timer.kind, in: step, rungs) {
        running.append(DeadlineTimer(kind, at: timer.dueAt))
      } else {
        dropped.append(timer)
      }
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
      dueAt: dueAt, timers: reached + (running + added).inOrder, added: added, dropped: dropped)
  }

  /// What a deadline that runs is in a definition; nil where it is gone.
  private func kind(
    of kind: DeadlineTimer.Kind, in step: Step, _ rungs: StepRungsAnew
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
  /// Those that ran and do not come any more.
  var dropped: [DeadlineTimer] = []
}

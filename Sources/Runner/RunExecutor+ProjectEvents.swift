import Engine
import RunStore
import Values

extension RunExecutor {
  /// Takes the events of the project that something waits for now, in order of arrival, each after what was due
  /// before it came.
  ///
  /// - Parameter moment: Only those that came by then.
  func takeProjectEvents(by moment: Timestamp? = nil) throws(RunnerError) -> Arrivals {
    guard engine.hasEventWaits else { return .none }
    let waiters = engine.eventWaiters(now: now)
    guard !waiters.isEmpty else { return .none }
    try keptEvents.refresh()
    let events = keptEvents.events
    guard events.count > seenEvents.count || !waiters.isSubset(of: seenEvents.waiters) else {
      return .none
    }
    var found = Arrivals.none
    var isWhole = true
    var next = 0
    while let position = engine.firstWanted(
      of: events, from: next, unlessIn: seenEvents, now: now)
    {
      next = position + 1
      let event = events[position]
      let cameAt = engine.moment(of: event)
      if let moment, moment < cameAt {
        isWhole = false
        continue
      }
      // What follows from the one before may be that nothing waits for it any more.
      try concludeDecisions()
      guard engine.wants(event, now: now) else { continue }
      if engine.hasMissed(before: min(cameAt, now)) {
        return found == .none ? .leftForLater : found
      }
      try take(event)
      found = .taken
    }
    if found == .none, isWhole { seenEvents = SeenEvents(by: waiters, count: events.count) }
    return found
  }

  private func take(_ event: ProjectEvent) throws(RunnerError) {
    let giver = event.by ?? .machine
    let command = Command(id: "", kind: .projectEvent(event), actor: giver)
    guard let refusal = try takeOrRefuse(command) else { return }
    // Under its id, so that it is not tried again: the run goes by the contract of its start.
    try record(
      PendingEvent(.commandRefused(message: refusal.message)), actor: giver, command: event.id)
  }
}

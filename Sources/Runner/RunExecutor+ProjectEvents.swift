import Engine
import RunStore
import Values

extension RunExecutor {
  /// Takes the events of the project that something waits for now; whether there was any.
  func takeProjectEvents() throws(RunnerError) -> Bool {
    let now = self.now
    let awaited = engine.awaitedEvents(now: now)
    guard !awaited.isEmpty else { return false }
    let hasNew = try keptEvents.refresh()
    guard hasNew || awaited != lookedFor else { return false }
    lookedFor = awaited
    var isAny = false
    for event in keptEvents.events where awaited.contains(event.name) {
      guard engine.wants(event, now: now) else { continue }
      let giver = event.by ?? .machine
      let command = Command(id: "", kind: .projectEvent(event), actor: giver)
      if case .failure(let refusal) = engine.handle(command) {
        // Under its id, so that it is not tried again: the run goes by the contract of its start.
        try record(
          PendingEvent(.commandRefused(message: refusal.message)), actor: giver,
          command: event.id)
      } else {
        try take(command)
      }
      isAny = true
    }
    return isAny
  }
}

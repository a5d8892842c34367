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
      try take(Command(id: "", kind: .projectEvent(event), actor: .machine))
      isAny = true
    }
    return isAny
  }
}

import Fields
package import Values
import Workflows

/// Events that the project keeps for all its runs: a run takes those that something waits for.
extension RunEngine {
  /// The names of the events that end a wait or tick an item now.
  package func awaitedEvents(now: Timestamp) -> Set<String> {
    Set(waits(now: now).flatMap { awaited(at: $0.place) }.map(\.event))
  }

  /// The events that end a wait or tick an item now, with what they have to say. That stays as it is
  /// while the step waits: whatever changes in the run, somebody has taken the run for it.
  package func awaitedEventsWithDemands(now: Timestamp) -> [AwaitedEvent] {
    waits(now: now).flatMap { place, _ in
      awaited(at: place).map { AwaitedEvent($0, place) }
    }
  }

  /// Whether anything waits for an event that the run has not taken yet, or may wait for it: what cannot be known
  /// for want of a sealed value is taken, so that nothing passes over it.
  package func wants(_ event: ProjectEvent, now: Timestamp) -> Bool {
    guard event.at >= state.startedAt, !state.commands.contains(event.id),
      !state.received.contains(where: { $0.id == event.id })
    else { return false }
    let received = ReceivedEvent(
      id: event.id, name: event.name,
      data: StoredValues(clear: event.data, sealed: event.locked), at: event.at, isOfProject: true)
    return waits(now: now).contains { place, _ in
      awaited(at: place).contains { wait in
        wait.event == event.name && isAfter(wait.since, event.at, place)
          && match(wait, received, place) != .differs
      }
    }
  }

  private func awaited(at place: Place) -> [EventWait] {
    switch place.step.kind {
    case .wait(let wait): wait.events
    case .ask(let question):
      question.items.filter { place.record.answers.clear[$0.name]?.asBool != true }
        .compactMap(\.doneOn)
    default: []
    }
  }
}

extension Wait {
  /// The events among what is waited for.
  var events: [EventWait] {
    switch self {
    case .event(let wait): [wait]
    case .firstOf(let waits): waits.flatMap(\.wait.events)
    case .duration, .until: []
    }
  }
}

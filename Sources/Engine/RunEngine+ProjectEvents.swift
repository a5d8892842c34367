import Fields
package import Values
import Workflows

/// An event that ends a wait or ticks an item, as far as it can be told without evaluating anything.
package struct AwaitedEvent: Hashable, Sendable {
  /// `connection.event`.
  package let name: String
  /// A member of the event's data that has to be a certain text; nil where any event may be wanted.
  package let member: Member?

  package struct Member: Hashable, Sendable {
    package let name: String
    package let text: String
  }
}

/// Events that the project keeps for all its runs: a run takes those that something waits for.
extension RunEngine {
  /// The names of the events that end a wait or tick an item now.
  package func awaitedEvents(now: Timestamp) -> Set<String> {
    Set(waits(now: now).flatMap { awaited(at: $0.place) }.map(\.event))
  }

  /// The events that end a wait or tick an item now, with what of their data is known already.
  package func awaitedEventsWithMembers(now: Timestamp) -> Set<AwaitedEvent> {
    Set(
      waits(now: now).flatMap { place, _ in
        awaited(at: place).map { AwaitedEvent(name: $0.event, member: member(of: $0, place)) }
      })
  }

  /// What an event's data must have for the match to hold. It stays as it is while the step waits:
  /// whatever changes in the run, somebody has taken the run for it.
  private func member(of wait: EventWait, _ place: Place) -> AwaitedEvent.Member? {
    for equality in wait.match?.equalities(of: "event") ?? [] {
      switch equality.other {
      case .text(let text): return AwaitedEvent.Member(name: equality.member, text: text)
      case .path(let path):
        guard case .string(let text)? = place.scope.value(along: path) else { continue }
        return AwaitedEvent.Member(name: equality.member, text: text)
      }
    }
    return nil
  }

  /// Whether anything waits for an event that the run has not taken yet.
  package func wants(_ event: ProjectEvent, now: Timestamp) -> Bool {
    guard event.at >= state.startedAt,
      !state.received.contains(where: { $0.id == event.id })
    else { return false }
    return waits(now: now).contains { place, _ in
      awaited(at: place).contains { wait in
        wait.event == event.name && isAfter(wait.since, event.at, place)
          && matches(wait, wait.contract?.fields.coerce(event.data) ?? event.data, place)
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

extension RunScope {
  fileprivate func value(along path: [String]) -> Value? {
    guard let root = path.first else { return nil }
    return path.dropFirst().reduce(value(named: root)) { value, name in
      switch value {
      case .map(let map): map[name]
      case .object(let object): object.field(name)
      default: nil
      }
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

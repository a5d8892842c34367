import CEL
import Fields
package import Values
import Workflows

/// A step that waits for events of the project, as it tells them apart now.
package struct EventWaiter: Hashable, Sendable {
  fileprivate let address: String
  fileprivate let since: Timestamp
  fileprivate let names: [String]
  /// What has become of that by which it tells them apart: an event that was none may be one later.
  fileprivate let sights: [Sight]

  fileprivate enum Sight: Hashable {
    case step(StepStatus, startedAt: Timestamp?, finishedAt: Timestamp?, attempts: Int)
    /// Events count from here on.
    case start(Timestamp?)
    /// Anything may matter: how much has happened.
    case run(events: Int)
  }
}

/// What was held against each other already: the first so many of the kept events, and some who waited.
package struct SeenEvents: Sendable {
  package let waiters: Set<EventWaiter>
  package let count: Int

  package init(by waiters: Set<EventWaiter> = [], count: Int = 0) {
    self.waiters = waiters
    self.count = count
  }
}

/// Events that the project keeps for all its runs: a run takes those that something waits for.
extension RunEngine {
  /// Who waits for events now.
  package func eventWaiters(now: Timestamp) -> Set<EventWaiter> {
    Set(eventPlaces(now: now).map(\.waiter))
  }

  /// Where the first event is that something waits for, among those that were not held against it yet.
  ///
  /// - Parameter start: The position of the first that is asked about.
  package func firstWanted(
    of events: [ProjectEvent], from start: Int, unlessIn seen: SeenEvents, now: Timestamp
  ) -> Int? {
    let places = eventPlaces(now: now).map { found in
      (found.place, found.waits, seen.waiters.contains(found.waiter) ? seen.count : 0)
    }
    return events.indices.dropFirst(start).first { position in
      let event = events[position]
      return places.contains { place, waits, first in
        position >= first && waits.contains { $0.event == event.name } && isNew(event)
          && wants(event, waits, place)
      }
    }
  }

  private func eventPlaces(
    now: Timestamp
  ) -> [(place: Place, waits: [EventWait], waiter: EventWaiter)] {
    waits(now: now).compactMap { place, _ in
      let waits = awaited(at: place)
      guard !waits.isEmpty, case .waiting(_, let since) = place.record.phase else { return nil }
      let waiter = EventWaiter(
        address: place.address, since: since, names: waits.map(\.event),
        sights: waits.flatMap { sights(of: $0, place) })
      return (place, waits, waiter)
    }
  }

  private func sights(of wait: EventWait, _ place: Place) -> [EventWaiter.Sight] {
    var sights: [EventWaiter.Sight] = []
    if wait.since != nil { sights.append(.start(start(of: wait, place)?.at)) }
    for reference in wait.match?.references ?? [] {
      let name = reference.path.count > 1 ? reference.path[1] : nil
      switch reference.path.first {
      case "steps":
        sights.append(name.flatMap { sight(ofStep: $0, place) } ?? .run(events: state.eventCount))
      case "run" where name == nil || name == "status":
        sights.append(.run(events: state.eventCount))
      default: continue
      }
    }
    return sights
  }

  private func sight(ofStep name: String, _ place: Place) -> EventWaiter.Sight? {
    let surroundings = place.frame.surroundings
    guard let step = surroundings.workflow.step(named: name) else { return nil }
    let record = state.steps[surroundings.address(of: step)]
    return .step(
      record?.phase.status ?? .pending, startedAt: record?.startedAt,
      finishedAt: record?.finishedAt, attempts: record?.attempts ?? 0)
  }

  /// The events that end a wait or tick an item now, with what they have to say as the run stands: whoever
  /// changes the run asks for them anew.
  package func awaitedEventsWithDemands(now: Timestamp) -> [AwaitedEvent] {
    waits(now: now).flatMap { place, _ in
      awaited(at: place).map { AwaitedEvent($0, place) }
    }
  }

  /// Whether anything waits for an event that the run has not taken yet, or may wait for it: what cannot be known
  /// for want of a sealed value is taken, so that nothing passes over it.
  package func wants(_ event: ProjectEvent, now: Timestamp) -> Bool {
    isNew(event) && waits(now: now).contains { wants(event, awaited(at: $0.place), $0.place) }
  }

  private func isNew(_ event: ProjectEvent) -> Bool {
    moment(of: event) >= state.startedAt && !state.commands.contains(event.id)
      && !state.received.contains { $0.id == event.id }
  }

  private func wants(_ event: ProjectEvent, _ waits: [EventWait], _ place: Place) -> Bool {
    let own = waits.filter { $0.event == event.name }
    guard !own.isEmpty else { return false }
    let moment = moment(of: event)
    let received = ReceivedEvent(
      id: event.id, name: event.name,
      data: StoredValues(clear: event.data, sealed: event.locked), at: moment, isOfProject: true)
    return own.contains { wait in
      start(of: wait, place).map { moment >= $0.at } ?? false
        && match(wait, received, place) != .differs
    }
  }

  /// When an event came, as the run reckons: not before what it had recorded by then, whatever the clock says.
  package func moment(of event: ProjectEvent) -> Timestamp {
    event.runsAhead[state.header.run].map { max($0, event.at) } ?? event.at
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

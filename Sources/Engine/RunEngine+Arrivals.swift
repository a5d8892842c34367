import Fields
import Values
import Workflows

/// Events that came, held against what waits for them.
extension RunEngine {
  /// The first event kept that the wait has not taken yet and that matches.
  ///
  /// - Parameter mark: What stands before the ids of those it has taken.
  func arrival(
    of wait: EventWait, _ place: Place, takenAs mark: String = ""
  ) -> ReceivedEvent? {
    candidates(for: wait, place, takenAs: mark).first { match(wait, $0, place) == .matches }
  }

  /// What has come under the name of a wait and was not taken yet.
  private func candidates(
    for wait: EventWait, _ place: Place, takenAs mark: String
  ) -> some Sequence<ReceivedEvent> {
    let start = start(of: wait, place)
    let taken = takenEvents(place)
    return state.received.enumerated().lazy.filter { index, event in
      guard let start, event.name == wait.event else { return false }
      // What the project kept is journalled later than it came: its own time counts.
      let counts =
        event.isOfProject ? event.at.map { $0 >= start.at } ?? false : index >= start.received
      return counts && !taken.contains(mark + event.id)
    }.map(\.element)
  }

  // MARK: What cannot be known

  /// Why it cannot be known whether a wait is over: an event came of which something cannot be opened, or that
  /// would have to be held against such a thing; nil where it can.
  func lockedArrival(of wait: Wait, _ place: Place) -> String? {
    guard vault.hasLocked else { return nil }
    switch wait {
    case .event(let wait):
      for event in candidates(for: wait, place, takenAs: "") {
        let match = match(wait, event, place)
        // It is taken before any that came later.
        if match == .matches, event.data.locked(by: vault).isEmpty { return nil }
        if match != .differs { return locked(event, "what it brought", match) }
      }
      return nil
    case .firstOf(let waits):
      return waits.lazy.compactMap { lockedArrival(of: $0.wait, place) }.first
    default: return nil
    }
  }

  /// Why it cannot be known whether an event has ticked an item of which nobody has said anything; nil where it
  /// can of all.
  func lockedTick(of question: Question, _ place: Place) -> String? {
    guard vault.hasLocked else { return nil }
    for item in question.items where place.record.answers.clear[item.name] == nil {
      guard let wait = item.doneOn else { continue }
      for event in candidates(for: wait, place, takenAs: "\(item.name) ") {
        let match = match(wait, event, place)
        if match == .matches { break }
        if match != .differs { return locked(event, "whether it ticks `\(item.name)`", match) }
      }
    }
    return nil
  }

  private func locked(_ event: ReceivedEvent, _ what: String, _ match: EventMatch) -> String {
    let why =
      if let obstacle = event.data.locked(by: vault).map(\.obstacle).max() {
        obstacle.sentence(in: state.header.run, isOfProjectEvent: event.isOfProject)
      } else if case .unknown(let why) = match {
        why
      } else {
        ""
      }
    return "the event `\(event.name)` came, and \(what) cannot be known: \(why)"
  }

  // MARK: Matching

  /// Whether an event is the one that is waited for.
  enum EventMatch: Equatable {
    case matches
    case differs
    /// It depends on a sealed value that cannot be opened; the sentence says which.
    case unknown(String)
  }

  /// A match that cannot be evaluated does not match.
  func match(_ wait: EventWait, _ event: ReceivedEvent, _ place: Place) -> EventMatch {
    guard let match = wait.match else { return .matches }
    let scope = place.scope.with("event", .map(data(of: event, wait)))
      .sealing("event", of: event.data)
    do throws(ExpressionFailure) {
      return try match.test(scope) ? .matches : .differs
    } catch {
      return error.isUnknown ? .unknown(scope.explained(error)) : .differs
    }
  }

  private func data(of event: ReceivedEvent, _ wait: EventWait) -> ValueMap {
    let data = event.data.openedOrLeftOut(by: vault)
    return wait.contract.map { $0.fields.coerce(data) } ?? data
  }

  /// What the wait has taken, in this round and in those before.
  private func takenEvents(_ place: Place) -> Set<String> {
    let taken = place.record.takenEvents
    guard !state.takenInRounds.isEmpty,
      let before = state.takenInRounds[addressInEveryRound(place.address)]
    else { return taken }
    return taken.union(before)
  }

  /// From when on events count for a wait.
  struct WaitStart {
    let at: Timestamp
    /// How many events had come by then.
    let received: Int
  }

  /// From when on events count for a wait: since the start of the run, or since the step that it names was over;
  /// nil as long as that is not.
  func start(of wait: EventWait, _ place: Place) -> WaitStart? {
    guard let name = wait.since else { return WaitStart(at: state.startedAt, received: 0) }
    let surroundings = place.frame.surroundings
    let workflow = surroundings.workflow
    var step = workflow.step(named: name)
    while let candidate = step {
      let record = state.steps[surroundings.address(of: candidate)]
      if let record, let end = record.finishedAt {
        return WaitStart(at: end, received: record.eventsBefore)
      }
      // What was left out, or whose round is forgotten, is over with what stands around it.
      step = candidate.parent.map { workflow.allSteps[$0] }
    }
    return nil
  }

  /// What a wait gives that an event ended.
  func outputs(of event: ReceivedEvent, which: String, _ place: Place) -> StoredValues {
    let moment = event.at ?? place.now
    var clear: ValueMap = ["which": .string(which), "at": .string(moment.journalText)]
    guard event.data.sealed.isEmpty else {
      // A sensitive member makes the whole event sensitive for those who read it later.
      let data = Value.map(event.data.openedOrLeftOut(by: vault))
      return StoredValues(clear: clear, sealed: ["event": .string(vault.seal(data))])
    }
    clear["event"] = .map(event.data.clear)
    return StoredValues(clear: clear)
  }
}

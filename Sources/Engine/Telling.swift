package import Values
import Workflows

/// A rung that was reached and of which people are still to be told, whatever has become of its step since.
package struct Telling: Sendable, Hashable {
  package internal(set) var address: String
  package let timer: String
  /// When it was asked: a question that is asked anew tells people anew.
  package let askedAt: Timestamp?
  /// Who is still to be told, one after the other; nil before that is known.
  package internal(set) var people: [String]?
  /// What the operation that tells them does to the world, once it is known.
  var effects: String?

  /// Whether telling somebody twice is as good as once: by the operation's effects, once known.
  package var isRepeatable: Bool { effects.map { $0 != Effects.once.rawValue } ?? false }

  /// Whether it is of the same rung, asked at the same time.
  package func isSame(as other: Telling) -> Bool {
    address == other.address && timer == other.timer && askedAt == other.askedAt
  }
}

extension RunEngine {
  /// Folds whom an operation is about to tell, or has told. That may come after the step is over: nothing of
  /// the step changes by it.
  ///
  /// - Returns: whether the event says anything else of the step.
  mutating func noteTelling(_ event: PeopleEvent, at address: String) -> Bool {
    switch event {
    case .deadlineReached(let reached):
      state.reach(reached, at: address)
      return true
    case .noticeStarted(let intent):
      state.changeTelling(of: intent.timer, at: address) { telling in
        telling.people = intent.people
        telling.effects = intent.effects
      }
    case .noticeSent(let timer, let person, _): state.told(person, timer, at: address)
    case .noticeFailed(let failure):
      state.told(failure.person, failure.timer, at: address)
      if case .waiting? = state.steps[address]?.phase {
        state.steps[address]?.people.failedNotices.append(failure.sentence)
      }
    case .decided, .voided, .itemTicked, .claimed, .released: return true
    }
    state.parked = nil
    return false
  }

  /// Who may have been told when the process died: of each step one after the other is told, so that it is the
  /// first who is left.
  package var interruptedTellings: [(telling: Telling, people: [String])] {
    var steps: Set<String> = []
    return state.tellings.compactMap { telling in
      guard let people = telling.people, !people.isEmpty, steps.insert(telling.address).inserted
      else { return nil }
      return (telling, people)
    }
  }

  /// Whether a step still waits for what people are to be told of.
  package func isAsked(_ telling: Telling) -> Bool {
    guard let record = state.steps[telling.address], case .waiting(_, let since) = record.phase
    else { return false }
    return since == telling.askedAt
  }

  /// Whether what people are told of is over: done, left out or cancelled. What has expired is not.
  package func isOver(_ telling: Telling) -> Bool {
    state.steps[telling.address]?.isOver ?? false
  }
}

extension NoticeFailure {
  fileprivate var sentence: String { person.map { "\($0): \(message)" } ?? message }
}

extension RunState {
  /// A rung that is reached again is another one: of one that was asked before nothing is left to tell.
  fileprivate mutating func reach(_ reached: DeadlineReached, at address: String) {
    guard !reached.isPassedOver, let record = steps[address] else { return }
    switch DeadlineTimer.Kind(name: reached.timer) {
    case .remind, .escalate: break
    case .due, .expires, nil: return
    }
    tellings.removeAll { $0.address == address && $0.timer == reached.timer }
    tellings.append(Telling(address: address, timer: reached.timer, askedAt: record.askedAt))
  }

  fileprivate mutating func changeTelling(
    of timer: String, at address: String, _ change: (inout Telling) -> Void
  ) {
    let index = tellings.firstIndex { $0.address == address && $0.timer == timer }
    if let index { change(&tellings[index]) }
  }

  /// A rung is over when nobody is left to be told.
  fileprivate mutating func told(_ person: String?, _ timer: String, at address: String) {
    changeTelling(of: timer, at: address) { telling in
      guard let person else {
        telling.people = []
        return
      }
      telling.people?.removeAll { $0 == person }
    }
    tellings.removeAll { $0.people?.isEmpty ?? false }
  }
}

extension Telling {
  var saved: Value {
    let map: ValueMap = ["step": .string(address), "timer": .string(timer)]
    return .map(
      map.adding("asked_at", askedAt?.journalText)
        .adding("people", people.map { .list($0.map { .string($0) }) })
        .adding("effects", effects))
  }

  init?(saved: Value) {
    guard let address = saved["step"]?.asString, let timer = saved["timer"]?.asString else {
      return nil
    }
    self.init(
      address: address, timer: timer,
      askedAt: saved["asked_at"]?.asString.flatMap(Timestamp.init(journalText:)),
      people: saved["people"]?.asList?.compactMap(\.asString),
      effects: saved["effects"]?.asString)
  }
}

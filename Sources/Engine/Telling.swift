package import Values
import Workflows

/// A rung that was reached and of which people are still to be told, whatever has become of its step since.
package struct Telling: Sendable, Hashable {
  package internal(set) var address: String
  package internal(set) var timer: String
  /// When it was asked: a question that is asked anew tells people anew.
  package let askedAt: Timestamp?
  /// What names the rung whatever becomes of the address of its step and of its number: a part of the idempotency
  /// keys of its messages.
  package let origin: String
  /// Who is still to be told, one after the other; nil before that is known.
  package internal(set) var people: [String]?
  /// What the operation that tells them does to the world, once it is known.
  var effects: String?
  /// Who may have been told: a process was about to, and did not hear what came of it.
  package internal(set) var doubtful: String?
  /// Whether somebody has ended the run since it came.
  var isLeft = false
  /// What was asked, where its time was up meanwhile: people are told as if somebody had looked in time.
  var expired: ExpiredQuestion?

  /// Whether telling somebody twice is as good as once: by the operation's effects, once known.
  package var isRepeatable: Bool { effects.map { $0 != Effects.once.rawValue } ?? false }

  /// Whether it is of the same rung, asked at the same time.
  package func isSame(as other: Telling) -> Bool {
    address == other.address && timer == other.timer && askedAt == other.askedAt
  }
}

/// What is told of a question whose step does not wait any more.
struct ExpiredQuestion: Sendable, Hashable {
  fileprivate(set) var waiting: Waiting
  let addedRoles: [String]
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
      state.changeTelling(of: intent.timer, intent.askedAt, at: address) { telling in
        telling.people = intent.people
        telling.effects = intent.effects
        if intent.isAgain { telling.doubtful = intent.people.first }
      }
    case .noticeSent(let timer, let person, _, let askedAt):
      state.told(person, timer, askedAt, at: address)
    case .noticeFailed(let failure):
      state.told(failure.person, failure.timer, failure.askedAt, at: address)
      if case .waiting(_, let since)? = state.steps[address]?.phase,
        failure.askedAt == nil || failure.askedAt == since
      {
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

  /// A rung as it stands now: what was asked may have expired since.
  package func current(_ telling: Telling) -> Telling {
    state.tellings.first { $0.isSame(as: telling) } ?? telling
  }

  /// Whether what people are told of is over: it is not asked any more, or asked anew. What has expired is not,
  /// unless somebody has settled it since, or ended the run.
  package func isOver(_ telling: Telling) -> Bool {
    let record = state.steps[telling.address]
    guard telling.expired != nil else { return record?.askedAt != telling.askedAt }
    if telling.isLeft { return true }
    if case .cancelled? = record?.phase { return false }
    return record?.isOver ?? false
  }
}

extension NoticeFailure {
  fileprivate var sentence: String { person.map { "\($0): \(message)" } ?? message }
}

extension RunState {
  fileprivate mutating func reach(_ reached: DeadlineReached, at address: String) {
    guard !reached.isPassedOver, let record = steps[address] else { return }
    switch DeadlineTimer.Kind(name: reached.timer) {
    case .remind, .escalate:
      // One of the same that was asked before is another.
      let origin = "\(address):\(reached.timer):\(record.people.timersReached + 1)"
      tellings.append(
        Telling(
          address: address, timer: reached.timer, askedAt: record.askedAt, origin: origin))
    case .expires: expire(record, at: address)
    case .due, nil: return
    }
  }

  private mutating func expire(_ record: StepRecord, at address: String) {
    guard case .waiting(var waiting, let since) = record.phase else { return }
    // The telling says it.
    waiting.since = nil
    for index in tellings.indices
    where tellings[index].address == address && tellings[index].askedAt == since {
      tellings[index].expired = ExpiredQuestion(
        waiting: waiting, addedRoles: record.people.addedRoles)
    }
  }

  /// Notes that somebody has ended the run: of what has expired by now nobody is told any more.
  mutating func leaveTellings() {
    for index in tellings.indices { tellings[index].isLeft = true }
  }

  /// Gives the rungs of a question that people are told of the numbers that they have by another definition.
  mutating func renumber(_ rungs: RenumberedRungs) {
    for index in tellings.indices
    where tellings[index].address == rungs.step && tellings[index].askedAt == rungs.askedAt {
      tellings[index].renumber(rungs.timers)
    }
  }

  /// - Parameter askedAt: nil in journals that do not say it: the oldest is meant.
  fileprivate mutating func changeTelling(
    of timer: String, _ askedAt: Timestamp?, at address: String,
    _ change: (inout Telling) -> Void
  ) {
    let index = tellings.firstIndex { telling in
      telling.address == address && telling.timer == timer
        && (askedAt == nil || telling.askedAt == askedAt)
    }
    if let index { change(&tellings[index]) }
  }

  /// A rung is over when nobody is left to be told.
  fileprivate mutating func told(
    _ person: String?, _ timer: String, _ askedAt: Timestamp?, at address: String
  ) {
    changeTelling(of: timer, askedAt, at: address) { telling in
      guard let person else {
        telling.people = []
        return
      }
      telling.people?.removeAll { $0 == person }
      if telling.doubtful == person { telling.doubtful = nil }
    }
    tellings.removeAll { $0.people?.isEmpty ?? false }
  }
}

extension Telling {
  fileprivate mutating func renumber(_ names: [String: String]) {
    timer = names[timer] ?? timer
    expired?.renumber(names)
  }

  var saved: Value {
    let map: ValueMap = [
      "step": .string(address), "timer": .string(timer), "origin": .string(origin),
    ]
    return .map(
      map.adding("asked_at", askedAt?.journalText)
        .adding("people", people.map { .list($0.map { .string($0) }) })
        .adding("effects", effects)
        .adding("doubtful", doubtful)
        .adding("left", flag: isLeft)
        .adding("expired", expired?.saved))
  }

  init?(saved: Value) {
    guard let address = saved["step"]?.asString, let timer = saved["timer"]?.asString,
      let origin = saved["origin"]?.asString
    else { return nil }
    self.init(
      address: address, timer: timer,
      askedAt: saved["asked_at"]?.asString.flatMap(Timestamp.init(journalText:)), origin: origin,
      people: saved["people"]?.asList?.compactMap(\.asString),
      effects: saved["effects"]?.asString, doubtful: saved["doubtful"]?.asString,
      isLeft: saved["left"]?.asBool ?? false)
    guard let value = saved["expired"] else { return }
    guard let question = ExpiredQuestion(saved: value) else { return nil }
    expired = question
  }
}

extension ExpiredQuestion {
  /// What would have come behind the expiry does not come any more.
  fileprivate mutating func renumber(_ names: [String: String]) {
    waiting.timers = waiting.reachedWhenExpired.map { timer in
      names[timer.name].flatMap { DeadlineTimer(name: $0, dueAt: timer.dueAt) } ?? timer
    }
  }

  fileprivate var saved: Value {
    [
      "waiting": .map(waiting.data), "added_roles": .list(addedRoles.map { .string($0) }),
    ]
  }

  fileprivate init?(saved: Value) {
    guard let data = saved["waiting"]?.asMap,
      let waiting = try? Waiting(DataReader(type: "step.waiting", data: data))
    else { return nil }
    self.init(
      waiting: waiting, addedRoles: saved["added_roles"]?.asList?.compactMap(\.asString) ?? [])
  }
}

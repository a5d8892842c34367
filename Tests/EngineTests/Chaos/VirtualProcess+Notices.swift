import TestSupport
import Values
import Workflows

@testable import Engine

/// Telling people, as the runner does it: who is to be told is durable before the first is, and nothing but the
/// end of the run waits for it.
extension VirtualProcess {
  static let holders = ["r1": ["ana", "ben"], "r2": ["cy"]]

  /// A message that is to go out.
  struct Message {
    let telling: Telling
    let person: String
  }

  /// Makes up the messages about the rungs that were reached.
  func makeUpMessages() throws {
    for telling in engine.state.tellings
    where !outbox.contains(where: { $0.telling.isSame(as: telling) }) {
      guard let notice = engine.notice(of: telling, now: now) else {
        for person in telling.people ?? [NoticeIntent.nobodyNamed] {
          try fail(telling, person, "it was over", isUnknown: false)
        }
        continue
      }
      if let people = telling.people, engine.state.parked != nil { try start(notice, people) }
      for person in try telling.people ?? begin(notice) {
        try check(notice, person)
        outbox.append(Message(telling: telling, person: person))
      }
    }
  }

  /// Settles what was being told when the process died: of each step it is the first who is left.
  func settleNotices() throws {
    for (telling, people) in engine.interruptedTellings {
      if telling.isRepeatable, let notice = engine.notice(of: telling, now: now) {
        try start(notice, people, isAgain: true)
      } else {
        try fail(telling, people[0], "the process ended", isUnknown: true)
      }
    }
  }

  /// A message has come to its end: one before which no other of its step is.
  func tellSomebody() throws {
    var steps: Set<String> = []
    let first = outbox.indices.filter { steps.insert(outbox[$0].telling.address).inserted }
    let message = outbox.remove(at: random.choose(first))
    try mayDie()
    if engine.isOver(engine.current(message.telling)) {
      try fail(message.telling, message.person, "it was over", isUnknown: false)
    } else {
      let timer = message.telling.timer
      try record(
        .noticeSent(
          timer: timer, person: message.person, askedAt: message.telling.askedAt), message.telling)
    }
    // On disk before the next is told, so that it is the first one who is left.
    try sync()
  }

  private func begin(_ notice: RunEngine.DueNotice) throws -> [String] {
    let names = notice.call.map { !$0.namesPerson } == true
    let people =
      names ? [NoticeIntent.nobodyNamed] : notice.roles.flatMap { Self.holders[$0] ?? [] }
    if people.isEmpty {
      try fail(notice.telling, nil, "nobody", isUnknown: false)
    } else {
      try start(notice, people)
    }
    return people
  }

  private func start(
    _ notice: RunEngine.DueNotice, _ people: [String], isAgain: Bool = false
  ) throws {
    let effects = notice.call == nil ? Effects.once : .repeatable
    let intent = NoticeIntent(
      timer: notice.timer, operation: "mail.send", effects: effects.rawValue, people: people,
      askedAt: notice.telling.askedAt, isAgain: isAgain)
    try record(.noticeStarted(intent), notice.telling)
    try sync()
  }

  private func fail(
    _ telling: Telling, _ person: String?, _ message: String, isUnknown: Bool
  ) throws {
    // Whom another process was telling it may have told.
    let mayBeTold = person != nil && engine.current(telling).doubtful == person
    let failure = NoticeFailure(
      timer: telling.timer, person: person == NoticeIntent.nobodyNamed ? nil : person,
      message: message, isUnknown: isUnknown || mayBeTold, askedAt: telling.askedAt)
    try record(.noticeFailed(failure), telling)
    try sync()
  }

  private func check(_ notice: RunEngine.DueNotice, _ person: String) throws {
    let about: ValueMap = ["id": .string(person)]
    guard
      let inputs = try? engine.inputs(of: notice, person: about, isSensitive: false, now: now)
    else { throw Violation("the notice of `\(notice.address)` cannot be worked out") }
    if notice.call != nil, inputs.values["n"] != 1 {
      throw Violation("a notice says \(inputs.values)")
    }
  }

  private func record(_ event: PeopleEvent, _ telling: Telling) throws {
    try record(PendingEvent(.people(event), step: telling.address))
  }
}

import Values
import Workflows

@testable import Engine

/// Telling people, as the runner does it: who is to be told is durable before the first is.
extension VirtualProcess {
  static let holders = ["r1": ["ana", "ben"], "r2": ["cy"]]

  /// Tells one person of a rung, or finds out whom to tell; false where there is nobody to tell.
  func tellPeople() throws -> Bool {
    guard let notice = engine.dueNotice(now: now) else { return false }
    if let person = notice.people?.first {
      try tell(person, notice)
    } else {
      try begin(notice)
    }
    return true
  }

  /// Of somebody who was being told when the process died nobody knows, unless telling them twice is as
  /// good as once.
  func settleNotices() throws {
    guard let notice = engine.dueNotice(now: now), let people = notice.people,
      let person = people.first
    else { return }
    guard !notice.isRepeatable else { return try start(notice, people) }
    try fail(notice, person, "the process ended", isUnknown: true)
  }

  private func begin(_ notice: RunEngine.DueNotice) throws {
    let names = notice.call.map { !$0.namesPerson } == true
    let people =
      names ? [NoticeIntent.nobodyNamed] : notice.roles.flatMap { Self.holders[$0] ?? [] }
    guard !people.isEmpty else { return try fail(notice, nil, "nobody", isUnknown: false) }
    try start(notice, people)
  }

  private func start(_ notice: RunEngine.DueNotice, _ people: [String]) throws {
    let effects = notice.call == nil ? Effects.once : .repeatable
    let intent = NoticeIntent(
      timer: notice.timer, operation: "mail.send", effects: effects.rawValue, people: people)
    try record(.noticeStarted(intent), notice)
    try sync()
  }

  private func fail(
    _ notice: RunEngine.DueNotice, _ person: String?, _ message: String, isUnknown: Bool
  ) throws {
    let failure = NoticeFailure(
      timer: notice.timer, person: person, message: message, isUnknown: isUnknown)
    try record(.noticeFailed(failure), notice)
    try sync()
  }

  private func tell(_ person: String, _ notice: RunEngine.DueNotice) throws {
    try mayDie()
    let about: ValueMap = ["id": .string(person)]
    guard
      let inputs = try? engine.inputs(of: notice, person: about, isSensitive: false, now: now)
    else { throw Violation("the notice of `\(notice.address)` cannot be worked out") }
    if notice.call != nil, inputs.values["n"] != 1 {
      throw Violation("a notice says \(inputs.values)")
    }
    try mayDie()
    try record(.noticeSent(timer: notice.timer, person: person), notice)
    // On disk before the next is told, so that it is the first one who is left.
    try sync()
  }

  private func record(_ event: PeopleEvent, _ notice: RunEngine.DueNotice) throws {
    try record(PendingEvent(.people(event), step: notice.address))
  }
}

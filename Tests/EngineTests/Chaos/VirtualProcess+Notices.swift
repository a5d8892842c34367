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

  /// Of somebody who was being told when the process died, nobody knows.
  func settleNotices() throws {
    guard let notice = engine.dueNotice(now: now), let person = notice.people?.first else { return }
    try record(
      .noticeFailed(timer: notice.timer, person: person, message: "the process ended"), notice)
  }

  private func begin(_ notice: RunEngine.DueNotice) throws {
    let names = notice.call.map { !$0.namesPerson } == true
    let people = names ? ["everybody"] : notice.roles.flatMap { Self.holders[$0] ?? [] }
    let timer = notice.timer
    guard !people.isEmpty else {
      return try record(.noticeFailed(timer: timer, person: nil, message: "nobody"), notice)
    }
    try record(.noticeStarted(timer: timer, operation: "mail.send", people: people), notice)
    try sync()
  }

  private func tell(_ person: String, _ notice: RunEngine.DueNotice) throws {
    try mayDie()
    let about: Value = ["id": .string(person)]
    guard let inputs = try? engine.inputs(of: notice, person: about, now: now) else {
      throw Violation("the notice of `\(notice.address)` cannot be worked out")
    }
    if notice.call != nil, inputs["n"] != 1 { throw Violation("a notice says \(inputs)") }
    try mayDie()
    try record(.noticeSent(timer: notice.timer, person: person), notice)
  }

  private func record(_ event: PeopleEvent, _ notice: RunEngine.DueNotice) throws {
    try record(PendingEvent(.people(event), step: notice.address))
  }
}

extension CommandKind {
  /// Whether what is under way has to end before the command is taken.
  var endsTheRun: Bool {
    switch self {
    case .cancel, .undo, .rewind: true
    default: false
    }
  }
}

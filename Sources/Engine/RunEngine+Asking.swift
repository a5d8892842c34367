import CCrypto
import Documents
import Fields
import Values
import Workflows

/// Steps that begin to wait: what is shown, what is awaited, and what will be due.
extension RunEngine {
  func ask(_ place: Place, _ question: Question) throws(ExpressionFailure) -> Decision {
    var items = ValueMap()
    for item in question.items {
      items[item.name] = .string(try item.label.shownMarkdown(place.scope))
    }
    let message = try question.message?.shownMarkdown(place.scope) ?? place.step.title
    return try wait(
      for: .answer(
        message: message, fields: question.fields.fields.map(\.name), items: items), place)
  }

  func ask(_ place: Place, _ approval: Approval) throws(ExpressionFailure) -> Decision {
    try wait(for: .approval(try shown(place, approval)), place)
  }

  /// What people decide about.
  func shown(
    _ place: Place, _ approval: Approval
  ) throws(ExpressionFailure) -> ApprovalShown {
    var shown = ApprovalShown(
      message: try approval.message.shownMarkdown(place.scope), approvals: approval.approvals,
      notStarter: approval.notStarter, sha256: "", changes: changes(releasedBy: place))
    shown.sha256 = hash(of: shown, at: place.address)
    return shown
  }

  func startWait(_ place: Place, _ wait: Wait) throws(ExpressionFailure) -> Decision {
    try self.wait(for: try cause(of: wait, place), place)
  }

  func cause(of wait: Wait, _ place: Place) throws(ExpressionFailure) -> Waiting.Cause {
    switch wait {
    case .duration(let duration):
      return .time(until: try place.moment(duration, after: place.now, under: "wait"))
    case .until(let expression): return .time(until: try place.moment(expression))
    case .event(let event): return .event(name: event.event)
    case .firstOf(let waits):
      var branches: [Waiting.Branch] = []
      for (name, wait) in waits {
        branches.append(Waiting.Branch(name: name, cause: try cause(of: wait, place)))
      }
      return .first(branches)
    }
  }

  private func wait(
    for cause: Waiting.Cause, _ place: Place
  ) throws(ExpressionFailure) -> Decision {
    let due = try place.dueAt()
    var waiting = Waiting(
      cause: cause, role: place.step.role, dueAt: due, timers: try timers(place, due: due))
    if place.record.hasWork {
      waiting.dropped = unfitAnswers(at: place).map(\.name)
      waiting.given = place.record.answers.names.filter { !waiting.dropped.contains($0) }.sorted()
    }
    return place.record(.stepWaiting(waiting))
  }

  /// Everything that will be due, reckoned once, when the question is asked.
  func timers(
    _ place: Place, due: Timestamp?
  ) throws(ExpressionFailure) -> [DeadlineTimer] {
    var timers: [DeadlineTimer] = []
    if let due {
      timers.append(DeadlineTimer(.due, at: due))
      for (index, reminder) in place.step.remind.enumerated() {
        let moment = try place.moment(reminder.before, before: due, under: "remind")
        // A reminder that would have come before the question says nothing.
        if moment > place.now { timers.append(DeadlineTimer(.remind(index), at: moment)) }
      }
    }
    for (index, rung) in place.step.escalate.enumerated() {
      guard let start = rung.isAfterDue ? due : place.now else { continue }
      timers.append(
        DeadlineTimer(
          .escalate(index), at: try place.moment(rung.after, after: start, under: "escalate")))
    }
    if let expires = place.step.expires {
      timers.append(DeadlineTimer(.expires, at: try place.moment(of: expires, under: "expires")))
    }
    return timers.inOrder
  }

  /// What an approval is bound to: the words that were shown, how many must agree, every definition that
  /// it releases, and the values that somebody gives instead of those of the procedure.
  private func hash(of shown: ApprovalShown, at address: String) -> String {
    var bound: ValueMap = [
      "run": .string(state.header.run), "step": .string(address),
      "message": .string(shown.message), "approvals": .int(Int64(shown.approvals)),
      "not_starter": .bool(shown.notStarter), "workflow": .string(state.header.workflowSHA256),
      "definition": .map(state.header.definition),
    ]
    if !shown.changes.isEmpty { bound["changes"] = .list(shown.changes.map(\.value)) }
    guard let bytes = try? CanonicalJSON.encode(.map(bound)) else { return "" }
    var digest = [UInt8](repeating: 0, count: 32)
    ccrypto_sha256(bytes, bytes.count, &digest)
    return digest.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
  }
}

extension Waiting {
  /// How the timer of a branch of `first_of` is named.
  static func timer(ofBranch name: String) -> String { "first_of.\(name)" }

  /// The branch that a timer ends; nil for any other timer.
  package static func branch(ofTimer timer: String) -> String? {
    timer.hasPrefix("first_of.") ? String(timer.dropFirst("first_of.".utf8.count)) : nil
  }
}

package import Values

/// What happens to a step that waits for people, besides their answers.
package enum PeopleEvent: Sendable {
  /// A deadline has come: when it was due; the event's own time says when it was noticed.
  case deadlineReached(DeadlineReached)
  /// People are about to be told of a rung; on disk before the first is.
  case noticeStarted(NoticeIntent)
  /// - `with`: what the rung's own operation was called with for this person.
  /// - `askedAt`: as in ``NoticeIntent``.
  case noticeSent(
    timer: String, person: String, with: StoredValues? = nil, askedAt: Timestamp? = nil)
  /// A notice that failed: a problem of its own, which never holds up the run.
  case noticeFailed(NoticeFailure)
  /// Somebody approved or rejected what was shown.
  case decided(Decided)
  /// An approval that was given is void, and asked again.
  case voided(Voided)
  /// An event ticked an item of a list.
  case itemTicked(item: String, event: String)
  case claimed
  case released
}

/// A deadline that has come.
package struct DeadlineReached: Sendable, Hashable {
  package var timer: String
  package var dueAt: Timestamp
  /// The role that joins.
  package var to: String?
  /// Whether the rung's `if` does not hold, so that nothing follows from it.
  package var isPassedOver: Bool
}

/// Whom an operation is about to tell of a rung.
package struct NoticeIntent: Sendable, Hashable {
  package var timer: String
  package var operation: String
  /// What the operation's contract says it does to the world; nil in journals that do not say.
  package var effects: String?
  /// Who is still to be told, in this order, one after the other.
  package var people: [String]
  /// What the operation is called with, of a message that names nobody.
  package var with: StoredValues?
  /// When it was asked, as it may be asked anew while people are told; nil in journals that do not say.
  package var askedAt: Timestamp?
  /// Whether the first of them may have been told already: a process was about to, and did not hear what came of it.
  package var isAgain: Bool

  /// Stands where a person does, for a message of the rung's own that is sent once, whoever it goes to.
  package static let nobodyNamed = ""

  /// Stands where a person does whom the run must not name: who holds the role.
  package static func nameless(_ role: String) -> String { "\(namelessStart)\(role))" }

  /// Whether a name stands for somebody whom the run must not name.
  package static func isNameless(_ name: String) -> Bool { name.hasPrefix(namelessStart) }

  private static let namelessStart = "(sensitive: "

  package init(
    timer: String, operation: String, effects: String?, people: [String],
    with: StoredValues? = nil, askedAt: Timestamp? = nil, isAgain: Bool = false
  ) {
    self.timer = timer
    self.operation = operation
    self.effects = effects
    self.people = people
    self.with = with
    self.askedAt = askedAt
    self.isAgain = isAgain
  }
}

/// Why somebody was not told of a rung, or why nobody knows whether they were.
package struct NoticeFailure: Sendable, Hashable {
  package var timer: String
  /// nil where it is about everybody.
  package var person: String?
  package var message: String
  /// Whether the message may have been sent.
  package var isUnknown: Bool
  /// What the rung's own operation was called with for this person.
  package var with: StoredValues?
  /// As in ``NoticeIntent``.
  package var askedAt: Timestamp?

  package init(
    timer: String, person: String?, message: String, isUnknown: Bool = false,
    with: StoredValues? = nil, askedAt: Timestamp? = nil
  ) {
    self.timer = timer
    self.person = person
    self.message = message
    self.isUnknown = isUnknown
    self.with = with
    self.askedAt = askedAt
  }
}

/// A person's decision about an approval.
package struct Decided: Sendable, Hashable {
  package var approves: Bool
  package var comment: String?
  /// The hash of what was shown and of what it releases.
  package var shown: String
}

/// What made an approval void that was given.
package struct Voided: Sendable, Hashable {
  /// The step that is tried with other values than were approved.
  package var by: String
  package var reason: String
}

extension PeopleEvent {
  /// The name of the kind in the journal.
  var type: String {
    switch self {
    case .deadlineReached: "deadline.reached"
    case .noticeStarted: "notice.started"
    case .noticeSent: "notice.sent"
    case .noticeFailed: "notice.failed"
    case .decided: "approval.given"
    case .voided: "approval.voided"
    case .itemTicked: "item.ticked"
    case .claimed: "step.claimed"
    case .released: "step.released"
    }
  }

  var data: ValueMap {
    switch self {
    case .deadlineReached(let reached):
      ValueMap(members: [
        "timer": .string(reached.timer), "due_at": .string(reached.dueAt.journalText),
      ]).adding("to", reached.to).adding("passed_over", flag: reached.isPassedOver)
    case .noticeStarted(let intent):
      ValueMap(members: [
        "timer": .string(intent.timer), "operation": .string(intent.operation),
      ]).adding("people", intent.named.map { .list($0.map { .string($0) }) })
        .adding("effects", intent.effects).adding("with", intent.with)
        .adding("asked_at", intent.askedAt?.journalText).adding("again", flag: intent.isAgain)
    case .noticeSent(let timer, let person, let with, let askedAt):
      ValueMap(members: ["timer": .string(timer)])
        .adding("person", person == NoticeIntent.nobodyNamed ? nil : person).adding("with", with)
        .adding("asked_at", askedAt?.journalText)
    case .noticeFailed(let failure):
      ValueMap(members: [
        "timer": .string(failure.timer), "message": .string(failure.message),
      ]).adding("person", failure.person)
        .adding("unknown", flag: failure.isUnknown).adding("with", failure.with)
        .adding("asked_at", failure.askedAt?.journalText)
    case .decided(let decided): decided.data
    case .voided(let voided): ["by": .string(voided.by), "reason": .string(voided.reason)]
    case .itemTicked(let item, let event): ["item": .string(item), "event": .string(event)]
    case .claimed, .released: ValueMap()
    }
  }

  /// Reads an event; nil where the type is not one of these.
  init?(_ reader: DataReader) throws(UnreadableEvent) {
    switch reader.type {
    case "deadline.reached":
      self = .deadlineReached(
        DeadlineReached(
          timer: try reader.text("timer"), dueAt: try reader.requiredMoment("due_at"),
          to: reader.optionalText("to"), isPassedOver: reader.flag("passed_over")))
    case "notice.started":
      self = .noticeStarted(
        NoticeIntent(
          timer: try reader.text("timer"), operation: try reader.text("operation"),
          effects: reader.optionalText("effects"),
          people: reader.data["people"]?.asList?.compactMap(\.asString)
            ?? [NoticeIntent.nobodyNamed], with: reader.optionalValues("with"),
          askedAt: try reader.moment("asked_at"), isAgain: reader.flag("again")))
    case "notice.sent":
      self = .noticeSent(
        timer: try reader.text("timer"),
        person: reader.optionalText("person") ?? NoticeIntent.nobodyNamed,
        with: reader.optionalValues("with"), askedAt: try reader.moment("asked_at"))
    case "notice.failed":
      self = .noticeFailed(
        NoticeFailure(
          timer: try reader.text("timer"), person: reader.optionalText("person"),
          message: try reader.text("message"), isUnknown: reader.flag("unknown"),
          with: reader.optionalValues("with"), askedAt: try reader.moment("asked_at")))
    case "approval.given": self = .decided(try Decided(reader))
    case "approval.voided":
      self = .voided(Voided(by: try reader.text("by"), reason: try reader.text("reason")))
    case "item.ticked":
      self = .itemTicked(item: try reader.text("item"), event: try reader.text("event"))
    case "step.claimed": self = .claimed
    case "step.released": self = .released
    default: return nil
    }
  }
}

extension NoticeIntent {
  /// The people by their names; nil where the message names nobody.
  fileprivate var named: [String]? { people == [Self.nobodyNamed] ? nil : people }
}

extension DataReader {
  /// Values where there are any.
  fileprivate func optionalValues(_ name: String) -> StoredValues? {
    data[name] == nil && data["sealed"] == nil ? nil : values(name)
  }
}

extension Decided {
  var data: ValueMap {
    ValueMap(members: [
      "decision": .string(approves ? "approved" : "rejected"), "shown": .string(shown),
    ]).adding("comment", comment)
  }

  init(_ reader: DataReader) throws(UnreadableEvent) {
    let decision = try reader.text("decision")
    guard ["approved", "rejected"].contains(decision) else { throw reader.unfit("decision") }
    self.init(
      approves: decision == "approved", comment: reader.optionalText("comment"),
      shown: try reader.text("shown"))
  }
}

import Engine
import RunStore
import Values
import Workflows

extension Narration {
  static func step(_ record: JournalRecord) -> Narration {
    let data = record.data
    let message = data.text("message") ?? ""
    switch record.type {
    case "step.started": return started(data)
    case "round.ended": return Narration("round \((data["index"]?.asInt ?? 0) + 1) is over")
    case "iteration.ended":
      return Narration(
        "item \((data["index"]?.asInt ?? 0) + 1) is done", data.shown("collected"))
    case "iteration.held":
      return Narration("goes on without item \((data["index"]?.asInt ?? 0) + 1), which is stuck")
    case "workflow.finishing":
      let end = message.isEmpty ? "" : ": \(message)"
      return Narration("about to end as \(data.text("status") ?? "?")\(end)")
    case "step.succeeded": return succeeded(record)
    case "step.failed":
      let code = data.text("code").map { " (\($0))" } ?? ""
      return .problem("failed\(code): \(message)", data.shown("details"))
    case "step.continued": return .problem("the failure was passed over, as the workflow says")
    case "step.skipped" where data.text("reason") == "checkpoint":
      return Narration("the checkpoint was passed over\(record.by): \(message)")
    case "step.skipped":
      return Narration(
        "skipped\(record.by): \(skipped(data.text("reason") ?? "", message: message))")
    case "step.blocked": return .problem("blocked: \(message)", data.unmetCheck)
    case "step.in_doubt": return .problem("in doubt: \(message)")
    case "step.retried":
      let reason = data.text("reason").map { ": \($0)" } ?? ""
      let again = data["again"]?.asBool == true ? " from the start" : ""
      let with = data.shown("with")
      let corrected = with.isEmpty ? "" : " with corrected values"
      return Narration("tried again\(again)\(corrected) by \(record.actor.sentence)\(reason)", with)
    case "step.waiting": return waiting(data)
    case "step.kept", "step.by_hand": return .recovery(record)
    case "step.claimed": return Narration("\(record.actor.sentence) is on it")
    case "step.released": return Narration("given up\(record.by): nobody is on it any more")
    default: return .unknown(record)
    }
  }

  private static func started(_ data: ValueMap) -> Narration {
    if let choice = data["case"]?.asInt { return Narration("takes case \(choice + 1)") }
    if let count = data["count"]?.asInt {
      return Narration("begun with \(count) items", data.shown("inputs"))
    }
    return Narration("begun", data.shown("inputs"))
  }

  private static func succeeded(_ record: JournalRecord) -> Narration {
    let data = record.data
    let who = record.actor.sentence
    let reason = data.text("reason").map { ": \($0)" } ?? ""
    let checkpoint = data.text("checkpoint").map { [Shown("checkpoint", text: $0)] } ?? []
    let sentence =
      switch data.text("how") {
      case "person":
        record.actor.kind == "machine" ? "done, with what people said" : "done by \(who)"
      case "by_hand": "done by hand by \(who)\(reason)"
      case "override": "declared done by \(who)\(reason)"
      default: "done"
      }
    return Narration(sentence, data.shown("outputs") + data.evidence + checkpoint)
  }

  private static func skipped(_ reason: String, message: String) -> String {
    message.isEmpty ? SkipReason.words(for: reason) : message
  }

  private static func waiting(_ data: ValueMap) -> Narration {
    let role = data.text("role").map { " of \($0)" } ?? ""
    let due = [Shown("due", moment: data["due_at"])].compactMap(\.self)
    let later = (data["timers"]?.asList ?? []).compactMap { timer -> Shown? in
      guard let name = timer["timer"]?.asString, name != "due" else { return nil }
      return Shown(DeadlineTimer.words(for: name), moment: timer["due_at"])
    }
    let narration = waiting(data, role: role, due: due)
    return Narration(narration.sentence, narration.details + later)
  }

  /// What was answered before the question was put otherwise, and does not fit any more; and what was before the
  /// run went back, and stays.
  private static func answeredBefore(_ data: ValueMap) -> [Shown] {
    [("dropped", "asked for again"), ("given", "given before")].compactMap { key, words in
      let names = (data[key]?.asList ?? []).compactMap(\.asString)
      return names.isEmpty ? nil : Shown(words, text: names.joined(separator: ", "))
    }
  }

  private static func waiting(_ data: ValueMap, role: String, due: [Shown]) -> Narration {
    let shown = data.text("message").map(EscapedMarkdown.plain)
      .flatMap { $0.isEmpty ? nil : Shown("shown", text: $0) }
    switch data.text("for") {
    case "approval":
      let count = data["approvals"]?.asInt ?? 1
      let number = count > 1 ? [Shown("approvals needed", data["approvals"])] : []
      let starter =
        data["not_starter"]?.asBool == true
        ? [Shown("not by", text: "whoever started the run")] : []
      let hash = [Shown("bound to", data["shown"])]
      return Narration(
        "waiting for an approval\(role)",
        [shown].compactMap(\.self) + changes(data) + number + starter + hash + due)
    case "first":
      let names = (data["of"]?.asList ?? []).compactMap { $0["name"]?.asString }
      return Narration("waiting for the first of: \(names.joined(separator: ", "))", due)
    case "answer":
      let fields = (data["fields"]?.asList ?? []).compactMap(\.asString)
      let asked = fields.isEmpty ? [] : [Shown("asked for", text: fields.joined(separator: ", "))]
      let items = data.shown("items", withSealed: false).map { Shown("item \($0.name)", $0.value) }
      return Narration(
        "waiting for an answer\(role)",
        [shown].compactMap(\.self) + asked + items + answeredBefore(data) + due)
    case "event": return Narration("waiting for the event \(data.text("event") ?? "?")", due)
    case "time":
      return Narration("waiting", Shown("until", moment: data["until"]).map { [$0] } ?? due)
    case "hand":
      return Narration(
        "waiting for somebody to do it by hand\(role)",
        data.text("message").map { [Shown("shown", text: $0)] } ?? [])
    default: return Narration("waiting", due)
    }
  }
}

extension Narration {
  /// The values that an approval is asked again for, by the step that is tried with them.
  private static func changes(_ data: ValueMap) -> [Shown] {
    (data["changes"]?.asList ?? []).flatMap { change in
      let step = change["step"]?.asString ?? "?"
      return (change.asMap ?? ValueMap()).shown("with").map { value in
        Shown("\(step) with \(value.name)", value.value)
      }
    }
  }

  /// What came from outside: answers, events, timers, people's decisions, repairs.
  static func outside(_ record: JournalRecord) -> Narration {
    let data = record.data
    let who = record.actor.sentence
    let message = data.text("message") ?? ""
    switch record.type {
    case "look.answered": return Narration("looked\(purpose(data))", data.shown("outputs"))
    case "look.failed": return .problem("could not look\(purpose(data)): \(message)")
    case "answer.given": return Narration("answered by \(who)", data.shown("values"))
    case "event.received":
      return Narration(
        "the event \(data.text("event") ?? "?") arrived, from \(who)", data.shown("data"))
    case "event.matched":
      return Narration("the event it waited for is there", data.shown("outputs"))
    case "deadline.reached", "notice.started", "notice.sent", "notice.failed", "approval.given",
      "approval.voided", "item.ticked":
      return people(record)
    case "timer.fired":
      return Narration(
        "\(data.text("timer").map(DeadlineTimer.words) ?? "a timer") came due",
        [Shown("due", moment: data["due_at"])].compactMap(\.self))
    case "doubt.resolved":
      let happened = data["happened"]?.asBool == true ? "it happened" : "it did not happen"
      let reason = data.text("reason").map { ": \($0)" } ?? ""
      return Narration(
        "doubt settled by \(who), \(happened)\(reason)", data.shown("outputs") + data.evidence)
    case "checkpoint.held": return Narration("what the checkpoint tests holds still")
    case "checkpoint.moved": return .problem("the world has moved on: \(message)", data.unmetCheck)
    case "note.added": return Narration("note by \(who): \(data.text("text") ?? "")")
    case "command.refused":
      let whose = record.actor.kind == "machine" ? "" : "\(who) was "
      return Narration("\(whose)refused: \(message)")
    case "journal.repaired":
      let bytes = data["bytes"]?.asInt ?? 0
      let file = data.text("file").map { [Shown("kept in", text: $0)] } ?? []
      return .problem("\(bytes) bytes of a record that was cut off were moved aside", file)
    case "clock.went_back":
      return .problem("the clock of the machine went back\(gap(data["by_seconds"]?.asInt))")
    default: return .unknown(record)
    }
  }

  /// Deadlines, who was told of them, and what people decided.
  private static func people(_ record: JournalRecord) -> Narration {
    let data = record.data
    let name = data.text("timer")
    let timer = name.map(DeadlineTimer.words) ?? "a deadline"
    switch record.type {
    case "deadline.reached":
      let due = [Shown("due", moment: data["due_at"])].compactMap(\.self)
      if data["passed_over"]?.asBool == true {
        return Narration("\(timer) passed over: its condition does not hold", due)
      }
      let joins = data.text("to").map { [Shown("joins", text: $0)] } ?? []
      return Narration("\(timer) reached", due + joins, isProblem: name == "due")
    case "notice.started":
      guard let people = data["people"]?.asList else {
        return Narration(
          "sending the message of \(timer) by \(data.text("operation") ?? "?")",
          data.shown("with"))
      }
      let names = people.compactMap(\.asString).joined(separator: ", ")
      return Narration("telling \(names) of \(timer)")
    case "notice.sent":
      guard let person = data.text("person") else {
        return Narration("the message of \(timer) was sent")
      }
      return Narration("told \(person) of \(timer)", data.shown("with"))
    case "notice.failed":
      let message = data.text("message") ?? ""
      let with = data.shown("with")
      guard data["unknown"]?.asBool == true else {
        let person = data.text("person") ?? "anybody"
        return .problem("could not tell \(person) of \(timer): \(message)", with)
      }
      let what = data.text("person").map { "telling \($0)" } ?? "the message"
      return .problem("\(what) of \(timer): \(message)", with)
    case "approval.voided":
      return .problem("void, and asked again: \(data.text("reason") ?? "")")
    case "item.ticked":
      return Narration("ticked by an event: \(data.text("item") ?? "?")")
    default:
      let comment = data.text("comment").map { ": \($0)" } ?? ""
      let word = data.text("decision") ?? "decided"
      return Narration(
        "\(word) by \(record.actor.sentence)\(comment)", isProblem: word == "rejected")
    }
  }

  /// By how much the clock went back; the record has whole seconds.
  private static func gap(_ seconds: Int64?) -> String {
    guard let seconds else { return "" }
    return " by \(MomentFormat.text(TimeSpan(seconds: seconds)))"
  }

  /// What a look at the world was for.
  private static func purpose(_ data: ValueMap) -> String {
    switch data.text("for") {
    case "preconditions": ", before the step"
    case "verify": ", after the step"
    case "checkpoint": " whether the checkpoint still holds"
    case "probe": " whether it had happened"
    default: ""
    }
  }
}

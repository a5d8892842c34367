import RunStore
import Values

/// The sentence, and what was shown or answered, for each type of event.
///
/// A type that is not known is told by its name with its data as they are: a journal of a later
/// release stays readable.
struct Narration {
  let sentence: String
  var details: [Shown] = []
  var isProblem = false

  /// - Parameter home: where the run belonged until then, as `run.created` and others say it.
  init(of record: JournalRecord, at home: Value? = nil) {
    if record.type == "run.moved" {
      self = .place(record, before: home)
      return
    }
    switch record.type.prefix(while: { $0 != "." }) {
    case "run": self = .run(record)
    case "attempt": self = .attempt(record)
    case "step", "round", "iteration", "workflow": self = .step(record)
    case "undo", "recovery": self = .recovery(record)
    default: self = .outside(record)
    }
  }

  init(_ sentence: String, _ details: [Shown] = [], isProblem: Bool = false) {
    self.sentence = sentence
    self.details = details
    self.isProblem = isProblem
  }

  static func unknown(_ record: JournalRecord) -> Narration {
    Narration(
      record.type,
      record.data.compactMap { member in member.key.asString.map { Shown($0, member.value) } })
  }

  static func problem(_ sentence: String, _ details: [Shown] = []) -> Narration {
    Narration(sentence, details, isProblem: true)
  }
}

extension Narration {
  private static func run(_ record: JournalRecord) -> Narration {
    let data = record.data
    let message = data.text("message").map { ": \($0)" } ?? ""
    switch record.type {
    case "run.created":
      let rehearsal = data["rehearsal"]?.asBool == true ? ", as a rehearsal" : ""
      let byHand = data["by_hand"]?.asBool == true ? ", to be done by hand" : ""
      return Narration(
        "started by \(record.actor.sentence)\(rehearsal)\(byHand)", data.shown("inputs"))
    case "run.resumed":
      let process = data["pid"]?.asInt.map { " in process \($0)" } ?? ""
      let host = data.text("host").map { " on \($0)" } ?? ""
      return Narration("resumed by \(record.actor.sentence)\(process)\(host)")
    case "run.interrupted":
      let last = data["last_seq"]?.asInt.map { " after event \($0)" } ?? ""
      return .problem("interrupted: the process that carried it out ended\(last)")
    case "run.parked":
      let needs = data.text("status") == "needs_attention" ? "needs attention" : "waiting"
      return Narration("parked, \(needs)", data.reasons)
    case "run.undoing", "run.rewinding", "run.rewound": return .recovery(record)
    case "run.adopted", "run.adopted_elsewhere": return .place(record)
    case "run.finishing":
      let left = (data["not_taken_back"]?.asList ?? []).map { Shown("not taken back", $0) }
      let calls = (data["calls_left"]?.asList ?? []).map { Shown("first the `finally` of", $0) }
      return Narration(
        "about to end as \(data.text("status") ?? "?")\(record.by)\(message)", left + calls,
        isProblem: !left.isEmpty)
    case "run.finished":
      let status = data.text("status") ?? "?"
      return Narration(
        "ended: \(status)\(message)", data.shown("outputs"), isProblem: status != "succeeded")
    default: return .unknown(record)
    }
  }

  private static func attempt(_ record: JournalRecord) -> Narration {
    let data = record.data
    let number = "attempt \(record.attempt ?? 1)"
    let message = data.text("message") ?? ""
    switch record.type {
    case "attempt.started":
      let driver = data.text("driver").flatMap { $0.isEmpty ? nil : " by the driver \($0)" } ?? ""
      let operation = data.text("operation") ?? "?"
      return Narration("\(number): \(operation)\(driver)", data.shown("with"))
    case "attempt.succeeded":
      return Narration("\(number) succeeded", data.shown("outputs"))
    case "attempt.failed":
      let next = [Shown("next attempt", moment: data["retry_at"])].compactMap(\.self)
      let code = data.text("code").map { " (\($0))" } ?? ""
      return .problem("\(number) failed\(code): \(message)", data.shown("details") + next)
    case "attempt.lost":
      return .problem("\(number): nobody knows whether it happened: \(message)")
    default: return .unknown(record)
    }
  }
}

extension ValueMap {
  /// The steps and messages of a park.
  var reasons: [Shown] {
    (self["reasons"]?.asList ?? []).map { reason in
      let step = reason["step"]?.asString ?? ""
      return Shown(step.isEmpty ? "the run" : step, sentence: reason["message"])
    }
  }
}

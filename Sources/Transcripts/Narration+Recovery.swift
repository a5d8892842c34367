import RunStore
import Values

extension Narration {
  /// What is done when things go wrong, and what is taken back.
  static func recovery(_ record: JournalRecord) -> Narration {
    let data = record.data
    let who = record.by
    let message = data.text("message").map { ": \($0)" } ?? ""
    switch record.type {
    case "undo.prepared": return prepared(data)
    case "run.undoing":
      let kept = (data["irreversible"]?.asList ?? []).map { Shown("cannot be taken back", $0) }
      return .problem("what was done is taken back\(who)\(message)", kept)
    case "run.rewinding":
      let again = (data["again"]?.asList ?? []).map { Shown("again", $0) }
      return .problem("back to \(data.text("to") ?? "?")\(who)\(message)", again)
    case "run.rewound": return Narration("goes on from there")
    case "step.kept": return Narration("was done already, and keeps its outcome")
    case "step.by_hand":
      let reason = data.text("reason").map { ": \($0)" } ?? ""
      return Narration("taken over\(who), to be done by hand\(reason)")
    case "recovery.started":
      let code = data.text("code").map { " (\($0))" } ?? ""
      return Narration("recovery of \(data.text("failed") ?? "?")\(code) begun\(message)")
    case "recovery.ended":
      return Narration("recovery over: \(then(data.text("then") ?? ""))")
    default: return .unknown(record)
    }
  }

  private static func prepared(_ data: ValueMap) -> Narration {
    if let operation = data.text("operation") {
      return Narration("can be taken back by \(operation)", data.shown("with"))
    }
    if let text = data.text("manual") {
      return Narration("can be taken back by hand", [Shown("how", text: text)])
    }
    return .problem("cannot be taken back by the machine: \(data.text("message") ?? "")")
  }

  /// A step that was passed over and that the run comes to once more.
  static let passedOverBefore = Narration("was passed over already, and is not done")

  static func migrated(_ record: JournalRecord, _ migration: TranscriptMigration) -> Narration {
    let data = record.data
    let file = [Shown("file", text: migration.file), Shown("sha256", text: migration.sha256)]
    let differences = migration.differences.map { Shown("differs", text: $0) }
    let reason = data.text("reason").map { ": \($0)" } ?? ""
    let toDo = (data["to_do"]?.asList ?? []).map { Shown("to do", $0) }
    let void = (data["voided"]?.asMap ?? ValueMap()).map { approval in
      let people = approval.value.asList?.compactMap(\.asString).joined(separator: ", ") ?? "?"
      return Shown("void", text: "\(approval.key.asString ?? "?"), given by \(people)")
    }
    let renamed = (data["renamed"]?.asMap ?? ValueMap()).map { step in
      Shown(
        "renamed",
        text:
          "\(step.key.asString ?? "?") is \(step.value.asString ?? "?") now, and keeps its outcome")
    }
    return Narration(
      "moved from version \(TranscriptMigration.shown(migration.from)) of the workflow to version "
        + "\(migration.shownVersion) by \(migration.by)\(reason)",
      differences + data.shown("decisions", withSealed: false) + toDo + renamed + void
        + data.shown("inputs")
        + migration.inputs.map { $0.before.named("\($0.before.name) before") }
        + file)
  }

  private static func then(_ word: String) -> String {
    switch word {
    case "continue": "the run goes on"
    case "retry": "the failed step is tried again"
    case "retry_again": "the failed workflow is carried out anew"
    case "stop": "the run ends"
    case "undo": "what was done is taken back"
    default: "a person decides"
    }
  }
}

import RunStore
import Values

extension Narration {
  /// Where a run goes on, and where it was before.
  static func place(_ record: JournalRecord) -> Narration {
    let data = record.data
    let reason = data.text("reason") ?? ""
    let home = folder(data["home"])
    let from = data["from"].map { [Shown("from", text: folder($0))] } ?? []
    switch record.type {
    case "run.moved": return Narration("its folder was moved", [Shown("to", text: home)])
    case "run.adopted":
      let untold = data.text("untold").map { [Shown("the folder it left was not told", text: $0)] }
      return .problem(
        "a copy adopted by \(record.actor.sentence): \(reason)",
        from + [Shown("to", text: home)] + (untold ?? []))
    default:
      return .problem(
        "goes on elsewhere, in a copy adopted by \(record.actor.sentence): \(reason)",
        [Shown("to", text: home)])
    }
  }

  private static func folder(_ value: Value?) -> String {
    let folder = value?["folder"]?.asString ?? "?"
    return value?["host"]?.asString.map { "\(folder) on \($0)" } ?? folder
  }
}

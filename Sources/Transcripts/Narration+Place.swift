import RunStore
import Values

extension Narration {
  /// Where a run goes on, and where it was before.
  ///
  /// - Parameter before: where it belonged until then, where that is known.
  static func place(_ record: JournalRecord, before: Value? = nil) -> Narration {
    let data = record.data
    let reason = data.text("reason") ?? ""
    let home = folder(data["home"])
    let from = data["from"].map { [Shown("from", text: folder($0))] } ?? []
    switch record.type {
    case "run.moved" where isSamePlace(data["home"], before):
      return .problem(
        "its folder was put back where it was, as a copy: what was done after it was made is not in it",
        [Shown("folder", text: home)])
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

  /// Whether two folders of a run are at the same place of the same machine, and not the same.
  private static func isSamePlace(_ one: Value?, _ other: Value?) -> Bool {
    guard let one, let other, one["identity"] != other["identity"] else { return false }
    return one["folder"] == other["folder"] && one["machine"] == other["machine"]
  }

  private static func folder(_ value: Value?) -> String {
    let folder = value?["folder"]?.asString ?? "?"
    return value?["host"]?.asString.map { "\(folder) on \($0)" } ?? folder
  }
}

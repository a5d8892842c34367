import Values
import Workflows

/// Steps for which somebody gave values with `retry`, instead of those of the procedure.
extension MigrationClassifier {
  /// What it means for those that the step calls something else, or with something else; nil where it means
  /// nothing.
  func changedCorrection(
    _ address: String, _ key: String, _ record: StepRecord
  ) -> MigrationItem.Verdict? {
    guard key == "action" || key.hasPrefix("with."), record.hasWork, !record.corrected.isEmpty
    else { return nil }
    let given = record.corrected.names.sorted()
    let fitting = Set(moved.corrections(at: address).names)
    let kept = given.filter { fitting.contains($0) && (key == "action" || key == "with.\($0)") }
    guard kept.isEmpty else {
      return decision(
        "somebody gave it \(words(for: kept)) with `retry`; `keep`: that counts from now on, too;"
          + " `again`: what the new version says counts", address, [.keep, .again])
    }
    let gone = given.filter { !fitting.contains($0) }
    guard key == "action", !gone.isEmpty else { return nil }
    return .safe(
      "counts for the next try, without \(words(for: gone)), which somebody gave with `retry` and the"
        + " operation does not have")
  }

  /// What it means for those that an operation changes.
  func changedOperation(_ name: String) -> String {
    let gone = engine.state.steps.keys.sorted().compactMap { address -> String? in
      guard let record = engine.state.steps[address], record.hasWork,
        case .action(let call)? = moved.step(at: address)?.kind, call.operation == name
      else { return nil }
      let fitting = Set(moved.corrections(at: address).names)
      let names = record.corrected.names.sorted().filter { !fitting.contains($0) }
      return names.isEmpty ? nil : "\(words(for: names)) of `\(address)`"
    }
    guard !gone.isEmpty else { return "counts from the next call on" }
    return
      "counts from the next call on; what somebody gave with `retry` and it does not have falls"
      + " away: " + gone.joined(separator: ", ")
  }

  private func words(for names: [String]) -> String {
    names.map { "`\($0)`" }.joined(separator: ", ")
  }
}

import Documents
import Engine
import Values

extension RunExecutor {
  /// Takes sensitive values that cannot be opened any more, each held against what was committed to.
  ///
  /// - Throws: kind `refused` where one is none of the values that are locked; the journal is as it
  ///   was then.
  func enter(_ values: [String], _ actor: Actor) throws(RunnerError) {
    guard !values.isEmpty else { return }
    guard vault.hasLocked else {
      throw RunnerError(.refused, "there is nothing to enter again: every value can be opened")
    }
    var count = 0
    for text in values {
      var found = try vault.enter(.string(text))
      if found == 0, let value = try? JSONReader.value(from: Array(text.utf8)) {
        found = try vault.enter(value)
      }
      guard found > 0 else {
        throw RunnerError(
          .refused, "what was entered is none of the values that this run has sealed",
          hint:
            "it has to be the very same, to the letter; where its line in `sealed.jsonl` is gone"
            + " nothing can be compared")
      }
      count += found
    }
    let what = count == 1 ? "a sealed value" : "\(count) sealed values"
    try record(
      PendingEvent(.noteAdded(text: "entered again \(what) that could not be opened")),
      actor: actor)
  }
}

import Values
import Workflows

/// Open questions whose words change, since what is in them changes.
extension MigrationClassifier {
  /// The questions, and the steps done by hand, that other inputs put in other words, and what that
  /// means for each.
  var putOtherwise: [(address: String, verdict: MigrationItem.Verdict)] {
    guard !changedInputs.isEmpty else { return [] }
    return engine.currentAddresses.sorted().compactMap { address in
      guard let record = engine.state.steps[address], case .waiting(let old, _) = record.phase,
        let waiting = moved.waitingAnew(at: address, askedBy: engine),
        waiting.cause != old.cause
      else { return nil }
      switch old.cause {
      case .answer, .byHand: break
      case .approval, .event, .time, .first: return nil
      }
      guard case .answer = old.cause, !record.answers.isEmpty else {
        return (address, .safe("people are asked in the words that the new inputs give"))
      }
      return (
        address,
        decision(
          "people have answered in part, and are asked in other words now", address,
          [.keep, .again])
      )
    }
  }

  /// What a change means to a step that the run went back before and that holds what people gave: part of an
  /// answer, or values to try it with. nil for any other.
  func changedWhereGiven(
    _ address: String, _ key: String
  ) -> MigrationItem.Verdict? {
    guard let record = engine.state.steps[address], record.holdsGiven else { return nil }
    if let verdict = changedCorrection(address, key, record) { return verdict }
    guard key.hasPrefix("ask."), !record.answers.isEmpty,
      let place = Engine.Place(engine: moved, at: address, now: engine.state.lastAt)
    else { return .safe("the run has not come to it again") }
    let unfit = moved.unfitAnswers(at: place).first { key.hasSuffix(".\($0.name)") }
    let problem = unfit.map { "; what was answered does not fit (\($0.problem)) and is not kept" }
    return decision(
      "people had answered in part before the run went back\(problem ?? ""); `again`: nothing of that counts",
      address, [.keep, .again])
  }
}

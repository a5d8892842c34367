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
}

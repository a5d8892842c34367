import Engine
import Runner

/// What is said of a step that did what it does and failed all the same, and what there is to retry; and of one
/// that is held.
extension StepView {
  /// Whether what it does was done, and only what comes after that went wrong.
  var isDoneButUnfit: Bool {
    guard hasActed else { return false }
    switch failure?.code {
    case "verify", "verify_unavailable", "expression", "locked", Failure.invalidOutputs: return true
    // A loop that has no more rounds, a called workflow that ended as failed.
    default: return false
    }
  }

  /// Whether somebody may do it by hand now and say so: not where the run has passed it, or goes back.
  var isForHands: Bool { isCurrent && !isHeldUp && canBeDoneByHand() }

  /// What has to be known before anything comes of the step; nil where it is held by nothing.
  var heldWords: String? {
    guard let first = heldFor.first else { return nil }
    let others = heldFor.count > 1 ? " and \(heldFor.count - 1) more" : ""
    return "held until it is known what came of `\(first)`\(others)"
  }

  /// What was done, and what does not fit.
  var actedWords: String {
    let acted =
      switch kind {
      case "action": "it acted"
      case "wait": "what it waited for came"
      default: "its steps were done"
      }
    switch failure?.code {
    case "verify": return "\(acted), but its check does not hold"
    case Failure.invalidOutputs: return "\(acted), but what it gave does not fit"
    case "verify_unavailable": return "\(acted), but its check could not be made"
    default: return acted
    }
  }

  /// The options of `retry`, each with what it does.
  var retries: [(options: String, meaning: String)] {
    let again = ("--again", againWords)
    switch failure?.code {
    case _ where !hasActed: return [("", "tries it again")]
    case "exhausted": return [("", "goes on for more rounds"), again]
    case _ where !isDoneButUnfit, Failure.invalidOutputs: return [again]
    case "verify" where !canHoldLater(): return [again]
    default: return [("", "tests it again"), again]
    }
  }

  private var againWords: String {
    switch kind {
    case "action": "acts again"
    case "wait": "waits again"
    default: "does its steps again"
    }
  }
}

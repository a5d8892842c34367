import Engine
import Runner
import Transcripts
import Values

extension RunSnapshot {
  /// What a run that was ended while it was being taken back has left, as a sentence.
  var leftBehind: String? {
    guard let steps = begunEnd?.notTakenBack, !steps.isEmpty else { return nil }
    let shown = steps.prefix(20).joined(separator: ", ")
    let more = steps.count > 20 ? " and \(steps.count - 20) more" : ""
    return "ended while it was being taken back; what is not taken back: \(shown)\(more)"
  }
}

/// A run that takes back what it did: on whose word, why, and how far it is.
struct GoingBack {
  let progress: UndoProgress

  init?(_ snapshot: RunSnapshot) {
    guard let progress = snapshot.undoProgress else { return nil }
    self.progress = progress
  }

  func sentence(_ format: MomentFormat) -> String {
    var text =
      switch progress.goal {
      case .end: "being taken back"
      case .checkpoint(let address, _): "going back to the checkpoint at \(address)"
      }
    if let begun = progress.begun {
      text += " since \(format.minutes(begun.at)) by \(begun.by.words)"
      if let reason = begun.message { text += ": \(reason)" }
    }
    switch progress.left {
    case 0: return text
    case 1: return text + " (1 step is still to be taken back)"
    default: return text + " (\(progress.left) steps are still to be taken back)"
    }
  }
}

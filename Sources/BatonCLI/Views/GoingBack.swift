import Engine
import Runner
import Transcripts
import Values

/// A run that takes back what it did: on whose word, why, and how far it is.
struct GoingBack {
  let progress: UndoProgress
  /// The event with which it began; nil where the journal cannot be read.
  let start: Event?

  /// - Parameter events: the events of the run.
  init?(_ snapshot: RunSnapshot, events: () -> [Event]) {
    guard let progress = snapshot.undoProgress else { return nil }
    self.progress = progress
    start = events().last { event in
      switch event.kind {
      case .recovery(.undoing), .recovery(.rewinding): true
      default: false
      }
    }
  }

  func sentence(_ format: MomentFormat) -> String {
    var text =
      switch progress.goal {
      case .end: "being taken back"
      case .checkpoint(let address, _): "going back to the checkpoint at \(address)"
      }
    if let start { text += " since \(format.minutes(start.at)) by \(start.actor.words)" }
    if let reason { text += ": \(reason)" }
    switch progress.left {
    case 0: return text
    case 1: return text + " (1 step is still to be taken back)"
    default: return text + " (\(progress.left) steps are still to be taken back)"
    }
  }

  private var reason: String? {
    switch start?.kind {
    case .recovery(.undoing(let message, _)), .recovery(.rewinding(_, _, let message, _)): message
    default: nil
    }
  }
}

import CommandLineKit
import Engine
import Runner
import Transcripts
import Values

/// The end of a run that came otherwise than by its last step: on whose word, and why.
struct RunEnding {
  private let status: RunStatus
  private let message: String?
  /// Whether what comes `finally` is still to be done.
  private let isPending: Bool
  /// The event with which it began; nil where nobody can have asked for it, and where the journal
  /// cannot be read.
  private let start: Event?

  /// Nil while the run goes on, and where it ended well.
  ///
  /// - Parameter events: the events of the run.
  init?(_ snapshot: RunSnapshot, events: () -> [Event]) {
    guard let status = snapshot.ending ?? Self.end(of: snapshot.status), status != .succeeded else {
      return nil
    }
    self.status = status
    message = snapshot.message
    isPending = snapshot.ending != nil
    // Nobody has a run fail.
    let found = status == .failed ? [] : events().filter(\.endsRun)
    // Whoever asked for it, where somebody did, said so before what followed from it.
    start = found.last { $0.actor != .machine } ?? found.last
  }

  /// `cancelled by user root: the customer withdrew`.
  func sentence(_ format: MomentFormat) -> String {
    var text = isPending ? "about to end as \(status.rawValue)" : status.rawValue
    if let start {
      if isPending { text += " since \(format.minutes(start.at))" }
      if start.actor != .machine { text += " by \(start.actor.words)" }
    }
    guard let message else { return text }
    return text + ": " + message.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  private static func end(of status: RunStatus) -> RunStatus? { status.isFinal ? status : nil }
}

extension Event {
  fileprivate var endsRun: Bool {
    switch kind {
    case .runFinishing, .runFinished, .recovery(.undoing): true
    default: false
    }
  }
}

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
  /// How it began; nil where nobody can have asked for it.
  private let start: BegunEnd?

  /// Nil while the run goes on, and where it ended well.
  init?(_ snapshot: RunSnapshot) {
    guard let status = snapshot.ending ?? Self.end(of: snapshot.status), status != .succeeded else {
      return nil
    }
    self.status = status
    message = snapshot.message
    isPending = snapshot.ending != nil
    // Nobody has a run fail.
    start = status == .failed ? nil : snapshot.begunEnd
  }

  /// `cancelled by user root: the customer withdrew`.
  func sentence(_ format: MomentFormat) -> String {
    var text = isPending ? "about to end as \(status.rawValue)" : status.rawValue
    if let start {
      if isPending { text += " since \(format.minutes(start.at))" }
      if start.by != .machine { text += " by \(start.by.words)" }
    }
    guard let message else { return text }
    return text + ": " + message.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  private static func end(of status: RunStatus) -> RunStatus? { status.isFinal ? status : nil }
}

package import Values

/// Where one step stands, with what belongs to just that.
///
/// What is large is kept out of line, since every record of a step has room for a phase.
package enum StepPhase: Sendable {
  /// Nothing is decided (or everything is to be decided again).
  case entered
  indirect case attempting(Intent)
  /// An attempt whose answer was lost; what that means is yet to be decided.
  indirect case lost(Intent, message: String, byCrash: Bool)
  case retrying(at: Timestamp)
  /// It could not even be tried: the connection, the plugin or the key is missing.
  indirect case unavailable(Failure)
  indirect case waiting(Waiting, since: Timestamp)
  /// The outcome is known; `verify` is to be tested.
  case acted
  /// Its own list of steps is being worked on.
  case inside
  indirect case blocked(Blocker)
  case failed(acted: Bool)
  /// Nobody knows whether it took effect.
  ///
  /// - Parameter asksAgain: Whether the world is asked once more next.
  indirect case inDoubt(Intent, message: String, asksAgain: Bool = false)
  case succeeded
  case skipped
  case cancelled
  /// It was done, and taken back.
  case undone

  /// Whether a moment that comes may take the step further.
  var mayGoOnByItself: Bool {
    switch self {
    // Tried again, a `repeat` waits for its next round as one that acted.
    case .waiting, .retrying, .inside, .acted: true
    default: false
    }
  }

  var isWaiting: Bool { if case .waiting = self { true } else { false } }

  var isRetrying: Bool { if case .retrying = self { true } else { false } }

  /// Where the step stands, to whoever wants to do something else with it.
  var sentence: String {
    if case .inside = self { return "it is begun, and what is stuck is a step in it" }
    return "it is " + status.rawValue.split(separator: "_").joined(separator: " ")
  }

  package var status: StepStatus {
    switch self {
    case .entered: .pending
    case .attempting, .lost, .retrying, .acted, .inside: .running
    case .unavailable, .blocked: .blocked
    case .waiting: .waiting
    case .failed: .failed
    case .inDoubt: .inDoubt
    case .succeeded: .succeeded
    case .skipped: .skipped
    case .cancelled: .cancelled
    case .undone: .undone
    }
  }
}

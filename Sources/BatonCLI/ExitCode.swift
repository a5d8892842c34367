/// What a command says to the shell; the codes are fixed for ever.
package enum ExitCode: Int32, Sendable, CaseIterable {
  case done = 0
  case failed = 1
  case usage = 2
  case invalid = 3
  case waiting = 4
  case needsAttention = 5
  case notFound = 6
  case conflict = 7
  case damaged = 8
  case bug = 70
  case interrupted = 130

  /// What the help says about it.
  var meaning: String {
    switch self {
    case .done: "done; so is a run that was cancelled or taken back because somebody asked for it"
    case .failed: "the run failed, or was taken back because it failed; or a check did not hold"
    case .usage: "the command line cannot be understood"
    case .invalid: "the workflow is invalid"
    case .waiting:
      "parked, waiting: all is well; or what was given waits for the process that carries the run out"
    case .needsAttention: "parked, needs attention"
    case .notFound: "not found"
    case .conflict:
      "refused: a conflict, another process has the run, or the disk, a permission or a key forbids it"
    case .damaged: "the record is damaged"
    case .bug: "a bug in baton"
    case .interrupted: "interrupted"
    }
  }
}

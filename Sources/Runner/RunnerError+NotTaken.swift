import Engine

extension RunnerError {
  /// Says what whoever gave a command has to know where there was no room to record it.
  func sayingNotTaken(_ kind: CommandKind) -> RunnerError {
    guard case .operational = self.kind, let noun = kind.noun else { return self }
    return RunnerError(
      self.kind, "\(message); \(noun) was not taken",
      hint: hint ?? "repair that, then give it again")
  }

  /// What was given was left for the process that executes the run, which is at something that takes its time.
  init(pending kind: CommandKind, in run: String) {
    self.init(
      .pending,
      "\(kind.noun ?? "the command") was left for the process that carries the run out, which has"
        + " not taken it yet",
      hint: "it does once what it is at is over; baton status \(run) shows where the run stands")
  }
}

extension CommandKind {
  /// What whoever gave it calls it; nil where nothing was given that could be lost.
  fileprivate var noun: String? {
    switch self {
    case .resume, .projectEvent: nil
    case .answer: "the answer"
    case .decide: "the decision"
    case .event: "the event"
    case .note: "the note"
    case .cancel: "the cancellation"
    case .undo: "the undo"
    default: "the command"
    }
  }
}

import Engine

extension RunnerError {
  /// Says what whoever gave a command has to know where there was no room to record it.
  func sayingNotTaken(_ kind: CommandKind) -> RunnerError {
    guard case .operational = self.kind, let noun = kind.noun else { return self }
    return RunnerError(
      self.kind, "\(message); \(noun) was not taken",
      hint: hint ?? "repair that, then give it again")
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

package import Values

extension RunEngine {
  /// Since when is asked what a command answers or decides; nil where it is not asked, or the command does neither.
  package func askedAt(answeredBy kind: CommandKind) -> Timestamp? {
    Self.answered(by: kind).flatMap { state.steps[$0]?.askedAt }
  }

  /// Why a command is refused for whose step what was due before it has changed what is asked: nobody was shown
  /// what it would answer.
  ///
  /// - Parameter before: Since when it was asked as the command came.
  package func refusal(of kind: CommandKind, askedAt before: Timestamp?) -> Refusal? {
    guard let address = Self.answered(by: kind), let since = state.steps[address]?.askedAt,
      since != before
    else { return nil }
    let cause =
      before == nil
      ? "`\(address)` was not asked when this was given: what was due before has come first"
      : "what `\(address)` asked was over when this was given, and is asked anew"
    return Refusal(cause, hint: "look again: baton status \(state.header.run)")
  }

  private static func answered(by kind: CommandKind) -> String? {
    switch kind {
    case .answer(let step, _), .decide(let step, _, _, _): step
    default: nil
    }
  }
}

import Documents
import SourceText

extension StepDecoder {
  /// `due`, `expires` and what goes with them.
  func deadlines(
    _ outline: StepOutline, _ scope: Scope, into attributes: Step.Attributes
  ) {
    attributes.due = outline[.due].flatMap { decoder.deadline($0, "due", in: scope) }
    attributes.expires = outline[.expires].flatMap { decoder.deadline($0, "expires", in: scope) }
    attributes.remind = outline[.remind].map { decoder.reminders($0, in: scope, catalog) } ?? []
    let rungs = outline[.escalate].flatMap { decoder.list($0, "`escalate`") } ?? []
    attributes.escalate = rungs.compactMap { rung in
      if let to = rung["to"] { _ = role(to, "to") }
      return decoder.escalation(rung, in: scope, catalog)
    }
    requireDeadlines(outline, rungs)
  }

  /// What counts from a deadline, or follows from it, needs that deadline.
  private func requireDeadlines(_ outline: StepOutline, _ rungs: some Sequence<Node>) {
    var owner: String { "step `\(outline.id)`" }
    let start = outline.node.span.start
    if outline[.due] == nil, !decoder.isMisspelt(["due"], inMapAt: start) {
      if outline[.remind] != nil {
        decoder.missing("due", in: owner, at: outline.span, help: "`remind` is before `due`")
      }
      for after in rungs.compactMap({ $0["after_due"] }) {
        decoder.missing(
          "due", in: owner, at: after.span,
          help: "`after_due` counts from `due`; `after` counts from the question")
      }
    }
    if let policy = outline[.onExpiry], outline[.expires] == nil,
      !decoder.isMisspelt(["expires"], inMapAt: start)
    {
      decoder.missing(
        "expires", in: owner, at: outline.keySpan(.onExpiry) ?? policy.span,
        help: "`on_expiry` says what follows when the time that `expires` gives is over")
    }
  }
}

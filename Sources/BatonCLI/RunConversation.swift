import CommandLineKit
import Engine
import Runner
import Values

/// Carries a run as far as it goes: shows its progress, and on a terminal asks what it wants to
/// know and goes on with the answers.
struct RunConversation {
  let call: CommandCall
  /// Whether the questions that the run comes to are asked here and now.
  var asks = false
  /// What there is to say before the end is reported, to people.
  var remark: (RunDoor, RunSnapshot) throws(CommandFailure) -> String? = { _, _ in nil }

  /// Does the first thing, and then what the run asks for.
  ///
  /// - Returns: the exit code, once the end is reported.
  func carry(
    _ first: (RunDoor) async throws(CommandFailure) -> RunSnapshot
  ) async throws(CommandFailure) -> ExitCode {
    let printer = call.isQuiet ? nil : ProgressPrinter(console: call.console)
    let door = try call.door { printer?.show($0) }
    var outcome = try await first(door)
    while let request = nextAnswer(for: outcome, door.person) {
      printer?.finish()
      outcome = try await door.submit(request, to: outcome.runID)
    }
    printer?.finish()
    if !call.isQuiet, !call.isJSON, let remark = try self.remark(door, outcome) {
      call.console.errors.line(remark)
    }
    return OutcomeReport(call: call, run: outcome).write()
  }

  private func nextAnswer(
    for outcome: RunSnapshot, _ person: SignedIn
  ) -> RunDoor.Request? {
    guard asks, call.canAsk, !call.isQuiet, outcome.status == .waiting, !Interruption.isRequested
    else {
      return nil
    }
    let prompt = AnswerPrompt(console: call.console)
    guard let step = outcome.steps.first(where: { isForMe($0, outcome, person) }),
      let waiting = step.waiting
    else { return nil }
    guard let approval = waiting.approval else {
      return prompt.values(for: step, waiting: waiting)
        .map { .answer(step: step.address, values: $0) }
    }
    return prompt.decision(for: step, waiting).map { decision in
      .decide(
        step: step.address, approves: decision.approves, comment: decision.comment,
        shown: approval.sha256)
    }
  }

  /// Whether this person can answer here: what would be refused is not asked.
  private func isForMe(_ step: StepView, _ run: RunSnapshot, _ person: SignedIn) -> Bool {
    guard let waiting = step.waiting, waiting.isForPerson else { return false }
    if let standing = person.standing, !waiting.roles.isEmpty,
      standing.roles.isDisjoint(with: waiting.roles)
    {
      return false
    }
    guard let approval = waiting.approval else { return true }
    if waiting.decisions.contains(where: { $0.by == person.actor }) { return false }
    let needsProof = approval.notStarter || approval.approvals > 1
    if needsProof, person.standing == nil { return false }
    return !(approval.notStarter && run.startedBy.id == person.actor.id)
  }
}

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

  /// Does the first thing, and then what the run asks for.
  ///
  /// - Returns: the exit code, once the end is reported.
  func carry(
    _ first: (RunDoor) async throws(CommandFailure) -> RunSnapshot
  ) async throws(CommandFailure) -> ExitCode {
    let printer = call.isQuiet ? nil : ProgressPrinter(console: call.console)
    let door = try call.door { printer?.show($0) }
    var outcome = try await first(door)
    while let request = nextAnswer(for: outcome) {
      printer?.finish()
      outcome = try await door.submit(request, to: outcome.runID)
    }
    printer?.finish()
    return OutcomeReport(call: call, run: outcome).write()
  }

  private func nextAnswer(for outcome: RunSnapshot) -> RunDoor.Request? {
    guard asks, call.canAsk, !call.isQuiet, outcome.status == .waiting, !Interruption.isRequested
    else {
      return nil
    }
    guard let step = outcome.steps.first(where: { $0.waiting?.isForAnswer == true }),
      let waiting = step.waiting
    else { return nil }
    return AnswerPrompt(console: call.console).values(for: step, waiting: waiting)
      .map { .answer(step: step.address, values: $0) }
  }
}

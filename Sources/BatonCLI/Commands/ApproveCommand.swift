import CommandLineKit
import Engine
import Runner

/// `baton approve RUN STEP`.
enum ApproveCommand: BatonCommand {
  static let name = "approve"

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "approves what a step asks to approve",
      discussion: [
        "The approval is bound to what was shown and to the definitions it releases. Where a step wants"
          + " several people, or somebody other than who started the run, only people who signed in"
          + " (BATON_TOKEN) can approve."
      ],
      arguments: [SharedOptions.run, SharedOptions.step], options: [DecisionCall.comment],
      examples: [
        .init("baton approve k7f3q9 go_live", "shows what it is about, and asks on a terminal"),
        .init("baton approve k7f3q9 go_live --comment 'tested on staging'", "with a remark"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      try await DecisionCall(call: call, approves: true).carryOut()
    }
  }
}

/// `baton reject RUN STEP`.
enum RejectCommand: BatonCommand {
  static let name = "reject"

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "rejects what a step asks to approve",
      discussion: ["The step fails with the code `rejected`; `retry` asks again."],
      arguments: [SharedOptions.run, SharedOptions.step], options: [DecisionCall.comment],
      examples: [
        .init("baton reject k7f3q9 go_live --comment 'the logo is wrong'", "says no, and why")
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      try await DecisionCall(call: call, approves: false).carryOut()
    }
  }
}

/// A decision about an approval, from the command line.
struct DecisionCall {
  static let comment = CommandOption.value(
    "comment", "TEXT", "why, for those who come after and for the record")

  let call: CommandCall
  let approves: Bool

  func carryOut() async throws(CommandFailure) -> ExitCode {
    let run = call.required(SharedOptions.run)
    let step = call.required(SharedOptions.step)
    let comment = call.arguments.value(Self.comment)
    var conversation = RunConversation(call: call)
    conversation.remark = { door, outcome throws(CommandFailure) in
      guard let step = outcome.steps.first(where: { $0.address == step }) else { return nil }
      return Self.count(step, after: door.person.actor)
    }
    return try await conversation.carry { door throws(CommandFailure) in
      let view = try door.snapshot(run).steps.first { $0.address == step }
      if approves, call.canAsk, let view { try confirm(view) }
      return try await door.submit(
        .decide(
          step: step, approves: approves, comment: comment,
          shown: view?.waiting?.approval?.sha256),
        to: run)
    }
  }

  /// How far an approval by several people is that somebody has given theirs of; nil where it is over.
  private static func count(_ step: StepView, after person: Actor) -> String? {
    guard let waiting = step.waiting, let approval = waiting.approval, approval.approvals > 1
    else { return nil }
    let given = approval.valid(waiting.decisions)
    guard given.contains(where: { $0.by == person }) else { return nil }
    return "\(given.count) of \(approval.approvals) approvals of \(step.address) "
      + (given.count == 1 ? "is given: yours" : "are given, yours among them")
  }

  /// On a terminal nobody approves what they have not seen.
  private func confirm(_ step: StepView) throws(CommandFailure) {
    guard let waiting = step.waiting, waiting.approval != nil else { return }
    let prompt = AnswerPrompt(console: call.console)
    prompt.show(step, waiting)
    guard Prompter(console: call.console).confirm("Approve this?") == true else {
      throw CommandFailure(
        .interrupted, "not approved: nothing was recorded",
        help: "to say no: \(call.programCall) reject RUN \(step.address) --comment '…'")
    }
  }
}

import CommandLineKit
import Engine
import Runner

/// `baton rewind RUN --to CHECKPOINT`.
enum RewindCommand: BatonCommand {
  static let name = "rewind"
  private static let checkpoint = CommandOption.value(
    "to", "CHECKPOINT", "the checkpoint to go back to, or the step that has it")
  private static let again = CommandOption.value(
    "again", "STEP", "a later step that is done again though it cannot be taken back",
    isRepeatable: true)

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "takes a run back to a checkpoint and goes on from there",
      discussion: [
        "What was done after the checkpoint is taken back where it can be, newest first, and done again "
          + "with new idempotency keys. What cannot be taken back keeps its outcome and is not done "
          + "again, unless --again names it. Approvals are asked again. Nothing is erased.",
        "A loop is done again as a whole, or not at all.",
      ],
      arguments: [SharedOptions.run], options: [checkpoint, again, SharedOptions.reason],
      examples: [
        .init("baton rewind k7f3q9 --to order-complete", "goes back to the checkpoint"),
        .init(
          "baton rewind k7f3q9 --to order-complete --again welcome",
          "goes back, and sends the welcome mail a second time"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      guard let target = call.arguments.value(checkpoint) else {
        throw .usage("`baton rewind` needs a checkpoint", help: "add --to CHECKPOINT")
      }
      let steps = call.arguments.values(again)
      let reason = call.arguments.value(SharedOptions.reason)
      return try await RunConversation(call: call, asks: true).carry {
        door throws(CommandFailure) in
        try await door.submit(.rewind(to: target, again: steps, reason: reason), to: run)
      }
    }
  }
}

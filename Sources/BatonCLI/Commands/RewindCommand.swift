import CommandLineKit
import Engine
import Runner

/// `baton rewind RUN --to CHECKPOINT`.
enum RewindCommand: BatonCommand {
  static let name = "rewind"
  private static let checkpoint = CommandOption.value(
    "to", "CHECKPOINT", "the checkpoint to go back to, or the address of the step that has it")
  private static let again = CommandOption.value(
    "again", "STEP", "a later step that is done again though it cannot be taken back",
    isRepeatable: true)
  private static let plan = CommandOption.flag(
    "plan", "only shows what it would do, and does nothing")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "takes a run back to a checkpoint and goes on from there",
      discussion: [
        "What was done after the checkpoint is taken back where it can be, newest first, and done again "
          + "with new idempotency keys. What cannot be taken back keeps its outcome and is not done "
          + "again, unless --again names it, or a section or a call that holds it; nor is what only a person could take back (`undo: manual`). "
          + "What only looks, asks or waits is done anew where it reads what is done anew. "
          + "What had failed is tried again; a section, call or loop that somebody did by hand is not. "
          + "Approvals are asked again; open questions are, too, with what was given so far, unless that is about "
          + "what is done anew. Nothing is erased.",
        "It shows first what it will do, and on a terminal asks. A loop is done again as a whole, or "
          + "not at all.",
        "With --plan --json it prints `baton-rewind-plan/1`: what is `taken_back`, newest first, each with the "
          + "`address` at which that happens, and `operation` and `with`, or `instructions`; whether a person does "
          + "it (`by_hand`); what is `kept`, and `outdated` of it, since it was done with what is done anew; what comes again `if_failing`, "
          + "what is done `again`, `retried` since it had failed, `renewed`, `corrected` and `asked_again`; and the open questions of which what was given "
          + "stays (`answers_kept`), or does not (`answers_lost`).",
      ],
      arguments: [SharedOptions.run],
      options: [checkpoint, again, plan, UndoCommand.yes, SharedOptions.reason],
      examples: [
        .init("baton rewind k7f3q9 --to order-complete --plan", "shows what that would do"),
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
      if call.arguments.has(plan) {
        let preview = try call.door().rewindPreview(run, to: target, again: steps)
        let list = RewindList(preview: preview)
        if call.isJSON {
          call.console.write(json: list.json)
        } else {
          for line in list.lines { call.console.output.line(line) }
        }
        return .done
      }
      try confirm(run, target, steps, call)
      let reason = call.arguments.value(SharedOptions.reason)
      return try await RunConversation(call: call, asks: true).carry {
        door throws(CommandFailure) in
        try await door.submit(.rewind(to: target, again: steps, reason: reason), to: run)
      }
    }
  }

  /// Shows what is about to be done, and asks on a terminal. What the run refuses is not worth a question.
  private static func confirm(
    _ run: String, _ checkpoint: String, _ again: [String], _ call: CommandCall
  ) throws(CommandFailure) {
    guard !call.isQuiet,
      let preview = try? call.door().rewindPreview(run, to: checkpoint, again: again)
    else { return }
    for line in RewindList(preview: preview).lines { call.console.errors.line(line) }
    if call.canAsk { try call.confirm("Go back", option: UndoCommand.yes) }
  }
}

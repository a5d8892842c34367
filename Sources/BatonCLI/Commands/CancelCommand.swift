import CommandLineKit
import Engine
import Runner

/// `baton cancel RUN`.
enum CancelCommand: BatonCommand {
  static let name = "cancel"
  private static let takeBack = CommandOption.flag(
    "undo", "takes back what was done, newest first")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "ends a run",
      discussion: [
        "What was done stays done, unless --undo takes it back first, as `baton undo` does; "
          + "`finally` steps are carried out."
      ],
      arguments: [SharedOptions.run],
      options: [SharedOptions.reason, takeBack, UndoCommand.yes],
      examples: [
        .init("baton cancel k7f3q9 --reason 'ordered by mistake'", "ends it"),
        .init(
          "baton cancel k7f3q9 --undo --yes --reason 'ordered by mistake'",
          "takes back what was done and ends it"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      let reason = try call.requiredReason(for: name)
      if call.arguments.has(takeBack) {
        return try await UndoCommand.takeBack(run, reason: reason, call)
      }
      return try await RunConversation(call: call).carry { door throws(CommandFailure) in
        try await door.submit(.cancel(reason: reason), to: run)
      }
    }
  }
}

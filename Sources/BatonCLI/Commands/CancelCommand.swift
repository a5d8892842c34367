import CommandLineKit
import Engine
import Runner

/// `baton cancel RUN`.
enum CancelCommand: BatonCommand {
  static let name = "cancel"

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "ends a run",
      discussion: ["What was done stays done; `finally` steps are carried out."],
      arguments: [SharedOptions.run], options: [SharedOptions.reason],
      examples: [.init("baton cancel k7f3q9 --reason 'ordered by mistake'", "ends it")])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      let reason = try call.requiredReason(for: name)
      let code = try await RunConversation(call: call).carry { door throws(CommandFailure) in
        try await door.submit(.cancel(reason: reason), to: run)
      }
      // A run that ended as cancelled is what was asked for.
      return code == .failed ? .done : code
    }
  }
}

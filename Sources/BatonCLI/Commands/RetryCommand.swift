import CommandLineKit
import Engine
import Runner
import Workflows

/// `baton retry RUN STEP [--with k=v]`.
enum RetryCommand: BatonCommand {
  static let name = "retry"
  private static let with = CommandOption.value(
    "with", "NAME=VALUE", "a corrected value for the operation", isRepeatable: true)

  private static let again = CommandOption.flag(
    "again", "also acts again where only the check after it failed")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "tries a failed step again",
      arguments: [SharedOptions.run, SharedOptions.step],
      options: [with, again, SharedOptions.reason],
      examples: [
        .init("baton retry k7f3q9 welcome", "tries it again as it was"),
        .init(
          "baton retry k7f3q9 welcome --with to=ana@example.com", "tries it with another value"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      let step = call.required(SharedOptions.step)
      let isAgain = call.arguments.has(again)
      let reason = call.arguments.value(SharedOptions.reason)
      let values = try NamedValues.texts(call.arguments.values(with))
      return try await RunConversation(call: call).carry { door throws(CommandFailure) in
        let fields = values.isEmpty ? nil : try door.operation(of: step, in: run)?.inputs
        let corrected = try NamedValues.typed(values, by: fields)
        return try await door.submit(
          .retry(step: step, with: corrected, again: isAgain, reason: reason), to: run)
      }
    }
  }
}

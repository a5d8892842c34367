import CommandLineKit
import Engine
import Runner

/// `baton skip RUN STEP --reason …`.
enum SkipCommand: BatonCommand {
  static let name = "skip"

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "passes over a step",
      discussion: ["Refused where later steps need its outputs: `done` gives them."],
      arguments: [SharedOptions.run, SharedOptions.step], options: [SharedOptions.reason],
      examples: [
        .init("baton skip k7f3q9 welcome --reason 'they were told by phone'", "goes on without it")
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      let step = call.required(SharedOptions.step)
      let reason = try call.requiredReason(for: name)
      return try await RunConversation(call: call).carry { door throws(CommandFailure) in
        try await door.submit(.skip(step: step, reason: reason), to: run)
      }
    }
  }
}

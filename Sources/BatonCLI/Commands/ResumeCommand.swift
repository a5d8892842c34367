import CommandLineKit
import Engine

/// `baton resume RUN`.
enum ResumeCommand: BatonCommand {
  static let name = "resume"

  private static let killChildren = CommandOption.flag(
    "kill-children", "ends what a killed process of the run left running")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "goes on with a run that is parked or was interrupted",
      discussion: [
        "Conditions that did not hold are tested again. What succeeded is never done again."
      ],
      arguments: [SharedOptions.run], options: [killChildren],
      examples: [.init("baton resume k7f3q9", "goes on with the run whose id ends so")])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      return try await RunConversation(call: call, asks: true).carry {
        door throws(CommandFailure) in
        try await door.submit(
          .resume, to: run, killChildren: call.arguments.has(killChildren))
      }
    }
  }
}

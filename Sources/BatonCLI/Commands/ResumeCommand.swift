import CommandLineKit
import Engine

/// `baton resume RUN`.
enum ResumeCommand: BatonCommand {
  static let name = "resume"

  private static let killChildren = CommandOption.flag(
    "kill-children", "ends what a killed process of the run left running")

  private static let byHand = CommandOption.value(
    "by-hand", "STEP", "a step that a person does in place of the machine")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "goes on with a run that is parked or was interrupted",
      discussion: [
        "Conditions that did not hold are tested again. What succeeded is never done again."
      ],
      arguments: [SharedOptions.run], options: [killChildren, byHand, SharedOptions.reason],
      examples: [
        .init("baton resume k7f3q9", "goes on with the run whose id ends so"),
        .init(
          "baton resume k7f3q9 --by-hand tenant",
          "goes on, and somebody does the step `tenant` by hand: its text is shown, and "
            + "`baton done` gives its outputs"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      return try await RunConversation(call: call, asks: true).carry {
        door throws(CommandFailure) in
        guard let step = call.arguments.value(byHand) else {
          return try await door.submit(
            .resume, to: run, killChildren: call.arguments.has(killChildren))
        }
        let reason = call.arguments.value(SharedOptions.reason)
        return try await door.submit(
          .byHand(step: step, reason: reason), to: run,
          killChildren: call.arguments.has(killChildren))
      }
    }
  }
}

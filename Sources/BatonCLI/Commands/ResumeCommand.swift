import CommandLineKit
import Engine

/// `baton resume RUN`.
enum ResumeCommand: BatonCommand {
  static let name = "resume"

  private static let killChildren = CommandOption.flag(
    "kill-children", "ends what a killed process of the run left running")

  private static let byHand = CommandOption.value(
    "by-hand", "STEP", "a step that a person does in place of the machine")

  private static let adopt = CommandOption.flag(
    "adopt", "goes on with a copy of the run's folder; needs --reason")

  private static let enter = CommandOption.value(
    "enter", "VALUE",
    "a sensitive value again that cannot be opened any more; `-`: a value a line, from standard input",
    isRepeatable: true)

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "goes on with a run that is parked or was interrupted",
      discussion: [
        "Conditions that did not hold are tested again. What succeeded is never done again.",
        "A run goes on in one place. A copy of its folder, on another machine or from a backup, "
          + "goes on once somebody adopts it: both journals say so, as far as the other can be "
          + "reached.",
      ],
      arguments: [SharedOptions.run],
      options: [killChildren, byHand, adopt, enter, SharedOptions.reason],
      examples: [
        .init("baton resume k7f3q9", "goes on with the run whose id ends so"),
        .init(
          "baton resume k7f3q9 --by-hand tenant",
          "goes on, and somebody does the step `tenant` by hand: its text is shown, and "
            + "`baton done` gives its outputs"),
        .init(
          "baton resume k7f3q9 --adopt --reason 'moved to the new server'",
          "goes on with a run whose folder was copied here"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      let reason = call.arguments.value(SharedOptions.reason)
      let adopts = call.arguments.has(adopt)
      guard !adopts || reason?.isBlank == false else {
        throw .usage("a copy is adopted for a reason", help: "add --reason 'WHY'")
      }
      let entered = try values(call)
      return try await RunConversation(call: call, asks: true).carry {
        door throws(CommandFailure) in
        guard let step = call.arguments.value(byHand) else {
          return try await door.submit(
            .resume, to: run, killChildren: call.arguments.has(killChildren),
            adopting: adopts ? reason : nil, entering: entered)
        }
        return try await door.submit(
          .byHand(step: step, reason: reason), to: run,
          killChildren: call.arguments.has(killChildren), adopting: adopts ? reason : nil,
          entering: entered)
      }
    }
  }

  private static func values(_ call: CommandCall) throws(CommandFailure) -> [String] {
    var values: [String] = []
    for value in call.arguments.values(enter) {
      guard value == "-" else {
        values.append(value)
        continue
      }
      let bytes = try FileAccess.read("-", console: call.console)
      for line in bytes.split(separator: 0x0A) {
        guard let value = String(validating: line, as: UTF8.self) else {
          throw .usage("a value on standard input is not UTF-8 text")
        }
        values.append(value)
      }
    }
    return values
  }
}

import CommandLineKit
import Engine
import Fields
import Runner
import Values
import Workflows

/// `baton migrate RUN --to FILE`.
enum MigrateCommand: BatonCommand {
  static let name = "migrate"
  private static let target = CommandOption.value(
    "to", "FILE", "the file of the changed workflow", completion: .file)
  private static let plan = CommandOption.flag(
    "plan", "only shows what it would mean, and changes nothing")
  private static let decide = CommandOption.value(
    "decide", "KEY=CHOICE", "a decision that the plan asks for", isRepeatable: true)

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "moves a parked run to a changed workflow",
      discussion: [
        "Every difference is classified: safe, to be decided, or impossible. Nothing is changed until "
          + "all is decided and nothing is impossible; then all of it is, at once. Contracts, "
          + "calendars and called workflows move along. Timers that run keep their time; approvals "
          + "that are open are asked again within them, and what was given of them is void; what was "
          + "done stays done.",
        "Choices: `do` carries a step out whose place the run has passed, `leave_out` does not; "
          + "`keep` leaves what was answered, or done, as it is, also under a new id; `again` asks "
          + "from the beginning, or leaves values out that were given with `retry`.",
      ],
      arguments: [SharedOptions.run],
      options: [target, plan, decide, SharedOptions.input, SharedOptions.reason],
      examples: [
        .init(
          "baton migrate k7f3q9 --to workflows/standard-onboarding.yaml --plan",
          "shows what it would mean"),
        .init(
          "baton migrate k7f3q9 --to workflows/standard-onboarding.yaml --decide survey=leave_out",
          "moves the run, and leaves the new step `survey` out"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      guard let file = call.arguments.value(target) else {
        throw .usage("`baton migrate` needs a workflow", help: "add --to FILE")
      }
      let workflow = try RunCommand.load(file, call)
      let choices = try choices(workflow, call)
      let found = try call.door().migrationPlan(run, to: workflow, choices)
      let view = MigrationView(plan: found)
      if call.arguments.has(plan) {
        call.isJSON ? call.console.write(json: view.json) : view.write(to: call.console.output)
        return found.isPossible ? .done : .conflict
      }
      guard found.isReady else {
        call.isJSON ? call.console.write(json: view.json) : view.write(to: call.console.errors)
        throw CommandFailure(
          .conflict,
          found.isPossible
            ? "not everything about the move is decided" : "the run cannot be moved as it stands",
          help: "nothing was changed")
      }
      let reason = call.arguments.value(SharedOptions.reason)
      return try await RunConversation(call: call, asks: true).carry {
        door throws(CommandFailure) in
        try await door.migrate(run, to: workflow, choices, reason: reason)
      }
    }
  }

  private static func choices(
    _ workflow: Workflow, _ call: CommandCall
  ) throws(CommandFailure) -> MigrationChoices {
    var decisions: [String: String] = [:]
    for member in try NamedValues.texts(call.arguments.values(decide)) {
      guard let key = member.key.asString, let word = member.value.asString else { continue }
      guard MigrationDecision.Choice(rawValue: word) != nil else {
        let words = MigrationDecision.Choice.allCases.map { "`\($0.rawValue)`" }
        throw .usage(
          "`\(word)` is no choice", help: "choices are " + words.joined(separator: ", "))
      }
      decisions[key] = word
    }
    let given = try NamedValues.texts(call.arguments.values(SharedOptions.input))
    return MigrationChoices(
      decisions: decisions, inputs: try NamedValues.typed(given, by: workflow.inputs))
  }
}

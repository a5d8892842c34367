import CommandLineKit
import Engine
import Runner
import Workflows

/// `baton resolve RUN STEP --happened | --did-not-happen --reason … [--evidence FILE]`.
enum ResolveCommand: BatonCommand {
  static let name = "resolve"
  private static let happened = CommandOption.flag("happened", "it took effect")
  private static let didNotHappen = CommandOption.flag(
    "did-not-happen", "it did not: the step is tried again")
  private static let set = CommandOption.value(
    "set", "OUTPUT=VALUE", "an output of the operation that happened", isRepeatable: true)

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "settles a doubt: says whether an operation took effect",
      arguments: [SharedOptions.run, SharedOptions.step],
      options: [happened, didNotHappen, set, SharedOptions.reason, SharedOptions.evidence],
      examples: [
        .init(
          "baton resolve k7f3q9 number --happened --set number=+27215550100 "
            + "--reason 'it is in the console'", "it happened, and this came of it"),
        .init(
          "baton resolve k7f3q9 number --did-not-happen --reason 'not in the console'",
          "it did not happen"),
        .init(
          "baton resolve k7f3q9 number --happened --reason 'they confirmed it' --evidence mail.eml",
          "and the e-mail that says so is kept with the run"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      let step = call.required(SharedOptions.step)
      let isDone = call.arguments.has(happened)
      guard isDone != call.arguments.has(didNotHappen) else {
        throw .usage("say one of --happened and --did-not-happen")
      }
      let outputs = try NamedValues.texts(call.arguments.values(set))
      guard isDone || outputs.isEmpty else {
        throw .usage("--set goes with --happened: what did not happen has no outputs")
      }
      // Before anything is asked for that a refusal would lose.
      let proofs = try call.evidence()
      let reason = try call.requiredReason(for: name)
      return try await RunConversation(call: call).carry { door throws(CommandFailure) in
        let fields = outputs.isEmpty ? nil : try door.operation(of: step, in: run)?.outputs
        let values = try NamedValues.typed(outputs, by: fields)
        return try await door.submit(
          .resolve(step: step, happened: isDone, values: values, reason: reason), to: run,
          evidence: proofs)
      }
    }
  }
}

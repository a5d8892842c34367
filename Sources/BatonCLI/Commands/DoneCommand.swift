import CommandLineKit
import Engine
import Runner

/// `baton done RUN STEP k=v… --reason … [--evidence FILE]`.
enum DoneCommand: BatonCommand {
  static let name = "done"
  private static let values = CommandArgument("OUTPUT=VALUE", "an output of the step", .any)

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "says that a step was done by hand",
      discussion: [
        "The outputs must be what the step promises, and what later steps need has to be given: the"
          + " status card names it. The event of a wait is given member by member, event.amount=99.0,"
          + " or whole, as JSON; so are ticked items. Later steps cannot tell the difference; the"
          + " transcript can."
      ],
      arguments: [SharedOptions.run, SharedOptions.step, values],
      options: [SharedOptions.reason, SharedOptions.evidence],
      examples: [
        .init(
          "baton done k7f3q9 tenant tenant_id=ten_42 --reason 'created in the console'",
          "gives the output and the reason"),
        .init(
          "baton done k7f3q9 paid event.amount=99.0 --reason 'paid in cash'",
          "gives the event that did not come"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      let step = call.required(SharedOptions.step)
      let outputs = try NamedValues.texts(call.arguments.values(values))
      // Before anything is asked for that a refusal would lose.
      let proofs = try call.evidence()
      let reason = try call.requiredReason(for: name)
      return try await RunConversation(call: call).carry { door throws(CommandFailure) in
        let fields = try door.snapshot(run).steps.first { $0.address == step }?.outputs()?.typed
        let values = try NamedValues.typed(outputs, by: fields)
        return try await door.submit(
          .done(step: step, values: values, reason: reason, evidence: []), to: run,
          evidence: proofs)
      }
    }
  }
}

extension CommandCall {
  /// The reason given, or on a terminal asked for; what overrides the procedure needs one.
  func requiredReason(for command: String) throws(CommandFailure) -> String {
    if let reason = arguments.value(SharedOptions.reason), !reason.isBlank { return reason }
    let refusal = CommandFailure.usage(
      "`baton \(command)` needs a reason", help: "add --reason 'WHY'; it stands in the record")
    guard canAsk else { throw refusal }
    guard
      case .text(let text) = Prompter(console: console).ask(
        .init(label: "Why"), problem: { _ in nil })
    else { throw refusal }
    return text
  }
}

extension String {
  /// Whether it says nothing.
  var isBlank: Bool { allSatisfy(\.isWhitespace) }
}

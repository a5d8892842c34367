import CommandLineKit
import Fields
import Plugins
import Runner
import SourceText
import Values
import Workflows

/// `baton run WORKFLOW -i k=v`.
enum RunCommand: BatonCommand {
  static let name = "run"
  private static let workflow = CommandArgument(
    "WORKFLOW", "the workflow's file", completion: .file)

  private static let rehearse = CommandOption.flag(
    "rehearse", "calls nothing: the examples of the contracts answer")

  private static let byHand = CommandOption.flag(
    "by-hand", "people do what the machine would have done")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "starts a run of a workflow and carries it as far as it goes",
      discussion: [
        "On a terminal it asks for what the steps want to know; elsewhere, and with --no-input, "
          + "the run parks there. Ctrl-C parks the run; a second one aborts.",
        "The exit code says where the run stands: 0 succeeded, 1 failed, 4 waiting, 5 needs "
          + "attention.",
        "With --rehearse no operation is called and no connection is needed: the examples of the "
          + "contracts answer. Questions are asked as ever. The record says that it is a rehearsal.",
        "With --by-hand nothing is called either: each step shows how a person does it and waits for "
          + "`baton done` with its outputs.",
      ],
      arguments: [workflow],
      options: [SharedOptions.input, SharedOptions.inputs, rehearse, byHand],
      examples: [
        .init(
          "baton run workflows/standard-onboarding.yaml -i order_id=A-1",
          "starts a run with an input"),
        .init(
          "baton run workflows/standard-onboarding.yaml --inputs order.yaml --no-input",
          "takes the inputs from a file, and parks instead of asking"),
        .init(
          "baton run workflows/standard-onboarding.yaml -i order_id=A-1 --rehearse",
          "goes through it without any effect"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let definition = try load(call.required(workflow), call)
      let inputs = try inputs(of: definition, call)
      return try await RunConversation(call: call, asks: true).carry {
        door throws(CommandFailure) in
        try await door.start(
          definition, inputs: inputs,
          manner: StartManner(
            isRehearsal: call.arguments.has(rehearse), isByHand: call.arguments.has(byHand)))
      }
    }
  }

  private static func load(
    _ path: String, _ call: CommandCall
  ) throws(CommandFailure) -> Workflow {
    let workflow = try call.workflow(at: path, to: "run")
    let beyond = workflow.beyondThisRelease
    guard beyond.isEmpty else {
      throw CommandFailure(
        .invalid, "`\(path)` cannot be run by this release: \(beyond.joined(separator: "; "))")
    }
    return workflow
  }

  private static func inputs(
    of workflow: Workflow, _ call: CommandCall
  ) throws(CommandFailure) -> ValueMap {
    var given = try NamedValues.typed(
      NamedValues.merged(
        file: call.arguments.value(SharedOptions.inputs),
        words: call.arguments.values(SharedOptions.input), console: call.console),
      by: workflow.inputs)
    let missing = workflow.inputs.fields.filter { $0.isRequired && given[$0.name] == nil }
    if call.canAsk, !missing.isEmpty {
      let prompt = AnswerPrompt(console: call.console)
      guard let answers = prompt.values(for: workflow.inputs, except: given) else {
        throw CommandFailure(.interrupted, "no run was started: the questions were broken off")
      }
      given = answers
    }
    switch workflow.inputs.complete(given) {
    case .success(let complete): return complete
    case .failure(let problems):
      let words = missing.map { "-i \($0.name)=…" }.joined(separator: " ")
      throw .usage("\(problems)", help: words.isEmpty ? nil : "add " + words)
    }
  }
}

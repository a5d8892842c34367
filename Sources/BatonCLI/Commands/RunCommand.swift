import CommandLineKit
import Fields
import Plugins
import RunStore
import Runner
import SourceText
import Values
import Workflows

/// `baton run WORKFLOW -i k=v`.
enum RunCommand: BatonCommand {
  static let name = "run"
  private static let workflow = CommandArgument(
    "WORKFLOW", "the workflow's file", completion: .file)

  private static let batch = CommandOption.value(
    "batch", "FILE",
    "a run for each line of a file, the inputs as a JSON object; - is standard input",
    completion: .file)
  private static let parallel = CommandOption.value(
    "parallel", "N", "how many runs of a batch are under way at a time, 1 to 64; 8 by default")
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
        "With --by-hand no step calls anything either: each shows how a person does it and waits for "
          + "`baton done` with its outputs. People are told of reminders and escalations as ever.",
        "With --batch every line of a file starts a run; -i and --inputs give what all have in common. "
          + "All lines are checked before the first run starts, and nothing is asked. The exit code is "
          + "that of the worst: one that failed, else one that needs attention, else one that waits.",
      ],
      arguments: [workflow],
      options: [SharedOptions.input, SharedOptions.inputs, batch, parallel, rehearse, byHand],
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
        .init(
          "baton run workflows/standard-onboarding.yaml --batch orders.jsonl --parallel 16",
          "a run for each line, sixteen at a time"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let definition = try load(call.required(workflow), call)
      try noteUnprovenStarter(of: definition, call)
      if let path = call.arguments.value(batch) {
        return try await carryBatch(of: definition, in: path, call)
      }
      guard call.arguments.value(parallel) == nil else {
        throw .usage(
          "`--parallel` says how many runs of a batch go on at a time", help: "add --batch FILE")
      }
      let inputs = try inputs(of: definition, call)
      return try await RunConversation(call: call, asks: true).carry {
        door throws(CommandFailure) in
        try await door.start(
          definition, inputs: inputs,
          manner: manner(call))
      }
    }
  }

  /// Says where an approval must be somebody else's than the starter's, and nobody will be able to tell.
  private static func noteUnprovenStarter(
    of workflow: Workflow, _ call: CommandCall
  ) throws(CommandFailure) {
    let steps = workflow.definitions.flatMap(\.allSteps).filter { step in
      if case .approve(let approval) = step.kind { approval.notStarter } else { false }
    }
    guard !call.isQuiet, !steps.isEmpty else { return }
    let project = try call.project()
    // Where nobody has a token, nobody can give such an approval anyway.
    guard try call.tokens(of: project).contains(where: { $0.revokedAt == nil }),
      try SignedIn(to: project, call.store(of: project)).standing == nil
    else { return }
    let names = steps.map { "`\($0.id)`" }.joined(separator: ", ")
    call.console.show(
      note: "nobody signed in: whether whoever approves \(names) is another person than who starts"
        + " the run cannot be told; set BATON_TOKEN")
  }

  private static func manner(_ call: CommandCall) -> StartManner {
    StartManner(isRehearsal: call.arguments.has(rehearse), isByHand: call.arguments.has(byHand))
  }

  private static func carryBatch(
    of definition: Workflow, in path: String, _ call: CommandCall
  ) async throws(CommandFailure) -> ExitCode {
    var width = RunBatch.defaultWidth
    if let text = call.arguments.value(parallel) {
      guard let number = Int(text), (1...RunBatch.widest).contains(number) else {
        throw .usage("`--parallel \(text)` is not a number from 1 to \(RunBatch.widest)")
      }
      width = number
    }
    let batch = RunBatch(
      call: call, workflow: definition, manner: manner(call), width: width)
    let common = try NamedValues.merged(
      file: call.arguments.value(SharedOptions.inputs),
      words: call.arguments.values(SharedOptions.input), console: call.console)
    return try await batch.carry(try batch.lines(of: path, common: common))
  }

  static func load(
    _ path: String, _ call: CommandCall
  ) throws(CommandFailure) -> Workflow {
    try call.workflow(at: path, to: "run")
  }

  private static func inputs(
    of workflow: Workflow, _ call: CommandCall
  ) throws(CommandFailure) -> ValueMap {
    var given = try NamedValues.merged(
      file: call.arguments.value(SharedOptions.inputs),
      words: call.arguments.values(SharedOptions.input), console: call.console
    ).typed(by: workflow.inputs)
    let missing = workflow.inputs.fields.filter { $0.isRequired && given[$0.name] == nil }
    if call.canAsk, !missing.isEmpty {
      let answers = AnswerPrompt(console: call.console).answers(for: workflow.inputs, except: given)
      guard !answers.isBrokenOff else {
        throw CommandFailure(
          .interrupted, "no run was started: the questions were broken off",
          help: answers.again(workflow.inputs, except: given, option: "-i "))
      }
      given = answers.values
    }
    switch workflow.inputs.complete(given) {
    case .success(let complete): return complete
    case .failure(let problems):
      let words = missing.map { "-i \($0.name)=…" }.joined(separator: " ")
      throw .usage("\(problems)", help: words.isEmpty ? nil : "add " + words)
    }
  }
}

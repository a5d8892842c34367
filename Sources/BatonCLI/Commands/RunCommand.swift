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

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "starts a run of a workflow and carries it as far as it goes",
      discussion: [
        "On a terminal it asks for what the steps want to know; elsewhere, and with --no-input, "
          + "the run parks there. Ctrl-C parks the run; a second one aborts.",
        "The exit code says where the run stands: 0 succeeded, 1 failed, 4 waiting, 5 needs "
          + "attention.",
      ],
      arguments: [workflow],
      options: [SharedOptions.input, SharedOptions.inputs],
      examples: [
        .init(
          "baton run workflows/standard-onboarding.yaml -i order_id=A-1",
          "starts a run with an input"),
        .init(
          "baton run workflows/standard-onboarding.yaml --inputs order.yaml --no-input",
          "takes the inputs from a file, and parks instead of asking"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let definition = try load(call.required(workflow), call)
      let inputs = try inputs(of: definition, call)
      return try await RunConversation(call: call, asks: true).carry {
        door throws(CommandFailure) in
        try await door.start(definition, inputs: inputs)
      }
    }
  }

  private static func load(
    _ path: String, _ call: CommandCall
  ) throws(CommandFailure) -> Workflow {
    let diagnostics = Diagnostics()
    let source = SourceFile(path: path, bytes: try FileAccess.read(path, console: call.console))
    // A plugin that is missing or wrong matters only to a workflow that uses it.
    let plugins = Diagnostics()
    let project = try call.project()
    let catalog = project.catalog(environment: call.environment, into: plugins)
    guard
      let workflow = Workflow.load(
        file: source, catalog: catalog, workflows: project.workflows, into: diagnostics)
    else {
      throw CommandFailure(
        .invalid, "`\(path)` cannot be run as it is",
        diagnostics: diagnostics.sorted + plugins.sorted)
    }
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

import Actions
import CommandLineKit
import Fields
import Plugins
import Values
import Workflows

/// `baton plugins try CONNECTION.OPERATION k=v`.
enum PluginsTryCommand: BatonCommand {
  static let name = "plugins try"
  private static let operation = CommandArgument(
    "OPERATION", "`connection.operation`", completion: .lines(["plugins", "--quiet"]))
  private static let values = CommandArgument("NAME=VALUE", "an input of the operation", .any)

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "calls one operation for real, outside any run",
      discussion: ["What it does is done: `baton plugins` says which operations have effects."],
      arguments: [operation, values], options: [SharedOptions.inputs],
      examples: [
        .init("baton plugins try payments.find order_id=A-1", "looks a payment up")
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let name = call.required(operation)
      let project = try call.project()
      let registered = try find(name, in: project, call)
      let inputs = try inputs(for: registered.contract, call)
      do throws(ActionFailure) {
        let outputs = try await registered.handler.perform(
          invocation(name, inputs, project, call))
        show(outputs, of: registered.contract, call)
        return .done
      } catch {
        throw CommandFailure(
          .failed, "\(name) failed (\(error.code)): \(error.message)", help: error.hint)
      }
    }
  }

  private static func find(
    _ name: String, in project: Project, _ call: CommandCall
  ) throws(CommandFailure) -> RegisteredOperation {
    switch try call.registry(of: project).operation(named: name) {
    case .success(let operation): return operation
    case .failure(let failure):
      throw CommandFailure(.notFound, failure.message, help: failure.hint)
    }
  }

  private static func inputs(
    for contract: OperationContract, _ call: CommandCall
  ) throws(CommandFailure) -> ValueMap {
    let map = try NamedValues.merged(
      file: call.arguments.value(SharedOptions.inputs), words: call.arguments.values(values),
      console: call.console
    ).typed(by: contract.inputs)
    switch contract.inputs.complete(map) {
    case .success(let complete): return complete
    case .failure(let problems): throw .usage("\(problems)")
    }
  }

  private static func invocation(
    _ name: String, _ inputs: ValueMap, _ project: Project, _ call: CommandCall
  ) -> Invocation {
    let console = call.console
    let isQuiet = call.isQuiet
    return Invocation(
      operation: name, inputs: inputs, key: "try-\(Moment.now.journalText)", run: "try",
      step: "try", attempt: 1, timeout: nil, projectFolder: project.root,
      log: { text in if !isQuiet { console.errors.line(TextLayout.harmless(text)) } })
  }

  private static func show(
    _ outputs: ValueMap, of contract: OperationContract, _ call: CommandCall
  ) {
    var shown = outputs
    for field in contract.outputs.fields where field.isSensitive && shown[field.name] != nil {
      shown[field.name] = "(sensitive)"
    }
    if call.isJSON { return call.console.write(json: .map(shown)) }
    for line in shown.lines(indent: 0) { call.console.output.line(line) }
  }
}

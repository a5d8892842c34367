import CEL
import CommandLineKit
import Documents
import SourceText
import Values
import Workflows

/// `baton eval EXPRESSION`.
enum EvalCommand: BatonCommand {
  static let name = "eval"
  private static let expression = CommandArgument("EXPRESSION", "the expression, without ${{ }}")
  private static let check = CommandOption.flag(
    "check", "the result must be true; the exit code is 1 where it is not")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "evaluates an expression",
      discussion: [
        "Inputs are variables of the expression, and also members of `inputs`. A value that is "
          + "JSON is taken as such (3, true, [1, 2]), any other is text. `now` is the present "
          + "moment; `uuid` and `short_id` have a value only inside a run. `baton help expressions` "
          + "lists the functions."
      ],
      arguments: [expression],
      options: [SharedOptions.input, SharedOptions.inputs, check],
      examples: [
        .init("baton eval 'seats > 500' -i seats=600", "prints true"),
        .init(
          "baton eval --check \"inputs.plan in ['a', 'b']\" --inputs order.yaml",
          "says by its exit code whether it holds"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let variables = try variables(call)
      let value = try evaluate(call.required(expression), variables)
      // As a run would keep it: moments and lengths of time are text.
      let result = value.presentValue.map { $0.stored ?? $0 } ?? .null
      call.console.output.line(call.isJSON ? JSONText.compact(result) : result.shown)
      guard call.arguments.has(check) else { return .done }
      return result.asBool == true ? .done : .failed
    }
  }

  private static func variables(_ call: CommandCall) throws(CommandFailure) -> [String: Value] {
    let inputs = try NamedValues.merged(
      file: call.arguments.value(SharedOptions.inputs),
      words: call.arguments.values(SharedOptions.input), console: call.console
    ).typed(by: nil)
    var variables: [String: Value] = ["inputs": .map(inputs), "now": .timestamp(Moment.now)]
    for name in inputs.names { variables[name] = inputs[name] }
    return variables
  }

  private static func evaluate(
    _ source: String, _ variables: [String: Value]
  ) throws(CommandFailure) -> Value {
    let environment = CELEnvironment(
      variables: variables.mapValues { _ in .dyn }, functions: ContextFunctions.all)
    switch environment.compile(source) {
    case .failure(let failure):
      let isReadable = (try? environment.compileUnchecked(source).get()) != nil
      let file = SourceFile(path: "expression", text: source)
      throw CommandFailure(
        .usage, "the expression cannot be used",
        diagnostics: failure.issues.map { issue in
          Diagnostic(
            isReadable ? .expressionType : .expressionSyntax, issue.authorMessage, in: file,
            at: SourceSpan(issue.range), label: issue.authorLabel, help: issue.authorHelp)
        })
    case .success(let expression):
      do {
        return try expression.evaluate(Variables(variables))
      } catch { throw CommandFailure(.failed, "the expression fails: \(error.message)") }
    }
  }
}

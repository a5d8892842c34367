import CEL
import CommandLineKit
import Documents
import SourceText
import Values

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
          + "moment. `baton help expressions` lists the functions."
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
      let result = try evaluate(call.required(expression), variables)
      call.console.output.line(call.isJSON ? JSONText.compact(result) : result.shown)
      guard call.arguments.has(check) else { return .done }
      return result.asBool == true ? .done : .failed
    }
  }

  private static func variables(_ call: CommandCall) throws(CommandFailure) -> [String: Value] {
    let given = try NamedValues.merged(
      file: call.arguments.value(SharedOptions.inputs), words: [], console: call.console)
    var inputs = given
    for member in try NamedValues.texts(call.arguments.values(SharedOptions.input)) {
      let text = member.value.asString ?? ""
      inputs.set(member.key, (try? JSONReader.value(from: Array(text.utf8))) ?? .string(text))
    }
    var variables: [String: Value] = ["inputs": .map(inputs), "now": .timestamp(Moment.now)]
    for name in inputs.names { variables[name] = inputs[name] }
    return variables
  }

  private static func evaluate(
    _ source: String, _ variables: [String: Value]
  ) throws(CommandFailure) -> Value {
    let environment = CELEnvironment(variables: variables.mapValues { _ in .dyn })
    switch environment.compile(source) {
    case .failure(let failure):
      let file = SourceFile(path: "expression", text: source)
      throw CommandFailure(
        .usage, "the expression cannot be used",
        diagnostics: failure.issues.map { issue in
          Diagnostic(
            .expression, issue.message, in: file, at: SourceSpan(issue.range),
            help: issue.suggestion.map { "did you mean `\($0)`?" })
        })
    case .success(let expression):
      do {
        return try expression.evaluate(Variables(variables))
      } catch { throw CommandFailure(.failed, "the expression fails: \(error.message)") }
    }
  }
}

extension DiagnosticCode {
  /// An expression that cannot be parsed or checked.
  fileprivate static let expression = DiagnosticCode("B0300")
}

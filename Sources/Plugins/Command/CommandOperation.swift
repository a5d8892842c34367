import Actions
import CEL
import Documents
import Fields
import SourceText
import Values
import Workflows

/// An operation of a driver of the kind `command`: a program with an argument list.
struct CommandOperation: ActionHandler {
  /// How the program's output is read.
  enum OutputForm: String, CaseIterable, Sendable { case text, json }

  private let connection: Connection
  private let contract: OperationContract
  private let arguments: [DriverTemplate]
  private let environment: [(name: String, value: DriverTemplate)]
  private let input: DriverTemplate?
  private let folder: DriverTemplate?
  private let form: OutputForm
  private let timeout: TimeSpan?
  private let outputLimit: Int
  private let exitCodes: [Int: ExitCode]
  private let outputs: OutputTemplates
  /// Whether the answer is made of what the program writes there: only that has to be readable.
  private let readsOutput: Bool
  private let readsErrorOutput: Bool

  private struct ExitCode: Sendable {
    let code: String
    let message: DriverTemplate?
    let meaning: String?
    /// nil: as the contract says.
    let canRetry: Bool?
  }

  /// Reads the operation; what is wrong becomes a finding.
  init(
    _ node: Node, _ contract: OperationContract, connection: Connection, reader: DriverReader
  ) {
    let driver = connection.driver
    let owner = "the operation `\(contract.name)`"
    _ = reader.members(
      node, owner,
      allowed: [
        "run", "env", "stdin", "folder", "output", "timeout", "output_limit", "exit_codes",
        "outputs",
      ])
    self.connection = connection
    self.contract = contract
    let scope = driver.scope(of: contract)
    let run = reader.list(node["run"], "`run`")
    arguments = run.map { reader.template($0, scope) }
    Self.checkScript(run, arguments, reader)
    if arguments.isEmpty {
      reader.report(
        .driverShape, "\(owner) does not say what to run", at: node.span,
        help: "write `run: [program, argument, …]`")
    }
    environment =
      reader.templates(
        driver.root["env"], "`env`", driver.settingsScope.with(["key": .string]))
      + reader.templates(node["env"], "`env`", scope)
    input = node["stdin"].map { reader.template($0, scope) }
    folder = (node["folder"] ?? driver.root["folder"]).map {
      reader.template($0, driver.settingsScope)
    }
    form = reader.choice(node["output"], "`output`") ?? .text
    timeout = Self.timeout(node["timeout"] ?? driver.root["timeout"], reader)
    outputLimit =
      reader.integer(node["output_limit"], "`output_limit`", in: 1...(1 << 30)) ?? 1 << 20
    let answered = scope.with([
      "stdout": .string, "stderr": .string, "exit_code": .int, "json": .dyn,
    ])
    exitCodes = Self.exitCodes(node["exit_codes"], answered, contract, reader)
    outputs = OutputTemplates(node["outputs"], answered, contract, reader)
    readsOutput = form == .json || outputs.read("stdout")
    readsErrorOutput = outputs.read("stderr")
  }

  /// Finds what is put into the script of a shell.
  private static func checkScript(
    _ run: [Node], _ arguments: [DriverTemplate], _ reader: DriverReader
  ) {
    guard let script = ScriptArgument(in: arguments.map { $0.literal?.asString }),
      !arguments[script.position].expressions.isEmpty
    else { return }
    let node = run[script.position]
    reader.report(
      .valueInScript, ScriptArgument.message, at: node.span,
      help: script.help(for: node.text ?? ""))
  }

  private static func timeout(_ node: Node?, _ reader: DriverReader) -> TimeSpan? {
    guard let node, let text = reader.text(node, "`timeout`") else { return nil }
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600]
    if let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count > 0,
      count < 1_000_000
    {
      return TimeSpan(seconds: count * unit)
    }
    reader.report(
      .driverShape, "`timeout` is a length of time such as `30s`, not `\(text)`", at: node.span)
    return nil
  }

  /// `{ 2: code, 3: { code, message, retry } }`.
  private static func exitCodes(
    _ node: Node?, _ scope: DriverScope, _ contract: OperationContract, _ reader: DriverReader
  ) -> [Int: ExitCode] {
    guard let node else { return [:] }
    var codes: [Int: ExitCode] = [:]
    for member in reader.members(node, "`exit_codes`") {
      guard let number = Int(member.name), (0...255).contains(number) else {
        reader.report(
          .driverShape, "`\(member.name)` is not an exit code from 0 to 255", at: member.key.span)
        continue
      }
      let isMap = member.value.members != nil
      if isMap {
        _ = reader.members(member.value, "an exit code", allowed: ["code", "message", "retry"])
      }
      guard let code = reader.text(isMap ? member.value["code"] : member.value, "`code`") else {
        continue
      }
      codes[number] = ExitCode(
        code: code, message: member.value["message"].map { reader.template($0, scope) },
        meaning: contract.errors.first { $0.code.hasSameBytes(as: code) }?.meaning,
        canRetry: reader.flag(member.value["retry"], "`retry`"))
    }
    return codes
  }

  func perform(_ invocation: Invocation) async throws(ActionFailure) -> ValueMap {
    let (command, context) = try await BlockingPool.shared.run {
      () throws(ActionFailure) -> (ProjectCommand, DriverContext) in
      let context = DriverContext(invocation, settings: try connection.resolvedSettings())
      return (try self.command(context), context)
    }
    let result = try await command.run(for: invocation)
    return try answer(result, command, context)
  }

  private func command(_ context: DriverContext) throws(ActionFailure) -> ProjectCommand {
    var command = ProjectCommand(arguments: try renderedArguments(context))
    for (name, template) in environment {
      guard let text = try template.renderText(context) else { continue }
      command.environment.append((name, text))
    }
    if let value = try input?.render(context) { command.input = try Self.bytes(of: value) }
    command.folder = try folder?.renderText(context) ?? "."
    command.timeout = timeout
    command.outputLimit = outputLimit
    return command
  }

  /// A list becomes one argument for each of its values, an absent value none. A value that would be
  /// read as an option is refused, unless a `--` stands before it.
  private func renderedArguments(_ context: DriverContext) throws(ActionFailure) -> [String] {
    var result: [String] = []
    var optionsEnded = false
    for template in arguments {
      guard let value = try template.render(context) else { continue }
      for item in value.asList ?? [value] {
        guard let text = item.insertedText else {
          throw .definite(code: "invalid_input", "\(template.place): a map cannot be an argument")
        }
        if template.startsWithValue, !result.isEmpty, !optionsEnded, text.hasPrefix("-") {
          throw .definite(
            code: "invalid_input",
            "the value `\(HeaderText.shown(text))` would be read as an option by `\(result[0])`",
            hint: "put `\"--\"` before it in the driver, where the program understands that")
        }
        result.append(text)
      }
      if template.literal == "--" { optionsEnded = true }
    }
    return result
  }

  /// Text as it is, anything else as JSON.
  private static func bytes(of value: Value) throws(ActionFailure) -> [UInt8] {
    if case .string(let text) = value { return Array(text.utf8) }
    guard let bytes = try? CanonicalJSON.encode(value) else {
      throw .definite(code: "invalid_input", "the standard input has no JSON form")
    }
    return bytes
  }

  private func answer(
    _ result: ProjectCommand.Result, _ command: ProjectCommand, _ context: DriverContext
  ) throws(ActionFailure) -> ValueMap {
    let context = context.with("exit_code", .int(Int64(result.exitCode))).with("json", .null)
    if let known = exitCodes[result.exitCode] {
      var failure = result.failure(of: command, code: known.code)
      let meaning = known.meaning ?? failure.message
      failure.message =
        known.message?.words(
          context.with("stdout", .string(result.output.shownText))
            .with("stderr", .string(result.errorOutput.shownText)), else: meaning) ?? meaning
      failure.canRetry = known.canRetry
      throw failure
    }
    guard result.exitCode == 0 else { throw result.failure(of: command) }
    var answered = context
    if readsOutput {
      let text = try text(of: result.output, "standard output", command)
      answered = answered.with("stdout", .string(text))
    }
    if readsErrorOutput {
      let text = try text(of: result.errorOutput, "standard error", command)
      answered = answered.with("stderr", .string(text))
    }
    guard form == .json else { return try rendered(answered, command) }
    guard let json = try? JSONReader.value(from: result.output.bytes) else {
      throw unusable("`\(command.arguments[0])` did not write JSON")
    }
    return try rendered(answered.with("json", json), command)
  }

  private func text(
    of stream: ProgramOutput, _ name: String, _ command: ProjectCommand
  ) throws(ActionFailure) -> String {
    let wrote = "`\(command.arguments[0])` succeeded, but wrote"
    guard !stream.isTruncated else {
      throw unusable(
        "\(wrote) more than \(outputLimit) bytes to its \(name)",
        hint: "raise `output_limit` in the driver")
    }
    guard let text = stream.text else {
      throw unusable(
        "\(wrote) to its \(name) what is not UTF-8 text",
        hint: "let it write UTF-8, or send it through a program that makes UTF-8 of it")
    }
    return text
  }

  private func rendered(
    _ answer: DriverContext, _ command: ProjectCommand
  ) throws(ActionFailure) -> ValueMap {
    do throws(ActionFailure) {
      return try outputs.render(answer)
    } catch {
      throw unusable(
        "`\(command.arguments[0])` succeeded, but its outputs cannot be read: \(error.message)",
        hint: "correct the driver's `outputs`")
    }
  }

  /// The program succeeded, but what it wrote cannot be used: with effects that is a doubt.
  private func unusable(_ message: String, hint: String? = nil) -> ActionFailure {
    contract.effects == .none
      ? .definite(code: "invalid_output", message, hint: hint)
      : .lost(code: "invalid_output", message, hint: hint)
  }
}

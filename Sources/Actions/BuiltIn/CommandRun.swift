import Values

/// `command.run`: a program with an argument list, in the project folder.
///
/// The program sees a small environment (`PATH`, `HOME`, the language, the time zone) and what the
/// step gives it, not everything that baton itself was started with.
struct CommandRun: ActionHandler {
  func perform(_ invocation: Invocation) async throws(ActionFailure) -> ValueMap {
    let inputs = invocation.inputs
    var command = ProjectCommand(
      arguments: (inputs["command"]?.asList ?? []).compactMap(\.asString))
    command.environment = (inputs["env"]?.asMap ?? [:]).compactMap { member in
      guard let name = member.key.asString, let value = member.value.asString else { return nil }
      return (name, value)
    }
    command.input = Array((inputs["stdin"]?.asString ?? "").utf8)
    command.folder = inputs["folder"]?.asString ?? "."
    if let limit = inputs["output_limit"]?.asNumber { command.outputLimit = Int(limit) }
    let accepted = (inputs["exit_codes"]?.asList ?? [0]).compactMap(\.asNumber).map(Int.init)
    let result = try await command.run(for: invocation)
    guard accepted.contains(result.exitCode) else { throw result.failure(of: command) }
    guard let output = result.output.text else {
      throw .lost(
        code: "invalid_output",
        "`\(command.arguments.first ?? "")` ended with exit code \(result.exitCode), but what it wrote"
          + " to its standard output is not UTF-8 text",
        details: ["exit_code": .int(Int64(result.exitCode))],
        hint: "let it write UTF-8, or send it through a program that makes UTF-8 of it, as"
          + " `iconv` and `base64` do")
    }
    return outputs(of: result, output, isSensitive: inputs["sensitive"]?.asBool == true)
  }

  private func outputs(
    of result: ProjectCommand.Result, _ output: String, isSensitive: Bool
  ) -> ValueMap {
    var outputs: ValueMap = [
      "exit_code": .int(Int64(result.exitCode)),
      "stdout": .string(isSensitive ? "" : output),
      // Remarks for people: one in another encoding makes nobody doubt that the program succeeded.
      "stderr": .string(isSensitive ? "" : result.errorOutput.shownText),
      "truncated": .bool(result.output.isTruncated || result.errorOutput.isTruncated),
    ]
    if isSensitive { outputs["secret"] = .string(output) }
    return outputs
  }
}

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
    return outputs(of: result, isSensitive: inputs["sensitive"]?.asBool == true)
  }

  private func outputs(of result: ProjectCommand.Result, isSensitive: Bool) -> ValueMap {
    var outputs: ValueMap = [
      "exit_code": .int(Int64(result.exitCode)),
      "stdout": .string(isSensitive ? "" : result.output),
      "stderr": .string(isSensitive ? "" : result.errorOutput),
      "truncated": .bool(result.isTruncated),
    ]
    if isSensitive { outputs["secret"] = .string(result.output) }
    return outputs
  }
}

import Values

/// `log.write`: a line for the people who watch the run.
struct LogWrite: ActionHandler {
  func perform(_ invocation: Invocation) async throws(ActionFailure) -> ValueMap {
    let level = invocation.inputs["level"]?.asString ?? "info"
    let message = invocation.inputs["message"]?.asString ?? ""
    invocation.log(level == "info" ? message : "\(level): \(message)")
    return [:]
  }
}

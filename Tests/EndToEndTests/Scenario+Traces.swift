extension Scenario {
  /// What a step is written with that runs a line of a shell.
  static func act(_ script: String) -> String {
    "action: command.run, with: { command: [sh, -c, \"\(script)\"] }"
  }

  /// The lines that steps have written to the file `trace`.
  func trace() throws -> [String] {
    try text("trace").split(separator: "\n").map(String.init)
  }
}

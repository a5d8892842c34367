import CommandLineKit

extension CommandCall {
  /// The files that were named, or else all workflows of the project.
  ///
  /// - Parameter withTests: also their tests, `*.test.yaml`.
  func workflowFiles(
    _ argument: CommandArgument, withTests: Bool
  ) throws(CommandFailure) -> [String] {
    let given = arguments.values(argument)
    guard given.isEmpty else { return given }
    let folder = (projectFolder == "." ? "" : projectFolder + "/") + "workflows"
    let found = FileAccess.names(in: folder).filter { name in
      (withTests || !name.contains(".test."))
        && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
    }
    guard !found.isEmpty else {
      throw CommandFailure(.notFound, "there is no workflow in `\(folder)`", help: "name a file")
    }
    return found.map { "\(folder)/\($0)" }
  }
}

extension String {
  /// Whether it is the path of a file of tests: `workflows/buy.test.yaml`.
  var isPathOfTests: Bool {
    [".test.yaml", ".test.yml", ".test.json"].contains { hasSuffix($0) }
  }
}

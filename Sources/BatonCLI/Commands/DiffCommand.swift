import CommandLineKit
import Publishing
import Workflows

/// `baton diff OLD NEW`.
enum DiffCommand: BatonCommand {
  static let name = "diff"
  private static let old = CommandArgument(
    "OLD", "the file of the earlier version", completion: .file)
  private static let new = CommandArgument(
    "NEW", "the file of the later version", completion: .file)
  private static let format = CommandOption.value(
    "format", "FORMAT", "the form", choices: ["text", "markdown", "json"])

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "tells what changed in a procedure for the people who follow it",
      discussion: [
        "Steps that are new, gone, moved or reworded, who does them, deadlines, conditions, fields "
          + "and operations, and which warnings are silenced. Steps are known by their ids. Layout, "
          + "order of keys, comments and the order of what is done side by side are no changes."
      ],
      arguments: [old, new], options: [format],
      examples: [
        .init("baton diff old.yaml workflows/standard-onboarding.yaml", "shows it"),
        .init(
          "baton diff old.yaml workflows/standard-onboarding.yaml --format markdown",
          "for a message to the team"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let before = try call.workflow(at: call.required(old), to: "compared")
      let after = try call.workflow(at: call.required(new), to: "compared")
      let report = ChangeReport(
        WorkflowComparison(from: before, to: after, isForAuthors: true))
      switch call.isJSON ? "json" : call.arguments.value(format) ?? "text" {
      case "json": call.console.write(json: report.json)
      case "markdown": call.console.output.write(report.markdown)
      default: call.console.output.write(report.text)
      }
      return .done
    }
  }
}

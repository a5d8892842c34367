import CommandLineKit
import Publishing

/// `baton document WORKFLOW`.
enum DocumentCommand: BatonCommand {
  static let name = "document"
  private static let workflow = CommandArgument(
    "WORKFLOW", "the workflow's file", completion: .file)
  private static let format = CommandOption.value(
    "format", "FORMAT",
    "the form; default: by the ending of the file that is written, else markdown",
    choices: ["markdown", "html"])
  private static let output = CommandOption.value(
    "output", short: "o", "FILE", "writes it to a file", completion: .file)

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "writes the procedure out for people, from the file that runs",
      discussion: [
        "Purpose, responsibilities, prerequisites, every step with who does it and until when, "
          + "checklists, what to do by hand, troubleshooting, metrics, rollback, document control. "
          + "Expressions are put into words.",
        "The HTML page holds everything it needs, the picture of `baton graph` included, and can be "
          + "printed.",
      ],
      arguments: [workflow], options: [format, output],
      examples: [
        .init("baton document workflows/standard-onboarding.yaml", "prints it as Markdown"),
        .init(
          "baton document workflows/standard-onboarding.yaml -o SOP-001.html", "writes a page"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let definition = try call.workflow(at: call.required(workflow), to: "documented")
      let document = ProcedureDocument(definition)
      let text = isPage(call) ? document.html : document.markdown
      if let path = call.arguments.value(output) {
        try FileAccess.write(text, to: path, isPrivate: false)
      } else {
        call.console.output.write(text)
      }
      return .done
    }
  }

  private static func isPage(_ call: CommandCall) -> Bool {
    if let format = call.arguments.value(format) { return format == "html" }
    let path = call.arguments.value(output) ?? ""
    return path.hasSuffix(".html") || path.hasSuffix(".htm")
  }
}

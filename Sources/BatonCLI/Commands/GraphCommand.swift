import CommandLineKit
import Publishing
import Workflows

/// `baton graph WORKFLOW`.
enum GraphCommand: BatonCommand {
  static let name = "graph"
  private static let workflow = CommandArgument(
    "WORKFLOW", "the workflow's file", completion: .file)
  private static let format = CommandOption.value(
    "format", "FORMAT",
    "the form; default: by the ending of the file that is written, else mermaid",
    choices: ["mermaid", "dot", "svg"])
  private static let output = CommandOption.value(
    "output", short: "o", "FILE", "writes it to a file", completion: .file)

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "draws a workflow: steps, branches, loops, waits, people, ways after a failure",
      discussion: [
        "The picture (svg) is drawn without any other program and is the same on every machine; it "
          + "suits light and dark pages and printing. Mermaid is what GitHub and GitLab show in "
          + "Markdown, DOT is for Graphviz."
      ],
      arguments: [workflow], options: [format, output],
      examples: [
        .init("baton graph workflows/standard-onboarding.yaml", "prints a Mermaid flowchart"),
        .init(
          "baton graph workflows/standard-onboarding.yaml -o onboarding.svg", "writes the picture"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let definition = try call.workflow(at: call.required(workflow), to: "drawn")
      let text =
        switch wanted(call) {
        case "svg": SVGGraph.text(of: definition)
        case "dot": DOTGraph.text(of: definition)
        default: MermaidGraph.text(of: definition)
        }
      if let path = call.arguments.value(output) {
        try FileAccess.write(text, to: path, isPrivate: false)
      } else {
        call.console.output.write(text)
      }
      return .done
    }
  }

  private static func wanted(_ call: CommandCall) -> String {
    if let format = call.arguments.value(format) { return format }
    let path = call.arguments.value(output) ?? ""
    if path.hasSuffix(".svg") { return "svg" }
    return path.hasSuffix(".dot") || path.hasSuffix(".gv") ? "dot" : "mermaid"
  }
}

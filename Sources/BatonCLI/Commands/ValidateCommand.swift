import CommandLineKit
import Plugins
import Runner
import SourceText
import Values
import Workflows

/// `baton validate [FILE…]`.
enum ValidateCommand: BatonCommand {
  static let name = "validate"
  private static let files = CommandArgument(
    "FILE", "a workflow's file; default: all in workflows/", .any, completion: .file)
  private static let format = CommandOption.value(
    "format", "FORMAT", "the form of the findings", choices: ["text", "json", "github"])
  private static let strict = CommandOption.flag("strict", "warnings count as errors")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "finds every problem of workflows, all at once",
      arguments: [files], options: [format, strict],
      examples: [
        .init("baton validate", "checks all workflows of the project"),
        .init("baton validate workflows/standard-onboarding.yaml", "checks one"),
        .init("baton validate --format github", "annotates a pull request"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let project = try call.project()
      let catalog = try call.catalog(of: project)
      let paths = try paths(call)
      let diagnostics = Diagnostics()
      for path in paths {
        let bytes = try FileAccess.read(path, console: call.console)
        let workflow = Workflow.load(
          file: SourceFile(path: path, bytes: bytes), catalog: catalog,
          workflows: project.workflows, into: diagnostics)
        for sentence in workflow?.beyondThisRelease ?? [] {
          call.console.errors.line("note: \(path): \(sentence)")
        }
      }
      show(diagnostics, paths.count, call)
      let isBad = diagnostics.hasErrors || (call.arguments.has(strict) && !diagnostics.isEmpty)
      return isBad ? .invalid : .done
    }
  }

  private static func paths(_ call: CommandCall) throws(CommandFailure) -> [String] {
    let given = call.arguments.values(files)
    guard given.isEmpty else { return given }
    let folder = (call.projectFolder == "." ? "" : call.projectFolder + "/") + "workflows"
    let found = FileAccess.names(in: folder).filter { name in
      !name.contains(".test.") && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
    }
    guard !found.isEmpty else {
      throw CommandFailure(.notFound, "there is no workflow in `\(folder)`", help: "name a file")
    }
    return found.map { "\(folder)/\($0)" }
  }

  private static func show(_ diagnostics: Diagnostics, _ count: Int, _ call: CommandCall) {
    switch call.isJSON ? "json" : call.arguments.value(format) ?? "text" {
    case "json": call.console.write(json: json(diagnostics))
    case "github": for diagnostic in diagnostics.sorted { annotate(diagnostic, call) }
    default:
      let style = call.console.output.style
      call.console.output.write(
        DiagnosticRenderer(colour: style.isColored).render(diagnostics))
      guard !call.isQuiet else { return }
      call.console.errors.line(summary(diagnostics, count))
    }
  }

  private static func summary(_ diagnostics: Diagnostics, _ count: Int) -> String {
    func number(_ count: Int, _ word: String) -> String {
      "\(count) \(word)\(count == 1 ? "" : "s")"
    }
    let files = number(count, "workflow")
    guard !diagnostics.isEmpty else { return "\(files), no problems" }
    return "\(files), \(number(diagnostics.errorCount, "error")), "
      + number(diagnostics.warningCount, "warning")
  }

  private static func json(_ diagnostics: Diagnostics) -> Value {
    let list = diagnostics.sorted.map { diagnostic -> Value in
      let start = diagnostic.file.location(of: diagnostic.span.start)
      let end = diagnostic.file.location(of: diagnostic.span.end)
      var map: ValueMap = [
        "severity": .string(diagnostic.severity.rawValue), "code": .string(diagnostic.code.text),
        "message": .string(diagnostic.message), "file": .string(diagnostic.file.path),
        "line": .int(Int64(start.line)), "column": .int(Int64(start.column)),
        "end_line": .int(Int64(end.line)), "end_column": .int(Int64(end.column)),
      ]
      map["label"] = diagnostic.label.map { .string($0) }
      map["help"] = diagnostic.help.map { .string($0) }
      return .map(map)
    }
    return ["format": "baton-validation/1", "findings": .list(list)]
  }

  /// A workflow command of GitHub Actions; what could end it is escaped as its documentation says.
  private static func annotate(_ diagnostic: Diagnostic, _ call: CommandCall) {
    func escaped(_ text: String, _ more: String = "") -> String {
      text.unicodeScalars.reduce(into: "") { result, scalar in
        switch scalar {
        case "%": result += "%25"
        case "\r": result += "%0D"
        case "\n": result += "%0A"
        case ":" where !more.isEmpty: result += "%3A"
        case "," where !more.isEmpty: result += "%2C"
        default: result.unicodeScalars.append(scalar)
        }
      }
    }
    let place = diagnostic.file.location(of: diagnostic.span.start)
    let message = diagnostic.message + (diagnostic.help.map { "\n\($0)" } ?? "")
    call.console.output.line(
      "::\(diagnostic.severity.rawValue) file=\(escaped(diagnostic.file.path, ":,")),"
        + "line=\(place.line),col=\(place.column),title=\(diagnostic.code.text)::\(escaped(message))"
    )
  }
}

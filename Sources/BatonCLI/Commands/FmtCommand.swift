import CommandLineKit
import Publishing
import SourceText

/// `baton fmt [FILE…]`.
enum FmtCommand: BatonCommand {
  static let name = "fmt"
  private static let files = CommandArgument(
    "FILE", "a YAML or JSON file; default: all in workflows/; `-` is standard input", .any,
    completion: .file)
  private static let check = CommandOption.flag(
    "check", "changes nothing; names the files that are not in the canonical layout, exit code 1")
  private static let diff = CommandOption.flag(
    "diff", "changes nothing; shows what would change")
  private static let stdout = CommandOption.flag(
    "stdout", "changes nothing; prints the canonical layout")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "brings workflows into the canonical layout; comments stay",
      discussion: [
        "Two spaces a level, the keys in the language's order, short lists and maps on one line, "
          + "comments of neighbouring lines below each other. No value changes: the result is read "
          + "back and compared before it is written."
      ],
      arguments: [files], options: [check, diff, stdout],
      examples: [
        .init("baton fmt", "formats all workflows of the project and their tests"),
        .init("baton fmt --check", "says whether they are formatted, for continuous integration"),
        .init("baton fmt --diff workflows/standard-onboarding.yaml", "shows what would change"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let paths = try call.workflowFiles(files, withTests: true)
      var code = ExitCode.done
      var changed = 0
      for path in paths {
        switch try format(path, call) {
        case .same?: break
        case .changed?: changed += 1
        case .refused?, nil: code = .invalid
        }
      }
      if !call.isQuiet, !call.arguments.has(stdout), paths != ["-"] {
        call.console.errors.line(summary(changed, paths.count, call))
      }
      return code == .done && changed > 0 && call.arguments.has(check) ? .failed : code
    }
  }

  private static func format(
    _ path: String, _ call: CommandCall
  ) throws(CommandFailure) -> DocumentFormatter.Outcome? {
    let bytes = try FileAccess.read(path, console: call.console)
    let file = SourceFile(path: path == "-" ? "standard input" : path, bytes: bytes)
    let diagnostics = Diagnostics()
    let outcome = DocumentFormatter.format(file, into: diagnostics)
    let renderer = DiagnosticRenderer(colour: call.console.errors.style.isColored)
    if !diagnostics.isEmpty { call.console.errors.write(renderer.render(diagnostics)) }
    try show(outcome, file, path, call)
    return outcome
  }

  private static func show(
    _ outcome: DocumentFormatter.Outcome?, _ file: SourceFile, _ path: String, _ call: CommandCall
  ) throws(CommandFailure) {
    let arguments = call.arguments
    let prints = arguments.has(stdout) || path == "-"
    switch outcome {
    case .refused(let sentence):
      call.console.show(error: "`\(file.path)` stays as it is: \(sentence)")
    case .same where prints && !arguments.has(diff) && !arguments.has(check):
      call.console.output.write(file.text)
    case .changed(let text):
      if arguments.has(diff) {
        let difference = LineDifference(from: file.text, to: text)
        call.console.output.write(
          difference.unified(from: file.path, to: "\(file.path) (formatted)"))
      } else if arguments.has(check) {
        call.console.output.line(file.path)
      } else if prints {
        call.console.output.write(text)
      } else {
        try FileAccess.replace(path, with: text)
        call.console.output.line(path)
      }
    default: break
    }
  }

  private static func summary(_ changed: Int, _ count: Int, _ call: CommandCall) -> String {
    let files = "\(count) file\(count == 1 ? "" : "s")"
    guard changed > 0 else { return "\(files), nothing to change" }
    let isOnlyShown = call.arguments.has(check) || call.arguments.has(diff)
    return "\(files), \(changed) \(isOnlyShown ? "to be formatted" : "formatted")"
  }
}

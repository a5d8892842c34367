import CommandLineKit

/// One command: its declaration, and what it does. One file each in `Commands`.
protocol BatonCommand {
  /// The name, known without building the declaration: a process starts faster for it.
  static var name: String { get }
  static var declaration: CommandDeclaration { get }
  static var body: CommandBody { get }
}

/// What a command does, at once or with things to wait for.
enum CommandBody {
  case immediate((CommandCall) throws(CommandFailure) -> ExitCode)
  case waiting(@Sendable (CommandCall) async throws(CommandFailure) -> ExitCode)
}

/// The options that every command takes.
enum CommonOptions {
  static let project = CommandOption.value(
    "project", short: "C", "FOLDER", "the project's folder; default: the nearest with a baton.yaml",
    completion: .folder)
  static let environment = CommandOption.value(
    "environment", short: "e", "NAME", "the environment of baton.yaml to use; default: local")
  static let json = CommandOption.flag("json", "prints JSON for programs")
  static let quiet = CommandOption.flag("quiet", short: "q", "prints ids only, and no progress")
  static let noInput = CommandOption.flag("no-input", "never asks anything")
  static let color = CommandOption.value(
    "color", "WHEN", "colours the output", choices: ColorChoice.allCases.map(\.rawValue))
  static let help = CommandOption.flag("help", short: "h", "shows this help")

  static var all: [CommandOption] {
    [project, environment, json, quiet, noInput, color, help]
  }
}

/// Options and arguments that several commands share, with one meaning.
enum SharedOptions {
  static let run = CommandArgument(
    "RUN", "the run: its id or any unique part of it",
    completion: .lines(["list", "--quiet"]))
  static let step = CommandArgument("STEP", "the address of the step, as `status` shows it")
  static let input = CommandOption.value(
    "input", short: "i", "NAME=VALUE", "an input", isRepeatable: true)
  static let inputs = CommandOption.value(
    "inputs", "FILE", "a YAML or JSON file with inputs; `-` reads standard input",
    completion: .file)
  static let timeZone = CommandOption.value(
    "time-zone", "ZONE", "the time zone of what is shown, Africa/Johannesburg; default: UTC")
  static let reason = CommandOption.value("reason", "TEXT", "why, for the record")
  static let evidence = CommandOption.value(
    "evidence", "FILE",
    "a file that proves it, at most 100 MB; kept with the run, with its name. `-` reads standard input",
    completion: .file,
    isRepeatable: true)
}

@testable import CommandLineKit

/// A small program that has one of everything.
enum SampleProgram {
  static let input = CommandOption.value(
    "input", short: "i", "NAME=VALUE", "an input of the run", isRepeatable: true)
  static let format = CommandOption.value(
    "format", "FORMAT", "the form", choices: ["text", "markdown", "json"])
  static let rehearse = CommandOption.flag("rehearse", short: "r", "does nothing for real")
  static let json = CommandOption.flag("json", "prints JSON")
  static let quiet = CommandOption.flag("quiet", short: "q", "prints ids only")
  static let folder = CommandOption.value(
    "project", short: "C", "FOLDER", "the project", completion: .folder)

  static let workflow = CommandArgument("WORKFLOW", "the file", completion: .file)
  static let more = CommandArgument("FIELD=VALUE", "what to say", .any)

  static let run = CommandDeclaration(
    "run", "starts a run", discussion: ["It asks on a terminal and parks otherwise."],
    arguments: [workflow, more], options: [input, format, rehearse],
    examples: [.init("tool run a.yaml -i x=1", "starts it")])
  static let list = CommandDeclaration("plugins", "lists plugins", examples: [])
  static let attempt = CommandDeclaration(
    "plugins try", "calls one", arguments: [CommandArgument("OPERATION", "which one")],
    examples: [])

  static let program = ProgramDeclaration(
    name: "tool", version: "1.0", summary: "does it",
    groups: [.init("Work", [run]), .init("Look", [list, attempt])],
    commonOptions: [json, quiet, folder], exitCodes: [.init(0, "done"), .init(2, "usage")])

  static func parse(_ words: String...) throws(UsageError) -> ParsedArguments {
    try CommandParser(
      program: "tool", command: run, commonOptions: program.commonOptions
    ).parse(words)
  }
}

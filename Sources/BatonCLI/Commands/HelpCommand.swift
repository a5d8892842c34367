import CommandLineKit

/// `baton help [COMMAND | CODE | expressions]`.
enum HelpCommand: BatonCommand {
  static let name = "help"
  private static let topic = CommandArgument(
    "TOPIC", "a command, the code of a finding, or `expressions`", .any,
    completion: .choices(["expressions"]))
  private static let manual = CommandOption.flag("man", "prints the man page, as roff")
  private static let reference = CommandOption.flag(
    "reference", "prints the reference page of all commands, as Markdown")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "explains a command, a finding, or what expressions can do",
      arguments: [topic], options: [manual, reference],
      examples: [
        .init("baton help run", "explains `run`"),
        .init("baton help B0301", "explains a finding"),
        .init("baton help expressions", "lists the functions of expressions"),
        .init("baton help --man > baton.1", "writes the man page"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      call.console.output.write(try page(for: call))
      return .done
    }
  }

  private static func page(for call: CommandCall) throws(CommandFailure) -> String {
    let program = CommandTable.program
    if call.arguments.has(manual) { return ManualPage(program).text }
    if call.arguments.has(reference) { return ReferencePage(program).text }
    let output = call.console.output
    let pages = HelpPage(program, columns: output.columns, style: output.style)
    let topics = call.arguments.values(topic)
    let name = topics.joined(separator: " ")
    if name.isEmpty { return pages.overview() }
    if topics.first == "expressions" {
      let help = ExpressionHelp(columns: output.columns)
      return topics.count == 1 ? help.text : help.text(for: topics[1])
    }
    if let page = DiagnosticPage(code: name.uppercased()) { return page.text }
    guard let command = CommandTable.command(named: name) else {
      throw CommandFailure(
        .unknownCommand(name, program: "baton", known: CommandTable.names + ["expressions"]))
    }
    return pages.page(of: command.declaration)
  }
}

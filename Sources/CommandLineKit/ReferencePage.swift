/// The reference page of a program, as Markdown.
package struct ReferencePage: Sendable {
  private let program: ProgramDeclaration

  package init(_ program: ProgramDeclaration) { self.program = program }

  package var text: String {
    var lines = [
      "# The commands of \(program.name)", "",
      "<!-- Made from the declarations by `\(program.name) help --reference`. -->", "",
      capitalized(program.summary) + ".", "",
    ]
    for group in program.groups {
      lines += ["**\(group.title)**: " + links(to: group.commands), ""]
    }
    lines += ["## Options of every command", ""] + table(of: program.commonOptions)
    lines += ["", "## Exit codes", "", "| code | meaning |", "| --- | --- |"]
    lines += program.exitCodes.map { "| \($0.code) | \(cell($0.meaning)) |" }
    for command in program.commands { lines += section(of: command) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func section(of command: CommandDeclaration) -> [String] {
    let usage = HelpPage.usage(program: program.name, command: command)
    var lines = ["", "## \(command.name)", "", capitalized(command.summary) + ".", ""]
    lines += ["```", usage, "```"]
    for paragraph in command.discussion { lines += ["", paragraph] }
    if !command.arguments.isEmpty {
      lines += ["", "| argument | meaning |", "| --- | --- |"]
      lines += command.arguments.map { "| `\($0.usage)` | \(cell($0.help)) |" }
    }
    if !command.options.isEmpty { lines += [""] + table(of: command.options) }
    for example in command.examples {
      lines += ["", capitalized(example.meaning) + ":", "", "```", example.command, "```"]
    }
    return lines
  }

  private func table(of options: [CommandOption]) -> [String] {
    ["| option | meaning |", "| --- | --- |"]
      + options.map { option in
        let choices = option.choices.map { "`\($0)`" }.joined(separator: ", ")
        let help = option.help + (choices.isEmpty ? "" : ": " + choices)
        return "| `\(option.spelling.drop { $0 == " " })` | \(cell(help)) |"
      }
  }

  private func links(to commands: [CommandDeclaration]) -> String {
    commands.map { command in
      let anchor = command.name.split(separator: " ").joined(separator: "-")
      return "[\(command.name)](#\(anchor))"
    }.joined(separator: ", ")
  }

  private func cell(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }

  private func capitalized(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }
}

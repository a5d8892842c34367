/// The man page of a program in section 1, as roff.
package struct ManualPage: Sendable {
  private let program: ProgramDeclaration

  package init(_ program: ProgramDeclaration) { self.program = program }

  package var text: String {
    var lines = [
      ".TH \(program.name.uppercased()) 1 \"\" \"\(program.name) \(escaped(program.version))\"",
      ".SH NAME", "\(program.name) \\- \(escaped(program.summary))",
      ".SH SYNOPSIS", ".B \(program.name)", "COMMAND [options] [arguments]",
      ".SH OPTIONS OF EVERY COMMAND",
    ]
    for option in program.commonOptions { lines += entry(for: option) }
    for group in program.groups {
      lines.append(".SH \(escaped(group.title.uppercased()))")
      for command in group.commands { lines += section(of: command) }
    }
    lines.append(".SH EXIT STATUS")
    for code in program.exitCodes { lines += [".TP", ".B \(code.code)", escaped(code.meaning)] }
    return lines.joined(separator: "\n") + "\n"
  }

  private func section(of command: CommandDeclaration) -> [String] {
    let usage = HelpPage.usage(program: program.name, command: command)
    var lines = [".SS \(escaped(usage))", escaped(command.summary) + "."]
    for paragraph in command.discussion { lines += [".PP", escaped(paragraph)] }
    for argument in command.arguments {
      lines += [".TP", ".I \(escaped(argument.name))", escaped(argument.help)]
    }
    for option in command.options { lines += entry(for: option) }
    for example in command.examples {
      lines += [
        ".PP", escaped(example.meaning) + ":", ".PP", ".EX", escaped(example.command), ".EE",
      ]
    }
    return lines
  }

  private func entry(for option: CommandOption) -> [String] {
    let spelling = option.spelling.drop { $0 == " " }
    let choices = option.choices.isEmpty ? "" : ": " + option.choices.joined(separator: ", ")
    return [".TP", ".B \(escaped(String(spelling)))", escaped(option.help + choices)]
  }

  // A point or a quote at the start of a line would be an instruction.
  private func escaped(_ text: String) -> String {
    let escaped = text.map { character -> String in
      switch character {
      case "\\": "\\e"
      case "-": "\\-"
      case "\n": " "
      default: String(character)
      }
    }.joined()
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}

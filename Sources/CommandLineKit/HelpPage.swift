/// The pages that `--help` and `help` print, made from the declarations.
package struct HelpPage: Sendable {
  private let program: ProgramDeclaration
  private let columns: Int
  private let style: TextStyle

  /// - Parameter columns: the width of the page.
  package init(_ program: ProgramDeclaration, columns: Int = 80, style: TextStyle = .plain) {
    self.program = program
    self.columns = columns
    self.style = style
  }

  /// `baton run [options] WORKFLOW`.
  package static func usage(program: String, command: CommandDeclaration) -> String {
    ([program, command.name, "[options]"] + command.arguments.map(\.usage)).joined(separator: " ")
  }

  /// The overview of all commands.
  package func overview() -> String {
    var lines = ["\(program.name) \(program.version): \(program.summary)", ""]
    lines += [style.bold("Usage:") + " \(program.name) COMMAND [options] [arguments]"]
    let width = (program.commands.map(\.name.count).max() ?? 0) + 2
    for group in program.groups {
      lines += ["", style.bold("\(group.title):")]
      for command in group.commands { lines += row(command.name, command.summary, width) }
    }
    lines += ["", style.bold("Options of every command:")] + rows(of: program.commonOptions)
    lines += ["", "`\(program.name) help COMMAND` says more about one command."]
    return page(lines)
  }

  /// The page of one command.
  package func page(of command: CommandDeclaration) -> String {
    var lines = TextLayout.wrapped(capitalized(command.summary) + ".", to: columns)
    let usage = Self.usage(program: program.name, command: command)
    lines += ["", style.bold("Usage:") + " " + usage]
    for paragraph in command.discussion {
      lines += [""] + TextLayout.wrapped(paragraph, to: columns)
    }
    if !command.arguments.isEmpty { lines += ["", style.bold("Arguments:")] }
    let width = (command.arguments.map(\.name.count).max() ?? 0) + 2
    for argument in command.arguments { lines += row(argument.name, argument.help, width) }
    if !command.options.isEmpty {
      lines += ["", style.bold("Options:")] + rows(of: command.options)
    }
    lines += ["", style.bold("Options of every command:")] + rows(of: program.commonOptions)
    if !command.examples.isEmpty { lines += ["", style.bold("Examples:")] }
    for example in command.examples {
      lines += ["  " + style.bold(example.command)]
      lines += TextLayout.wrapped(example.meaning, to: columns - 6).map { "      " + $0 }
    }
    return page(lines)
  }

  private func rows(of options: [CommandOption]) -> [String] {
    let width = min((options.map(\.spelling.count).max() ?? 0) + 2, 32)
    return options.flatMap { option in row(option.spelling, help(of: option), width) }
  }

  private func help(of option: CommandOption) -> String {
    let choices = option.choices.isEmpty ? "" : ": " + option.choices.joined(separator: ", ")
    return option.help + choices
  }

  private func row(_ name: String, _ help: String, _ width: Int) -> [String] {
    let wrapped = TextLayout.wrapped(help, to: max(columns - width - 2, 20))
    let indent = String(repeating: " ", count: width + 2)
    let first = "  " + TextLayout.padded(name, to: width)
    if TextLayout.width(of: name) + 2 > width {
      return ["  " + name] + wrapped.map { indent + $0 }
    }
    return [first + (wrapped.first ?? "")] + wrapped.dropFirst().map { indent + $0 }
  }

  private func capitalized(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }

  private func page(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }
}

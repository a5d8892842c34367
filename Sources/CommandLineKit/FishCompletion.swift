/// Completions for fish: one `complete` line an option and argument.
struct FishCompletion {
  private let program: ProgramDeclaration

  init(_ program: ProgramDeclaration) { self.program = program }

  var script: String {
    var lines = ["# Completions of \(program.name) for fish.", "complete -c \(program.name) -f"]
    for option in program.commonOptions { lines.append(line(for: option, condition: nil)) }
    for command in program.commands where !command.name.contains(" ") {
      let summary = quoted(command.summary)
      lines.append(
        "complete -c \(program.name) -n __fish_use_subcommand -a \(command.name) -d \(summary)")
      let condition = quoted("__fish_seen_subcommand_from \(command.name)")
      for option in command.options { lines.append(line(for: option, condition: condition)) }
      for argument in command.arguments {
        guard let values = values(argument.completion) else { continue }
        lines.append("complete -c \(program.name) -n \(condition) \(values)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(for option: CommandOption, condition: String?) -> String {
    var words = ["complete -c \(program.name)"]
    if let condition { words.append("-n \(condition)") }
    if let short = option.short { words.append("-s \(short)") }
    words.append("-l \(option.name)")
    if option.placeholder != nil {
      words.append("-r")
      if let values = values(option.completion) { words.append(values) }
    }
    return (words + ["-d " + quoted(option.help)]).joined(separator: " ")
  }

  private func values(_ completion: Completion) -> String? {
    switch completion {
    case .nothing: nil
    case .file: "-F"
    case .folder: "-a '(__fish_complete_directories)'"
    case .choices(let choices): "-a " + quoted(choices.joined(separator: " "))
    case .lines(let arguments):
      "-a " + quoted("(\(program.name) \(arguments.joined(separator: " ")) 2>/dev/null)")
    }
  }

  private func quoted(_ text: String) -> String {
    "'" + text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "'"
  }
}

/// Completions for fish: one `complete` line an option and argument.
struct FishCompletion {
  private let program: ProgramDeclaration

  init(_ program: ProgramDeclaration) { self.program = program }

  var script: String {
    var lines = [head, "complete -c \(program.name) -f"]
    for option in program.commonOptions { lines.append(line(for: option, condition: nil)) }
    for command in program.commands where !command.name.contains(" ") {
      lines.append(
        line(for: command, word: command.name, condition: "not _\(program.name)_command >/dev/null")
      )
    }
    for command in program.commands {
      let condition = "_\(program.name)_is \(quoted(command.name))"
      for (word, other) in program.secondWords(of: command) {
        lines.append(line(for: other, word: word, condition: condition))
      }
      for option in command.options { lines.append(line(for: option, condition: condition)) }
      for argument in command.arguments {
        guard let values = values(argument.completion) else { continue }
        lines.append("complete -c \(program.name) -n \(doubleQuoted(condition)) \(values)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What tells which command is typed: its words stand among options and their values.
  private var head: String {
    let longer = program.commands.map(\.name).filter { $0.contains(" ") }
    return """
      # Completions of \(program.name) for fish.
      function _\(program.name)_command
        set -l words
        set -l isvalue
        set -l typed (commandline -opc)
        for word in $typed[2..-1]
          if set -q isvalue[1]
            set -e isvalue[1]
            continue
          end
          switch $word
            case \(program.optionsWithValues.joined(separator: " "))
              set isvalue yes
            case '-*'
            case '*'
              set -a words $word
          end
        end
        set -q words[1]; or return 1
        switch "$words[1..2]"
          case \(longer.map(quoted).joined(separator: " "))
            echo "$words[1..2]"
          case '*'
            echo $words[1]
        end
      end
      function _\(program.name)_is
        test "$argv" = (_\(program.name)_command; or echo '')
      end
      """
  }

  private func line(
    for command: CommandDeclaration, word: String, condition: String
  ) -> String {
    "complete -c \(program.name) -n \(doubleQuoted(condition)) -a \(word)"
      + " -d \(quoted(command.summary))"
  }

  private func line(for option: CommandOption, condition: String?) -> String {
    var words = ["complete -c \(program.name)"]
    if let condition { words.append("-n \(doubleQuoted(condition))") }
    if let short = option.short { words.append("-s \(short)") }
    words.append("-l \(option.name)")
    if option.placeholder != nil {
      words.append(option.completion == .file ? "-r" : "-x")
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

  private func doubleQuoted(_ text: String) -> String { "\"\(text)\"" }

  private func quoted(_ text: String) -> String {
    "'" + text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "'"
  }
}

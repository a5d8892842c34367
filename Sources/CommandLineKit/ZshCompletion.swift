/// Completions for zsh: a function over `_arguments` with a case a command.
struct ZshCompletion {
  private let program: ProgramDeclaration

  init(_ program: ProgramDeclaration) { self.program = program }

  var script: String {
    """
    #compdef \(program.name)
    # Completions of \(program.name) for zsh.
    _\(program.name)() {
      local context state state_descr line
      typeset -A opt_args
      _arguments -C \\
    \(program.commonOptions.map(specification).map { "    \($0) \\" }.joined(separator: "\n"))
        '1:command:->command' \\
        '*::argument:->argument'
      case $state in
        command)
          local -a commands=(
    \(program.commands.filter { !$0.name.contains(" ") }.map(described).joined(separator: "\n"))
          )
          _describe command commands ;;
        argument)
          case $words[1] in
    \(program.commands.filter { !$0.name.contains(" ") }.map(commandCase).joined(separator: "\n"))
          esac ;;
      esac
    }
    if [ "$funcstack[1]" = "_\(program.name)" ]; then
      _\(program.name) "$@"
    else
      compdef _\(program.name) \(program.name)
    fi

    """
  }

  private func described(_ command: CommandDeclaration) -> String {
    "        " + shellQuoted(command.name + ":" + command.summary)
  }

  private func commandCase(_ command: CommandDeclaration) -> String {
    let second = program.secondWords(of: command)
    guard !second.isEmpty else {
      return "        \(command.name)) \(arguments(of: command)) ;;"
    }
    let cases = second.map { word, command in
      "            \(word)) shift words; (( CURRENT-- )); \(arguments(of: command)) ;;"
    }
    let choices = shellQuoted("1:command:(\(second.map(\.word).joined(separator: " ")))")
    return "        \(command.name)) case $words[2] in\n" + cases.joined(separator: "\n")
      + "\n            *) \(arguments(of: command)) \\\n          \(choices) ;;\n          esac ;;"
  }

  private func arguments(of command: CommandDeclaration) -> String {
    let options = (command.options + program.commonOptions).map(specification)
    let arguments = command.arguments.enumerated().map { position, argument in
      let isMany = argument.arity == .any || argument.arity == .atLeastOne
      let place = isMany ? "*" : "\(position + 1)"
      return shellQuoted("\(place):\(argument.name):\(action(argument.completion))")
    }
    let all = (options + arguments).joined(separator: " \\\n          ")
    return "_arguments \\\n          \(all)"
  }

  private func specification(_ option: CommandOption) -> String {
    let value = option.placeholder.map { ":\($0):\(action(option.completion))" } ?? ""
    let help = option.help.map { "[]:".contains($0) ? "\\\($0)" : String($0) }.joined()
    let repeated = option.isRepeatable ? "*" : ""
    let equals = option.placeholder == nil ? "" : "="
    let long = shellQuoted("\(repeated)--\(option.name)\(equals)[\(help)]\(value)")
    guard let short = option.short else { return long }
    return shellQuoted("\(repeated)-\(short)[\(help)]\(value)") + " " + long
  }

  private func action(_ completion: Completion) -> String {
    switch completion {
    case .nothing: " "
    case .file: "_files"
    case .folder: "_files -/"
    case .choices(let choices): "(\(choices.joined(separator: " ")))"
    case .lines(let arguments):
      "($(\(program.name) \(arguments.joined(separator: " ")) 2>/dev/null))"
    }
  }
}

/// Completions for bash: one function with a case a command.
struct BashCompletion {
  private let program: ProgramDeclaration

  init(_ program: ProgramDeclaration) { self.program = program }

  var script: String {
    """
    # Completions of \(program.name) for bash.
    _\(program.name)() {
      local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
      local command= word index position=0 isvalue=
      # bash takes `--option=value` for three words.
      if [[ $current == = ]]; then
        current=
      elif [[ $previous == = ]]; then
        previous=${COMP_WORDS[COMP_CWORD-2]}
      fi
      for ((index = 1; index < COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        if [[ $word == = ]]; then continue; fi
        if [[ -n $isvalue ]]; then isvalue=; continue; fi
        case $word in
          \(program.optionsWithValues.joined(separator: "|"))) isvalue=yes ;;
          -*) ;;
          *)
            case $position,"$command $word" in
              0,' '*) command=$word ;;
    \(secondWordCases)
              *) ((position++)) ;;
            esac ;;
        esac
      done
      COMPREPLY=()
      case $previous in
    \(optionCases)
      esac
      if [[ $current == -* ]]; then
        case $command in
    \(flagCases)
        esac
        return
      fi
      case $command in
        '') \(words(program.firstWords)) ;;
    \(argumentCases)
      esac
    }
    complete -F _\(program.name) \(program.name)

    """
  }

  private var secondWordCases: String {
    program.commands.filter { $0.name.contains(" ") }
      .map { "          0,\(shellQuoted($0.name))) command=\(shellQuoted($0.name)) ;;" }
      .joined(separator: "\n")
  }

  private var optionCases: String {
    var seen: Set<String> = []
    return (program.commands.flatMap(\.options) + program.commonOptions)
      .filter { $0.placeholder != nil && seen.insert($0.name).inserted }
      .map { option in
        let names = ["--" + option.name] + (option.short.map { ["-\($0)"] } ?? [])
        return "    \(names.joined(separator: "|"))) \(reply(option.completion)); return ;;"
      }
      .joined(separator: "\n")
  }

  private var flagCases: String {
    let common = program.commonOptions.map { "--" + $0.name }
    let cases = program.commands.map { command in
      let names = command.options.map { "--" + $0.name } + common
      return "      \(shellQuoted(command.name))) \(words(names)) ;;"
    }
    return (cases + ["      *) \(words(common)) ;;"]).joined(separator: "\n")
  }

  private var argumentCases: String {
    program.commands.compactMap { command in
      let second = program.secondWords(of: command)
      if !second.isEmpty {
        return "    \(command.name)) ((position)) || \(words(second.map(\.word))) ;;"
      }
      let replies = command.arguments.enumerated().compactMap { position, argument -> String? in
        guard argument.completion != .nothing else { return nil }
        let isLast = argument.arity == .any || argument.arity == .atLeastOne
        return "      \(isLast ? "*" : "\(position)")) \(reply(argument.completion)) ;;"
      }
      guard !replies.isEmpty else { return nil }
      return "    \(shellQuoted(command.name))) case $position in\n"
        + replies.joined(separator: "\n") + "\n    esac ;;"
    }
    .joined(separator: "\n")
  }

  private func words(_ words: [String]) -> String {
    reply("-W " + shellQuoted(words.joined(separator: " ")))
  }

  private func reply(_ completion: Completion) -> String {
    switch completion {
    case .nothing: ":"
    case .file: "compopt -o filenames 2>/dev/null; " + reply("-f")
    case .folder: "compopt -o filenames 2>/dev/null; " + reply("-d")
    case .choices(let choices): words(choices)
    case .lines(let arguments):
      reply("-W \"$(\(program.name) \(arguments.joined(separator: " ")) 2>/dev/null)\"")
    }
  }

  private func reply(_ generator: String) -> String {
    "mapfile -t COMPREPLY < <(compgen \(generator) -- \"$current\")"
  }
}

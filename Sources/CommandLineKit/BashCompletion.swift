/// Completions for bash: one function with a case a command.
struct BashCompletion {
  private let program: ProgramDeclaration

  init(_ program: ProgramDeclaration) { self.program = program }

  var script: String {
    """
    # Completions of \(program.name) for bash.
    _\(program.name)() {
      local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
      local command= word index position=0
      for ((index = 1; index < COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        case $word in
          -*) ;;
          *) if [[ -z $command ]]; then command=$word; else ((position++)); fi ;;
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
        '') COMPREPLY=($(compgen -W \(shellQuoted(firstWords)) -- "$current")) ;;
    \(argumentCases)
      esac
    }
    complete -F _\(program.name) \(program.name)

    """
  }

  private var firstWords: String {
    var words: [String] = []
    for command in program.commands {
      let word = String(command.name.prefix { $0 != " " })
      if !words.contains(word) { words.append(word) }
    }
    return words.joined(separator: " ")
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
    let cases = program.commands.filter { !$0.name.contains(" ") }.map { command in
      let names = command.options.map { "--" + $0.name } + common
      return "      \(command.name)) \(words(names)) ;;"
    }
    return (cases + ["      *) \(words(common)) ;;"]).joined(separator: "\n")
  }

  private var argumentCases: String {
    program.commands.filter { !$0.name.contains(" ") }.compactMap { command in
      let replies = command.arguments.enumerated().compactMap { position, argument -> String? in
        guard argument.completion != .nothing else { return nil }
        let isLast = argument.arity == .any || argument.arity == .atLeastOne
        return "      \(isLast ? "*" : "\(position)")) \(reply(argument.completion)) ;;"
      }
      guard !replies.isEmpty else { return nil }
      return "    \(command.name)) case $position in\n"
        + replies.joined(separator: "\n") + "\n    esac ;;"
    }
    .joined(separator: "\n")
  }

  private func words(_ words: [String]) -> String {
    "COMPREPLY=($(compgen -W \(shellQuoted(words.joined(separator: " "))) -- \"$current\"))"
  }

  private func reply(_ completion: Completion) -> String {
    switch completion {
    case .nothing: ":"
    case .file: "COMPREPLY=($(compgen -f -- \"$current\"))"
    case .folder: "COMPREPLY=($(compgen -d -- \"$current\"))"
    case .choices(let choices): words(choices)
    case .lines(let arguments):
      "COMPREPLY=($(compgen -W \"$(\(program.name) \(arguments.joined(separator: " "))"
        + " 2>/dev/null)\" -- \"$current\"))"
    }
  }
}

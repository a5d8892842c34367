/// A shell whose completions can be made.
package enum Shell: String, Sendable, CaseIterable {
  case bash, zsh, fish

  /// The script that teaches the shell to complete the program's command line.
  package func completionScript(for program: ProgramDeclaration) -> String {
    switch self {
    case .bash: BashCompletion(program).script
    case .zsh: ZshCompletion(program).script
    case .fish: FishCompletion(program).script
    }
  }
}

extension ProgramDeclaration {
  /// What can stand first, each once.
  var firstWords: [String] {
    var words: [String] = []
    for command in commands {
      let word = String(command.name.prefix { $0 != " " })
      if !words.contains(word) { words.append(word) }
    }
    return words
  }

  /// What can stand behind the name of a command to name another one: `try` behind `plugins`.
  func secondWords(of command: CommandDeclaration) -> [(word: String, command: CommandDeclaration)]
  {
    commands.compactMap { other in
      guard other.name.hasPrefix(command.name + " ") else { return nil }
      return (String(other.name.dropFirst(command.name.count + 1)), other)
    }
  }

  /// The options behind which a word is no argument, as they are typed.
  var optionsWithValues: [String] {
    var names: [String] = []
    for option in commands.flatMap(\.options) + commonOptions where option.placeholder != nil {
      for name in ["--" + option.name] + (option.short.map { ["-\($0)"] } ?? [])
      where !names.contains(name) { names.append(name) }
    }
    return names
  }
}

/// Text in single quotes for a shell of the Bourne family.
func shellQuoted(_ text: String) -> String {
  let parts = text.split(separator: "'", omittingEmptySubsequences: false)
  return "'" + parts.joined(separator: "'\\''") + "'"
}

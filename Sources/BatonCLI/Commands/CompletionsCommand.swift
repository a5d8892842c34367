import CommandLineKit

/// `baton completions SHELL`.
enum CompletionsCommand: BatonCommand {
  static let name = "completions"
  private static let shell = CommandArgument(
    "SHELL", "bash, zsh or fish", completion: .choices(Shell.allCases.map(\.rawValue)))

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "prints the script that teaches a shell to complete baton's commands",
      arguments: [shell],
      examples: [
        .init("source <(baton completions bash)", "teaches this shell"),
        .init(
          "baton completions fish > ~/.config/fish/completions/baton.fish",
          "teaches every fish from now on"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let name = call.required(shell)
      guard let shell = Shell(rawValue: name) else {
        throw .usage("`\(name)` is not a shell that baton knows", help: "bash, zsh or fish")
      }
      call.console.output.write(shell.completionScript(for: CommandTable.program))
      return .done
    }
  }
}

package import CommandLineKit

/// All commands.
package enum CommandTable {
  private static var groups: [(title: String, commands: [any BatonCommand.Type])] {
    [
      (
        "Write procedures",
        [
          ValidateCommand.self, PlanCommand.self, TestCommand.self, EvalCommand.self,
          FmtCommand.self, GraphCommand.self, DocumentCommand.self, SchemaCommand.self,
          NewCommand.self, DiffCommand.self,
        ]
      ),
      (
        "Carry them out",
        [
          RunCommand.self, ResumeCommand.self, AnswerCommand.self, ApproveCommand.self,
          RejectCommand.self, ClaimCommand.self, ReleaseCommand.self, EventCommand.self,
          RetryCommand.self, DoneCommand.self, SkipCommand.self, ResolveCommand.self,
          UndoCommand.self, RewindCommand.self, MigrateCommand.self, NoteCommand.self,
          CancelCommand.self,
        ]
      ),
      ("See where things stand", [ListCommand.self, StatusCommand.self, TasksCommand.self]),
      ("Prove what happened", [TranscriptCommand.self, VerifyCommand.self]),
      (
        "The installation",
        [
          TickCommand.self, PeopleCommand.self, PeopleTokenCommand.self, PeopleRevokeCommand.self,
          PluginsCommand.self, PluginsTryCommand.self, DoctorCommand.self,
          CompletionsCommand.self, HelpCommand.self, VersionCommand.self,
        ]
      ),
    ]
  }

  private static var commands: [any BatonCommand.Type] { groups.flatMap(\.commands) }

  static var names: [String] { commands.map { $0.name } }

  static func command(named name: String) -> (any BatonCommand.Type)? {
    commands.first { $0.name == name }
  }

  /// The declaration of the whole program.
  package static var program: ProgramDeclaration {
    ProgramDeclaration(
      name: "baton", version: BatonVersion.text,
      summary: "carries out written procedures with machines and people",
      groups: groups.map { group in
        ProgramDeclaration.Group(group.title, group.commands.map { $0.declaration })
      },
      commonOptions: CommonOptions.all,
      exitCodes: ExitCode.allCases.map { .init($0.rawValue, $0.meaning) })
  }

  /// What `--color` says, before anything else is known: errors of the command line have colours
  /// too.
  static func colorWord(in words: [String]) -> String? {
    for (position, word) in words.enumerated() {
      if word == "--" { return nil }
      if word.hasPrefix("--color=") { return String(word.dropFirst(8)) }
      if word == "--color", position + 1 < words.count { return words[position + 1] }
    }
    return nil
  }
}

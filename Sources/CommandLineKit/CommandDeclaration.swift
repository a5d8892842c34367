/// A positional argument of a command.
package struct CommandArgument: Sendable, Hashable {
  /// How many values the argument takes.
  package enum Arity: Sendable, Hashable {
    case one, optional, any, atLeastOne
  }

  /// The name in capitals, as the usage line shows it.
  package let name: String
  /// One sentence without a final stop.
  package let help: String
  package let arity: Arity
  package let completion: Completion

  package init(
    _ name: String, _ help: String, _ arity: Arity = .one, completion: Completion = .nothing
  ) {
    self.name = name
    self.help = help
    self.arity = arity
    self.completion = completion
  }

  /// How the usage line shows it: `RUN`, `[RUN]`, `[FILE…]`, `FILE…`.
  package var usage: String {
    switch arity {
    case .one: name
    case .optional: "[\(name)]"
    case .any: "[\(name)…]"
    case .atLeastOne: "\(name)…"
    }
  }
}

/// A command, declared once. Its name may have two words (`plugins try`).
package struct CommandDeclaration: Sendable {
  /// A command line people can copy, and what it does.
  package struct Example: Sendable, Hashable {
    package let command: String
    package let meaning: String

    package init(_ command: String, _ meaning: String) {
      self.command = command
      self.meaning = meaning
    }
  }

  package let name: String
  /// One sentence without a final stop, in the third person: "starts a run".
  package let summary: String
  /// Paragraphs for the command's own help page.
  package let discussion: [String]
  package let arguments: [CommandArgument]
  package let options: [CommandOption]
  package let examples: [Example]

  package init(
    _ name: String, _ summary: String, discussion: [String] = [],
    arguments: [CommandArgument] = [], options: [CommandOption] = [], examples: [Example]
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.arguments = arguments
    self.options = options
    self.examples = examples
  }
}

/// A program: its commands in groups, and the options that every command takes.
package struct ProgramDeclaration: Sendable {
  /// Commands that belong together, under a heading of the overview.
  package struct Group: Sendable {
    package let title: String
    package let commands: [CommandDeclaration]

    package init(_ title: String, _ commands: [CommandDeclaration]) {
      self.title = title
      self.commands = commands
    }
  }

  /// An exit code and what it says.
  package struct ExitCode: Sendable {
    package let code: Int32
    package let meaning: String

    package init(_ code: Int32, _ meaning: String) {
      self.code = code
      self.meaning = meaning
    }
  }

  package let name: String
  package let version: String
  /// One sentence without a final stop.
  package let summary: String
  package let groups: [Group]
  package let commonOptions: [CommandOption]
  package let exitCodes: [ExitCode]

  package init(
    name: String, version: String, summary: String, groups: [Group],
    commonOptions: [CommandOption], exitCodes: [ExitCode]
  ) {
    self.name = name
    self.version = version
    self.summary = summary
    self.groups = groups
    self.commonOptions = commonOptions
    self.exitCodes = exitCodes
  }

  /// All commands in the order of the overview.
  package var commands: [CommandDeclaration] { groups.flatMap(\.commands) }
}

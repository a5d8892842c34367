import SourceText

/// A command line that cannot be understood.
package struct UsageError: Error, Sendable, Hashable {
  /// A sentence in lower case without a final stop.
  package let message: String
  /// What to do about it, in the same form.
  package let help: String?

  package init(_ message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }

  static func unknownOption(_ spelling: String, of command: String, known: [String]) -> UsageError {
    UsageError(
      "unknown option `\(spelling)` for `\(command)`",
      help: suggestion(for: spelling, among: known) ?? "`\(command) --help` lists the options")
  }

  static func missingValue(of option: CommandOption) -> UsageError {
    let placeholder = option.placeholder ?? "VALUE"
    return UsageError("`--\(option.name)` needs a value: --\(option.name) \(placeholder)")
  }

  static func unexpectedValue(of option: CommandOption) -> UsageError {
    UsageError("`--\(option.name)` takes no value")
  }

  static func repeated(_ option: CommandOption) -> UsageError {
    UsageError("`--\(option.name)` is given twice")
  }

  static func notAChoice(_ value: String, of option: CommandOption) -> UsageError {
    let choices = option.choices.map { "`\($0)`" }.joined(separator: ", ")
    return UsageError(
      "`--\(option.name)` is one of \(choices), not `\(value)`",
      help: suggestion(for: value, among: option.choices))
  }

  static func missing(_ argument: CommandArgument, of command: String, usage: String) -> UsageError
  {
    UsageError("`\(command)` needs \(argument.name): \(argument.help)", help: "usage: \(usage)")
  }

  static func unexpected(_ value: String, of command: String, usage: String) -> UsageError {
    UsageError("unexpected argument `\(value)` for `\(command)`", help: "usage: \(usage)")
  }

  /// A name that is no command, with the nearest one that is.
  package static func unknownCommand(
    _ name: String, program: String, known: [String]
  ) -> UsageError {
    UsageError(
      "unknown command `\(name)`",
      help: suggestion(for: name, among: known) ?? "`\(program) help` lists the commands")
  }

  private static func suggestion(for word: String, among known: [String]) -> String? {
    nearest(word, among: known).map { "did you mean `\($0)`?" }
  }
}

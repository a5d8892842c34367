/// An option of a command, declared once: parsing, help, completions, the man page and the
/// reference page derive from it.
///
///     static let inputs = CommandOption.value(
///       "input", short: "i", "NAME=VALUE", "an input of the run", isRepeatable: true)
package struct CommandOption: Sendable, Hashable {
  /// The long name without its dashes.
  package let name: String
  /// The one-letter name, where there is one.
  package let short: Character?
  /// What stands for the value in the help, nil for a flag, which takes none.
  package let placeholder: String?
  /// One sentence without a final stop.
  package let help: String
  /// The values allowed, empty where any text is.
  package let choices: [String]
  /// What a shell offers for the value.
  package let completion: Completion
  /// Whether the option may be given more than once.
  package let isRepeatable: Bool

  /// An option without a value.
  package static func flag(
    _ name: String, short: Character? = nil, _ help: String
  ) -> CommandOption {
    CommandOption(
      name: name, short: short, placeholder: nil, help: help, choices: [], completion: .nothing,
      isRepeatable: false)
  }

  /// An option with a value.
  package static func value(
    _ name: String, short: Character? = nil, _ placeholder: String, _ help: String,
    choices: [String] = [], completion: Completion = .nothing, isRepeatable: Bool = false
  ) -> CommandOption {
    CommandOption(
      name: name, short: short, placeholder: placeholder, help: help, choices: choices,
      completion: choices.isEmpty ? completion : .choices(choices), isRepeatable: isRepeatable)
  }

  /// How people write it: `-i, --input NAME=VALUE`.
  package var spelling: String {
    let long = "--" + name + (placeholder.map { " " + $0 } ?? "")
    return short.map { "-\($0), " + long } ?? "    " + long
  }
}

/// What a shell offers when a value or an argument is completed.
package enum Completion: Sendable, Hashable {
  case nothing
  case file
  case folder
  case choices([String])
  /// The lines that the program prints for these arguments, `["list", "--quiet"]` for example.
  case lines([String])
}

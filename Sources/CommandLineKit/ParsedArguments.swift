/// What the command line gave for the options and arguments of one command.
package struct ParsedArguments: Sendable, Hashable {
  private var options: [String: [String]] = [:]
  private var arguments: [String: [String]] = [:]

  package init() {}

  /// Whether a flag, or an option with a value, was given.
  package func has(_ option: CommandOption) -> Bool { options[option.name] != nil }

  /// The value of an option; of a repeated one the last.
  package func value(_ option: CommandOption) -> String? { options[option.name]?.last }

  /// The values of a repeatable option in the order given.
  package func values(_ option: CommandOption) -> [String] { options[option.name] ?? [] }

  /// The value of an argument, nil where an optional one was left out.
  package func value(_ argument: CommandArgument) -> String? { arguments[argument.name]?.first }

  /// The values of an argument that takes several.
  package func values(_ argument: CommandArgument) -> [String] { arguments[argument.name] ?? [] }

  mutating func add(_ value: String, to option: CommandOption) {
    options[option.name, default: []].append(value)
  }

  mutating func add(_ value: String, to argument: CommandArgument) {
    arguments[argument.name, default: []].append(value)
  }
}

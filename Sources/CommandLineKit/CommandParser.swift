/// Reads the words after the command's name.
///
/// The GNU conventions: `--name value`, `--name=value`, `-n value`, `-nvalue`, flags together
/// (`-qv`), options and arguments in any order, and `--` after which everything is an argument.
package struct CommandParser: Sendable {
  private let program: String
  private let command: CommandDeclaration
  private let options: [CommandOption]

  package init(program: String, command: CommandDeclaration, commonOptions: [CommandOption]) {
    self.program = program
    self.command = command
    options = command.options + commonOptions
  }

  /// The options and arguments found in `words`.
  ///
  /// - Throws: ``UsageError`` for the first word that does not fit. Missing arguments are not an
  ///   error where an option in `excusing` was given (`--help`).
  package func parse(
    _ words: some Sequence<String>, excusing: [CommandOption] = []
  ) throws(UsageError) -> ParsedArguments {
    var parsed = ParsedArguments()
    var positional: [String] = []
    var rest = Array(words)[...]
    while let word = rest.popFirst() {
      if word == "--" {
        positional += rest
        break
      } else if word.hasPrefix("--") {
        try long(word.dropFirst(2), &rest, into: &parsed)
      } else if word.hasPrefix("-"), word != "-" {
        try short(word.dropFirst(), &rest, into: &parsed)
      } else {
        positional.append(word)
      }
    }
    let isExcused = excusing.contains { parsed.has($0) }
    if !isExcused { try assign(positional, into: &parsed) }
    return parsed
  }

  private var title: String { "\(program) \(command.name)" }
  private var usage: String { HelpPage.usage(program: program, command: command) }

  private func long(
    _ word: Substring, _ rest: inout ArraySlice<String>, into parsed: inout ParsedArguments
  ) throws(UsageError) {
    let name = word.prefix { $0 != "=" }
    guard let option = options.first(where: { $0.name == name }) else {
      throw .unknownOption("--\(name)", of: title, known: options.map { "--" + $0.name })
    }
    let given = name.endIndex == word.endIndex ? nil : word[name.endIndex...].dropFirst()
    if option.placeholder == nil {
      guard given == nil else { throw .unexpectedValue(of: option) }
      try record("", option, into: &parsed)
    } else {
      guard let value = given.map(String.init) ?? rest.popFirst() else {
        throw .missingValue(of: option)
      }
      try record(value, option, into: &parsed)
    }
  }

  private func short(
    _ word: Substring, _ rest: inout ArraySlice<String>, into parsed: inout ParsedArguments
  ) throws(UsageError) {
    var letters = word
    while let letter = letters.popFirst() {
      guard let option = options.first(where: { $0.short == letter }) else {
        let known = options.compactMap { $0.short.map { "-\($0)" } }
        throw .unknownOption("-\(letter)", of: title, known: letters.isEmpty ? known : [])
      }
      guard option.placeholder != nil else {
        try record("", option, into: &parsed)
        continue
      }
      guard let value = letters.isEmpty ? rest.popFirst() : String(letters) else {
        throw .missingValue(of: option)
      }
      return try record(value, option, into: &parsed)
    }
  }

  private func record(
    _ value: String, _ option: CommandOption, into parsed: inout ParsedArguments
  ) throws(UsageError) {
    if option.placeholder != nil, !option.isRepeatable, parsed.has(option) {
      throw .repeated(option)
    }
    if !option.choices.isEmpty, !option.choices.contains(value) {
      throw .notAChoice(value, of: option)
    }
    parsed.add(value, to: option)
  }

  private func assign(
    _ words: [String], into parsed: inout ParsedArguments
  ) throws(UsageError) {
    var rest = words[...]
    for argument in command.arguments {
      switch argument.arity {
      case .one, .atLeastOne:
        guard let word = rest.popFirst() else {
          throw .missing(argument, of: title, usage: usage)
        }
        parsed.add(word, to: argument)
      case .optional:
        if let word = rest.popFirst() { parsed.add(word, to: argument) }
      case .any: break
      }
      if argument.arity == .any || argument.arity == .atLeastOne {
        while let word = rest.popFirst() { parsed.add(word, to: argument) }
      }
    }
    if let word = rest.first { throw .unexpected(word, of: title, usage: usage) }
  }
}

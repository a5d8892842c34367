import CommandLineKit
import Testing

@testable import BatonCLI

@Suite struct DeclarationTests {
  private static let commands = CommandTable.program.commands

  @Test func `names are unique and agree with their declarations`() {
    #expect(Set(CommandTable.names).count == CommandTable.names.count)
    #expect(Self.commands.map(\.name) == CommandTable.names)
  }

  @Test(arguments: commands.map(\.name))
  func `a command has help, and examples that can be parsed`(name: String) throws {
    let command = try #require(Self.commands.first { $0.name == name })
    #expect(!command.summary.isEmpty && !command.summary.hasSuffix("."))
    #expect(!command.examples.isEmpty)
    for example in command.examples where example.command.hasPrefix("baton ") {
      let words = shellWords(example.command).dropFirst()
      let found = CommandLocator(names: CommandTable.names, commonOptions: CommonOptions.all)
        .find(in: Array(words))
      #expect(found.name == name)
      let parser = CommandParser(
        program: "baton", command: command, commonOptions: CommonOptions.all)
      #expect(throws: Never.self) { try parser.parse(found.words) }
    }
  }

  @Test(arguments: commands.map(\.name))
  func `no option hides another`(name: String) throws {
    let command = try #require(Self.commands.first { $0.name == name })
    let options = command.options + CommonOptions.all
    #expect(Set(options.map(\.name)).count == options.count)
    let letters = options.compactMap(\.short)
    #expect(Set(letters).count == letters.count)
  }

  @Test func `the exit codes are what the design says`() {
    #expect(ExitCode.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 70, 130])
  }

  /// The words of a line, single and double quotes removed; a redirection ends it.
  private func shellWords(_ line: String) -> [String] {
    var words: [String] = []
    var word = ""
    var quote: Character?
    for character in line {
      switch (character, quote) {
      case (">", nil), (")", nil): return words
      case (" ", nil):
        if !word.isEmpty { words.append(word) }
        word = ""
      case ("'", nil), ("\"", nil): quote = character
      case (_, let open?) where open == character: quote = nil
      default: word.append(character)
      }
    }
    return word.isEmpty ? words : words + [word]
  }
}

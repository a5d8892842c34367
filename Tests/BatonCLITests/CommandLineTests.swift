import CommandLineKit
import Testing

@testable import BatonCLI

/// Command lines that need no project, in this process.
@Suite struct CommandLineTests {
  private func baton(_ words: String...) -> (code: ExitCode, output: String, errors: String) {
    let console = Console(
      output: TextSink(), errors: TextSink(), input: TextSource(lines: [], isTerminal: false))
    let code = BatonProgram.perform(words, console: console)
    return (code, console.output.text, console.errors.text)
  }

  @Test func `prints its version`() {
    #expect(baton("version").output == "baton \(BatonVersion.text)\n")
    #expect(baton("--version").output == "baton \(BatonVersion.text)\n")
    #expect(baton("version", "--quiet").output == "\(BatonVersion.text)\n")
  }

  @Test func `suggests the command that was meant`() {
    let result = baton("statsu", "x")
    #expect(result.code == .usage)
    #expect(result.errors == "error: unknown command `statsu`\nhelp: did you mean `status`?\n")
  }

  @Test func `explains itself without a command, and as an error`() {
    #expect(baton().code == .usage)
    #expect(baton().errors.hasPrefix("baton \(BatonVersion.text): "))
    #expect(baton("--help").code == .done)
    #expect(baton("run", "--help").output.hasPrefix("Starts a run of a workflow"))
  }

  @Test(
    arguments: [
      ("1 + 2", [], "3\n", ExitCode.done), ("seats > 500", ["-i", "seats=600"], "true\n", .done),
      ("inputs.name", ["-i", "name=Ana"], "Ana\n", .done),
      ("[1, 2].map(x, x * 2)", [], "[2,4]\n", .done), ("1 > 2", ["--check"], "false\n", .failed),
      ("1 > 2", [], "false\n", .done),
    ] as [(String, [String], String, ExitCode)])
  func `evaluates expressions`(
    expression: String, options: [String], output: String, code: ExitCode
  ) {
    let console = Console(
      output: TextSink(), errors: TextSink(), input: TextSource(lines: [], isTerminal: false))
    #expect(
      BatonProgram.perform(["eval", expression] + options, console: console) == code)
    #expect(console.output.text == output)
  }

  @Test func `shows where an expression is wrong`() {
    let result = baton("eval", "seat + 1", "-i", "seats=3")
    #expect(result.code == .usage)
    #expect(result.errors.contains(" --> expression:1:1\n"))
    #expect(result.errors.contains("did you mean `seats`?"))
  }

  @Test func `says in words what is wrong with an expression`() {
    #expect(
      baton("eval", "'a' + 1").errors.contains("`+` does not work on text and an integer"))
    #expect(baton("eval", "len([1])").errors.contains("help: write `size(…)`"))
  }
}

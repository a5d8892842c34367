import Testing

@testable import CommandLineKit

@Suite struct TextTests {
  @Test func `a table fits its columns and leaves out empty ones`() {
    var table = Table(["RUN", "LABELS", "NAME"])
    table.add([.init("a"), .init(""), .init("First\nline")])
    table.add([.init("日本"), .init(""), .init("b")])
    #expect(table.text(style: .plain) == "RUN   NAME\na     First line\n日本  b\n")
  }

  @Test func `text from outside cannot drive the terminal`() {
    #expect(TextLayout.harmless("a\u{1B}[2Jb\u{202E}c\n") == "a␛[2Jb\u{FFFD}c\n")
  }

  @Test func `long lines are broken at spaces`() {
    #expect(TextLayout.wrapped("one two three", to: 8) == ["one two", "three"])
    #expect(TextLayout.wrapped("unbreakable a", to: 4) == ["unbreakable", "a"])
  }

  @Test(
    arguments: [
      (ColorChoice.auto, true, [:], true), (.auto, false, [:], false),
      (.auto, true, ["NO_COLOR": "1"], false), (.auto, true, ["NO_COLOR": ""], true),
      (.auto, true, ["TERM": "dumb"], false), (.always, false, ["NO_COLOR": "1"], true),
      (.never, true, [:], false),
    ] as [(ColorChoice, Bool, [String: String], Bool)])
  func `colour follows the terminal, NO_COLOR and --color`(
    choice: ColorChoice, isTerminal: Bool, variables: [String: String], expected: Bool
  ) {
    #expect(choice.isColored(isTerminal: isTerminal) { variables[$0] } == expected)
  }
}

@Suite struct PrompterTests {
  private func console(_ lines: String...) -> Console {
    Console(
      output: TextSink(), errors: TextSink(isTerminal: true),
      input: TextSource(lines: lines, isTerminal: true))
  }

  @Test func `asks again until the answer fits`() {
    let console = console("x", " 7 ")
    let answer = Prompter(console: console).ask(.init(label: "How many")) { text in
      Int(text) == nil ? "expected a number" : nil
    }
    #expect(answer == .text("7"))
    #expect(console.errors.text == "How many:   expected a number\nHow many: ")
    #expect(console.output.text.isEmpty)
  }

  @Test func `takes the beginning of a choice`() {
    let question = Prompter.Question(label: "Status", choices: ["COMPLETE", "FAILED"])
    #expect(Prompter(console: console("c")).ask(question) { _ in nil } == .text("COMPLETE"))
  }

  @Test func `nothing typed is the default, and an ended input an interruption`() {
    let question = Prompter.Question(label: "Plan", defaultText: "basic")
    #expect(Prompter(console: console("")).ask(question) { _ in nil } == .nothing)
    #expect(Prompter(console: console()).ask(question) { _ in nil } == .interrupted)
  }

  @Test func `progress leaves only finished lines where nobody watches`() {
    let sink = TextSink()
    let lines = LiveLines(sink)
    lines.show("working")
    lines.add("done")
    lines.show(nil)
    #expect(sink.text == "done\n")
  }
}

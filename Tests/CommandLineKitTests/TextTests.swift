import Glibc
import Testing

@testable import CommandLineKit

@Suite struct TextTests {
  @Test func `text from outside stays on its line, or below it`() {
    let text = "fine\r\n\nNext\u{1B}\u{2028}  baton skip\n"
    #expect(TextLayout.line(text) == "fine Next␛   baton skip")
    #expect(
      TextLayout.indented(text, by: 2, more: 4) == ["  fine", "      Next␛", "        baton skip"])
    #expect(TextLayout.indented("", by: 2) == [])
  }

  @Test func `a table fits its columns and leaves out empty ones`() {
    var table = Table(["RUN", "LABELS", "NAME"])
    table.add([.init("a"), .init(""), .init("First\nline")])
    table.add([.init("日本"), .init(""), .init("b")])
    #expect(table.text(style: .plain) == "RUN   NAME\na     First line\n日本  b\n")
  }

  @Test func `a long table is written as a short one, in pieces`() {
    let sink = TextSink()
    let rows = [["a", "", "First\nline"], ["日本", "", "b"], ["", "", "xxxxxxxxx"]]
    LongTable.write(["RUN", "LABELS", "NAME"], rows: 60_000, to: sink) { number, row in
      for cell in rows[number % rows.count] { row.add(cell) }
    }
    let text = sink.text
    #expect(text.hasPrefix("RUN   NAME\na     First line\n日本  b\n      xxxxxxxxx\na     First"))
    #expect(text.utf8.count { $0 == 0x0A } == 60_001)
    let long = TextSink()
    LongTable.write(["A", "B"], rows: 2, to: long) { number, row in
      row.add(String(repeating: "y", count: number * 600_000 + 1))
      row.add("z")
    }
    let lines = long.text.split(separator: "\n").map(\.utf8.count)
    #expect(lines == [600_004, 600_004, 600_004])
  }

  @Test func `a control character is found wherever it stands in a long table`() {
    for count in 1...20 {
      for place in 0..<count {
        var bytes = [UInt8](repeating: 0x7E, count: count)
        bytes[place] = place % 2 == 0 ? 0x1B : 0x7F
        let sink = TextSink()
        LongTable.write(["X"], rows: 1, to: sink) { _, row in
          bytes.withUnsafeBytes { row.add($0) }
        }
        let shown = TextLayout.harmless(String(decoding: bytes, as: UTF8.self))
        #expect(sink.text == "X\n\(shown)\n")
      }
    }
  }

  @Test func `letters that are counted fast are as wide as others count them`() {
    var known = 0
    for number in 0..<UInt32(0x3000) {
      guard let scalar = Unicode.Scalar(number) else { continue }
      let text = String(scalar) + "x" + String(scalar) + String(scalar)
      let width = Array(text.utf8).withUnsafeBytes { $0.narrowWidth }
      guard let width else { continue }
      known += 1
      #expect(TextLayout.harmless(text) == text && width == TextLayout.width(of: text), "\(number)")
    }
    #expect(known > 800)
    for text in ["e\u{301}", "日", "a\u{7F}", "\u{85}", "\u{AD}", "é\n"] {
      #expect(Array(text.utf8).withUnsafeBytes { $0.narrowWidth } == nil)
    }
    #expect(([0x41, 0xC3] as [UInt8]).withUnsafeBytes { $0.narrowWidth } == nil)
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

  @Test func `asks again where a line is not UTF-8`() {
    var ends: [Int32] = [-1, -1]
    pipe(&ends)
    let typed: [UInt8] = [0x63, 0x61, 0x66, 0xE9, 0x0A] + Array("café\n".utf8)
    #expect(write(ends[1], typed, typed.count) == typed.count)
    close(ends[1])
    defer { close(ends[0]) }
    let console = Console(
      output: TextSink(), errors: TextSink(isTerminal: true), input: TextSource(descriptor: ends[0])
    )
    #expect(Prompter(console: console).ask(.init(label: "Where")) { _ in nil } == .text("café"))
    #expect(console.errors.text.contains("it is not UTF-8 text"), "\(console.errors.text)")
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

  @Test func `an answer with a control character is asked for again, visible or not`() {
    let console = console("a\u{1B}[D", "\u{7F}b", "a\tb")
    #expect(Prompter(console: console).ask(.init(label: "Name")) { _ in nil } == .text("a\tb"))
    #expect(console.errors.text.split(separator: "an arrow key perhaps").count == 3)
    let hidden = self.console("\u{1B}[Dsecret", "secret")
    let question = Prompter.Question(label: "Password", isHidden: true)
    #expect(Prompter(console: hidden).ask(question) { _ in nil } == .text("secret"))
  }

  @Test(arguments: [
    ("y", true), ("YES", true), ("n", false), ("No", false), ("later", false), ("L", false),
  ])
  func `no always means the other answer than yes`(typed: String, isYes: Bool) {
    let console = console(typed)
    #expect(Prompter(console: console).confirm("Done?", help: "Look", otherwise: "later") == isYes)
    #expect(console.errors.text == "  Look\nDone? (yes, later): ")
  }

  @Test func `a hint stands where choices would, and an empty default is named`() {
    let console = console("", "")
    let prompter = Prompter(console: console)
    _ = prompter.ask(.init(label: "A", hint: "a number", defaultText: "")) { _ in nil }
    _ = prompter.ask(.init(label: "B", hint: "x", choices: ["c"], isOptional: true)) { _ in nil }
    #expect(console.errors.text == "A (a number) [empty]: B (c) [leave out]: ")
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

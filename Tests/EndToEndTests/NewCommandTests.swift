import Foundation
import Testing

/// `baton new` on a terminal of its own.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct NewCommandTests {
  /// Calls `baton new` and types answers; its exit code, what stood on the terminal in `output`.
  private func play(_ scenario: Scenario, _ name: String, _ answers: [String]) throws -> Int32 {
    try scenario.play("new \(name)", typing: answers.map { Keys(stringLiteral: $0) })
  }

  /// What is written validates without a warning, is formatted, and its test passes.
  private func check(_ scenario: Scenario) throws {
    try scenario.baton("validate", "--strict").baton("fmt", "--check").baton("test")
  }

  @Test func `questions are asked, and a wrong answer is asked for again`() throws {
    let scenario = Scenario()
    let code = try play(
      scenario, "trip",
      [
        "A business trip\r", "Nobody forgets the visa.\r", "Traveller\r", "Book the hotel\r", "x\r",
        "p\r",
        "Note the costs\r", "machine\r", "\r",
      ])
    #expect(code == 0, "\(scenario.output)")
    #expect(scenario.output.contains("one of person, machine"))
    #expect(scenario.output.contains("baton test workflows/trip.test.yaml"))
    let text = try scenario.text("workflows/trip.yaml")
    #expect(text.contains("name: A business trip\n"))
    #expect(text.contains("  Nobody forgets the visa.\n"))
    #expect(text.contains("id: book_the_hotel\n"))
    #expect(text.contains("action: log.write\n"))
    try check(scenario)
  }

  @Test(arguments: [
    [
      #"He said: "go" # ${{ x }} {{y}}"#, #"It's: a #test"#, "IT & Ops: 1",
      #"Do: it "now" # ${{ inputs.x }}"#,
    ],
    ["no", "yes", "no", "123"], ["Müller & Söhne", "", "Ä", "Büro öffnen 🙂"],
    ["- a", "- b", "- c", "- d"], [#"\n"#, "{}", "123", "[x"], ["true", "~", "null", "steps"],
    ["A", "{{ inputs.x }}", "---", "@x `y`"], ["日本", "x", "日本", "日本語"],
  ])
  func `whatever is typed, the result validates and its test passes`(words: [String]) throws {
    let scenario = Scenario()
    let typed = words.map { $0 + "\r" }
    let code = try play(
      scenario, "odd", Array(typed[0...2]) + [typed[3], "person\r", typed[3], "machine\r", "\r"])
    #expect(code == 0, "\(scenario.output)")
    try check(scenario)
  }

  @Test(arguments: ["\u{3}", "\u{4}"])
  func `whoever breaks off leaves nothing behind`(key: String) throws {
    let scenario = Scenario()
    #expect(try play(scenario, "trip", ["A business trip\r", key]) == 130)
    #expect(scenario.output.contains("nothing was written"))
    let left = try FileManager.default.contentsOfDirectory(atPath: scenario.folder.path)
    #expect(!left.contains("workflows") && !left.contains("baton.yaml"))
  }

  @Test(arguments: [
    ("Büro", "buero", "Büro"), ("x.yaml", "x", "X"), ("Café Noël", "cafe-noel", "Café Noël"),
    ("Stra\u{df}en-o\u{308}l", "strassen-oel", "Stra\u{df}en-o\u{308}l"),
    ("new_supplier", "new-supplier", "New supplier"),
  ])
  func `letters of other languages become letters of the alphabet, and the name stays as typed`(
    typed: String, id: String, name: String
  ) throws {
    let scenario = try Scenario().baton("new", typed, "--no-input")
    let text = try scenario.text("workflows/\(id).yaml")
    #expect(text.contains("id: \(id)\nname: \(name)\n"), "\(text)")
    try check(scenario)
  }

  @Test func `umlauts in steps and roles become letters of their ids`() throws {
    let scenario = Scenario()
    let code = try play(
      scenario, "heizung", ["\r", "\r", "Söhne\r", "Öl prüfen\r", "person\r", "\r"])
    #expect(code == 0, "\(scenario.output)")
    let text = try scenario.text("workflows/heizung.yaml")
    #expect(text.contains("soehne: { name: Söhne }"))
    #expect(text.contains("- id: oel_pruefen\n    name: Öl prüfen\n"))
    try check(scenario)
  }

  @Test(arguments: ["../y", "workflows/y.yaml"])
  func `a path is no name`(typed: String) throws {
    let scenario = Scenario()
    try scenario.baton("new", typed, "--no-input", exits: 2, complains: "baton new y writes")
    try scenario.baton("new", "a\u{1b}[D", "--no-input", exits: 2, complains: "cannot be seen")
    let left = try FileManager.default.contentsOfDirectory(atPath: scenario.folder.path)
    #expect(!left.contains("workflows") && !left.contains("baton.yaml"))
  }

  @Test func `an arrow key does not get into what is typed`() throws {
    let scenario = Scenario()
    let code = try play(
      scenario, "trip", ["Hello\u{1b}[D\r", "Hello\r", "\r", "\r", "\r"])
    #expect(code == 0, "\(scenario.output)")
    #expect(scenario.output.contains("an arrow key perhaps"))
    #expect(try scenario.text("workflows/trip.yaml").contains("name: Hello\n"))
  }

  @Test func `on a terminal too, nothing is asked where it is forbidden`() throws {
    let scenario = Scenario()
    #expect(try play(scenario, "trip --no-input", []) == 0)
    try check(scenario)
  }
}

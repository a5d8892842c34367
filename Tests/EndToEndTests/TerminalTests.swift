import Foundation
import Testing

/// Questions to people who sit at a terminal of their own.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct TerminalTests {
  private static let call = """
    baton: 1
    id: call
    name: Call the customer
    version: 1.0.0
    steps:
      - id: call
        name: Call
        ask:
          items: { introduced: You have introduced yourself, agenda: { label: The agenda has been explained, help: Look at the wall } }
          fields:
            date: { type: string, format: date, label: Date of the kick-off }
            people: { type: integer, minimum: 1, label: How many will come }
    outputs: { date: "${{ steps.call.outputs.date }}" }
    """

  private func scenario() throws -> Scenario { try Scenario().file("call.yaml", Self.call) }

  /// How often the record of the run says that somebody answered.
  private func answers(_ scenario: Scenario) throws -> Int {
    try scenario.baton("transcript", "RUN").output.split(separator: "answered by").count - 1
  }

  // MARK: Breaking off

  @Test(arguments: ["\u{3}", "\u{4}"], ["run call.yaml", "answer $RUN call"])
  func `what was typed before somebody breaks off is kept`(key: String, command: String) throws {
    let scenario = try scenario()
    if command.hasPrefix("answer") {
      try scenario.baton("run", "call.yaml", "--no-input", exits: 4)
    }
    let code = try scenario.play(
      command, typing: ["2026-12-01\r", "12\r", "y\r", Keys(stringLiteral: key)])
    #expect(code == 130, "\(scenario.output)")
    #expect(
      scenario.output.contains(
        "kept: Date of the kick-off; How many will come; You have introduced yourself\n"))
    #expect(scenario.output.contains("call NAME=VALUE\n"))
    #expect(scenario.output.contains("parked as you asked"))
    try scenario.baton("status", "RUN")
    #expect(scenario.output.contains("[x] date, Date of the kick-off: 2026-12-01"))
    #expect(scenario.output.contains("[x] introduced"))
    #expect(
      scenario.output.contains("[ ] agenda: The agenda has been explained (Look at the wall)"))
    #expect(try answers(scenario) == 1)
    try scenario.baton("answer", "RUN", "call", "--tick", "agenda", "--quiet")
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .baton("verify", "--all")
  }

  @Test func `what was typed before the window is closed is kept`() throws {
    let scenario = try scenario()
    let code = try scenario.play(
      "run call.yaml", typing: ["2026-12-01\r", "12\r", .hangup(after: "introduced yourself")])
    #expect(code == 130, "\(scenario.output)")
    try scenario.baton("status", "RUN")
    #expect(scenario.output.contains("[x] people, How many will come: 12"))
    try scenario.baton("verify", "--all")
  }

  @Test func `whoever breaks off at once has said nothing, and the record says nothing`() throws {
    let scenario = try scenario()
    #expect(try scenario.play("run call.yaml", typing: [.ctrlD]) == 130)
    #expect(scenario.output.contains("nothing was recorded\n"))
    #expect(try answers(scenario) == 0)
    #expect(try scenario.play("answer $RUN call", typing: [.ctrlC]) == 130)
    #expect(try answers(scenario) == 0)
  }

  @Test(arguments: ["\u{3}", "\u{4}"])
  func `breaking off never closes a question, though nothing more is needed`(key: String) throws {
    let scenario = try Scenario().file(
      "pay.yaml",
      """
      baton: 1
      id: pay
      steps:
        - id: q
          ask: { fields: { amount: integer, note: { type: string, optional: true } } }
        - { id: paid, set: { amount: "${{ steps.q.outputs.amount }}" } }
      outputs: { amount: "${{ steps.paid.outputs.amount }}", note: "${{ steps.q.outputs.?note.orValue('none') }}" }
      """)
    #expect(try scenario.play("run pay.yaml", typing: ["500\r", Keys(stringLiteral: key)]) == 130)
    try scenario.baton("status", "RUN", "--quiet", prints: "needs_attention\n")
      // Nor does what goes on with other runs.
      .baton("tick")
      .baton("answer", "RUN", "q", "amount=5", "note=mistyped before")
    #expect(scenario.output.contains("amount: 5\n") && scenario.output.contains("note: mistyped"))
  }

  @Test func `what could not be recorded is shown to be given again`() throws {
    let scenario = try scenario().baton("run", "call.yaml", "--no-input", exits: 4)
    // Somebody else ends the run while the first question stands on the screen.
    let code = try scenario.play(
      "answer $RUN call",
      typing: [
        Keys(after: "kick-off", type: "2026-12-01\r", shell: "$BATON cancel $RUN --reason x"),
        "12\r", "y\r", "y\r",
      ])
    #expect(code == 7, "\(scenario.output)")
    let words = "call date=2026-12-01 people=12 --tick introduced --tick agenda\n"
    #expect(scenario.output.contains(words), "\(scenario.output)")
  }

  // MARK: Later

  @Test func `no to an item leaves it for later, and says nothing in the record`() throws {
    let scenario = try scenario().baton("run", "call.yaml", "--no-input", exits: 4)
      .baton(
        "answer", "RUN", "call", "date=2026-12-01", "people=12", "--tick", "introduced", exits: 4)
    for word in ["n", "no", "later", "l"] {
      let typed = Keys(stringLiteral: word + "\r")
      #expect(try scenario.play("answer $RUN call", typing: [typed]) == 4, "\(scenario.output)")
      #expect(scenario.output.contains("  Look at the wall\n"))
      #expect(scenario.output.split(separator: "explained (yes, later): ").count == 2)
    }
    #expect(try answers(scenario) == 1)
    #expect(try scenario.play("answer $RUN call", typing: ["Y\r"]) == 0)
    #expect(try answers(scenario) == 2)
    try scenario.baton("verify", "--all")
  }

  @Test func `what was left for later is not asked again, and the next question is asked`() throws {
    let scenario = try Scenario().file(
      "two.yaml",
      """
      baton: 1
      id: two
      steps:
        - id: both
          parallel:
            - { id: a, ask: { items: { x: First, y: Second }, fields: { n: { type: string, optional: true, label: Note } } } }
            - { id: go, approve: Shall it go on? }
            - { id: b, ask: { fields: { z: { type: string, label: Third } } } }
      """)
    let code = try scenario.play("run two.yaml", typing: ["\r", "y\r", "n\r", "later\r", "z\r"])
    #expect(code == 4, "\(scenario.output)")
    #expect(scenario.output.split(separator: "Note [leave out]: ").count == 2)
    try scenario.baton("status", "RUN")
    #expect(scenario.output.contains("[x] x: First"))
    #expect(scenario.output.contains("[ ] y: Second"))
    #expect(scenario.output.contains("✓ b: person"))
  }

  @Test func `where a list may be left unfinished, no is an answer`() throws {
    let scenario = try Scenario().file(
      "some.yaml",
      """
      baton: 1
      id: some
      steps:
        - { id: q, ask: { items: { a: Ants, b: Bees }, complete_when: progress >= 0.0 } }
      outputs: { a: "${{ steps.q.outputs.items.a }}" }
      """)
    #expect(try scenario.play("run some.yaml", typing: ["n\r", "n\r"]) == 0, "\(scenario.output)")
    #expect(scenario.output.contains("Bees (yes, no): n\n"))
    #expect(scenario.output.contains("a: false\n"))
  }

  // MARK: Defaults

  @Test(arguments: [
    ("{ to: { type: string, default: ana } }", ["\r"]),
    (
      "{ to: { type: string, default: ana }, note: { type: string, optional: true } }",
      ["\r", "\r"]
    ),
    ("{ note: { type: string, optional: true } }", ["\r"]),
    ("{ on: { type: boolean, default: true }, n: { type: integer, default: 3 } }", ["\r", "\r"]),
    ("{ code: { type: string, sensitive: true, default: s3cr3t-7 } }", ["\r"]),
  ])
  func `the return key accepts what is proposed, and closes the question`(
    fields: String, typed: [String]
  ) throws {
    let scenario = try Scenario().file(
      "q.yaml",
      "baton: 1\nid: q\nsteps:\n  - { id: c, ask: { message: Which?, fields: \(fields) } }\n")
    let keys = typed.map { Keys(stringLiteral: $0) }
    #expect(try scenario.play("run q.yaml", typing: keys) == 0, "\(scenario.output)")
    #expect(!scenario.output.contains("s3cr3t"))
    #expect(try answers(scenario) == 1)
    try scenario.baton("verify", "--all")
      // Without a terminal, too, nothing said is an answer where nothing is needed.
      .baton("run", "q.yaml", "--no-input", exits: 4)
      .baton("answer", "RUN", "c", "--quiet")
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
    #expect(try answers(scenario) == 1)
  }

  @Test func `without a terminal what is needed must be said`() throws {
    try scenario().baton("run", "call.yaml", "--no-input", exits: 4)
      .baton("answer", "RUN", "call", exits: 2, complains: "date=… people=… --tick introduced")
      .baton("answer", "RUN", "call", "date=2026-12-01", "people=2", exits: 4)
      .baton("answer", "RUN", "call", exits: 2, complains: "to know: --tick introduced")
      .then { scenario in
        let count = try answers(scenario)
        #expect(count == 1)
      }
  }

  // MARK: What is to be typed

  @Test func `a question says what to type, and what does not fit in its own words`() throws {
    let scenario = try Scenario().file(
      "share.yaml",
      """
      baton: 1
      id: share
      steps:
        - id: q
          ask:
            fields:
              n: { type: number, maximum: 1, label: A share }
              ok: { type: boolean, label: All right }
              nums: { type: array, items: integer, label: Numbers }
              day: { type: string, format: date, label: The day }
      outputs: { n: "${{ steps.q.outputs.n }}", nums: "${{ steps.q.outputs.nums }}" }
      """)
    let code = try scenario.play(
      "run share.yaml",
      typing: [
        "0,5\r", "2\r", "0.5\r", "maybe\r", "ye\r", "a, b\r", "1, 2\r", "soon\r", "2026-12-01\r",
      ])
    #expect(code == 0, "\(scenario.output)")
    for line in [
      "A share (number, at most 1): 0,5\n",
      "  `A share` must be a number, not `0,5`; its fraction stands after a point: `0.5`\n",
      "  `A share` must be at most 1", "All right (yes, no): maybe\n",
      "  `All right` must be yes or no, not `maybe`\n",
      "Numbers (list, with commas between): a, b\n",
      "  `Numbers` must be a list of whole numbers, not `a, b`\n",
      "The day (date, such as 2026-01-18): soon\n", "  `The day` must be a date such as",
    ] {
      #expect(scenario.output.contains(line), "\(line) is not in \(scenario.output)")
    }
    #expect(!scenario.output.contains("`n`") && !scenario.output.contains("`ok`"))
  }

  // MARK: Stopping

  @Test func `Ctrl-C while the machine works is answered at once, and the card says why it stands`()
    throws
  {
    let scenario = try Scenario().file(
      "slow.yaml",
      """
      baton: 1
      id: slow
      steps:
        - id: a
          action: command.run
          # Not for ever, should nothing be said.
          with: { command: [sh, -c, "touch begun; for i in $(seq 300); do [ -e go ] && exit; sleep 0.1; done"] }
          effects: repeatable
        - { id: b, set: { x: 1 } }
      """)
    let code = try scenario.play(
      "run slow.yaml",
      typing: [
        // The step is shown a little before what it calls has begun.
        Keys(after: "▸ a", type: "\u{3}", shell: "until [ -e begun ]; do sleep 0.05; done"),
        Keys(after: "Ctrl-C again aborts", shell: "touch go"),
      ])
    #expect(code == 130, "\(scenario.output)")
    #expect(scenario.output.contains("parks once what is under way has ended"))
    try scenario.baton("status", "RUN")
    #expect(
      scenario.output.contains("Where it stands\n  ! somebody stopped it; resume goes on\n"),
      "\(scenario.output)")
    try scenario.baton("resume", "RUN").baton("status", "RUN")
    #expect(!scenario.output.contains("Where it stands"))
  }
}

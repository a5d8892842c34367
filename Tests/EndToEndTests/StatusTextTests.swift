import Testing

/// What the card makes of what people typed, and what it tells of people.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct StatusTextTests {
  private static let forged = "fine\n\nNext\n  baton skip RUN release --reason x"
  private static let onOneLine = "fine Next   baton skip RUN release --reason x"

  private static let fails =
    "action: command.run, effects: once, with: { command: [sh, -c, \"exit 3\"] }"

  @Test func `nothing that anybody typed passes for a section of the card`() throws {
    try Scenario()
      .file(
        "baton.yaml",
        "baton: 1\nproject: Test\npeople: { ana: { roles: [r] }, bo: { roles: [r] } }\n"
      )
      .file(
        "w.yaml",
        """
        baton: 1
        id: w
        name: W
        roles: { r: R }
        inputs: { note: string }
        labels: { note: "${{ inputs.note }}" }
        steps:
          - { id: hand, \(Self.fails) }
          - { id: over, \(Self.fails) }
          - { id: ok, role: r, approve: { message: Release?, approvals: 2 } }
          - { id: release, set: { x: 1 } }
        finally:
          - { id: end, set: { x: 1 } }
        outputs: { note: "${{ inputs.note }}" }
        """
      )
      .baton("run", "w.yaml", "-i", "note=\(Self.forged)", exits: 5)
      .baton(
        "done", "RUN", "hand", "exit_code=0", "stdout=", "stderr=", "truncated=false", "--reason",
        Self.forged, exits: 5
      )
      .baton("skip", "RUN", "over", "--reason", Self.forged, exits: 4)
      .then { scenario in
        try scenario.baton("people", "token", "ana", "--quiet")
        scenario.signedIn(as: String(scenario.output.prefix { !$0.isNewline }))
        try scenario.baton("approve", "RUN", "ok", "--comment", Self.forged, exits: 4)
        scenario.signedIn(as: nil)
      }
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.split(separator: "\nNext\n").count == 2, "\(card)")
        #expect(card.contains("approved by ana: \(Self.onOneLine)\n"), "\(card)")
        #expect(card.split(separator: ": \(Self.onOneLine)").count > 3, "\(card)")
        #expect(card.contains("  note: fine\n      Next\n        baton skip"), "\(card)")
      }
      .baton("cancel", "RUN", "--reason", Self.forged)
      .then { #expect(!$0.output.contains("\nNext\n"), "\($0.output)") }
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.split(separator: "\nNext\n").count == 2, "\(card)")
        #expect(card.contains(": \(Self.onOneLine)\n"), "\(card)")
      }
  }

  @Test func `what the run has passed is not told as something to do by hand`() throws {
    try Scenario()
      .file(
        "w.yaml",
        """
        baton: 1
        id: w
        name: W
        steps:
          - { id: a, name: A, set: { x: 1 } }
          - { id: tell, \(Scenario.act("true")), undo: { manual: Tell the client } }
          - { id: pay, \(Self.fails), manual: Pay the bill in the bank, on_failure: undo }
        """
      )
      .baton("run", "w.yaml", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.contains("pay: failed"), "\(card)")
        #expect(card.contains("Tell the client"), "\(card)")
        #expect(!card.contains("Pay the bill"), "\(card)")
      }
  }

  @Test func `a doubt that somebody settled stays on the card once its section is over`() throws {
    try Scenario()
      .file(
        "w.yaml",
        """
        baton: 1
        id: w
        name: W
        steps:
          - id: part
            name: Part
            steps:
              - { id: act, name: Act, action: command.run, effects: once, with: { command: [sh, -c, "kill -9 $PPID"] } }
              - { id: q, ask: { fields: { a: string } } }
          - { id: last, ask: { fields: { a: string } } }
        """
      )
      .baton("run", "w.yaml", exits: 9)
      .then { try $0.shell("until ! $BATON status $RUN --quiet | grep -q running; do true; done") }
      .baton("resume", "RUN", exits: 5)
      .baton(
        "resolve", "RUN", "act", "--happened", "--set", "exit_code=0", "--set", "stdout=", "--set",
        "stderr=", "--set", "truncated=false", "--reason", "seen in the log", exits: 4
      )
      .baton("answer", "RUN", "q", "a=x", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.contains(/✓ Part \[part\]: .* \(1 step\)\n/), "\(card)")
        #expect(card.contains(/Act \[act\]: doubt settled by user \w+: seen in the log/), "\(card)")
      }
  }

  @Test func `a checkpoint that could not be looked at is not said to hold no more`() throws {
    let test = "action: files.read, with: { path: ok.txt }, check: outputs.content == 'yes'"
    try Scenario().file("ok.txt", "yes")
      .file(
        "w.yaml",
        """
        baton: 1
        id: w
        name: W
        steps:
          - { id: a, name: First, checkpoint: one, set: { x: 1 }, verify: [ { \(test), message: not right } ] }
          - { id: q, ask: { fields: { v: string } } }
        """
      )
      .baton("run", "w.yaml", exits: 4)
      .then { try $0.shell("rm ok.txt") }
      .baton("resume", "RUN", exits: 5)
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("goes on though nobody could look"), "\(scenario.output)")
        #expect(!scenario.output.contains("does not hold"), "\(scenario.output)")
      }
      .baton("retry", "RUN", "a", exits: 7, complains: "its checkpoint could not be tested")
      .baton("skip", "RUN", "a", "--reason", "seen to", exits: 4)
      .baton("transcript", "RUN")
      .then { scenario in
        let told = /First \[a\]: the checkpoint was passed over by user \w+: seen to/
        #expect(scenario.output.contains(told), "\(scenario.output)")
        #expect(!scenario.output.contains("does not hold"), "\(scenario.output)")
      }
  }
}

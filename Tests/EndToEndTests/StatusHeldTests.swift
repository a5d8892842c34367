import Testing

/// What the card says of steps of which nothing comes, and of what was passed over and stays done.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct StatusHeldTests {
  private static let held = """
    baton: 1
    id: held
    name: Held
    roles: { support: { name: Support } }
    steps:
      - id: all
        parallel:
          - id: asked
            steps:
              - { id: q, role: support, ask: { message: Who?, fields: { a: string } }, due: 1d, remind: [ 1h before ], expires: 2d }
              - { id: after, action: log.write, with: { message: hi } }
          - id: part
            steps: [ { id: bad, action: command.run, with: { command: [sh, -c, "exit 1"] }, on_failure: undo } ]
          - { id: lost, effects: once, action: command.run, with: { command: [sh, -c, "kill -9 $$"] } }
    """

  @Test func `nobody is asked what would come to nothing`() throws {
    let scenario = try Scenario().file("held.yaml", Self.held)
      .baton("run", "held.yaml", exits: 5)
      .baton("status", "RUN")
      .then { scenario in
        let output = scenario.output
        #expect(
          output.contains("q: held until it is known what came of `lost`\n"), "\(output)")
        #expect(!output.contains("a reminder goes out"), "\(output)")
        #expect(!output.contains("baton answer"), "\(output)")
      }
      .baton("status", "RUN", "--json")
      .then { #expect($0.output.contains("\"held_for\""), "\($0.output)") }
      .baton("tasks")
      .then { scenario in
        #expect(scenario.output.contains("in doubt: lost"), "\(scenario.output)")
        #expect(!scenario.output.contains("Who?"), "\(scenario.output)")
      }
    _ = try scenario.exitCode("answer", "RUN", "q", "a=x", "--as", "support")
    _ = try scenario.exitCode("resolve", "RUN", "lost", "--did-not-happen", "--reason", "seen")
    try scenario.baton("status", "RUN", "--quiet", prints: "undone\n")
      .baton("transcript", "RUN")
      .then { #expect(!$0.output.contains("after [after]: succeeded"), "\($0.output)") }
  }

  @Test func `what a skipped step did stays, and the card says so`() throws {
    let scenario = try Scenario()
      .file(
        "skipped.yaml",
        """
        baton: 1
        id: skipped
        name: Skipped
        steps:
          - { id: made, effects: once, action: command.run, with: { command: [sh, -c, "true"] }, verify: [ { check: "1 == 2", message: no } ] }
          - { id: q, ask: { fields: { a: string } } }
        """
      )
      .baton("run", "skipped.yaml", exits: 5)
    _ = try scenario.exitCode("skip", "RUN", "made", "--reason", "fine")
    try scenario.baton("status", "RUN")
      .then { #expect($0.output.contains("what it did stays"), "\($0.output)") }
  }
}

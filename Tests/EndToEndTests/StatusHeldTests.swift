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

  /// An approval inside a part that is over, asked again for what comes behind it, and rejected.
  ///
  /// - Parameter policy: what the part says of failures.
  private func rejected(_ policy: String) throws -> Scenario {
    let scenario = try Scenario().file(
      "again.yaml",
      """
      baton: 1
      id: again
      name: Again
      steps:
        - { id: gate, on_failure: \(policy), steps: [ { id: ok, approve: "Pay?" } ] }
        - { id: pay, action: command.run, with: { command: [ sh, -c, "exit 1" ] }, on_failure: park }
      """
    )
    .baton("run", "again.yaml", exits: 4)
    .baton("approve", "RUN", "ok", exits: 5)
    .baton("retry", "RUN", "pay", "--with", #"command=["true"]"#, exits: 4)
    _ = try scenario.exitCode("reject", "RUN", "ok", "--comment", "never")
    return try scenario.baton("status", "RUN", "--json")
      .then { #expect(!$0.output.contains("passed_over"), "\($0.output)") }
      .baton("status", "RUN")
      .then { #expect(!$0.output.contains("the run went on"), "\($0.output)") }
  }

  @Test func `an approval that is asked again and rejected is not passed over`() throws {
    try rejected("park")
      .then { scenario in
        let next = #/baton retry \S+ ok\s+asks for the approval again/#
        #expect(scenario.output.contains(next), "\(scenario.output)")
        #expect(scenario.output.contains("rejected it: never"), "\(scenario.output)")
      }
      .baton("retry", "RUN", "ok", exits: 4)
      .baton("approve", "RUN", "ok")
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
  }

  @Test func `what ended the run is nothing that it went on without`() throws {
    try rejected("stop").baton("status", "RUN", "--quiet", prints: "failed\n")
  }
}

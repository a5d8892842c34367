import Testing

/// What the author says to read where something does not hold.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct StatusSeeTests {
  private static let write = "action: log.write, with: { message: hi }"

  @Test func `where a check does not hold everybody is told where to read on`() throws {
    let workflow = """
      baton: 1
      id: checks
      name: Checks
      steps:
        - id: all
          parallel:
            - id: a
              steps: [ { id: before, name: First, \(Self.write), preconditions: [ { check: 1 == 2, message: not there, see: RB-7 } ] } ]
            - id: b
              steps: [ { id: after, name: Second, \(Self.write), verify: [ { check: 1 == 2, message: not ok, see: "${{ 'RB-8' }} §3" } ] } ]
            - id: c
              steps: [ { id: bare, \(Self.write), preconditions: [ { check: 1 == 2, message: not here } ] } ]
      """
    try Scenario().file("w.yaml", workflow)
      .baton("run", "w.yaml", exits: 5)
      .then { scenario in
        let output = scenario.output
        #expect(output.contains("  before: not there\n    see: RB-7\n"), "\(output)")
        #expect(output.contains("  after: not ok\n    see: RB-8 §3\n"), "\(output)")
        #expect(output.split(separator: "see:").count == 3, "\(output)")
        #expect(scenario.errors.contains("    not there\n    see: RB-7\n"), "\(scenario.errors)")
      }
      .baton("resume", "RUN", exits: 5)
      .then { #expect($0.output.contains("  before: not there\n    see: RB-7\n")) }
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("      not there\n      see: RB-7\n"))
        #expect(scenario.output.contains("      not ok\n      see: RB-8 §3\n"))
      }
      .baton("tasks")
      .then { scenario in
        #expect(scenario.output.contains("blocked: First (see RB-7)  "), "\(scenario.output)")
        #expect(scenario.output.contains("failed: Second (see RB-8 §3)  "), "\(scenario.output)")
        #expect(scenario.output.contains("blocked: bare  "), "\(scenario.output)")
      }
      .baton("tasks", "--json")
      .then { #expect($0.output.contains(#""see":"RB-7""#), "\($0.output)") }
      .baton("cancel", "RUN", "--reason", "x")
      .baton("status", "RUN")
      .then { #expect($0.output.contains("      not ok\n      see: RB-8 §3\n"), "\($0.output)") }
  }

  @Test func `where a checkpoint does not hold any more, too`() throws {
    let test = "action: files.read, with: { path: there.txt }, check: outputs.content == 'yes'"
    try Scenario()
      .file(
        "w.yaml",
        """
        baton: 1
        id: moved
        name: Moved
        steps:
          - { id: made, \(Self.write), checkpoint: made, verify: [ { \(test), message: it is gone, see: RB-9 } ] }
          - { id: sure, ask: { fields: { yes: boolean } } }
        """
      )
      .file("there.txt", "yes")
      .baton("run", "w.yaml", exits: 4)
      .file("there.txt", "no")
      .baton("resume", "RUN", exits: 5)
      .then { #expect($0.output.contains("  made: it is gone\n    see: RB-9\n"), "\($0.output)") }
      .baton("status", "RUN")
      .then { scenario in
        let output = scenario.output
        #expect(output.contains("! made: it is gone\n      see: RB-9\n"), "\(output)")
        #expect(output.contains("tests the checkpoint again, once"), "\(output)")
        #expect(output.contains("goes on though it does not hold any more"), "\(output)")
      }
      .baton("tasks")
      .then { #expect($0.output.contains("blocked: made (see RB-9)  "), "\($0.output)") }
      .baton("tasks", "--json")
      .then { #expect($0.output.contains(#""checkpoint_unmet":true"#), "\($0.output)") }
      .baton("retry", "RUN", "made", exits: 7)
      .then { #expect($0.errors.contains("go on all the same: baton skip"), "\($0.errors)") }
      .baton("transcript", "RUN")
      .then { scenario in
        let told = "the world has moved on: it is gone\n      did not hold: "
        let details = "outputs.content == 'yes'\n      see: RB-9\n"
        #expect(scenario.output.contains(told + details), "\(scenario.output)")
      }
      .baton("skip", "RUN", "made", "--reason", "never mind", exits: 4)
      .then { #expect(!$0.output.contains("RB-9"), "\($0.output)") }
      .baton("tasks")
      .then { #expect(!$0.output.contains("made"), "\($0.output)") }
      .baton("transcript", "RUN")
      .then { scenario in
        let told = "the checkpoint was passed over by user"
        #expect(scenario.output.contains(told), "\(scenario.output)")
      }
      .baton("verify", "--all")
  }
}

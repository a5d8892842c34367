import Testing

/// Inputs that are corrected while something is under way with the old ones.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct MigrateInputTests {
  @Test func `nobody is promised that a call under way sees the new value`() throws {
    try Scenario()
      .file(
        "child.yaml",
        """
        baton: 1
        id: child
        name: Child
        inputs: { amount: integer }
        steps:
          - { id: ok, approve: { message: "Pay ${{ inputs.amount }}?" } }
        """
      )
      .file(
        "top.yaml",
        """
        baton: 1
        id: top
        name: Top
        inputs: { amount: integer }
        steps:
          - { id: call, workflow: child.yaml, with: { amount: "${{ inputs.amount }}" } }
        """
      )
      .baton("run", "top.yaml", "-i", "amount=100", "--no-input", exits: 4)
      .baton("migrate", "RUN", "--to", "top.yaml", "-i", "amount=50", "--plan")
      .then { scenario in
        let plan = scenario.output
        #expect(plan.contains("stays done; `call` goes on with what it was begun with"), "\(plan)")
        #expect(plan.contains("that it was made with: nothing in it sees another value"), "\(plan)")
        #expect(plan.contains("--decide call=keep"), "\(plan)")
      }
      .then { scenario in
        let code = try scenario.exitCode(
          "migrate", "RUN", "--to", "top.yaml", "-i", "amount=50", "--no-input")
        #expect(code != 0, "\(scenario.output)\(scenario.errors)")
      }
      .baton(
        "migrate", "RUN", "--to", "top.yaml", "-i", "amount=50", "--decide", "call=keep",
        "--no-input", exits: 4
      )
      .baton("status", "RUN")
      .then { #expect($0.output.contains("Pay 100?"), "\($0.output)") }
      .baton("verify", "--all")
  }
}

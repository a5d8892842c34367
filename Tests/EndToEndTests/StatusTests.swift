import Testing

/// What the card of a run tells somebody who takes it over.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct StatusTests {
  private static let polling = """
    baton: 1
    id: polling
    name: Polling
    inputs: { plan: string }
    steps:
      - id: look
        name: Look for the file
        action: files.read
        with: { path: missing.txt }
        on_failure: continue
      - id: others
        name: Only for others
        if: inputs.plan == 'enterprise'
        set: { x: 1 }
      - id: rounds
        name: Poll
        repeat:
          steps: [ { id: a, set: { x: "${{ index }}" } } ]
          until: index > 3
          every: 2h
    """

  @Test func `what the run went on without is past, and what goes on by itself says when`() throws {
    try Scenario()
      .file("polling.yaml", Self.polling)
      .baton("run", "polling.yaml", "-i", "plan=professional", "--no-input", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.contains("▸ Poll [rounds]: running, goes on at 20"), "\(card)")
        #expect(card.contains("failed, the run went on: there is no file `missing.txt`"), "\(card)")
        #expect(card.contains("skipped, machine: its condition does not hold"), "\(card)")
        #expect(card.contains("goes on, once the time has come"), "\(card)")
        #expect(!card.contains("baton retry"), "\(card)")
      }
      .baton("status", "RUN", "--json")
      .then { scenario in
        #expect(scenario.output.contains("\"passed_over\": true"), "\(scenario.output)")
        #expect(scenario.output.contains("\"goes_on_at\": \"20"), "\(scenario.output)")
      }
  }

  @Test func `a value without its step is not taken for one`() throws {
    try Scenario()
      .file("polling.yaml", Self.polling)
      .baton("run", "polling.yaml", "-i", "plan=professional", "--no-input", exits: 4)
      .baton("answer", "RUN", "age=40", exits: 2, complains: "`age=40` is a value")
  }
}

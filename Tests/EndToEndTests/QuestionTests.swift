import Testing

// Skipped where there is no binary: `swift build` makes one, and BATON_BINARY names another.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(2)))
struct QuestionTests {
  @Test func `a question whose fields all have defaults is still asked`() throws {
    try Scenario()
      .file(
        "remarks.yaml",
        """
        baton: 1
        id: remarks
        name: Remarks
        version: 1.0.0
        steps:
          - id: remarks
            ask:
              message: Anything out of the ordinary?
              fields:
                text: { type: string, default: nothing }
                urgent: { type: boolean, default: false }
        outputs: { text: "${{ steps.remarks.outputs.text }}" }
        """
      )
      .baton("run", "remarks.yaml", "--no-input", exits: 4)
      .baton("answer", "RUN", "remarks", "urgent=true")
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
  }
}

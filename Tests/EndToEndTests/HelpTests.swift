import Foundation
import Testing

/// What is refused says what to type instead, and what a failure says leads to its cause.
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct HelpTests {
  @Test func `an expression that fails is named on the card, in the record and to programs`() throws
  {
    let what = "`set.rate: 1 / inputs.n`: division by zero"
    try Scenario()
      .file(
        "rate.yaml",
        """
        baton: 1
        id: rate
        name: Rate
        inputs: { n: integer }
        steps:
          - id: r
            set: { rate: "${{ 1 / inputs.n }}" }
        """
      )
      .baton("run", "rate.yaml", "-i", "n=0", exits: 5)
      .baton("status", "RUN").then { #expect($0.output.contains("      \(what)\n")) }
      .baton("transcript", "RUN").then { scenario in
        #expect(scenario.output.contains("r: failed (expression): \(what)"), "\(scenario.output)")
        #expect(scenario.output.contains("place: rate.yaml:7:22"), "\(scenario.output)")
      }
      .baton("status", "RUN", "--json").then { scenario in
        let steps = try #require(try scenario.json()["steps"] as? [[String: Any]])
        let failure = try #require(steps.first?["failure"] as? [String: Any])
        #expect(failure["code"] as? String == "expression")
        #expect(failure["message"] as? String == what)
        #expect((failure["details"] as? [String: Any])?["place"] as? String == "rate.yaml:7:22")
      }
      .baton("verify", "RUN")
  }
}

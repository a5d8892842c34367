import Foundation
import Testing

/// A driver that cannot read the answer to what it did.
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct UnreadableAnswerTests {
  private func scenario(effects: String) throws -> Scenario {
    try Scenario()
      .file(
        "baton.yaml",
        """
        baton: 1
        environments: { local: { connections: { phone: { driver: command } } } }
        """
      )
      .file(
        "plugins/phone/plugin.yaml",
        """
        plugin: phone
        version: 1.0.0
        summary: Telephones
        operations:
          buy: { summary: Buy, effects: \(effects), inputs: {}, outputs: { number: string } }
        """
      )
      .file(
        "plugins/phone/command.yaml",
        """
        driver: command
        kind: command
        summary: A file
        operations:
          buy:
            run: [sh, -c, 'echo "$BATON_IDEMPOTENCY_KEY" >> bought; echo +61']
            outputs: { number: "${{ stdout.split(',')[3] }}" }
        """
      )
      .file(
        "w.yaml",
        """
        baton: 1
        id: shop
        name: Shop
        version: 1.0.0
        steps: [ { id: buy, name: Buy a number, action: phone.buy } ]
        outputs: { number: "${{ steps.buy.outputs.number }}" }
        """)
  }

  @Test func `what must not happen twice is in doubt, which says what failed`() throws {
    let scenario = try scenario(effects: "once")
      .baton("run", "w.yaml", exits: 5)
      .baton("status", "RUN")
    #expect(scenario.output.contains("plugins/phone/command.yaml:7:"), "\(scenario.output)")
    #expect(scenario.output.contains("correct the driver's `outputs`"), "\(scenario.output)")
    try scenario
      .baton("resume", "RUN", exits: 5)
      .then { scenario in
        let keys = try scenario.text("bought").split(separator: "\n")
        #expect(keys.count == 1)
      }
      .baton(
        "resolve", "RUN", "buy", "--happened", "--set", "number=+61", "--reason", "it is there"
      )
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .baton("verify", "--all")
  }

  @Test func `what is safe with its key is tried again with the same one, then it is in doubt`()
    throws
  {
    try scenario(effects: "keyed")
      .baton("run", "w.yaml", exits: 5)
      .then { scenario in
        let keys = try scenario.text("bought").split(separator: "\n")
        #expect(keys.count == 2 && Set(keys).count == 1, "\(keys)")
      }
      .baton("status", "RUN", "--json")
      .then { scenario in
        let steps = try #require(scenario.json()["steps"] as? [[String: Any]])
        #expect(steps.first?["status"] as? String == "in_doubt")
        let reasons = try #require(scenario.json()["parked"] as? [[String: Any]])
        let message = try #require(reasons.first?["message"] as? String)
        #expect(message.contains("plugins/phone/command.yaml:7:"), "\(message)")
      }
      .baton("status", "RUN")
      .then { scenario in
        for command in ["baton retry RUN buy\n", "baton resolve RUN buy --happened --set number=…"]
        {
          let shown = command.replacing("RUN", with: try scenario.runFolder().lastPathComponent)
          #expect(scenario.output.contains(shown), "\(scenario.output)")
        }
      }
      .baton("skip", "RUN", "buy", "--reason", "so", exits: 7)
      .then { #expect($0.errors.contains("it is safe to try the same again"), "\($0.errors)") }
      .baton("retry", "RUN", "buy", exits: 5)
      .then { scenario in
        let keys = try scenario.text("bought").split(separator: "\n")
        #expect(keys.count == 4 && Set(keys).count == 1, "\(keys)")
      }
      .baton("cancel", "RUN", "--reason", "enough")
      .then { #expect($0.errors.contains("buy: in doubt: "), "\($0.errors)") }
      .baton("verify", "--all")
  }

  @Test func `a word of the command line that is not UTF-8 is refused, not altered`() throws {
    let scenario = try scenario(effects: "once")
    #expect(try scenario.shell(#""$BATON" run w.yaml --label "where=caf$(printf '\351')""#) == 2)
    #expect(scenario.errors.contains("is not UTF-8 text"), "\(scenario.errors)")
  }

  @Test func `a run that succeeds beside a doubt warns of it`() throws {
    let workflow = """
      baton: 1
      id: shop
      name: Shop
      version: 1.0.0
      steps:
        - id: both
          parallel:
            - { id: buy, name: Buy a number, action: phone.buy }
            - id: beside
              steps:
                - { id: pause, wait: 1s }
                - { id: end, finish: { outcome: succeeded } }
      """
    try scenario(effects: "once")
      .file("w.yaml", workflow)
      .baton("run", "w.yaml")
      .then { #expect($0.errors.contains("buy: in doubt: "), "\($0.errors)") }
  }
}

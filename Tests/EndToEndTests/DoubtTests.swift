import Foundation
import Testing

/// A step of which nobody knows whether it took effect, as support finds it.
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct DoubtTests {
  /// A shop whose answer cannot be read, and whose console cannot be reached before there is a file `up`.
  private func scenario() throws -> Scenario {
    try Scenario()
      .file(
        "baton.yaml",
        """
        baton: 1
        environments: { local: { connections: { shop: { driver: command } } } }
        """
      )
      .file(
        "plugins/shop/plugin.yaml",
        """
        plugin: shop
        version: 1.0.0
        summary: Numbers
        operations:
          buy:
            summary: Buy a number
            effects: once
            inputs: { area: string, label: string, pin: { type: string, sensitive: true } }
            outputs: { number: string }
            probe:
              action: find
              with: { label: "${{ inputs.label }}" }
              check: size(outputs.numbers) > 0
              outputs: { number: "${{ outputs.numbers[0] }}" }
          find:
            summary: Find numbers by their label
            effects: none
            inputs: { label: string }
            outputs: { numbers: { type: array, items: string } }
            manual: |
              In the console choose *Numbers*, and search for the label ${{ inputs.label }}.
        """
      )
      .file(
        "plugins/shop/command.yaml",
        """
        driver: command
        kind: command
        summary: A file
        operations:
          buy:
            run: [sh, -c, 'echo "$1" >> bought; echo +61', sh, "${{ inputs.label }}"]
            outputs: { number: "${{ stdout.split(',')[3] }}" }
          find:
            run:
              - sh
              - -c
              - 'test -e up || { echo "the console is down" >&2; exit 1; }; if grep -q "$1" bought; then echo "[\\"+61\\"]"; else echo "[]"; fi'
              - sh
              - "${{ inputs.label }}"
            output: json
            outputs: { numbers: "${{ json }}" }
        """
      )
      .file(
        "w.yaml",
        """
        baton: 1
        id: shop
        name: Shop
        inputs: { pin: { type: string, sensitive: true } }
        steps:
          - id: buy
            name: Buy a number
            action: shop.buy
            with: { area: "011", label: order-7, pin: "${{ inputs.pin }}" }
        outputs: { number: "${{ steps.buy.outputs.number }}" }
        """
      )
      .baton("run", "w.yaml", "-i", "pin=kept-to-itself", exits: 5)
  }

  @Test func `its card says what was called, where to look, and what is safe`() throws {
    let scenario = try scenario().baton("status", "RUN")
    let card = scenario.output
    for line in [
      "the probe could not be asked: ", ": shop.buy\n        area: 011\n        label: order-7\n",
      "        pin: (sensitive)\n        idempotency key: ",
      "      To look by hand:\n        In the console choose *Numbers*, and search for the label order-7.",
      "asks again what came of it\n",
    ] { #expect(card.contains(line), "\(line)\n\(card)") }
    #expect(!card.contains("kept-to-itself"))
    try scenario.baton("status", "RUN", "--json")
    #expect(scenario.output.contains(#""operation": "shop.buy""#), "\(scenario.output)")
    #expect(!scenario.output.contains("kept-to-itself"))
  }

  @Test func `resume asks again, and goes on once there is an answer`() throws {
    let scenario = try scenario()
      .baton("resume", "RUN", exits: 5)
      .file("up", "")
      .baton("resume", "RUN")
      .holds("bought", "order-7\n")
      .baton("status", "RUN")
    #expect(scenario.output.contains("number: +61"), "\(scenario.output)")
    try scenario
      .baton("transcript", "RUN")
      .then { #expect($0.output.contains("the probe says that it happened"), "\($0.output)") }
      .baton("verify", "--all")
  }
}

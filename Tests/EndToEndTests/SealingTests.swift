import Foundation
import Testing

/// Sensitive values that come back from where they were sent.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct SealingTests {
  private static let secret = "correct-horse-battery"

  private static let workflow = """
    baton: 1
    id: echo
    name: A value that comes back
    inputs: { token: { type: string, sensitive: true } }
    steps:
      - { id: put, action: files.write, with: { path: kept, content: "token=${{ inputs.token }}" } }
      - { id: first, action: files.read, with: { path: kept } }
      - { id: sure, ask: { message: "Is ${{ steps.first.outputs.content }} right?", fields: { yes: boolean } } }
      - { id: second, action: files.read, with: { path: kept } }
      - { id: taken, set: { content: "${{ steps.second.outputs.content }}" } }
      - id: checked
        preconditions:
          - action: files.read
            with: { path: kept }
            check: outputs.content == 'token=' + inputs.token
            message: "it is not ${{ outputs.content }}"
        action: command.run
        with: { command: [sh, -c, 'printf %s "$1" > used', sh, "${{ steps.taken.outputs.content }}"] }
        verify: [{ check: steps.first.outputs.content == steps.second.outputs.content }]
    outputs: { content: "${{ steps.taken.outputs.content }}" }
    """

  @Test func `are used as they are, and are in clear nowhere, in whatever process`() throws {
    try Scenario()
      .file("echo.yaml", Self.workflow)
      .baton("run", "echo.yaml", "-i", "token=\(Self.secret)", exits: 4)
      .then { try expectNoSecret($0) }
      .baton("status", "RUN").then { try expectNoSecret($0) }
      .baton("answer", "RUN", "sure", "yes=true", exits: 0)
      .then { try expectNoSecret($0) }
      .holds("used", "token=\(Self.secret)")
      .baton("status", "RUN", "--json").then { try expectNoSecret($0) }
      .baton("transcript", "RUN").then { try expectNoSecret($0) }
      .baton("verify", "--all")
  }

  @Test func `what stands beside one may be seen, and what is made of both may not`() throws {
    try Scenario()
      .file(
        "beside.yaml",
        """
        baton: 1
        id: beside
        name: Beside
        inputs: { token: { type: string, sensitive: true } }
        steps:
          - { id: both, action: files.read, with: { path: kept } }
          - { id: sure, ask: { message: "It says ${{ steps.both.outputs.content }}", items: { y: "Yes" } } }
          - { id: part, set: { token: "${{ steps.both.outputs.content.split(' of ')[0].upperAscii() }}" } }
        outputs: { token: "${{ steps.part.outputs.token }}", size: "${{ steps.both.outputs.size }}" }
        """
      )
      .file("kept", "token=\(Self.secret) of Acme")
      .baton("run", "beside.yaml", "-i", "token=\(Self.secret)", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        try expectNoSecret(scenario)
        #expect(scenario.output.contains("It says token=[redacted] of Acme"))
      }
      .baton("answer", "RUN", "sure", "--tick", "y", exits: 0)
      .baton("status", "RUN", "--json")
      .then { scenario in
        let outputs = try #require(try scenario.json()["outputs"] as? [String: Any])
        // Nobody can tell which part of the text a computed value has.
        #expect(outputs["token"] == nil)
        #expect(outputs["size"] as? Int == 35)
        try expectNoSecret(scenario)
        let record = try scenario.recordedBytes()
        #expect(record.range(of: Data(Self.secret.uppercased().utf8)) == nil)
      }
  }

  private func expectNoSecret(_ scenario: Scenario) throws {
    #expect(!scenario.output.contains(Self.secret))
    #expect(!scenario.errors.contains(Self.secret))
    let record = try scenario.recordedBytes()
    #expect(record.range(of: Data(Self.secret.utf8)) == nil)
  }

  @Test func `a probe that looks for one finds it, and the effect is not repeated`() throws {
    try Scenario()
      .file(
        "plugins/shop/plugin.yaml",
        """
        plugin: shop
        summary: A shop
        operations:
          order:
            summary: Orders
            effects: once
            inputs: { name: string }
            outputs: {}
            examples: [{ inputs: { name: a }, outputs: {} }]
          find:
            summary: Finds
            effects: none
            inputs: { name: string }
            outputs: { found: string }
            examples: [{ inputs: { name: a }, outputs: { found: a } }]
        """
      )
      .file(
        "plugins/shop/local.yaml",
        """
        driver: local
        kind: command
        operations:
          order: { run: [sh, order.sh, "${{ inputs.name }}"] }
          find:
            run: [sh, find.sh, "${{ inputs.name }}"]
            output: json
            outputs: { found: "${{ json.found }}" }
        """
      )
      .file(
        "order.sh", "echo $1 >> trace\nif [ ! -e lost ]; then touch lost; kill -9 $$; fi\n"
      )
      .file("find.sh", "printf '{\"found\": \"%s\"}' $(grep -x $1 trace | head -n 1)\n")
      .file(
        "baton.yaml",
        "baton: 1\nenvironments: { local: { connections: { shop: { driver: local } } } }\n"
      )
      .file(
        "order.yaml",
        """
        baton: 1
        id: order
        name: Order
        inputs: { email: { type: string, sensitive: true } }
        steps:
          - id: placed
            action: shop.order
            with: { name: "${{ inputs.email }}" }
            manual: Order it in the shop.
            probe: { action: shop.find, with: { name: "${{ with.name }}" }, check: outputs.found == with.name }
        """
      )
      .baton("run", "order.yaml", "-i", "email=ana.botha@example.com", exits: 0)
      .holds("trace", "ana.botha@example.com\n")
      .then { scenario in
        let record = try scenario.recordedBytes()
        #expect(record.range(of: Data("ana.botha".utf8)) == nil)
      }
  }
}

import Foundation
import Testing

// Skipped where there is no binary: `swift build` makes one, and BATON_BINARY names another.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
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

  @Test func `where nothing must be given, an answer without values accepts the defaults`() throws {
    let question = """
      baton: 1
      id: extras
      name: Extras
      steps:
        - id: q
          ask:
            items: { a: A, b: B }
            fields: { note: { type: string, optional: true }, kind: { type: string, default: plain } }
            complete_when: progress >= 0
      outputs: { kind: "${{ steps.q.outputs.kind }}", a: "${{ steps.q.outputs.items.a }}" }
      """
    let scenario = try Scenario().file("extras.yaml", question)
      .baton("run", "extras.yaml", "--no-input", exits: 4)
      .baton("answer", "RUN", "q", "--json")
    #expect(scenario.output.contains(#""kind": "plain""#), "\(scenario.output)")
    try scenario.file(
      "extras.yaml", question.replacing("plain } }", with: "plain }, size: integer }")
    )
    .baton("run", "extras.yaml", "--no-input", exits: 4)
    .baton("answer", "RUN", "q", exits: 2, complains: "`q` wants to know: size=…\n")
  }

  @Test func `the same answer twice is fine, and one that looks like a number is text`() throws {
    try Scenario()
      .file(
        "twice.yaml",
        """
        baton: 1
        id: twice
        name: Twice
        version: 1.0.0
        steps:
          - id: q
            ask: { fields: { ticket: string, code: { type: string, sensitive: true } } }
          - { id: later, ask: { fields: { x: string } } }
        """
      )
      .baton("run", "twice.yaml", "--no-input", exits: 4)
      .baton("answer", "RUN", "q", "ticket=1089250", "code=771199", "--quiet", exits: 4)
      .baton("answer", "RUN", "q", "ticket=1089250", "code=771199", "--quiet", exits: 4)
      .baton(
        "answer", "RUN", "q", "code=771190", exits: 7, complains: "was answered differently by"
      )
      .then { #expect(!$0.errors.contains("771190")) }
      .baton("answer", "RUN", "q", "ticket=7", exits: 7, complains: "was answered differently by")
  }

  @Test func `the card says how the event is delivered that is waited for`() throws {
    try Scenario()
      .file(
        "baton.yaml",
        "baton: 1\nenvironments: { local: { connections: { shop: { driver: none } } } }\n"
      )
      .file(
        "plugins/shop/plugin.yaml",
        """
        plugin: shop
        summary: A shop
        events:
          paid: { order: string, gift: boolean }
          shipped: { order: string, weight: number, note: { type: string, optional: true } }
        """
      )
      .file(
        "order.yaml",
        """
        baton: 1
        id: order
        name: An order
        version: 1.0.0
        inputs: { order: { type: string, default: "A 1; rm" } }
        steps:
          - { id: paid, wait: { event: shop.paid, match: "event.order == inputs.order && event.gift == false" } }
          - { id: shipped, wait: { event: shop.shipped, match: "inputs.order == event.order && event.weight > 0.0" } }
        """
      )
      .baton("run", "order.yaml", exits: 4)
      .baton(
        "event", "RUN", "shop.paid", "order=B", "gift=false", exits: 4,
        complains: "kept; nothing waits for it now\n"
      )
      .then { scenario in
        #expect(scenario.output.contains("shop.paid"), "\(scenario.output)")
        #expect(scenario.errors.contains("to go on:"), "\(scenario.errors)")
      }
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("shop.paid 'order=A 1; rm' gift=false\n"))
        // Typed as it stands there.
        let command = try #require(
          scenario.output.split(separator: "\n").first { $0.contains("baton event") })
        let code = try scenario.shell(
          String(command).replacing("baton event", with: "$BATON event"))
        #expect(code == 4)
      }
      .baton("status", "RUN")
      .then { #expect($0.output.contains("shop.shipped 'order=A 1; rm' weight=…\n")) }
  }
}

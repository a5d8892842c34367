import Foundation
import Testing

/// What people say they did by hand, from the command line.
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct HandTests {
  private func desk() throws -> Scenario {
    try Scenario()
      .file(
        "baton.yaml",
        "baton: 1\nenvironments: { local: { connections: { desk: { driver: none } } } }\n"
      )
      .file(
        "plugins/desk/none.yaml", "driver: none\nkind: command\nsummary: None\noperations: {}\n"
      )
      .file(
        "plugins/desk/plugin.yaml",
        """
        plugin: desk
        summary: A desk
        events:
          code_given: { who: string, code: { type: string, sensitive: true } }
          paid: { sum: number, note: { type: string, optional: true } }
        operations:
          open:
            summary: Open
            effects: once
            inputs: { name: string }
            outputs: { number: integer, room: { type: string, optional: true } }
        """)
  }

  private let paid = """
    baton: 1
    id: paid
    name: Paid
    inputs: { ok: { type: boolean, default: false } }
    steps:
      - id: terms
        preconditions: [ { check: inputs.ok, message: not agreed } ]
        set: { percent: "${{ 10 }}", note: none }
      - { id: pay, wait: { event: desk.paid } }
      - id: later
        preconditions: [ { check: inputs.ok, message: not agreed } ]
        steps: [ { id: total, set: { sum: "${{ steps.pay.outputs.event.sum }}" } } ]
    outputs: { sum: "${{ steps.total.outputs.sum + double(steps.terms.outputs.percent) }}" }
    """

  @Test func `the card names what has to be given, and what is given has to fit`() throws {
    let scenario = try desk().file("paid.yaml", paid)
      .baton("run", "paid.yaml", exits: 5)
      .baton("status", "RUN")
    #expect(scenario.output.contains(" terms percent=… --reason 'WHY'"), "\(scenario.output)")
    #expect(!scenario.output.contains("baton resume"), "it can never hold: \(scenario.output)")
    try scenario
      .baton(
        "done", "RUN", "terms", "--reason", "agreed", exits: 7,
        complains: "the values do not satisfy the outputs of `terms`: `percent` is missing"
      )
      .then { #expect($0.errors.contains("the outputs of `paid` need them: baton done")) }
      .baton("done", "RUN", "terms", "percent=abc", "--reason", "agreed", exits: 2)
      .baton(
        "done", "RUN", "terms", "percnt=1", "--reason", "agreed", exits: 2,
        complains: "did you mean `percent`?"
      )
      .baton("done", "RUN", "terms", "percent=20", "--reason", "agreed", exits: 4)
      .baton(
        "done", "RUN", "pay", "--reason", "in cash", exits: 7,
        complains: "`total` needs them: baton done RUN pay event.sum=… --reason 'WHY'"
      )
      .baton("done", "RUN", "pay", "event.sum=much", "--reason", "in cash", exits: 2)
      .baton("done", "RUN", "pay", #"event={"sum":1,"by":"me"}"#, "--reason", "in cash", exits: 7)
      .baton("done", "RUN", "pay", "event.sum=5", "--reason", "in cash", exits: 5)
      .baton("verify", "RUN")
      .baton("status", "RUN")
    // Neither is what is in the section given by anything but its own step.
    #expect(!scenario.output.contains("baton done"), "\(scenario.output)")
    #expect(scenario.output.contains("migrate RUN") || scenario.output.contains("migrate"))
    for command in ["skip", "done"] {
      try scenario.baton(
        command, "RUN", "later", "--reason", "x", exits: 7,
        complains: "the outputs of `paid` need the outputs of `total`, which is inside `later`")
    }
  }

  @Test func `an event with something sensitive that is given by hand is in clear nowhere`() throws
  {
    let secret = "TOPSECRET99"
    for values in [
      ["event={\"who\":\"x\",\"code\":\"\(secret)\"}"], ["event.who=x", "event.code=\(secret)"],
    ] {
      let scenario = try desk()
        .file(
          "code.yaml",
          """
          baton: 1
          id: code
          name: Code
          steps:
            - { id: code, wait: { event: desk.code_given } }
            - { id: hello, set: { text: "Hello ${{ steps.code.outputs.event.who }}" } }
          """
        )
        .baton("run", "code.yaml", exits: 4)
      let code = try scenario.call(["done", "RUN", "code"] + values + ["--reason", "by phone"])
      #expect(code == 0, "\(scenario.errors)")
      #expect(!scenario.output.contains(secret) && !scenario.errors.contains(secret))
      #expect(try scenario.recordedBytes().range(of: Data(secret.utf8)) == nil)
      try scenario.baton("transcript", "RUN").then { #expect(!$0.output.contains(secret)) }
        .baton("test", "--from-run", "RUN").then { #expect(!$0.output.contains(secret)) }
        .then { try $0.file("code.test.yaml", $0.output) }
        .baton("test", "code.test.yaml")
        .baton("verify", "--all")
    }
  }

  @Test func `a step to be done by hand says with what, on the card and in the record`() throws {
    let call = "one: do by hand what `desk.open` does, with `name: ana`"
    try desk()
      .file(
        "open.yaml",
        """
        baton: 1
        id: open
        name: Open
        inputs: { who: string }
        steps: [ { id: one, action: desk.open, with: { name: "${{ inputs.who }}" } } ]
        """
      )
      .baton("run", "open.yaml", "-i", "who=ana", "--by-hand", exits: 4)
      .baton("status", "RUN").then { #expect($0.output.contains("      \(call)\n")) }
      .baton("tasks").then { #expect($0.output.contains("one")) }
      .baton("transcript", "RUN").then { #expect($0.output.contains(call)) }
  }

  @Test func `in a run by hand the card names what each step gives`() throws {
    let scenario = try desk()
      .file(
        "open.yaml",
        """
        baton: 1
        id: open
        name: Open
        steps: [ { id: one, action: desk.open, with: { name: ana } } ]
        outputs: { number: "${{ steps.one.outputs.number }}" }
        """
      )
      .baton("run", "open.yaml", "--by-hand", exits: 4)
      .baton("status", "RUN")
    #expect(scenario.output.contains(" one number=… --reason 'WHY'"), "\(scenario.output)")
    try scenario
      .baton("done", "RUN", "one", "--reason", "x", exits: 7, complains: "`number` is missing")
      .baton("done", "RUN", "one", "number=seven", "--reason", "x", exits: 2)
      .baton("done", "RUN", "one", "number=7", "--reason", "x")
  }

  @Test func `only a step that the run comes to is taken over, by its own address`() throws {
    let scenario = try desk()
      .file(
        "open.yaml",
        """
        baton: 1
        id: open
        name: Open
        steps:
          - { id: q, ask: { fields: { ok: boolean } } }
          - { id: sec, steps: [ { id: buy, action: desk.open, with: { name: ana } } ] }
        """
      )
      .baton("run", "open.yaml", exits: 4)
      .baton(
        "resume", "RUN", "--by-hand", "sec/buy", "--reason", "x", exits: 7,
        complains: "this run has no step `sec/buy`"
      )
      .then { #expect($0.errors.contains("its address is `buy`"), "\($0.errors)") }
      .baton("resume", "RUN", "--by-hand", "buy", "--reason", "x", exits: 4)
      .baton("answer", "RUN", "q", "ok=true", exits: 4)
      .baton("done", "RUN", "buy", "number=7", "--reason", "bought")
      .baton("transcript", "RUN")
    #expect(!scenario.output.contains("sec/buy"), "\(scenario.output)")
  }
}

import Foundation
import Testing

/// Sealed values are deleted or damaged while a run needs them: they are not absent.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct LostValueTests {
  /// What became of the file of the sealed values.
  enum Loss: String, CaseIterable {
    case deleted = "rm $F"
    case garbled = "sed -i 's/^{/x/' $F"
    case changed = #"sed -i 's/"nonce":"0/"nonce":"1/; t; s/"nonce":"[1-9a-f]/"nonce":"0/' $F"#
    case cutShort = "truncate -s -20 $F"

    /// Whether it can still be told whether a value entered again is the same.
    var canBeCompared: Bool { self == .changed }
  }

  private static let workflow = """
    baton: 1
    id: bill
    inputs: { discount: { type: string, sensitive: true, optional: true } }
    steps:
      - { id: q, ask: { items: { go: Go } } }
      - { id: note, action: command.run, with: { command: [sh, -c, 'echo noted > noted'] } }
      - id: bill
        action: command.run
        on_failure: continue
        with: { command: [sh, -c, 'echo "billed $1" >> bill.txt', sh, "${{ inputs.?discount.orValue('none') }}"] }
      - { id: special, if: has(inputs.discount), action: command.run, with: { command: [sh, -c, 'echo special >> bill.txt'] } }
    """

  private func lost(_ loss: Loss) throws -> Scenario {
    try Scenario().file("bill.yaml", Self.workflow)
      .baton("run", "bill.yaml", "-i", "discount=VIP-seven", "--no-input", exits: 4)
      .then {
        try $0.shell(
          "cp .baton/runs/$RUN/sealed.jsonl copy; F=.baton/runs/$RUN/sealed.jsonl; \(loss.rawValue)"
        )
      }
  }

  @Test(arguments: Loss.allCases)
  func `a sealed value that is gone or damaged is not absent: what needs it is blocked`(
    loss: Loss
  ) throws {
    try lost(loss)
      .baton("verify", "RUN", complains: "1 of 1 sealed value is gone or damaged")
      .then { #expect($0.output.contains("is intact")) }
      .baton("answer", "RUN", "q", "-t", "go", exits: 5)
      // What does not need it goes on; what needs it has done nothing.
      .holds("noted", "noted\n")
      .then { scenario in
        let bill = scenario.folder.appending(path: "bill.txt").path
        #expect(!FileManager.default.fileExists(atPath: bill))
      }
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("bill: blocked"))
        #expect(scenario.output.contains("`inputs.discount` cannot be known: it is sealed"))
        #expect(scenario.output.contains("damaged"))
        #expect(!scenario.output.contains("key is not here"))
        #expect(scenario.output.contains("--enter -") == loss.canBeCompared)
      }
      .baton("resume", "RUN", exits: 5)
      // A copy of the lines brings it back.
      .then { try $0.shell("(echo; cat copy) >> .baton/runs/$RUN/sealed.jsonl") }
      .baton("resume", "RUN")
      .holds("bill.txt", "billed VIP-seven\nspecial\n")
      .baton("verify", "RUN")
      .then { #expect(!$0.errors.contains("gone or damaged")) }
  }

  @Test func `a damaged value is entered again, and held against its commitment`() throws {
    let scenario = try lost(.changed).baton("answer", "RUN", "q", "-t", "go", exits: 5)
    #expect(try scenario.shell("printf 'VIP-eight' | $BATON resume $RUN --enter -") == 7)
    #expect(try scenario.shell("printf 'VIP-seven' | $BATON resume $RUN --enter -") == 0)
    try scenario.holds("bill.txt", "billed VIP-seven\nspecial\n").baton("verify", "RUN")
  }

  @Test func `outputs that need what is gone are computed once it is back`() throws {
    try Scenario().file(
      "w.yaml",
      """
      baton: 1
      id: w
      inputs: { token: { type: string, sensitive: true } }
      outputs: { token: "${{ inputs.token }}" }
      steps: [{ id: q, ask: { items: { go: Go } } }]
      """
    )
    .baton("run", "w.yaml", "-i", "token=abc-def", "--no-input", exits: 4)
    .then { try $0.move(".baton/key", to: "kept") }
    .baton("answer", "RUN", "q", "-t", "go", exits: 5)
    .baton("status", "RUN")
    .then { scenario in
      let why = #/outputs cannot be computed \(.*\): `inputs.token` cannot be known: it is sealed/#
      #expect(scenario.output.contains(why), "\(scenario.output)")
      #expect(scenario.output.contains(#/baton resume \S+ --enter -/#))
      #expect(!scenario.output.contains("baton migrate"))
    }
    .then { try $0.move("kept", to: ".baton/key") }
    .baton("resume", "RUN")
  }

  @Test func `without the line nothing can be compared, which is said`() throws {
    try lost(.deleted).baton("answer", "RUN", "q", "-t", "go", exits: 5)
      .baton(
        "resume", "RUN", "--enter", "VIP-seven", exits: 7, complains: "nothing can be compared")
  }

  @Test func `an answer that is lost with the end of the file takes no other case`() throws {
    try Scenario().file(
      "more.yaml",
      """
      baton: 1
      id: more
      inputs: { token: { type: string, sensitive: true } }
      steps:
        - { id: first, ask: { fields: { more: { type: string, sensitive: true, optional: true } } } }
        - { id: second, ask: { items: { go: Go } } }
        - id: way
          choose:
            - when: steps.first.outputs.?more.orValue('') == 'stop'
              steps: [{ id: halt, action: command.run, with: { command: [touch, halted] } }]
            - steps: [{ id: on, action: command.run, with: { command: [touch, went_on] } }]
      """
    )
    .baton("run", "more.yaml", "-i", "token=abc-def-ghi", "--no-input", exits: 4)
    .then { try $0.shell("cp .baton/runs/$RUN/sealed.jsonl copy") }
    .baton("answer", "RUN", "first", "more=stop", exits: 4)
    .then { try $0.shell("cp copy .baton/runs/$RUN/sealed.jsonl") }
    .baton("answer", "RUN", "second", "-t", "go", exits: 5)
    .baton("status", "RUN")
    .then { scenario in
      #expect(scenario.output.contains("`steps.first.outputs.more` cannot be known"))
      #expect(scenario.output.contains("way: blocked"))
      let halted = scenario.folder.appending(path: "went_on").path
      #expect(!FileManager.default.fileExists(atPath: halted))
    }
  }

  @Test func `what a loop collected is not shorter for it`() throws {
    try Scenario().file(
      "loop.yaml",
      """
      baton: 1
      id: loop
      inputs: { token: { type: string, sensitive: true } }
      steps:
        - id: each
          for_each:
            in: "['a', 'b']"
            as: letter
            collect: "${{ letter + inputs.token }}"
            steps: [{ id: inner, set: { x: 1 } }]
        - { id: q, ask: { items: { go: Go } } }
        - { id: count, action: command.run, with: { command: [sh, -c, 'echo "$1" > count', sh, "${{ string(size(steps.each.outputs)) }}"] } }
      """
    )
    .baton("run", "loop.yaml", "-i", "token=abc-def-ghi", "--no-input", exits: 4)
    .then {
      try $0.shell("cp .baton/runs/$RUN/sealed.jsonl copy; rm .baton/runs/$RUN/sealed.jsonl")
    }
    .baton("answer", "RUN", "q", "-t", "go", exits: 5)
    .then { try $0.shell("cp copy .baton/runs/$RUN/sealed.jsonl") }
    .baton("resume", "RUN")
    .holds("count", "2\n")
  }

  @Test func `a part of an answer that is lost is asked for again, not left out`() throws {
    try Scenario().file(
      "part.yaml",
      """
      baton: 1
      id: part
      steps:
        - { id: q, ask: { fields: { pin: { type: string, sensitive: true, optional: true }, name: string } } }
        - { id: use, action: command.run, with: { command: [sh, -c, 'echo "$1" > used', sh, "${{ steps.q.outputs.?pin.orValue('none') }}"] } }
      """
    )
    .baton("run", "part.yaml", "--no-input", exits: 4)
    .baton("answer", "RUN", "q", "pin=4711-4712", exits: 4)
    .then { try $0.shell("rm .baton/runs/$RUN/sealed.jsonl") }
    .baton("answer", "RUN", "q", "name=ana", exits: 5)
    .then { #expect($0.output.contains("the answer `pin` has to be given again")) }
    .baton("answer", "RUN", "q", "pin=4711-4712")
    .holds("used", "4711-4712\n")
  }

  @Test func `a wait takes no later event, and no deadline, in place of one that is lost`() throws {
    try Scenario()
      .file(
        "baton.yaml",
        "baton: 1\nenvironments: { local: { connections: { shop: { driver: none } } } }\n"
      )
      .file(
        "plugins/shop/plugin.yaml",
        """
        plugin: shop
        summary: S
        events:
          paid: { order: string, pin: { type: string, sensitive: true, optional: true } }
        """
      )
      .file(
        "wait.yaml",
        """
        baton: 1
        id: wait
        steps:
          - { id: q, ask: { items: { go: Go } } }
          - { id: paid, wait: { event: shop.paid, match: "event.?pin.orValue('') == 'abc-def'" } }
          - { id: done, action: command.run, with: { command: [touch, done] } }
        """
      )
      .baton("run", "wait.yaml", "--no-input", exits: 4)
      .baton("event", "RUN", "shop.paid", "order=1", "pin=abc-def", exits: 4)
      .then {
        try $0.shell("cp .baton/runs/$RUN/sealed.jsonl copy; rm .baton/runs/$RUN/sealed.jsonl")
      }
      .baton("answer", "RUN", "q", "-t", "go", exits: 5)
      .baton("status", "RUN")
      .then {
        #expect(
          $0.output.contains("the event `shop.paid` came, and what it brought cannot be known"))
      }
      .then { try $0.shell("cp copy .baton/runs/$RUN/sealed.jsonl") }
      .baton("resume", "RUN")
      .holds("done", "")
  }

  @Test func `what takes a step back is blocked, and says that the value is gone, not the key`()
    throws
  {
    try Scenario()
      .file("baton.yaml", "baton: 1\n")
      .file(
        "back.yaml",
        """
        baton: 1
        id: back
        inputs: { token: { type: string, sensitive: true } }
        steps:
          - id: make
            action: command.run
            with: { command: [sh, -c, 'echo "$1" > made', sh, "${{ inputs.token }}"] }
            undo: { action: command.run, with: { command: [sh, -c, 'echo "back $1" > unmade', sh, "${{ inputs.token }}"] } }
          - { id: q, ask: { items: { go: Go } } }
        """
      )
      .baton("run", "back.yaml", "-i", "token=abc-def-ghi", "--no-input", exits: 4)
      .then {
        try $0.shell("cp .baton/runs/$RUN/sealed.jsonl copy; rm .baton/runs/$RUN/sealed.jsonl")
      }
      .baton("undo", "RUN", "--yes", exits: 5)
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("its line in `sealed.jsonl` is gone"))
        #expect(!scenario.output.contains("key"))
      }
      .then { try $0.shell("cp copy .baton/runs/$RUN/sealed.jsonl") }
      .then { _ = try $0.exitCode("resume", "RUN") }
      .holds("unmade", "back abc-def-ghi\n")
  }
}

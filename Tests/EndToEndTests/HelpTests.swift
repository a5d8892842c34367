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

  @Test(arguments: [
    (
      "steps: [ { id: w, wait: '${{ inputs.code }}' } ]",
      "`wait: inputs.code`: the value is not a length of time"
    ),
    ("steps: [ { id: w, set: { n: '${{ int(inputs.code) }}' } } ]", "`set.n: int(inputs.code)`: "),
    ("steps: [ { id: w, set: { n: '${{ {}[inputs.code] }}' } } ]", "`set.n: {}[inputs.code]`: "),
    (
      "steps: [ { id: w, set: { n: 1 } } ]\noutputs: { o: '${{ int(inputs.code) }}' }",
      "the run's outputs cannot be computed: "
    ),
  ])
  func `a sensitive value of which nothing can be made is not named`(
    body: String, what: String
  ) throws {
    let secret = "TOPSECRET99"
    let scenario = try Scenario()
      .file(
        "code.yaml",
        """
        baton: 1
        id: code
        name: Code
        inputs: { code: { type: string, sensitive: true } }
        \(body)
        """
      )
      .baton("run", "code.yaml", "-i", "code=\(secret)", exits: 5)
    #expect(!scenario.output.contains(secret) && !scenario.errors.contains(secret))
    #expect(try scenario.recordedBytes().range(of: Data(secret.utf8)) == nil)
    try scenario.baton("status", "RUN").then { scenario in
      #expect(scenario.output.contains(what), "\(scenario.output)")
    }
  }

  @Test func `an item is ticked like a field as well, and its tick taken away`() throws {
    try Scenario()
      .file(
        "plant.yaml",
        """
        baton: 1
        id: plant
        name: Plant
        steps:
          - { id: q, ask: { message: "?", items: { smelt: Smelt, cast: Cast }, fields: { many: integer } } }
        outputs: { items: "${{ json(steps.q.outputs.items) }}" }
        """
      )
      .baton("run", "plant.yaml", "--no-input", exits: 4)
      .baton(
        "answer", "RUN", "q", "smelt=yes", exits: 2,
        complains: "`smelt` is an item of the list, and no field\n"
          + "help: `smelt=true` ticks it, `smelt=false` takes the tick away\n"
      )
      .baton(
        "answer", "RUN", "q", "--tick", "smelt", "smelt=false", exits: 2,
        complains: "`smelt` is given twice"
      )
      .baton("answer", "RUN", "q", "smelt=true", "many=2", exits: 4)
      .baton("answer", "RUN", "q", "smelt=false", exits: 4)
      .baton("answer", "RUN", "q", "cast=true", exits: 4)
      .baton("answer", "RUN", "q", "--tick", "smelt")
  }

  @Test func `the event that the card offers is one that the wait takes`() throws {
    try Scenario()
      .file(
        "baton.yaml",
        "baton: 1\nenvironments: { local: { connections: { world: { driver: none } } } }\n"
      )
      .file(
        "plugins/world/plugin.yaml",
        """
        plugin: world
        summary: The world
        events:
          got: { id: string, amount: { type: integer, optional: true }, note: { type: string, optional: true } }
        """
      )
      .file(
        "got.yaml",
        """
        baton: 1
        id: got
        name: Got
        inputs: { n: string }
        steps:
          - id: w
            wait: { event: world.got, match: "event.id == inputs.n && event.amount > 1" }
            due: 3d
        """
      )
      .baton("run", "got.yaml", "-i", "n=k1", exits: 4)
      .baton("status", "RUN").then { scenario in
        #expect(scenario.output.contains("world.got id=k1 amount=…\n"))
      }
      .baton("event", "RUN", "world.got", "id=k1", "amount=2")
  }

  @Test func `a run that a process carries out is not taken back, and not said to go on by hand`()
    throws
  {
    let scenario = try Scenario().file(
      "w.yaml",
      """
      baton: 1
      id: slow
      name: Slow
      steps:
        - { id: long, action: command.run, with: { command: [sh, -c, "until [ -e go ]; do sleep 0.05; done"] } }
      """)
    let code = try scenario.shell(
      """
      $BATON run w.yaml > out 2>&1 & run=$!
      until grep -q attempt.started .baton/runs/*/journal.jsonl 2> /dev/null || ! kill -0 $run; do sleep 0.05; done
      $BATON undo "$(basename .baton/runs/*)" --yes > said 2>&1
      echo $? > code
      touch go
      wait $run
      """)
    #expect(code == 0)
    let said = try scenario.text("said")
    #expect(try scenario.text("code") == "7\n")
    #expect(said.hasPrefix("error: `long` is being carried out: "), "\(said)")
    #expect(
      said.contains(
        "\nhelp: a process does that now: give it again once that is over; baton status "))
  }
}

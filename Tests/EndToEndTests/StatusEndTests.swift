import Testing

/// What the card of a run says of its end, and of what is past.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct StatusEndTests {
  @Test func `the card says who ended a run and why, and that it is about to end`() throws {
    let done = "action: command.run, with: { command: [sh, -c, exit 0] }"
    let workflow = """
      baton: 1
      id: order
      name: Order
      steps:
        - { id: make, \(done), undo: { \(done) } }
        - { id: sure, ask: { fields: { yes: boolean } } }
      finally:
        - { id: close, action: command.run, with: { command: [test, -e, open] } }
      """
    try Scenario()
      .file("order.yaml", workflow)
      .baton("run", "order.yaml", "--no-input", exits: 4)
      .baton("cancel", "RUN", "--reason", "customer withdrew", exits: 5)
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(
          card.contains(
            /\n  about to end as cancelled since 20.* by user \w+: customer withdrew\n/), "\(card)")
      }
      .file("open", "")
      .then { _ = try $0.exitCode("retry", "RUN", "close") }
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.contains(/\n  cancelled by user \w+: customer withdrew\n/), "\(card)")
      }
      .baton("run", "order.yaml", "--no-input", exits: 4)
      .baton("undo", "RUN", "--yes", "--reason", "it rains")
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.contains(/\n  undone by user \w+: it rains\n/), "\(card)")
      }
  }

  @Test func `lists say who ended a run and why, as the card does, with and without their index`()
    throws
  {
    let ask = "steps: [{ id: sure, ask: { fields: { yes: boolean } } }]\n"
    let scenario = try Scenario()
      .file("order.yaml", "baton: 1\nid: order\nname: Order\n" + ask)
      .baton("run", "order.yaml", "--no-input", exits: 4)
      .baton("cancel", "RUN", "--reason", "customer\nwithdrew")
    var ended: Any?
    for isIndexed in [true, false] {
      if !isIndexed { try scenario.shell("rm -r .baton/index .baton/runs/*/run.json") }
      try scenario.baton("list")
      #expect(
        scenario.output.contains(#/ by user \w+: customer withdrew\n/#), "\(scenario.output)")
      try scenario.baton("list", "--json")
      let run = try #require((scenario.json()["runs"] as? [[String: Any]])?.first)
      #expect((run["ended_by"] as? [String: String])?["kind"] == "user")
      ended = run["finished_at"]
    }
    // What is said of it later does not move its end.
    try scenario.baton("note", "RUN", "they came back").baton("list", "--json")
    let run = try #require((scenario.json()["runs"] as? [[String: Any]])?.first)
    #expect(run["finished_at"] as? String == ended as? String)
    #expect(run["last_activity"] as? String != ended as? String)
    // Nobody asked for the end of one that ended by itself.
    try scenario.baton("run", "order.yaml", "--no-input", exits: 4)
      .baton("answer", "RUN", "sure", "yes=true").baton("list", "--status", "succeeded", "--json")
    #expect(!scenario.output.contains("ended_by"))
  }

  @Test func `the card says with what message a run ended itself as failed`() throws {
    try Scenario()
      .file(
        "sorry.yaml",
        """
        baton: 1
        id: sorry
        name: Sorry
        steps:
          - { id: end, finish: { outcome: failed, message: too bad } }
        """
      )
      .baton("run", "sorry.yaml", exits: 1)
      .baton("status", "RUN")
      .then { #expect($0.output.contains("\n  failed: too bad\n"), "\($0.output)") }
  }

  private static let recovered = """
    baton: 1
    id: recovered
    name: Recovered
    steps:
      - id: part
        name: Part
        steps:
          - { id: inner, name: Inner, action: files.read, with: { path: missing.txt } }
          - { id: never, set: { x: 1 } }
        on_failure:
          steps: [ { id: note, name: Note it, set: { x: 1 } } ]
          then: continue
      - id: other
        name: Other
        steps: [ { id: deep, name: Deep, action: files.read, with: { path: gone.txt } } ]
      - { id: hold, name: Hold, ask: { fields: { ok: boolean } } }
    """

  @Test func `nothing that failed inside of what is past stands there still`() throws {
    try Scenario()
      .file("recovered.yaml", Self.recovered)
      .baton("run", "recovered.yaml", "--no-input", exits: 5)
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        // Of what failed it is what still does that stands there.
        #expect(card.contains("\n  ✗ Deep [deep]: failed\n      there is no file `gone.txt`\n"))
        #expect(!card.contains("✗ Inner [inner]: failed\n"), "\(card)")
        #expect(card.contains("✗ Part [part]: failed, the run went on: there is no file `missing"))
        #expect(card.contains("\n  ✗ Inner [inner]: failed, the run went on\n"), "\(card)")
      }
      .baton("skip", "RUN", "deep", "--reason", "not today", exits: 4)
      .baton("answer", "RUN", "hold", "ok=true")
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(!card.contains("Where it"), "\(card)")
        #expect(card.contains("✗ Inner [inner]: failed, the run went on\n"))
      }
      .baton("status", "RUN", "--json")
      .then { scenario in
        let steps = try #require(try scenario.json()["steps"] as? [[String: Any]])
        let passed = steps.filter { $0["passed_over"] as? Bool == true }
        #expect(passed.map { $0["address"] as? String } == ["part", "inner"])
      }
  }

  @Test func `a run that failed says where it ended`() throws {
    try Scenario()
      .file(
        "stop.yaml",
        """
        baton: 1
        id: stop
        steps: [ { id: read, action: files.read, with: { path: missing.txt }, on_failure: stop } ]
        """
      )
      .baton("run", "stop.yaml", exits: 1)
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("\nWhere it ended\n  ✗ read: failed\n"))
        #expect(!scenario.output.contains("Where it stands"))
      }
  }
}

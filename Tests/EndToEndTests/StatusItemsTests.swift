import Testing

/// What the card of a run says of the items of a loop.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct StatusItemsTests {
  private static func each(_ more: String, after: String = "") -> String {
    """
    baton: 1
    id: each
    name: Each
    inputs: { items: { type: array, items: string } }
    steps:
      - id: each
        name: Read all
        for_each:
          in: inputs.items
          max_parallel: 2
          steps:
            - { id: read, name: Read, action: files.read, with: { path: "${{ item }}.txt" }\(more) }
            - { id: then, set: { x: 1 } }
    \(after)
    """
  }

  private func each(_ text: String, _ items: String, exits code: Int32) throws -> Scenario {
    try Scenario().file("each.yaml", text).file("a.txt", "A").file("c.txt", "C")
      .baton("run", "each.yaml", "-i", "items=[\(items)]", "--no-input", exits: code)
      .baton("status", "RUN")
  }

  @Test func `the card says which items are stuck, done and not begun`() throws {
    try each(Self.each(""), #""a", "b", "c", "d""#, exits: 5)
      .then { scenario in
        let card = scenario.output
        #expect(
          card.contains(
            "▸ Read all [each]: begun, 2 of 4 items done, 2 stuck: [1] b, [3] d\n"), "\(card)")
      }
      .baton("status", "RUN", "--json")
      .then { scenario in
        let steps = try #require(try scenario.json()["steps"] as? [[String: Any]])
        let items = try #require(steps.first?["items"] as? [String: Any])
        #expect(items["all"] as? Int == 4 && items["done"] as? Int == 2)
        #expect(items["stuck"] as? [Int] == [1, 3])
      }
      .baton("cancel", "RUN", "--reason", "x")
      .baton("status", "RUN")
      .then { scenario in
        #expect(
          scenario.output.contains("Read all [each]: cancelled, 2 of 4 items done, 2 failed: [1] b")
        )
      }
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(
          scenario.output.contains("Read all [each]: cancelled, 2 of 4 items done, 2 failed: [1] b")
        )
      }
  }

  @Test func `a loop that the run went on without says which items failed`() throws {
    try each(Self.each("", after: "    on_failure: continue"), #""a", "b""#, exits: 0)
      .then { scenario in
        let line =
          "Read all [each]: failed, the run went on: there is no file `b.txt`, 1 of 2 items"
        #expect(scenario.output.contains(line + " done, 1 failed: [1] b"), "\(scenario.output)")
      }
    try each(Self.each(", on_failure: continue"), #""a", "b""#, exits: 0)
      .then { scenario in
        let line = "✓ Read all [each]: 2 items, failures passed over in [1] b"
        #expect(scenario.output.contains(line), "\(scenario.output)")
      }
  }

  @Test func `of many stuck items the first are shown, and all are counted`() throws {
    let items = (0..<60).map { "\"x\($0)\"" }.joined(separator: ",")
    try each(Self.each(""), items, exits: 5)
      .then { scenario in
        let card = scenario.output
        #expect(card.contains("begun, 0 of 60 items done, 60 stuck: [0] x0, "), "\(card)")
        #expect(card.contains("[9] x9 and 50 more\n"))
        #expect(card.contains("  … and 55 more steps: `baton tasks` lists all\n"))
        #expect(!card.contains("and 10 more steps"))
        #expect(card.split(separator: "baton retry ").count - 1 == 5)
      }
      .baton("resume", "RUN", exits: 5)
      .then { #expect($0.output.contains("  … and 55 more steps: see `baton status ")) }
  }

  @Test func `items that wait, and those that come later, are counted`() throws {
    try Scenario()
      .file(
        "asks.yaml",
        """
        baton: 1
        id: asks
        steps:
          - id: each
            for_each:
              in: "['a', 'b', 'c', 'd']"
              max_parallel: 2
              steps: [ { id: ask, ask: { fields: { ok: boolean } } } ]
        """
      )
      .baton("run", "asks.yaml", "--no-input", exits: 4)
      .baton("answer", "RUN", "each[1]/ask", "ok=true", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        let line = "▸ each: begun, 1 of 4 items done, 2 waiting, 1 not begun\n"
        #expect(scenario.output.contains(line), "\(scenario.output)")
      }
      .baton("cancel", "RUN", "--reason", "x")
      .baton("status", "RUN")
      .then { scenario in
        let line = "– each: cancelled, 1 of 4 items done, 2 broken off: [0] a, [2] c, 1 not begun"
        #expect(scenario.output.contains(line), "\(scenario.output)")
      }
  }

  @Test func `what was done in many stuck items is not all listed`() throws {
    try Scenario()
      .file(
        "many.yaml",
        """
        baton: 1
        id: many
        steps:
          - id: each
            for_each:
              in: "[1, 2, 3, 4, 5, 6, 7, 8]"
              steps:
                - { id: first, set: { x: "${{ item }}" } }
                - { id: read, action: files.read, with: { path: missing.txt } }
        """
      )
      .baton("run", "many.yaml", exits: 5)
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.split(separator: "/first]: machine").count - 1 == 5, "\(card)")
        #expect(card.contains("  … and 3 more steps in items of the same loops\n"), "\(card)")
      }
  }

  @Test func `items that somebody saw to are counted and named, also once the loop is over`() throws
  {
    let words = "1 by hand: [0] a, 1 overridden: [1] b"
    try Scenario()
      .file(
        "one.yaml",
        """
        baton: 1
        id: one
        name: One
        inputs: { name: string }
        steps:
          - { id: read, action: command.run, with: { command: ["test", "-e", "${{ inputs.name }}"] } }
        """
      )
      .file(
        "each.yaml",
        """
        baton: 1
        id: each
        steps:
          - id: each
            for_each:
              in: "['a', 'b', 'c']"
              max_parallel: 3
              steps: [ { id: call, workflow: one.yaml, with: { name: "${{ item }}" } } ]
        """
      )
      .file("c", "")
      .baton("run", "each.yaml", exits: 5)
      .baton(
        "done", "RUN", "each[0]/call/read", "stdout=",
        "--reason", "x", exits: 5
      )
      .baton("status", "RUN")
      .then { scenario in
        let line = "begun, 2 of 3 items done, 1 by hand: [0] a, 1 stuck: [1] b\n"
        #expect(scenario.output.contains(line), "\(scenario.output)")
      }
      .baton("skip", "RUN", "each[1]/call/read", "--reason", "y")
      .baton("status", "RUN")
      .then { #expect($0.output.contains("✓ each: 3 items, \(words), "), "\($0.output)") }
      .baton("transcript", "RUN")
      .then { #expect($0.output.contains("3 items, \(words)"), "\($0.output)") }
      .then { scenario in
        for command in ["status", "transcript"] {
          try scenario.baton(command, "RUN", "--json")
          let steps = try #require(try scenario.json()["steps"] as? [[String: Any]])
          let items = try #require(steps.first?["items"] as? [String: Any])
          #expect(items["by_hand"] as? [Int] == [0] && items["overridden"] as? [Int] == [1])
        }
      }
      .baton("verify", "--all")
  }

  @Test func `a loop is not folded away where somebody saw to an item of it`() throws {
    let failing = #"action: command.run, with: { command: ["test", "${{ item }}", "!=", "b"] }"#
    try Scenario()
      .file(
        "in.yaml",
        """
        baton: 1
        id: in
        steps:
          - { id: l, for_each: { in: "['a', 'b']", steps: [ { id: m, \(failing) } ] } }
          - { id: k, for_each: { in: "['a']", steps: [ { id: o, \(failing) } ] } }
        """
      )
      .file("w.yaml", "baton: 1\nid: w\nsteps: [ { id: call, workflow: in.yaml } ]\n")
      .baton("run", "w.yaml", exits: 5)
      .baton("skip", "RUN", "call/l[1]/m", "--reason", "x")
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("✓ call: "), "\(scenario.output)")
        let line = "✓ l [call/l]: 2 items, 1 overridden: [1] b, "
        #expect(scenario.output.contains(line), "\(scenario.output)")
        #expect(!scenario.output.contains("[call/k]"), "\(scenario.output)")
      }
  }

  @Test func `what is taken back by hand is no item done by hand`() throws {
    try Scenario()
      .file(
        "each.yaml",
        """
        baton: 1
        id: each
        steps:
          - id: each
            for_each:
              in: "['a', 'b']"
              steps: [ { id: say, action: log.write, with: { message: x }, undo: { manual: Unsay it } } ]
          - { id: sure, ask: { fields: { yes: boolean } } }
        """
      )
      .baton("run", "each.yaml", exits: 4)
      .baton("undo", "RUN", "--yes", "--reason", "x", exits: 4)
      .baton("done", "RUN", "each[1]/say.undo", "--reason", "x", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("1 taken back"), "\(scenario.output)")
        #expect(!scenario.output.contains("1 by hand"), "\(scenario.output)")
      }
      .baton("transcript", "RUN")
      .then { #expect(!$0.output.contains("1 by hand"), "\($0.output)") }
  }

  /// The card and the transcript say the same of a loop.
  private func tells(_ words: String, of loop: String, _ scenario: Scenario) throws {
    for command in ["status", "transcript"] {
      try scenario.baton(command, "RUN")
      #expect(
        scenario.output.contains("\(loop): \(words)")
          || scenario.output.contains("[\(loop)]: \(words)"), "\(scenario.output)")
    }
  }

  @Test func `after a rewind the card and the transcript tell of what was done since`() throws {
    let text = """
      baton: 1
      id: again
      steps:
        - { id: first, set: { x: 1 }, checkpoint: cp }
        - id: each
          for_each:
            in: "['p', 'q', 'r']"
            steps:
              - { id: bad, set: { z: "${{ 1 / size('') }}" }, on_failure: continue }
              - { id: ask, ask: { fields: { ok: boolean } } }
      """
    let open =
      "begun, 1 of 3 items done, failures passed over in [0] p, [1] q, 1 waiting, 1 not begun"
    let over =
      "cancelled, 1 of 3 items done, failures passed over in [0] p, [1] q, 1 broken off: [1] q,"
      + " 1 not begun"
    try Scenario().file("again.yaml", text)
      .baton("run", "again.yaml", exits: 4)
      .baton("answer", "RUN", "each[0]/ask", "ok=true", exits: 4)
      .baton("answer", "RUN", "each[1]/ask", "ok=true", exits: 4)
      .baton("rewind", "RUN", "--to", "cp", "--reason", "x", exits: 4)
      .baton("answer", "RUN", "each[0]/ask", "ok=true", exits: 4)
      .then { try tells(open, of: "each", $0) }
      .baton("transcript", "RUN", "--json")
      .then { scenario in
        let steps = try #require(try scenario.json()["steps"] as? [[String: Any]])
        let addresses = steps.compactMap { $0["address"] as? String }
        #expect(!addresses.contains { $0.hasPrefix("each[2]") }, "\(addresses)")
        #expect(addresses.contains("each[1]/ask"))
      }
      .baton("cancel", "RUN", "--reason", "x")
      .then { try tells(over, of: "each", $0) }
      .baton("verify", "--all")
  }
}

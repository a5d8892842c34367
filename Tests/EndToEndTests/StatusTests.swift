import Testing

/// What the card of a run tells somebody who takes it over.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct StatusTests {
  private static let polling = """
    baton: 1
    id: polling
    name: Polling
    inputs: { plan: string }
    steps:
      - id: look
        name: Look for the file
        action: files.read
        with: { path: missing.txt }
        on_failure: continue
      - id: others
        name: Only for others
        if: inputs.plan == 'enterprise'
        set: { x: 1 }
      - id: rounds
        name: Poll
        repeat:
          steps: [ { id: a, set: { x: "${{ index }}" } } ]
          until: index > 3
          every: 2h
    """

  @Test func `what the run went on without is past, and what goes on by itself says when`() throws {
    try Scenario()
      .file("polling.yaml", Self.polling)
      .baton("run", "polling.yaml", "-i", "plan=professional", "--no-input", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.contains("▸ Poll [rounds]: begun, goes on at 20"), "\(card)")
        #expect(card.contains("failed, the run went on: there is no file `missing.txt`"), "\(card)")
        #expect(card.contains("skipped, machine: its condition does not hold"), "\(card)")
        #expect(card.contains("goes on, once the time has come"), "\(card)")
        #expect(!card.contains("baton retry"), "\(card)")
        #expect(!card.contains("for the next round"), "\(card)")
      }
      .baton("status", "RUN", "--json")
      .then { scenario in
        #expect(scenario.output.contains("\"passed_over\": true"), "\(scenario.output)")
        #expect(scenario.output.contains("\"goes_on_at\": \"20"), "\(scenario.output)")
      }
  }

  @Test func `targets in business time are measured, also where an expression gives them`() throws {
    try Scenario()
      .file(
        "timed.yaml",
        """
        baton: 1
        id: timed
        inputs: { days: { type: integer, default: 2 } }
        steps:
          - { id: part, name: A section, target: 1 business day, steps: [ { id: a, set: { x: 1 } } ] }
          - { id: each, for_each: { in: "[1]", steps: [ { id: i, target: 4 business hours, set: { x: 1 } } ] } }
          - { id: b, target: "${{ string(inputs.days) }} business days", set: { x: 1 } }
          - { id: hold, wait: 7d }
        """
      )
      .baton("run", "timed.yaml", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.contains("target 1 business day met"), "\(card)")
        #expect(card.contains("target 2 business days met"), "\(card)")
      }
      .baton("status", "RUN", "--json")
      .then { #expect($0.output.contains("\"target\": \"1 business day\"")) }
      .baton("transcript", "RUN", "--format", "markdown")
      .then { scenario in
        let page = scenario.output
        #expect(page.contains("`each[0]/i` | succeeded | machine | baton |"), "\(page)")
        #expect(page.contains("| 4 business hours, met |"), "\(page)")
        #expect(page.contains("| A section `part` | succeeded |  |  |  |"), "\(page)")
      }
  }

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

  @Test func `of a repeat that is over the card says how many rounds it took`() throws {
    try Scenario()
      .file(
        "rounds.yaml",
        """
        baton: 1
        id: rounds
        name: Rounds
        steps:
          - { id: again, repeat: { steps: [ { id: a, set: { n: 1 } }, { id: b, set: { n: 2 } } ], until: index == 2 } }
          - { id: sure, ask: { fields: { yes: boolean } } }
        """
      )
      .baton("run", "rounds.yaml", "--no-input", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(
          card.contains(/again: machine, 3 rounds, [^(]*\n/)
            || card.contains(/again: 3 rounds, [^(]*\n/), "\(card)")
        #expect(!card.contains("(2 steps)"), "\(card)")
      }
      .baton("status", "RUN", "--json")
      .then { #expect($0.output.contains("\"rounds\": 3"), "\($0.output)") }
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

  @Test func `the card and the transcript say who passed over a step, and why`() throws {
    try Scenario()
      .file(
        "call.yaml",
        """
        baton: 1
        id: call
        name: Call
        steps:
          - { id: tell, name: Tell them, ask: { fields: { yes: boolean } } }
          - { id: then, ask: { fields: { x: string } } }
        """
      )
      .baton("run", "call.yaml", "--no-input", exits: 4)
      .baton("skip", "RUN", "tell", "--reason", "told by phone", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.contains(/Tell them \[tell\]: skipped, override by user \w+: told by phone/))
      }
      .baton("transcript", "RUN")
      .then { scenario in
        let text = scenario.output
        #expect(text.contains(/Tell them \[tell\]: skipped, override, by user \w+/))
        #expect(text.contains(/Tell them \[tell\]: skipped by user \w+: told by phone/))
      }
      .baton("cancel", "RUN", "--reason", "by mistake")
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains(/about to end as cancelled by user \w+: by mistake/))
        #expect(scenario.output.contains("  then [then]: cancelled\n"))
      }
  }

  @Test func `a value without its step is not taken for one`() throws {
    try Scenario()
      .file("polling.yaml", Self.polling)
      .baton("run", "polling.yaml", "-i", "plan=professional", "--no-input", exits: 4)
      .baton("answer", "RUN", "age=40", exits: 2, complains: "`age=40` is a value")
  }
}

extension StatusTests {
  @Test func `nothing is offered about a failed step whose recovery step is in doubt`() throws {
    try Scenario()
      .file(
        "mended.yaml",
        """
        baton: 1
        id: mended
        name: Mended
        steps:
          - id: each
            for_each:
              in: "['a']"
              steps:
                - id: m
                  action: command.run
                  with: { command: [sh, -c, "exit 1"] }
                  on_failure:
                    steps:
                      - id: fix
                        action: command.run
                        with: { command: [sh, -c, "kill -9 $PPID; kill -9 $$"] }
                    then: continue
        """
      )
      .baton("run", "mended.yaml", exits: 9)
      .baton("resume", "RUN", exits: 5)
      .then { scenario in
        #expect(scenario.errors.contains("baton resolve "), "\(scenario.errors)")
        #expect(!scenario.errors.contains("baton retry "), "\(scenario.errors)")
        #expect(!scenario.errors.contains("baton done "), "\(scenario.errors)")
      }
      .baton("retry", "RUN", "each[0]/m", exits: 7, complains: "that is settled first")
      .baton("status", "RUN")
      .then { scenario in
        let next = scenario.output.split(separator: "\nNext\n").last ?? ""
        #expect(next.contains("each[0]/fix"), "\(scenario.output)")
        #expect(!next.contains("each[0]/m"), "\(scenario.output)")
      }
      .baton("resolve", "RUN", "each[0]/fix", "--did-not-happen", "--reason", "seen", exits: 9)
      .baton("resume", "RUN", exits: 5)
      .baton(
        "resolve", "RUN", "each[0]/fix", "--happened", "--set", "exit_code=0", "--set", "stdout=",
        "--set", "stderr=", "--set", "truncated=false", "--reason", "seen"
      )
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
  }

  private static let checked = """
    baton: 1
    id: checked
    name: Its check fails
    steps:
      - id: end
        action: command.run
        with: { command: [sh, -c, "echo made >> trace"] }
        manual: Make it in the console.
        verify: [ { check: "outputs.stdout == 'big'", message: too small } ]
    """

  @Test func `a step that acted is tested again, and acts again only when told to`() throws {
    try Scenario()
      .file("checked.yaml", Self.checked)
      .baton("run", "checked.yaml", exits: 5)
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.contains("✗ end: failed, it acted, but its check does not hold\n"), "\(card)")
        #expect(!card.contains("By hand:"), "\(card)")
        #expect(card.contains(" end\n      tests it again\n"), "\(card)")
        #expect(card.contains(" end --again\n      acts again\n"), "\(card)")
        #expect(card.contains(" of checked in the environment"), "\(card)")
      }
      .baton("retry", "RUN", "end", exits: 5)
      .holds("trace", "made\n")
      .baton("retry", "RUN", "end", "--again", exits: 5)
      .holds("trace", "made\nmade\n")
      .baton(
        "done", "RUN", "end", "exit_code=0", "stdout=small", "stderr=", "truncated=false",
        "--reason", "seen", exits: 7, complains: "the check of `end` does not hold: too small"
      )
      .baton("transcript", "RUN")
      .then { #expect($0.output.contains(" of checked: Its check fails\n"), "\($0.output)") }
  }

  @Test func `a loop without rounds goes on, a workflow that ended as failed is done again`() throws
  {
    try Scenario()
      .file(
        "rounds.yaml",
        """
        baton: 1
        id: rounds
        name: Rounds
        steps:
          - id: loop
            repeat: { steps: [ { id: a, set: { n: "${{ index }}" } } ], until: steps.a.outputs.n > 2, at_most: 2 }
        """
      )
      .baton("run", "rounds.yaml", exits: 5, complains: " loop  goes on for more rounds\n")
      .baton("retry", "RUN", "loop", exits: 5)
      .baton("retry", "RUN", "loop")
      .file(
        "inner.yaml",
        "baton: 1\nid: inner\nname: Inner\nsteps: [ { id: f, finish: { outcome: failed, message: no } } ]\n"
      )
      .file(
        "outer.yaml",
        "baton: 1\nid: outer\nname: Outer\nsteps: [ { id: call, workflow: inner } ]\n"
      )
      .baton("run", "outer.yaml", exits: 5, complains: " call --again  does its steps again\n")
      .then { #expect(!$0.errors.contains("tests it again"), "\($0.errors)") }
  }

  private static let question = """
    baton: 1
    id: question
    name: A question
    roles: { support: Support }
    steps:
      - id: q
        role: support
        ask:
          message: How big?
          fields:
            size: integer
            pin: { type: string, sensitive: true }
            note: { type: string, label: A note, help: What you saw, optional: true }
          items: { logo: The logo is right, dns: The name resolves }
    """

  @Test func `the card shows what is asked for, and what of it was given`() throws {
    try Scenario()
      .file("question.yaml", Self.question)
      .baton("run", "question.yaml", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.contains("[ ] size (whole number)\n"), "\(card)")
        #expect(card.contains("[ ] pin (confidential)\n"), "\(card)")
        #expect(card.contains("[ ] note, A note (if there is one): What you saw\n"), "\(card)")
        #expect(card.contains("[ ] logo: The logo is right\n"), "\(card)")
      }
      .baton("answer", "RUN", "q", "size=3", "pin=hunter2", "--tick", "logo", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.contains("[x] size: 3\n"), "\(card)")
        #expect(card.contains("[x] pin: given\n"), "\(card)")
        #expect(card.contains("[x] logo: The logo is right\n"), "\(card)")
        #expect(card.contains("[ ] dns: The name resolves\n      1 of 2 ticked\n"), "\(card)")
        #expect(!card.contains("hunter2"))
      }
      .baton(
        "answer", "RUN", "q", exits: 2, complains: "`q` wants to know: note=… --tick dns\n"
      )
      .baton(
        "answer", "RUN", "q", "--tick", "dn", exits: 2, complains: "there is no item `dn` here\n"
      )
      .then { #expect($0.errors.contains("did you mean `dns`? the items are logo, dns\n")) }
      .baton(
        "answer", "RUN", "q", "--tick", "all", exits: 2, complains: "the items are logo, dns\n"
      )
      .baton("answer", "RUN", "q", "note=x", "--tick", "dns")
      .baton(
        "answer", "RUN", "q", "--tick", "all", exits: 2, complains: "the items are logo, dns\n")
  }

  @Test func `the card says when a wait ends by itself, however much comes before`() throws {
    try Scenario()
      .file(
        "late.yaml",
        """
        baton: 1
        id: late
        name: Late
        roles: { support: Support }
        steps:
          - id: q
            role: support
            ask: { fields: { size: integer } }
            due: 10d
            remind: [ 3d before, 2d before, 1d before ]
            expires: 20d
        """
      )
      .baton("run", "late.yaml", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        let reminders = scenario.output.matches(of: #/      a reminder goes out /#)
        #expect(reminders.count == 2, "\(scenario.output)")
        #expect(scenario.output.contains("\n      expires "), "\(scenario.output)")
      }
  }

  @Test func `the card offers no command that would be refused`() throws {
    try Scenario()
      .file(
        "needed.yaml",
        """
        baton: 1
        id: needed
        name: Needed later
        steps:
          - { id: a, action: command.run, with: { command: [sh, -c, exit 3] } }
          - { id: b, set: { text: "${{ steps.a.outputs.stdout }}" } }
        """
      )
      .baton("run", "needed.yaml", exits: 5)
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains(" retry "), "\(scenario.output)")
        #expect(!scenario.output.contains(" skip "), "\(scenario.output)")
      }
  }

  @Test func `the card says that a run is taken back, on whose word and why`() throws {
    try Scenario()
      .file(
        "trip.yaml",
        """
        baton: 1
        id: trip
        name: A trip
        steps:
          - { id: hotel, action: log.write, with: { message: hotel }, effects: once, undo: { manual: "Ring them.\\n\\nWrite it down." } }
          - { id: flight, action: log.write, with: { message: flight }, effects: once, undo: { action: command.run, with: { command: [sh, -c, exit 3] } } }
          - { id: fails, action: command.run, with: { command: [sh, -c, exit 3] } }
        """
      )
      .baton("run", "trip.yaml", exits: 5)
      .baton("undo", "RUN", exits: 2)
      .then { scenario in
        #expect(
          scenario.errors.contains("  hotel: by hand: Ring them.\n    Write it down.\n"),
          "\(scenario.errors)")
      }
      .baton("undo", "RUN", "--yes", "--reason", "not wanted", exits: 5)
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        let words = /being taken back since .* by user \w+: not wanted \(2 steps are still/
        #expect(card.contains(words), "\(card)")
        #expect(card.contains(" flight.undo\n"), "\(card)")
        // Where the run does not stand any more there is nothing to be done.
        #expect(!card.contains(" fails\n      tries it again"), "\(card)")
      }
      // Without a look at the past, which need not be read again for it.
      .then {
        try #expect($0.shell("sed -i '2s/hotel/motel/' .baton/runs/$RUN/journal.jsonl") == 0)
      }
      .baton("verify", "RUN", exits: 8)
      .baton("status", "RUN")
      .then { #expect($0.output.contains(/being taken back since .* by user \w+: not wanted \(2/)) }
  }

  @Test func `moments are in the time zone that was asked for`() throws {
    try Scenario()
      .file(
        "later.yaml",
        "baton: 1\nid: later\nname: Later\nsteps: [ { id: pause, wait: 30d } ]\n"
      )
      .baton("run", "later.yaml", exits: 4)
      .baton("status", "RUN", "--time-zone", "Africa/Johannesburg")
      .then { scenario in
        let card = scenario.output
        #expect(card.contains(/waiting until [-0-9]+ [:0-9]+ \+02:00/), "\(card)")
        #expect(!card.contains(".000Z"), "\(card)")
      }
      .baton("list", "--time-zone", "Africa/Johannesburg")
      .then { scenario in
        let list = scenario.output
        #expect(list.contains(/waits until [-0-9]+ [:0-9]+ \+02:00/), "\(list)")
      }
  }

  // MARK: What is past

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

  // MARK: Items

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

  // MARK: Nothing runs

  @Test func `of a run that no process executes nothing is running`() throws {
    let die = "if [ ! -e killed ]; then touch killed; kill -9 $PPID; fi"
    try Scenario()
      .file(
        "die.yaml",
        """
        baton: 1
        id: die
        steps:
          - id: part
            name: Part
            steps:
              - { id: look, name: Look, action: command.run, effects: none, with: { command: [sh, -c, "\(die)"] } }
              - { id: last, name: Last, set: { x: 1 } }
        """
      )
      .baton("run", "die.yaml", exits: 9)
      .then { try $0.shell("until ! $BATON status $RUN --quiet | grep -q running; do true; done") }
      .baton("status", "RUN")
      .then { scenario in
        let stands = """
          Where it stands
            ▸ Part [part]: begun
            ! Look [look]: broken off before the answer came
          """
        #expect(scenario.output.contains(stands), "\(scenario.output)")
      }
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("  Part [part]: begun\n    Look [look]: begun\n"))
      }
      // As if it had died before the attempt.
      .then { scenario in
        try scenario.shell(
          "cd .baton/runs/$RUN; rm run.json; grep . journal.jsonl | sed '$d' > cut"
            + "; mv cut journal.jsonl")
      }
      .baton("status", "RUN")
      .then { scenario in
        let stands = """
          Where it stands
            ▸ Part [part]: begun
            · Look [look]: comes next, not begun yet
          """
        #expect(scenario.output.contains(stands), "\(scenario.output)")
      }
  }

  @Test func `the card says who settled a doubt, and why`() throws {
    try Scenario()
      .file(
        "doubt.yaml",
        """
        baton: 1
        id: doubt
        steps:
          - { id: act, name: Act, action: command.run, effects: once, with: { command: [sh, -c, "kill -9 $PPID"] } }
        """
      )
      .baton("run", "doubt.yaml", exits: 9)
      .then { try $0.shell("until ! $BATON status $RUN --quiet | grep -q running; do true; done") }
      .baton("resume", "RUN", exits: 5)
      .baton(
        "resolve", "RUN", "act", "--happened", "--set", "exit_code=0", "--set", "stdout=", "--set",
        "stderr=", "--set", "truncated=false", "--reason", "seen in the log"
      )
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains(/Act \[act\]: doubt settled by user \w+: seen in the log/))
      }
      .baton("transcript", "RUN")
      .then { scenario in
        let settled =
          /Act \[act\]: succeeded, doubt settled by user \w+, it happened: seen in the log/
        #expect(scenario.output.contains(settled), "\(scenario.output)")
      }
  }

  @Test func `what takes the run further at several steps is to be typed once`() throws {
    try Scenario().project()
      .file(
        "days.yaml",
        """
        baton: 1
        id: days
        steps:
          - id: checks
            parallel:
              - { id: one, wait: 1d }
              - { id: two, wait: 2d }
              - { id: form, wait: { event: forms.submitted } }
        """
      )
      .baton("run", "days.yaml", exits: 4)
      .then { scenario in
        #expect(scenario.errors.split(separator: "goes on, once the time").count == 2)
        let moments = scenario.output.matches(of: /: waits until \d+-\d+-\d+ \d+:\d+ \+00:00\n/)
        #expect(moments.count == 2, "\(scenario.output)")
      }
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.split(separator: "goes on, once the time").count == 2)
        // What its line says is not said once more.
        #expect(scenario.output.contains("form: waiting for the event forms.submitted, since "))
        #expect(!scenario.output.contains("waits for the event"), "\(scenario.output)")
      }
  }

  @Test func `what was noted for whoever comes next stands on the card`() throws {
    let scenario = try Scenario()
      .file("ask.yaml", "baton: 1\nid: ask\nsteps: [ { id: q, ask: { fields: { a: string } } } ]\n")
      .baton("run", "ask.yaml", "--no-input", exits: 4)
      .baton("status", "RUN")
    #expect(!scenario.output.contains("Notes"))
    for number in 1...6 {
      try scenario.baton("note", "RUN", "call \(number)\nno answer")
    }
    try scenario.baton("status", "RUN")
    let card = scenario.output
    #expect(card.contains("\nNotes\n  … 1 earlier: the transcript has them\n"), "\(card)")
    #expect(card.contains(/\+00:00 user \w+: call 6\n      no answer\n/), "\(card)")
    #expect(!card.contains("call 1\n"))
    try scenario.baton("status", "RUN", "--json")
    let notes = try #require(try scenario.json()["notes"] as? [[String: Any]])
    #expect(notes.map { $0["text"] as? String }.first == "call 1\nno answer")
    #expect(notes.count == 6)
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

  @Test func `what could not be tried is tried again, what is not met is tested again`() throws {
    try Scenario()
      .file(
        "two.yaml",
        """
        baton: 1
        id: two
        steps:
          - id: both
            parallel:
              - { id: call, action: command.run, with: { command: [no-such-program] } }
              - { id: hold, preconditions: [ { check: now < run.started_at, message: not yet } ], set: { x: 1 } }
        """
      )
      .baton("run", "two.yaml", exits: 5)
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.contains("! call: blocked") && card.contains("! hold: blocked"), "\(card)")
        let meaning =
          "      tries it again, once it has been seen to; tests the condition again, once it has "
        #expect(card.contains(meaning + "been seen to\n"), "\(card)")
        #expect(card.split(separator: "baton resume ").count == 2)
      }
  }
}

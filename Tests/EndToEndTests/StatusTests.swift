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
        // Its check sees only what is recorded, and says the same each time.
        #expect(!card.contains("tests it again"), "\(card)")
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
            repeat: { steps: [ { id: a, set: { n: "${{ index }}" } } ], until: steps.a.outputs.n > 4, at_most: 2 }
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
        "answer", "RUN", "q", exits: 2, complains: "`q` wants to know: --tick dns\n"
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
      .then { scenario in
        for format in ["text", "markdown"] {
          try scenario.baton(
            "transcript", "RUN", "--format", format, "--time-zone", "Africa/Johannesburg")
          let told = scenario.output
          #expect(told.contains(/pause:? .*waits until [-0-9]+ [:.0-9]+ \+02:00/), "\(told)")
          #expect(!told.contains("Z\n"), "\(told)")
        }
        // What programs read is as the journal has it.
        try scenario.baton("transcript", "RUN", "--json")
        #expect(scenario.output.contains(/waits until [-0-9]+T[:.0-9]+Z/), "\(scenario.output)")
      }
  }
}

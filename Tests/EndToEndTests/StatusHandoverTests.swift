import Testing

/// What the card of a run that nobody carries out tells whoever takes it over.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct StatusHandoverTests {
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

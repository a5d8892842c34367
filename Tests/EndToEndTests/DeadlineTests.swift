import Testing

@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct DeadlineTests {
  @Test func `what has expired goes on as the workflow says, and tick finds nothing more`() throws {
    let scenario = try Scenario()
      .file(
        "w.yaml",
        """
        baton: 1
        id: late
        name: Late
        steps:
          - id: q
            ask: { message: m, fields: { n: integer } }
            expires: { at: "timestamp('2020-01-01T00:00:00Z')" }
            on_expiry: continue
          - id: forever
            ask: { message: m, fields: { n: integer } }
            due: 2h
            escalate: [ { after_due: 1h } ]
        """
      )
      .baton("run", "w.yaml", "--no-input", exits: 4)
      .baton("answer", "RUN", "q", "n=1", exits: 7, complains: "has expired")
      .baton("tick", "--quiet", prints: "").baton("tick", "--json")
    #expect(try (scenario.json()["runs"] as? [Any])?.isEmpty == true)
    #expect(try scenario.json()["next_at"] is String)
    try scenario.baton("status", "RUN", "--json")
    #expect(scenario.output.contains("escalate.1"))
    try scenario.baton("answer", "RUN", "forever", "n=1").baton("verify", "RUN")
  }

  @Test func `a run whose calendar has ended goes on with the mended one, as its card says`() throws
  {
    let calendar = "time_zone: UTC\nhours: { weekdays: 09:00-17:00 }\nholidays_until: "
    let scenario = try Scenario()
      .file("calendars/za.yaml", calendar + "2020-12-31\n")
      .file(
        "flows/w.yaml",
        """
        baton: 1
        id: late
        name: Late
        calendar: za
        steps:
          - { id: q, ask: { message: m, fields: { n: integer } }, due: 1 business day }
        """
      )
      .file("baton.yaml", "baton: 1\nproject: late\n")
      .baton("run", "flows/w.yaml", "--no-input", exits: 5)
      .baton("status", "RUN")
    let lines = scenario.output.split(separator: "\n").map { $0.drop { $0 == " " } }
    let reason =
      "`due: 1 business day` reaches beyond 2020-12-31, up to which the holidays of the calendar `za`"
      + " are known"
    #expect(lines.contains { $0 == reason }, "\(scenario.output)")
    let offered = lines.drop { $0 != "Next" }.filter { $0.hasPrefix("baton ") }
    let migrate = try #require(offered.first)
    #expect(migrate.hasPrefix("baton migrate ") && migrate.hasSuffix("--to flows/w.yaml"))
    #expect(offered.dropFirst().first?.hasPrefix("baton retry ") == true)
    #expect(scenario.output.contains("calendars/za.yaml"), "\(scenario.output)")
    // The run has the calendar that it was started with until it is moved.
    try scenario.file("calendars/za.yaml", calendar + "2120-12-31\n")
      .baton("retry", "RUN", "q", "--no-input", exits: 5)
    #expect(
      try scenario.shell("$BATON\(migrate.dropFirst(5)) --reason 'the new years' --no-input") == 5)
    try scenario.baton("retry", "RUN", "q", "--no-input", exits: 4)
      .baton("answer", "RUN", "q", "n=1").baton("verify", "RUN")
  }

  @Test func `an escalation to the role of the step names nobody twice`() throws {
    try Scenario()
      .file(
        "w.yaml",
        """
        baton: 1
        id: up
        name: Up
        roles: { ops: { name: Ops } }
        steps:
          - { id: q, role: ops, ask: { fields: { n: integer } }, escalate: [ { after: 1ms, to: ops } ] }
        """
      )
      .baton("run", "w.yaml", "--no-input", exits: 4)
      .then {
        try $0.shell("until $BATON status $RUN | grep -q 'not told'; do $BATON tick --quiet; done")
      }
      .baton("status", "RUN")
      .then { #expect($0.output.contains("waiting for ops to answer"), "\($0.output)") }
      .baton("tasks")
      .then { #expect(!$0.output.contains("ops, ops"), "\($0.output)") }
  }

  @Test func `a calendar is pinned with the run, and one that is missing is said before the start`()
    throws
  {
    let workflow = """
      baton: 1
      id: business
      name: Business
      calendar: za
      steps: [ { id: pause, wait: 2 business days } ]
      """
    try Scenario().file("baton.yaml", "baton: 1\n").file("w.yaml", workflow)
      .baton("run", "w.yaml", exits: 7, complains: "reckons by a calendar that is not there")
      .file(
        "calendars/za.yaml",
        "time_zone: Africa/Johannesburg\nhours: { weekdays: 08:00-17:00 }\nholidays: [2026-12-25]\n"
      )
      .baton("run", "w.yaml", exits: 4)
      .move("calendars/za.yaml", to: "calendars/gone.yaml")
    try Scenario().file("baton.yaml", "baton: 1\n")
      .file("calendars/za.yaml", "time_zone: Mars/Base\nhours: { weekdays: 8 to 5 }\n")
      .file("w.yaml", workflow)
      .baton("run", "w.yaml", exits: 3, complains: "error[B1601]: `Mars/Base` is not a time zone")
  }

  @Test func `an event without a run is kept for every run that waits for it`() throws {
    let scenario = try Scenario()
      .file(
        "baton.yaml",
        "baton: 1\nenvironments: { local: { connections: { shop: { driver: none } } } }\n"
      )
      .file(
        "plugins/shop/plugin.yaml",
        "plugin: shop\nsummary: S\nevents:\n  paid: { order: string }\n"
      )
      .file(
        "w.yaml",
        """
        baton: 1
        id: paid
        name: Paid
        steps: [ { id: w, wait: { event: shop.paid, match: "event.order == 'A'" } } ]
        """
      )
      .baton("event", "shop.paid", "order=A", complains: "no run waits for it now")
      .baton("run", "w.yaml", exits: 4)
      .baton("event", "shop.payed", "order=A", exits: 7, complains: "unknown event `shop.payed`")
      .baton("event", "shop.paid", exits: 2, complains: "add order=…")
      .baton("event", "nothing", exits: 2, complains: "no event is named")
      .baton("event", "shop.paid", "order=A", prints: "run RUN: succeeded\n")
      .baton("run", "w.yaml", exits: 4)
      .baton("event", "RUN", "shop.paid", "order=A")
    try scenario.baton("verify", "--all")
  }

  @Test func `a question that is asked anew tells people anew`() throws {
    let scenario = try Scenario()
      .file(
        "baton.yaml",
        """
        baton: 1
        people: { ana: { name: Ana, roles: [manager] } }
        environments:
          local:
            notify: { action: bell.ring, with: { text: "${{ text }}" } }
            connections: { bell: { driver: command } }
        """
      )
      .file(
        "plugins/bell/plugin.yaml",
        """
        plugin: bell
        summary: A bell
        operations:
          ring: { summary: Ring it, effects: keyed, inputs: { text: string }, outputs: {} }
        """
      )
      .file(
        "plugins/bell/command.yaml",
        """
        driver: command
        kind: command
        summary: A file
        operations:
          ring: { run: [sh, -c, 'grep -qxF "$BATON_IDEMPOTENCY_KEY" rung || echo "$BATON_IDEMPOTENCY_KEY" >> rung'] }
        """
      )
      .file("rung", "")
      .file(
        "w.yaml",
        """
        baton: 1
        id: golive
        name: Go live
        roles: { manager: Manager }
        steps:
          - { id: ok, role: manager, approve: "Go?", escalate: [ { after: 1ms } ] }
        """
      )
      .baton("run", "w.yaml", exits: 4)
      .baton("reject", "RUN", "ok", exits: 5)
      .baton("retry", "RUN", "ok", exits: 4)
      .baton("approve", "RUN", "ok")
    #expect(try scenario.text("rung").split(separator: "\n").count == 2)
    try scenario.baton("verify", "--all")
  }

  @Test func `whoever was being told when the process died is not told twice, the others are`()
    throws
  {
    let scenario = try Scenario()
      .file(
        "baton.yaml",
        """
        baton: 1
        people: { ana: { name: Ana, roles: [manager] }, ben: { name: Ben, roles: [manager] } }
        environments:
          local:
            notify:
              action: command.run
              with:
                command: [sh, -c, 'echo "$1" >> told; if [ ! -e killed ]; then touch killed; kill -9 $PPID; kill -9 $$; fi', sh, "${{ person.id }}"]
        """
      )
      .file(
        "w.yaml",
        """
        baton: 1
        id: golive
        name: Go live
        roles: { manager: Manager }
        steps:
          - { id: ok, role: manager, approve: "Go?", escalate: [ { after: 1ms } ] }
        """
      )
      .baton("run", "w.yaml", exits: 9)
      .then { try $0.shell("until $BATON resume $RUN; do [ $? != 4 ] || exit 0; done") }
      .holds("told", "ana\nben\n")
      .baton("tick", "--quiet")
      .holds("told", "ana\nben\n")
      .baton("status", "RUN", "--json")
    #expect(scenario.output.contains("ana: nobody knows whether it was sent"))
    try scenario.baton("approve", "RUN", "ok").baton("verify", "--all")
  }
}

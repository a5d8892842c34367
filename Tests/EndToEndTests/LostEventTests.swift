import Foundation
import Testing

/// What comes to a run from outside, sealed, and cannot be opened where the run is executed: it is neither
/// dropped nor taken for absent.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct LostEventTests {
  private static let key = String(repeating: "5a", count: 32)

  /// A project that knows of payments.
  private func shop() throws -> Scenario {
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
          paid: { order: string, pin: { type: string, sensitive: true } }
        """)
  }

  /// A run that came to a wait for an event which the project had kept, and whose sealed data is gone.
  private func missed(_ match: String = "event.order == 'A'") throws -> Scenario {
    try shop()
      .file(
        "wait.yaml",
        """
        baton: 1
        id: wait
        steps:
          - { id: q, ask: { items: { go: Go } } }
          - { id: paid, wait: { event: shop.paid, match: "\(match)" } }
          - { id: use, action: command.run, with: { command: [sh, -c, 'echo "$1" > used', sh, "${{ steps.paid.outputs.event.pin }}"] } }
        """
      )
      .baton("run", "wait.yaml", "--no-input", exits: 4)
      .baton("event", "shop.paid", "order=B", "pin=other-pin")
      .baton("event", "shop.paid", "order=A", "pin=abc-def")
      .then { try $0.move(".baton/events-sealed.jsonl", to: "copy") }
  }

  private func said(_ scenario: Scenario) throws {
    try scenario.baton("status", "RUN")
      .then { scenario in
        let sentence =
          "the event `shop.paid` came, and what it brought cannot be known: it is sealed"
        #expect(scenario.output.contains(sentence), "\(scenario.output)")
        #expect(scenario.output.contains("`events-sealed.jsonl` of the project"))
        // Delivering it once more would not help: it would be a later one.
        #expect(!scenario.output.contains("baton event"))
        #expect(scenario.output.contains(#/baton done \S+ paid (event\.\S+ )+--reason 'WHY'/#))
      }
      .baton("list", "--status", "needs_attention", "--quiet")
      .then { #expect($0.output.contains("-")) }
      // It is somebody's, with the index and without it.
      .baton("tasks")
      .then { #expect($0.output.contains("  paid  "), "\($0.output)") }
      .then { try $0.shell("rm -r .baton/index") }
      .baton("tasks")
      .then { #expect($0.output.contains("  paid  "), "\($0.output)") }
  }

  @Test
  func `an event of the project that cannot be opened holds up the run that may wait for it`()
    throws
  {
    try missed()
      .baton("answer", "RUN", "q", "-t", "go", exits: 5)
      .then(said)
      .baton("verify", "RUN", complains: "1 of 1 sealed value is gone or damaged")
      .baton(
        "verify", "--all",
        complains: "of the project's events 2 of 2 sealed values are gone or damaged"
      )
      .then { _ = try $0.exitCode("doctor") }
      .then {
        #expect($0.output.contains("! the events of the project: of the project's events 2 of 2"))
      }
      // A copy brings it back, and the run keeps what it needs of it.
      .then { try $0.shell("cp copy .baton/events-sealed.jsonl") }
      .baton("resume", "RUN")
      .holds("used", "abc-def\n")
      .then { try $0.shell("rm .baton/events-sealed.jsonl") }
      .baton("verify", "RUN")
      .then { #expect(!$0.errors.contains("gone or damaged")) }
  }

  @Test func `whoever sends an event that cannot be told learns that it is kept`() throws {
    try shop()
      .file(
        "w.yaml",
        """
        baton: 1
        id: w
        inputs: { token: { type: string, sensitive: true } }
        steps:
          - { id: paid, wait: { event: shop.paid, match: event.pin == inputs.token } }
        """
      )
      .baton("run", "w.yaml", "-i", "token=abc-def", "--no-input", exits: 4)
      .baton(
        "event", "RUN", "shop.paid", "order=A", "pin=other-pin", exits: 4,
        complains: "kept; nothing waits for it now"
      )
      .then { try $0.move(".baton/key", to: "kept") }
      .baton(
        "event", "RUN", "shop.paid", "order=A", "pin=abc-def", exits: 5,
        complains: "kept; whether anything waits for it cannot be known now"
      )
      .then { try $0.shell("cp kept .baton/key") }
      .baton("resume", "RUN", exits: 5)
      .baton("status", "RUN")
      .then { #expect($0.output.contains("what it brought cannot be known"), "\($0.output)") }
  }

  @Test func `an event of the project that is for another run holds up none`() throws {
    try missed("event.order == 'C'")
      .baton("answer", "RUN", "q", "-t", "go", exits: 4)
      .baton("status", "RUN")
      .then { #expect(!$0.output.contains("cannot be known")) }
  }

  @Test func `an event may be the first thing that a project keeps, whoever has the key`() throws {
    let scenario = try shop()
    let script = "BATON_KEY=\(Self.key) $BATON event shop.paid order=A pin=abc-def"
    #expect(try scenario.shell(script) == 0)
    try scenario.baton("verify", "--all", complains: "1 of 1 sealed value cannot be opened")
  }

  @Test func `a line that is no event is told of, and the others are taken`() throws {
    try shop()
      .file("w.yaml", "baton: 1\nid: w\nsteps: [{ id: paid, wait: { event: shop.paid } }]\n")
      .baton("run", "w.yaml", "--no-input", exits: 4)
      .then { try $0.shell("echo 'no event' > .baton/events.jsonl") }
      .baton("event", "shop.paid", "order=A", "pin=abc-def")
      .baton(
        "verify", "--all", complains: "1 of 2 lines of `events.jsonl` is no event, but a write")
  }

  // MARK: Handed over

  /// A run that a process executes which has not the key of the others, with a question, a step that failed, and
  /// one that goes on until `go` is there.
  private func handedOver(_ commands: String) throws -> Scenario {
    let scenario = try Scenario()
      .file("baton.yaml", "baton: 1\n")
      .file(
        "w.yaml",
        """
        baton: 1
        id: two
        steps:
          - id: both
            parallel:
              - { id: long, action: command.run, with: { command: [sh, -c, "until [ -e go ]; do sleep 0.05; done"] } }
              - { id: q, ask: { fields: { pin: { type: string, sensitive: true, optional: true }, name: string } } }
              - { id: bad, action: password.generate, with: { length: "${{ [1][size('ab')] }}" } }
          - { id: use, action: command.run, with: { command: [sh, -c, 'echo "$1" > used', sh, "${{ steps.q.outputs.?pin.orValue('none') }}"] } }
        """)
    let code = try scenario.shell(
      """
      $BATON run w.yaml --no-input > out 2>&1 & run=$!
      until grep -qs step.waiting .baton/runs/*/journal.jsonl && grep -qs attempt.started .baton/runs/*/journal.jsonl && grep -qs step.failed .baton/runs/*/journal.jsonl || ! kill -0 $run; do sleep 0.05; done
      RUN=$(basename .baton/runs/*)
      \(commands)
      touch go
      wait $run
      """)
    let out = try scenario.text("out")
    #expect(code == 5, "\(out)")
    return scenario
  }

  @Test func `an answer that the process which has the run cannot open has to be given again`()
    throws
  {
    try handedOver("BATON_KEY=\(Self.key) $BATON answer $RUN q pin=4711-4712 name=ana > said 2>&1")
      .then { scenario in
        let said = try scenario.text("out")
        #expect(said.contains("the answer `pin` has to be given again: it is sealed, and its key"))
      }
      // It is not absent either, though it need not be given.
      .then { scenario in
        let run = URL(filePath: scenario.folder.path).appending(path: ".baton/runs")
        let name = try FileManager.default.contentsOfDirectory(atPath: run.path)[0]
        try scenario.baton("done", name, "bad", "password=1", "--reason", "seen", exits: 5)
        try scenario.baton("status", name)
        #expect(scenario.output.contains("[ ] pin"), "\(scenario.output)")
        let code = try scenario.shell("BATON_KEY=\(Self.key) $BATON resume \(name)")
        #expect(code == 0)
      }
      .holds("used", "4711-4712\n")
  }

  @Test func `what else cannot be opened there is refused, and the giver learns why`() throws {
    try handedOver(
      "BATON_KEY=\(Self.key) $BATON done $RUN bad password=4711-4712 --reason seen > said 2>&1; echo $? > code"
    )
    .holds("code", "7\n")
    .then { scenario in
      let said = try scenario.text("said")
      #expect(said.contains("`password` that came with it cannot be known where the run is"))
      #expect(said.contains("it is sealed, and its key is not here; nothing was done"))
    }
  }

  @Test func `what is no command is kept, and the record says so`() throws {
    try Scenario().file("baton.yaml", "baton: 1\n")
      .file("w.yaml", "baton: 1\nid: w\nsteps: [{ id: q, ask: { items: { go: Go } } }]\n")
      .baton("run", "w.yaml", "--no-input", exits: 4)
      .then {
        try $0.shell(
          """
          mkdir -p .baton/runs/$RUN/inbox
          echo half > .baton/runs/$RUN/inbox/0000000000000000001-a1.json
          echo '{"content":{"kind":"fly"},"id":"a2"}' > .baton/runs/$RUN/inbox/0000000000000000002-a2.json
          """)
      }
      .baton("resume", "RUN", exits: 4)
      .baton("tick", complains: "nothing is due")
      .baton("transcript", "RUN")
      .then { scenario in
        for name in ["0000000000000000001-a1.json", "0000000000000000002-a2.json"] {
          #expect(scenario.output.contains("`\(name)` cannot be read as a command"))
          let kept = try scenario.runFolder().appending(path: "unread/\(name)").path
          #expect(FileManager.default.fileExists(atPath: kept))
        }
      }
      .baton("answer", "RUN", "q", "-t", "go")
      .baton("verify", "--all")
  }

  // MARK: Contracts that changed

  @Test
  func `an event that is unfit for the contract of a run is refused once, and the run goes on`()
    throws
  {
    try shop()
      .file(
        "w.yaml",
        """
        baton: 1
        id: w
        steps:
          - { id: q, ask: { items: { go: Go } } }
          - { id: paid, wait: { event: shop.paid, match: "event.order == 'A'" } }
        """
      )
      .baton("run", "w.yaml", "--no-input", exits: 4)
      .file(
        "plugins/shop/plugin.yaml",
        "plugin: shop\nsummary: S\nevents: { paid: { order: string, more: string } }\n"
      )
      .baton("event", "shop.paid", "order=A", "more=x")
      .baton("answer", "RUN", "q", "-t", "go", exits: 4)
      .baton("transcript", "RUN")
      .then { scenario in
        let refusals = scenario.output.matches(of: #/refused: the data of `shop.paid` is unfit/#)
        #expect(refusals.count == 1, "\(scenario.output)")
      }
      .baton("resume", "RUN", exits: 4)
      .baton("event", "RUN", "shop.paid", "order=A", "pin=abc-def")
  }
}

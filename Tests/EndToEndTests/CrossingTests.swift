import Foundation
import Testing

/// What happens at the same moment, or in the other order.
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct CrossingTests {
  private let question = """
    baton: 1
    id: crossing
    name: Crossing
    version: 1.0.0
    steps:
      - { id: ask, ask: { message: "How many?", fields: { n: integer } } }
      - { id: act, action: command.run, with: { command: [sh, -c, "echo act >> trace"] } }
    outputs: { n: "${{ steps.ask.outputs.n }}" }
    """

  @Test func `of two different answers at once one counts, and the other is told of it`() throws {
    for _ in 0..<5 {
      try Scenario()
        .file("crossing.yaml", question)
        .baton("run", "crossing.yaml", exits: 4)
        .then {
          try $0.shell(
            """
            $BATON answer $RUN ask n=1 > one 2>&1 & first=$!
            $BATON answer $RUN ask n=2 > two 2>&1; second=$?
            wait $first; echo "$? $second"
            """)
        }
        .then { scenario in
          let codes = scenario.output.split(separator: /\s/).compactMap { Int($0) }
          let texts = try scenario.text("one") + scenario.text("two")
          #expect(codes.sorted() == [0, 7], "\(codes)\n\(texts)")
        }
        .baton("status", "RUN", "--quiet", prints: "succeeded\n")
        .baton("verify", "--all")
        .holds("trace", "act\n")
    }
  }

  @Test func `the same answer twice at once is one answer`() throws {
    for _ in 0..<5 {
      try Scenario()
        .file("crossing.yaml", question)
        .baton("run", "crossing.yaml", exits: 4)
        .then {
          try $0.shell(
            """
            for i in 1 2 3; do ($BATON answer $RUN ask n=1; echo "code $?") > out-$i 2>&1 & done
            wait; cat out-*
            """)
        }
        .then { #expect($0.output.split(separator: "code 0").count == 4, "\($0.output)") }
        .then { scenario in
          let inbox = try scenario.runFolder().appending(path: "inbox").path
          let left = (try? FileManager.default.contentsOfDirectory(atPath: inbox)) ?? []
          #expect(left.isEmpty)
        }
        .baton("status", "RUN", "--quiet", prints: "succeeded\n")
        .baton("verify", "--all")
        .holds("trace", "act\n")
    }
  }

  private let events = """
    baton: 1
    id: early
    name: Early
    version: 1.0.0
    steps:
      - { id: ask, ask: { message: "Ready?", fields: { ok: boolean } } }
      - { id: arrived, wait: { event: site.user_logged_in, match: "event.user_id == 'u1'" } }
      - { id: act, action: command.run, with: { command: [sh, -c, "echo act >> trace"] } }
    """

  @Test func `an event that comes before its wait is kept for it, another's is not taken`() throws {
    try Scenario()
      .project()
      .file("early.yaml", events)
      .baton("run", "early.yaml", exits: 4)
      .baton("event", "RUN", "site.user_logged_in", "user_id=u2", exits: 4)
      .baton("event", "RUN", "site.user_logged_in", "user_id=u1", exits: 4)
      .baton("answer", "RUN", "ask", "ok=true")
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .holds("trace", "act\n")
  }

  /// Answers come while the run is carried out: the first step waits until they are in its inbox.
  private let busy = """
    baton: 1
    id: busy
    name: Busy
    version: 1.0.0
    steps:
      - id: meanwhile
        action: command.run
        with:
          command:
            - sh
            - -c
            - |
              run=$(ls .baton/runs)
              (setsid sh -c '"$0" event "$1" site.user_logged_in user_id=u1; echo $? > told' "$0" "$run") \\
                > /dev/null 2>&1 < /dev/null &
              until ls .baton/runs/*/inbox/*.json > /dev/null 2>&1; do :; done
            - BINARY
      - { id: arrived, wait: { event: site.user_logged_in, match: "event.user_id == 'u1'" } }
      - { id: act, action: command.run, with: { command: [sh, -c, "echo act >> trace"] } }
    """

  @Test func `what comes while the run is on its way to parking is taken before it parks`() throws {
    let binary = try #require(Scenario.binary)
    try Scenario()
      .project()
      .file("busy.yaml", busy.replacing("BINARY", with: binary))
      .baton("run", "busy.yaml")
      .holds("trace", "act\n")
      .baton("verify", "--all")
      .baton("transcript", "RUN", "--json")
      .then { scenario in
        let entries = try #require(try scenario.json()["entries"] as? [[String: Any]])
        let event = try #require(entries.first { $0["type"] as? String == "event.received" })
        // It came while the step before was at work, which ended later.
        let (came, taken) = (event["arrived_at"] as? String, event["at"] as? String)
        #expect(try #require(came) < #require(taken))
        let others = entries.filter { $0["type"] as? String != "event.received" }
        #expect(others.allSatisfy { $0["arrived_at"] == nil })
      }
  }

  /// A child that outlives its killed parent, until a file says that it may end.
  private func orphaned(_ effects: String) -> String {
    """
    baton: 1
    id: orphan
    name: Orphan
    version: 1.0.0
    steps:
      - id: long
        action: command.run
        effects: \(effects)
        with:
          command:
            - sh
            - -c
            - |
              echo long >> trace
              if [ ! -e killed ]; then touch killed; kill -9 $PPID; until [ -e go ]; do :; done; fi
      - { id: last, action: command.run, with: { command: [sh, -c, "echo last >> trace"] } }
    """
  }

  @Test func `a run is not resumed before what its killed process started has ended`() throws {
    try Scenario()
      .file("orphan.yaml", orphaned("keyed"))
      .baton("run", "orphan.yaml", exits: 9)
      .baton("resume", "RUN", exits: 7, complains: "end them: baton resume RUN --kill-children")
      .baton("status", "RUN", "--quiet", prints: "interrupted\n")
      .baton("list", "--status", "interrupted", "--json")
      .then { #expect($0.output.contains(#""left_running":["#), "\($0.output)") }
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(card.contains("is dead, but what it started still runs: process "), "\(card)")
        let next = card.split(separator: "\nNext\n").last ?? ""
        #expect(next.contains("--kill-children"), "\(card)")
        #expect(!next.contains("baton answer"), "\(card)")
      }
      .file("go", "")
      .then { try $0.shell("until $BATON resume $RUN; do [ $? = 7 ] || exit 1; done") }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .holds("trace", "long\nlong\nlast\n")
  }

  @Test func `or it is told to end it, and what that means stays in doubt`() throws {
    try Scenario()
      .file("orphan.yaml", orphaned("once"))
      .baton("run", "orphan.yaml", exits: 9)
      .baton("resume", "RUN", "--kill-children", exits: 5, complains: "baton resolve RUN long")
      .baton(
        "resolve", "RUN", "long", "--happened", "--set", "stdout=",
        "--reason", "it is in the trace"
      )
      .holds("trace", "long\nlast\n")
      .baton("verify", "--all")
  }

  @Test func `of several ticks and an answer at once each deadline comes once`() throws {
    let late = """
      baton: 1
      id: late
      name: Late
      steps:
        - id: beside
          parallel:
            - id: ask
              ask: { message: "How many?", fields: { n: integer } }
              due: 1ms
              escalate: [ { after_due: 1ms } ]
            - id: deadly
              action: command.run
              effects: keyed
              with: { command: [sh, -c, "if [ ! -e killed ]; then touch killed; kill -9 $PPID; kill -9 $$; fi"] }
      """
    let scenario = try Scenario()
      .file("late.yaml", late)
      .baton("run", "late.yaml", exits: 9)
      .then {
        try $0.shell(
          """
          for i in 1 2 3; do $BATON tick > tick-$i 2>&1 & done
          $BATON answer $RUN ask n=1 > one 2>&1; echo "$?"
          wait
          $BATON tick --quiet > last
          """)
      }
      .then { #expect($0.output == "0\n" || $0.output == "4\n") }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .baton("verify", "--all")
    let journal = try String(
      contentsOf: scenario.runFolder().appending(path: "journal.jsonl"), encoding: .utf8)
    #expect(journal.components(separatedBy: "\"deadline.reached\"").count == 3)
    #expect(journal.components(separatedBy: "\"answer.given\"").count == 2)
  }
}

import Foundation
import Testing

@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct MigrateTests {
  private static func workflow(_ version: String, _ steps: String) -> String {
    """
    baton: 1
    id: visit
    name: Prepare a visit
    version: \(version)
    steps:
      - { id: book, name: Book it, action: files.write, with: { path: book.txt, content: booked } }
    \(steps)
    """
  }

  private static let question =
    "  - { id: sure, name: Are they sure, ask: { fields: { answer: string } } }\n"
  private static func write(_ name: String) -> String {
    "  - { id: \(name), name: Write \(name), action: files.write, "
      + "with: { path: \(name).txt, content: x } }\n"
  }

  @Test func `a run whose outputs cannot be computed ends by a version in which they can`() throws {
    func shares(_ version: String, _ share: String) -> String {
      Self.workflow(version, "outputs: { share: \"${{ \(share) }}\" }").replacing(
        "steps:", with: "inputs: { n: integer }\nsteps:")
    }
    try Scenario().file("visit.yaml", shares("1.0.0", "100 / inputs.n"))
      .baton("run", "visit.yaml", "-i", "n=0", exits: 5)
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("needs attention"))
        #expect(scenario.output.contains("migrate"))
        #expect(scenario.output.contains("ends it without them"))
      }
      .baton("list").then { #expect($0.output.contains("outputs cannot be computed")) }
      .baton("resume", "RUN", exits: 5)
      .file("visit.yaml", shares("2.0.0", "inputs.n == 0 ? 100 : 100 / inputs.n"))
      .baton("migrate", "RUN", "--to", "visit.yaml", exits: 0)
      .baton("status", "RUN").then { #expect($0.output.contains("share: 100")) }
      .baton("verify", "--all")
  }

  @Test func `a new step that fails parks the run, also beside other new ones`() throws {
    let missing =
      "  - { id: copied, name: Copy it, action: files.read, with: { path: missing.txt } }\n"
    try Scenario().file("visit.yaml", Self.workflow("1.0.0", Self.question))
      .baton("run", "visit.yaml", exits: 4)
      .file(
        "visit.yaml",
        Self.workflow("2.0.0", missing + Self.question).replacing(
          "steps:\n", with: "steps:\n" + Self.write("before"))
      )
      .baton(
        "migrate", "RUN", "--to", "visit.yaml", "--decide", "before=do", "--decide", "copied=do",
        exits: 5
      )
      .baton("status", "RUN")
      .then { #expect($0.output.contains("needs attention")) }
      .file("missing.txt", "x")
      .baton("retry", "RUN", "copied", exits: 4)
      .baton("rewind", "RUN", "--to", "gone", exits: 7, complains: "has passed none")
      .baton("cancel", "RUN", "--reason", "enough")
      .baton("migrate", "RUN", "--to", "visit.yaml", exits: 7, complains: "the run is over: it")
      .baton("verify", "--all")
  }

  @Test func `a parked run is moved, and everything understands it`() throws {
    try Scenario().file("visit.yaml", Self.workflow("1.0.0", Self.question))
      .baton("run", "visit.yaml", exits: 4)
      .file(
        "visit.yaml",
        Self.workflow("2.0.0", Self.write("early") + Self.question + Self.write("late"))
      )
      .baton("migrate", "RUN", "--to", "visit.yaml", "--plan", exits: 0)
      .then { scenario in
        #expect(scenario.output.contains("--decide early=do or --decide early=leave_out"))
        #expect(scenario.output.contains("it comes later"))
      }
      .baton("migrate", "RUN", "--to", "visit.yaml", exits: 7, complains: "nothing was changed")
      .baton("status", "RUN")
      .then { #expect($0.output.contains("of visit 1.0.0")) }
      .baton(
        "migrate", "RUN", "--to", "visit.yaml", "--decide", "early=do", "--reason", "a new rule",
        exits: 4
      )
      .file("visit.yaml", "it was changed again")
      .baton("status", "RUN")
      .then { #expect($0.output.contains("of visit 2.0.0")) }
      .then { scenario in
        let early = try scenario.text("early.txt")
        #expect(early == "x")
      }
      .baton("verify", "--all")
      .baton("answer", "RUN", "sure", "answer=yes", exits: 0)
      .then { scenario in
        let late = try scenario.text("late.txt")
        #expect(late == "x")
      }
      .baton("transcript", "RUN")
      .then { scenario in
        let sentence = "moved from version 1.0.0 of the workflow to version 2.0.0 by user"
        #expect(scenario.output.contains(sentence))
        #expect(scenario.output.contains("differs: step `early`: added"))
        let move = #/\nmoved to version 2\.0\.0 .*, from visit\.yaml, SHA-256 /#
        #expect(scenario.output.contains(move))
        #expect(scenario.output.contains("a new rule"))
      }
      .baton("verify", "--all")
      .then { scenario in
        let state = try scenario.runFolder().appending(path: "run.json")
        try FileManager.default.removeItem(at: state)
      }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
  }

  @Test func `the transcript names a step that was removed, and a version that is none`() throws {
    let head = "baton: 1\nid: plain\nsteps:\n"
    let early = """
        - id: early
          name: Write it down
          action: command.run
          with: { command: [touch, early] }
          undo: { manual: Cross it out }

      """
    let ask = "  - { id: q, ask: { items: { go: Go } } }\n"
    try Scenario().file("baton.yaml", "baton: 1\n").file("plain.yaml", head + early + ask)
      .baton("run", "plain.yaml", "--no-input", exits: 4)
      .file("plain.yaml", head + ask)
      .baton("migrate", "RUN", "--to", "plain.yaml", "--no-input", exits: 4)
      .baton("undo", "RUN", "--yes", exits: 4)
      .then { #expect($0.errors.contains("Take back: Write it down"), "\($0.errors)") }
      .baton("status", "RUN")
      .then { #expect($0.output.contains("Take back: Write it down"), "\($0.output)") }
      .baton("tasks")
      .then { #expect($0.output.contains("Take back: Write it down"), "\($0.output)") }
      .then { _ = try $0.exitCode("done", "RUN", "early.undo", "--reason", "crossed out") }
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("Write it down [early]"))
        #expect(scenario.output.contains("Take back: Write it down [early.undo]"))
        #expect(scenario.output.contains("\nmoved to version (none) "))
      }
      .baton("transcript", "RUN", "--format", "markdown")
      .then { #expect($0.output.contains("Moved to | `(none)`")) }
  }

  @Test func `what is impossible is refused whole`() throws {
    try Scenario().file("visit.yaml", Self.workflow("1.0.0", Self.question))
      .baton("run", "visit.yaml", exits: 4)
      .file("visit.yaml", Self.workflow("2.0.0", Self.write("other")))
      .baton("migrate", "RUN", "--to", "visit.yaml", "--plan", exits: 7)
      .then { #expect($0.output.contains("impossible")) }
      .baton(
        "migrate", "RUN", "--to", "visit.yaml", exits: 7,
        complains: "the run cannot be moved as it stands"
      )
      .baton("answer", "RUN", "sure", "answer=yes", exits: 0)
      .baton("verify", "--all")
  }

  @Test func `a changed pinned file of the new definition shows`() throws {
    try Scenario().file("visit.yaml", Self.workflow("1.0.0", Self.question))
      .baton("run", "visit.yaml", exits: 4)
      .file("visit.yaml", Self.workflow("2.0.0", Self.question))
      .baton("migrate", "RUN", "--to", "visit.yaml", exits: 4)
      .then { scenario in
        let file = try scenario.runFolder()
          .appending(path: "definition/migrations/1/workflow.yaml")
        try "forged".write(to: file, atomically: true, encoding: .utf8)
      }
      .baton("verify", "RUN", exits: 8)
  }

  @Test func `a calendar that has changed is among the differences, and timers keep their time`()
    throws
  {
    let calendar =
      "time_zone: UTC\nhours: { weekdays: 00:00-24:00, saturday: 00:00-24:00, sunday: 00:00-24:00 }\n"
    let workflow = """
      baton: 1
      id: visit
      name: Prepare a visit
      version: 1.0.0
      calendar: team
      steps:
        - { id: sure, ask: { fields: { answer: string } }, due: 4 business hours }
      """
    var due = ""
    try Scenario()
      .file("baton.yaml", "baton: 1\n").file("calendars/team.yaml", calendar)
      .file("visit.yaml", workflow)
      .baton("run", "visit.yaml", exits: 4)
      .baton("status", "RUN", "--json")
      .then { due = try Self.due($0) }
      .file("calendars/team.yaml", calendar + "holidays: [2030-12-25]\n")
      .baton("migrate", "RUN", "--to", "visit.yaml", "--plan")
      .then { scenario in
        #expect(scenario.output.contains("calendar `team`: `holidays` added"))
        #expect(scenario.output.contains("timers that run keep their moment"))
      }
      .baton("migrate", "RUN", "--to", "visit.yaml", exits: 4)
      .baton("migrate", "RUN", "--to", "visit.yaml", "--plan", prints: "there is no difference\n")
      .baton("status", "RUN", "--json")
      .then { scenario in
        let kept = try Self.due(scenario)
        #expect(kept == due)
      }
      .baton("verify", "RUN")
  }

  private static func due(_ scenario: Scenario) throws -> String {
    let steps = try #require(try scenario.json()["steps"] as? [[String: Any]])
    let waiting = try #require(steps.first?["waiting"] as? [String: Any])
    return try #require(waiting["due_at"] as? String)
  }

  @Test func `an approval of something that changes is asked again`() throws {
    let approval = "  - { id: ok, name: May we, approve: { message: Go? } }\n"
    try Scenario().file(
      "visit.yaml", Self.workflow("1.0.0", approval + Self.question + Self.write("late"))
    )
    .baton("run", "visit.yaml", exits: 4)
    .baton("approve", "RUN", "ok", exits: 4)
    .file(
      "visit.yaml",
      Self.workflow(
        "2.0.0", approval + Self.question + Self.write("late").replacing("x }", with: "y }"))
    )
    .baton("migrate", "RUN", "--to", "visit.yaml", "--plan")
    .then { #expect($0.output.contains("the approval is void, and asked again")) }
    .baton("migrate", "RUN", "--to", "visit.yaml", exits: 4)
    // An answer is kept, and releases nothing.
    .baton("answer", "RUN", "sure", "answer=yes", exits: 4)
    .then { scenario in
      let late = scenario.folder.appending(path: "late.txt").path
      #expect(!FileManager.default.fileExists(atPath: late))
    }
    .baton("approve", "RUN", "ok")
    .holds("late.txt", "y")
    .baton("verify", "RUN")
  }

  @Test func `what was done under another id is kept, and neither done nor told twice`() throws {
    func visit(_ id: String) -> String {
      Self.workflow("1.0.0", Self.question).replacing("id: book", with: "id: \(id)")
    }
    try Scenario().file("visit.yaml", visit("book"))
      .baton("run", "visit.yaml", exits: 4)
      .file("visit.yaml", visit("booked"))
      .baton("migrate", "RUN", "--to", "visit.yaml", "--plan")
      .then { scenario in
        #expect(scenario.output.contains("it is what `book` was, whose outcome it can keep"))
        #expect(scenario.output.contains("--decide booked=keep or --decide booked=do"))
      }
      .baton("migrate", "RUN", "--to", "visit.yaml", "--decide", "booked=keep", exits: 4)
      .baton("answer", "RUN", "sure", "answer=yes")
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("renamed: book is booked now, and keeps its outcome"))
        let calls = scenario.output.split(separator: "\n").count { $0.contains("files.write") }
        #expect(calls == 1)
        #expect(scenario.output.contains("Book it [booked]: succeeded"))
        #expect(!scenario.output.contains("[book]: succeeded"))
      }
      .baton("verify", "RUN")
  }

  @Test func `what was done under another id is taken back under the new one, by its title`() throws
  {
    func visits(_ id: String) -> String {
      """
      baton: 1
      id: visits
      steps:
        - id: each
          for_each:
            in: "['p', 'q']"
            steps:
              - id: \(id)
                name: Book it
                action: command.run
                with: { command: ["true"] }
                undo: { action: command.run, with: { command: ["true"] } }
              - { id: sure, ask: { fields: { ok: boolean } } }
      """
    }
    try Scenario().file("baton.yaml", "baton: 1\n").file("visits.yaml", visits("book"))
      .baton("run", "visits.yaml", exits: 4)
      .file("visits.yaml", visits("booked"))
      .baton(
        "migrate", "RUN", "--to", "visits.yaml", "--decide", "each[0]/booked=keep", exits: 4
      )
      .baton("undo", "RUN", "--yes")
      .baton("transcript", "RUN")
      .then { scenario in
        let text = scenario.output
        #expect(text.contains("\n    Book it [each[0]/booked]: undone"), "\(text)")
        #expect(text.contains("\n  Take back: Book it [each[0]/book.undo]: succeeded"), "\(text)")
      }
      .baton("verify", "RUN")
  }

  @Test func `a target is that of the version by which the step was done`() throws {
    func timed(_ target: String, _ id: String) -> String {
      """
      baton: 1
      id: timed
      steps:
        - { id: pre, action: command.run, with: { command: ["true"] }, target: \(target) }
        - { id: \(id), name: Say it, action: command.run, with: { command: ["true"] }, target: \(target) }
        - { id: sure, ask: { fields: { ok: boolean } }, target: \(target) }
      """
    }
    try Scenario().file("baton.yaml", "baton: 1\n").file("timed.yaml", timed("1h", "tell"))
      .baton("run", "timed.yaml", exits: 4)
      .file("timed.yaml", timed("1h", "told"))
      .baton("migrate", "RUN", "--to", "timed.yaml", "--decide", "told=keep", exits: 4)
      .file("timed.yaml", timed("1ms", "told"))
      .baton("migrate", "RUN", "--to", "timed.yaml", exits: 4)
      .baton("answer", "RUN", "sure", "ok=true")
      .then { scenario in
        for command in ["status", "transcript"] {
          try scenario.baton(command, "RUN")
          let lines = scenario.output.split(separator: "\n")
          func told(_ step: String) -> String? {
            lines.first { $0.contains(step) && $0.contains("target") }.map(String.init)
          }
          #expect(told("pre")?.contains("target 1 h met") == true, "\(scenario.output)")
          #expect(told("[told]")?.contains("target 1 h met") == true, "\(scenario.output)")
          #expect(told("sure")?.contains("target 1 ms missed") == true, "\(scenario.output)")
        }
      }
      .baton("verify", "RUN")
  }

  @Test func `of another workflow the plan says one thing`() throws {
    try Scenario().file("visit.yaml", Self.workflow("1.0.0", Self.question))
      .baton("run", "visit.yaml", exits: 4)
      .file(
        "other.yaml",
        Self.workflow("2.0.0", Self.write("other")).replacing("id: visit", with: "id: other")
      )
      .baton("migrate", "RUN", "--to", "other.yaml", "--plan", exits: 7)
      .then { scenario in
        #expect(scenario.output.contains("it is another workflow, not another version of this one"))
        #expect(!scenario.output.contains("sure"))
      }
  }

  @Test func `nobody pays another amount than was approved`() throws {
    let payment = """
      baton: 1
      id: pay
      inputs: { amount: integer, payee: { type: string, default: Bob } }
      steps:
        - { id: ok, approve: { message: "Pay ${{ inputs.amount }} to ${{ inputs.payee }}?" } }
        - { id: hold, ask: { message: "Now, ${{ inputs.amount }}?", fields: { answer: string } } }
        - { id: pay, action: files.write, with: { path: paid.txt, content: "${{ string(inputs.amount) }}" } }
      """
    try Scenario().file("pay.yaml", payment)
      .baton("run", "pay.yaml", "-i", "amount=1", exits: 4)
      .baton("approve", "RUN", "ok", exits: 4)
      .baton("migrate", "RUN", "--to", "pay.yaml", "-i", "amount=1000000", "--plan")
      .then { scenario in
        #expect(scenario.output.contains("input `amount`: `value` changed"))
        #expect(scenario.output.contains("it is 1 and becomes 1000000"))
        #expect(scenario.output.contains("the approval is void, and asked again"))
      }
      .baton("migrate", "RUN", "--to", "pay.yaml", "-i", "amount=1000000", exits: 4)
      .baton("status", "RUN")
      .then { #expect($0.output.contains("Pay 1000000 to Bob?")) }
      .baton("answer", "RUN", "hold", "answer=yes", exits: 4)
      .baton("approve", "RUN", "ok")
      .holds("paid.txt", "1000000")
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("\n  amount: 1000000\n  amount until "))
        #expect(scenario.output.contains("\n      amount before: 1\n"))
      }
      .baton("verify", "RUN")
  }

  @Test func `an open question is for the role that the new version says`() throws {
    func visit(_ role: String) -> String {
      """
      baton: 1
      id: visit
      roles: { support: Support, success: Success }
      steps:
        - { id: sure, role: \(role), ask: { fields: { answer: string } } }
      """
    }
    try Scenario().file("baton.yaml", "baton: 1\n").file("visit.yaml", visit("support"))
      .baton("run", "visit.yaml", exits: 4)
      .file("visit.yaml", visit("success"))
      .baton("migrate", "RUN", "--to", "visit.yaml", exits: 4)
      .baton("tasks", "--role", "success")
      .then { #expect($0.output.contains("sure")) }
      .baton("tasks", "--role", "support")
      .then { #expect(!$0.output.contains("sure")) }
      .baton("status", "RUN", "--json")
      .then { scenario in
        let steps = try #require(try scenario.json()["steps"] as? [[String: Any]])
        let waiting = try #require(steps.first?["waiting"] as? [String: Any])
        #expect(waiting["roles"] as? [String] == ["success"])
      }
      .baton("verify", "RUN")
  }

  @Test func `a wait that is moved ends in the ways, and within the deadlines, of the new version`()
    throws
  {
    func file(_ ways: String, _ more: String = "") -> String {
      """
      baton: 1
      id: hold
      steps:
        - { id: w, wait: { first_of: { \(ways) } }\(more) }
      outputs: { which: "${{ steps.w.outputs.which }}" }
      """
    }
    try Scenario().file("baton.yaml", "baton: 1\n").file("hold.yaml", file("a: 20d, b: 30d"))
      .baton("run", "hold.yaml", exits: 4)
      .file("hold.yaml", file("a: 20d, b: 30d", ", due: 2d"))
      .baton("migrate", "RUN", "--to", "hold.yaml", "--plan")
      .then { #expect($0.output.contains("counts from when it began to wait (due date 2")) }
      .baton("migrate", "RUN", "--to", "hold.yaml", exits: 4)
      .baton("status", "RUN", "--json")
      .then { scenario in
        let due = try Self.due(scenario)
        #expect(!due.isEmpty)
      }
      .file(
        "hold.yaml",
        file("b: 30d, past: { at: \"timestamp('2020-01-01T00:00:00Z')\" }", ", due: 2d")
      )
      .baton("migrate", "RUN", "--to", "hold.yaml", "--plan")
      .then { scenario in
        #expect(scenario.output.contains("it can end in other ways now"))
        #expect(scenario.output.contains("--decide w=keep or --decide w=again"))
      }
      .baton("migrate", "RUN", "--to", "hold.yaml", exits: 7, complains: "nothing was changed")
      .baton("migrate", "RUN", "--to", "hold.yaml", "--decide", "w=keep", exits: 0)
      .baton("status", "RUN")
      .then { #expect($0.output.contains("which: past")) }
      .baton("verify", "RUN")
  }

  @Test func `what later steps read and a done one does not have is not called safe`() throws {
    func file(_ values: String, _ read: String) -> String {
      """
      baton: 1
      id: two
      steps:
        - { id: a, set: { \(values) } }
        - { id: q, ask: { items: { x: X } } }
        - { id: b, set: { y: "${{ steps.a.outputs.\(read) }}" } }
      """
    }
    try Scenario().file("baton.yaml", "baton: 1\n").file("two.yaml", file("v: 1", "v"))
      .baton("run", "two.yaml", exits: 4)
      .file("two.yaml", file("v: 1, w: 2", "w"))
      .baton("migrate", "RUN", "--to", "two.yaml", "--plan")
      .then { scenario in
        #expect(scenario.output.contains("it is done: there is no `w`, and `b` needs it"))
        #expect(scenario.output.contains("--decide a=keep"))
      }
      .baton("migrate", "RUN", "--to", "two.yaml", exits: 7, complains: "nothing was changed")
      .file("two.yaml", file("v: 1, w: 2", "?w.orValue(2)"))
      .baton("migrate", "RUN", "--to", "two.yaml", exits: 4)
      .baton("answer", "RUN", "q", "--tick", "x")
      .baton("verify", "RUN")
  }

  @Test func `an answer that does not fit the new fields is open again`() throws {
    func file(_ field: String) -> String {
      """
      baton: 1
      id: tick
      steps:
        - { id: q, ask: { items: { x: X, y: Y }, fields: { many: \(field) } } }
      """
    }
    try Scenario().file("baton.yaml", "baton: 1\n").file("tick.yaml", file("integer"))
      .baton("run", "tick.yaml", exits: 4)
      .baton("answer", "RUN", "q", "many=3", "--tick", "x", exits: 4)
      .file("tick.yaml", file("{ type: integer, maximum: 2 }"))
      .baton("migrate", "RUN", "--to", "tick.yaml", "--plan")
      .then { #expect($0.output.contains("`many` must be at most 2, not `3`")) }
      .baton("migrate", "RUN", "--to", "tick.yaml", "--decide", "q=keep", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        #expect(!scenario.output.contains("2 of 2 ticked"), "\(scenario.output)")
        #expect(scenario.output.contains("[x] x: X"), "\(scenario.output)")
      }
      .baton("answer", "RUN", "q", "many=2", "--tick", "y", exits: 0)
      .baton("transcript", "RUN")
      .then { #expect($0.output.contains("asked for again: many"), "\($0.output)") }
      .baton("verify", "RUN")
  }

  @Test func `an open question is shown though a case comes before the one it stands in`() throws {
    func file(_ more: String) -> String {
      """
      baton: 1
      id: cases
      inputs: { n: { type: integer, default: 1 } }
      steps:
        - id: c
          choose:
      \(more)      - when: inputs.n == 1
              steps: [ { id: sure, ask: { fields: { answer: string } } } ]
      """
    }
    let more = "      - { when: inputs.n == 5, steps: [ { id: z, set: { x: 1 } } ] }\n"
    try Scenario().file("baton.yaml", "baton: 1\n").file("cases.yaml", file(""))
      .baton("run", "cases.yaml", exits: 4)
      .file("cases.yaml", file(more))
      .baton("migrate", "RUN", "--to", "cases.yaml", exits: 4)
      .then { #expect($0.errors.contains("baton answer"), "\($0.errors)") }
      .baton("tasks").then { #expect($0.output.contains("sure"), "\($0.output)") }
      .baton("status", "RUN").then { #expect($0.output.contains("[ ] answer"), "\($0.output)") }
      .baton("answer", "RUN", "sure", "answer=yes", exits: 0)
      .baton("verify", "RUN")
  }

  @Test func `a question behind an approval that is void can be answered`() throws {
    func file(_ content: String) -> String {
      """
      baton: 1
      id: open
      steps:
        - { id: ok, approve: { message: Go? } }
        - { id: sure, ask: { fields: { x: string } } }
        - { id: last, set: { y: \(content) } }
      """
    }
    try Scenario().file("baton.yaml", "baton: 1\n").file("open.yaml", file("one"))
      .baton("run", "open.yaml", exits: 4).baton("approve", "RUN", "ok", exits: 4)
      .file("open.yaml", file("two"))
      .baton("migrate", "RUN", "--to", "open.yaml", exits: 4)
      .baton("tasks").then { #expect($0.output.contains("sure"), "\($0.output)") }
      .baton("answer", "RUN", "sure", "x=yes", exits: 4)
      .baton("tasks").then { #expect(!$0.output.contains("sure"), "\($0.output)") }
      .baton("approve", "RUN", "ok", exits: 0)
      .baton("verify", "--all")
  }
}

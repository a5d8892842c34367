import Foundation
import FoundationXML
import Testing

@Suite struct TestCommandTests {
  private static let workflow = """
    baton: 1
    id: note
    name: Note something
    version: 1.0.0
    roles: { clerk: { name: Clerk } }
    inputs: { word: string }
    steps:
      - { id: write, action: log.write, with: { message: "${{ inputs.word }}" } }
      - { id: sure, role: clerk, ask: { fields: { sure: boolean } } }
      - { id: rest, if: steps.sure.outputs.sure, wait: 56d }
    outputs: { sure: "${{ steps.sure.outputs.sure }}" }
    """

  private static let tests = """
    workflow: note
    tests:
      - name: somebody is sure
        inputs: { word: hello }
        actions: { log.write: {} }
        answers: { sure: { sure: true } }
        expect: { status: succeeded, path: [write, sure, rest], duration: 8w }
    """

  @Test func `tests pass in virtual time and say what they do not reach`() throws {
    try Scenario().file("workflows/note.yaml", Self.workflow)
      .file("workflows/note.test.yaml", Self.tests)
      .baton(
        "test",
        prints: """
          workflows/note.test.yaml
            ✓ somebody is sure  (56 d, 3 of 3 steps)

          note  steps 3 of 3, branches 1 of 2
            no test reaches:
              rest: `if` does not hold

          1 test passed

          """
      )
      .baton("test", "--quiet", prints: "\n1 test passed\n")
  }

  @Test func `a failing test shows the difference and fails the command`() throws {
    let wrong = Self.tests.replacing("{ sure: true }", with: "{ sure: false }")
    let scenario = try Scenario().file("workflows/note.yaml", Self.workflow)
      .file("workflows/note.test.yaml", wrong)
      .baton(
        "test", "--junit", "results.xml", "--quiet", exits: 1,
        prints: """
          workflows/note.test.yaml
            ✗ somebody is sure  (2 of 3 steps)  line 3
                path
                    write
                    sure
                  - rest
                duration
                  expected  8w
                  found     0s

          1 of 1 failed

          """)
    let document = try XMLDocument(data: Data(scenario.text("results.xml").utf8))
    #expect(try document.nodes(forXPath: "//testcase/failure").count == 1)
    let found = try #require(try document.nodes(forXPath: "//testcase/failure").first?.stringValue)
    #expect(found.contains("path") && found.contains("duration"), "\(found)")
    #expect(try document.nodes(forXPath: "//*[@time >= 0]").count == 3)
  }

  @Test func `tests that cannot be run leave no report of before`() throws {
    let scenario = try Scenario().file("workflows/note.yaml", Self.workflow)
      .file("workflows/note.test.yaml", Self.tests)
      .baton("test", "--junit", "results.xml", "--quiet")
      .file("workflows/note.test.yaml", Self.tests.replacing("expect:", with: "expects:"))
      .baton("test", "--junit", "results.xml", exits: 3)
    let document = try XMLDocument(data: Data(scenario.text("results.xml").utf8))
    let error = try #require(try document.nodes(forXPath: "//testcase/error").first?.stringValue)
    #expect(error.contains("note.test.yaml:") && error.contains("expects"), "\(error)")
  }

  @Test func `a call without an answer is an error that says what to add`() throws {
    let silent = Self.tests.replacing("    actions: { log.write: {} }\n", with: "")
    try Scenario().file("workflows/note.yaml", Self.workflow)
      .file("workflows/note.test.yaml", silent)
      .then { scenario in
        let code = try scenario.exitCode("test")
        #expect(code == 1)
        #expect(scenario.output.contains("`write` calls `log.write`, and the test has no answer"))
        #expect(scenario.output.contains("log.write: { outputs: {} }"))
      }
  }

  @Test func `a mistake in a test is shown at its place`() throws {
    try Scenario().file("workflows/note.yaml", Self.workflow)
      .file("workflows/note.test.yaml", Self.tests.replacing("sure: { sure", with: "shure: { sure"))
      .baton("test", exits: 3, complains: "`note` has no step `shure`")
      .baton("test", exits: 3, complains: "did you mean `sure`?")
      .baton("test", "nothing.test.yaml", exits: 6)
  }

  @Test func `a test can be written from a run, and passes`() throws {
    let scenario = try Scenario().file("workflows/note.yaml", Self.workflow)
      .baton("run", "workflows/note.yaml", "-i", "word=hello", "--no-input", exits: 4)
      .baton("test", "--from-run", "RUN", exits: 7, complains: "has not ended")
      .baton("answer", "RUN", "sure", "sure=false")
      .baton("test", "--from-run", "RUN")
    try scenario.file("workflows/note.test.yaml", scenario.output)
      .baton("test").then { scenario in
        #expect(scenario.output.contains("1 test passed"))
      }
  }

  @Test func `a test from a run has no words that mean something else elsewhere`() throws {
    let scenario = try Scenario()
      .file(
        "workflows/switch.yaml",
        """
        baton: 1
        id: switch
        name: Switch
        inputs: { word: string }
        steps:
          - { id: set, set: { "off": "${{ inputs.word }}" } }
        outputs: { "off": "${{ steps.set.outputs.off }}" }
        """
      )
      .baton("run", "workflows/switch.yaml", "-i", "word=no")
      .baton("test", "--from-run", "RUN")
    try scenario.file("workflows/switch.test.yaml", scenario.output)
      .baton("test").then { #expect(!$0.errors.contains("warning")) }
  }

  /// Branches that start in one order and end in another, with two calls each.
  private static let branches = """
    baton: 1
    id: both
    name: Both
    version: 1.0.0
    roles: { clerk: { name: Clerk } }
    steps:
      - id: both
        parallel:
          - id: a
            steps:
              - { id: a1, action: command.run, effects: repeatable, with: { command: [sh, -c, "while [ ! -e b2.done ]; do :; done"] } }
              - { id: a2, action: command.run, effects: repeatable, with: { command: [echo, a2] } }
          - id: b
            steps:
              - { id: b1, action: command.run, effects: repeatable, with: { command: [echo, b1] } }
              - { id: b2, action: command.run, effects: repeatable, with: { command: [touch, b2.done] } }
      - { id: sure, role: clerk, ask: { items: { ok: It is done } }, due: 1d, expires: 2d, on_expiry: stop }
      - id: each
        for_each:
          in: [x, y]
          as: name
          collect: ${{ steps.say.outputs.stdout }}
          steps:
            - { id: say, action: command.run, effects: repeatable, with: { command: [echo, "${{ name }}"] } }
    outputs: { said: "${{ steps.a2.outputs.stdout + steps.b1.outputs.stdout + steps.each.outputs[1] }}" }
    """

  @Test func `a test of branches that ran side by side, and of a question passed over, passes`()
    throws
  {
    let scenario = try Scenario().file("workflows/both.yaml", Self.branches)
      .baton("run", "workflows/both.yaml", "--no-input", exits: 4)
      .baton("skip", "RUN", "sure", "--reason", "not needed")
      .baton("test", "--from-run", "RUN")
    #expect(scenario.output.contains("      path:\n        - …\n        - sure\n"))
    #expect(scenario.output.contains("        b2: succeeded\n"))
    #expect(scenario.output.contains("      \"each[1]/say\":\n        - { outputs: {"))
    #expect(scenario.output.contains("{ skip: sure, reason: not needed, at: "))
    try scenario.file("workflows/both.test.yaml", scenario.output)
      .baton("test").then { scenario in
        #expect(scenario.output.contains("1 test passed"), "\(scenario.output)")
      }
  }

  @Test func `a failure is tried again in a run as in its test`() throws {
    let workflow = """
      baton: 1
      id: soon
      name: Soon
      version: 1.0.0
      steps:
        - { id: soon, action: files.read, with: { path: soon.txt }, retry: { attempts: 3, wait: 10ms } }
        - { id: out, action: files.read, with: { path: ../x }, retry: { attempts: 3, wait: 1h }, on_failure: continue }
        - id: mend
          action: files.read
          with: { path: later.txt }
          retry: { attempts: 2, wait: 10ms }
          on_failure: { steps: [ { id: write, action: files.write, with: { path: later.txt, content: there } } ], then: retry }
      """
    let scenario = try Scenario().file("workflows/soon.yaml", workflow)
      .baton("run", "workflows/soon.yaml", exits: 5)
      .baton("status", "RUN", "--json")
    let steps = try #require(try scenario.json()["steps"] as? [[String: Any]])
    #expect(steps.first?["attempts"] as? Int == 3)
    try scenario.file("soon.txt", "there").baton("retry", "RUN", "soon")
      .baton("transcript", "RUN").then { scenario in
        #expect(scenario.output.contains("out: failed (outside_project)"))
        #expect(scenario.output.contains("out: attempt 2") == false)
        #expect(scenario.output.contains("mend: attempt 2 failed (file_not_found)"))
      }
      .baton("test", "--from-run", "RUN")
    #expect(!scenario.output.contains("path: ../x, retry"))
    try scenario.file("workflows/soon.test.yaml", scenario.output)
      .baton("test").then { scenario in
        #expect(scenario.output.contains("1 test passed"), "\(scenario.output)")
      }
  }

  @Test func `what is made up in place of a record with a sensitive member fits its field`() throws
  {
    let scenario = try Scenario().file(
      "workflows/record.yaml",
      """
      baton: 1
      id: record
      name: Record
      steps:
        - id: q
          ask:
            fields:
              u:
                type: object
                properties:
                  key: { type: string, sensitive: true, minLength: 12 }
                  n: { type: integer, minimum: 3 }
                  of: { type: array, minItems: 1, items: { type: string, enum: [x, y] } }
                required: [key, n, of]
      outputs: { n: "${{ steps.q.outputs.u.n }}" }
      """
    )
    .baton("run", "workflows/record.yaml", "--no-input", exits: 4)
    .baton("answer", "RUN", "q", #"u={"key":"correct-horse-battery","n":7,"of":["y"]}"#)
    .baton("test", "--from-run", "RUN")
    #expect(!scenario.output.contains("does not pass"), "\(scenario.output)")
    try scenario.file("workflows/record.test.yaml", scenario.output)
      .baton("test").then { scenario in
        #expect(scenario.output.contains("1 test passed"), "\(scenario.output)")
      }
  }

  @Test func `a list that was ticked by hand becomes a test without its share`() throws {
    let scenario = try Scenario().file(
      "workflows/ticks.yaml",
      """
      baton: 1
      id: ticks
      name: Ticks
      steps:
        - { id: q, ask: { message: "?", items: { x: X, y: Y }, fields: { note: { type: string, optional: true } } } }
        - id: r
          repeat: { steps: [ { id: p, ask: { items: { z: Z } } } ], until: steps.p.outputs.progress == 1.0 }
      outputs: { share: "${{ steps.q.outputs.progress }}" }
      """
    )
    .baton("run", "workflows/ticks.yaml", "--no-input", exits: 4)
    .baton(
      "done", "RUN", "q", "items.x=true", "items.y=false", "note=so", "--reason", "seen", exits: 4
    )
    .baton("done", "RUN", "r[0]/p", "items.z=true", "--reason", "seen")
    .baton("test", "--from-run", "RUN")
    #expect(!scenario.output.contains("progress"), "\(scenario.output)")
    #expect(scenario.output.contains("note: so") && scenario.output.contains("y: false"))
    try scenario.file("workflows/ticks.test.yaml", scenario.output)
      .baton("test").then { #expect($0.output.contains("1 test passed"), "\($0.output)") }
  }

  @Test func `a run that was taken back becomes a test, too`() throws {
    let scenario = try Scenario().file(
      "workflows/back.yaml",
      """
      baton: 1
      id: back
      name: Back
      steps:
        - id: first
          action: files.write
          with: { path: a, content: there }
          undo: { action: files.write, with: { path: a, content: gone } }
        - id: each
          for_each:
            in: [1, 2]
            as: n
            steps:
              - id: inner
                action: files.write
                with: { path: b, content: "${{ string(n) }}" }
                undo: { action: files.write, with: { path: b, content: gone } }
        - { id: missing, action: files.read, with: { path: nope }, on_failure: undo }
      """
    )
    .baton("run", "workflows/back.yaml", exits: 1)
    .baton("test", "--from-run", "RUN")
    try scenario.file("workflows/back.test.yaml", scenario.output)
      .baton("test").then { scenario in
        #expect(scenario.output.contains("1 test passed"))
      }
  }

  private static let later = workflow.replacing("1.0.0", with: "2.0.0")
    .replacing("fields: { sure: boolean }", with: "fields: { sure: boolean, why: string }")

  @Test func `a run of an earlier version is taken along in a test`() throws {
    let tests = Self.tests.replacing(
      "    answers:",
      with: """
            started_with: earlier/note.yaml
            commands: [ { migrate: true, while: sure, decide: { sure: keep } } ]
            answers:
        """
    ).replacing("{ sure: true }", with: "{ sure: true, why: it rains }")
    try Scenario().file("workflows/note.yaml", Self.later)
      .file("workflows/note.test.yaml", tests)
      .baton("test", exits: 3, complains: "there is no file `earlier/note.yaml`")
      .baton("test", exits: 3, complains: "workflows/note.test.yaml:6:")
      .file("workflows/earlier/note.yaml", Self.workflow)
      .baton("test")
      .file("workflows/note.test.yaml", tests.replacing(", decide: { sure: keep }", with: ""))
      .baton("test", exits: 1).then { scenario in
        let words = scenario.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("is refused: not everything about the move is decided: `sure`"))
        #expect(words.contains("decide `sure`: keep or again"))
      }
  }

  @Test func `a run that was moved twice becomes a test that moves it twice`() throws {
    let scenario = try Scenario().file("workflows/note.yaml", Self.workflow)
      .baton("run", "workflows/note.yaml", "-i", "word=hello", "--no-input", exits: 4)
    for version in [Self.later, Self.later.replacing("2.0.0", with: "3.0.0")] {
      try scenario.file("workflows/note.yaml", version)
        .baton(
          "migrate", "RUN", "--to", "workflows/note.yaml", "--no-input",
          "--reason", "a new rule", version.contains("2.0.0") ? "--decide" : "--quiet",
          version.contains("2.0.0") ? "sure=keep" : "--no-input", exits: 4)
    }
    try scenario.baton("answer", "RUN", "sure", "sure=false", "why=no")
      .baton("test", "--from-run", "RUN")
    #expect(scenario.output.contains("started_with: \"../.baton/runs/"))
    #expect(scenario.output.contains("{ migrate: \"../.baton/runs/"))
    #expect(scenario.output.contains("{ migrate: true, reason: a new rule, at: "))
    #expect(!scenario.output.contains("does not pass"))
    try scenario.file("workflows/note.test.yaml", scenario.output)
      .baton("test").then { scenario in
        #expect(scenario.output.contains("1 test passed"), "\(scenario.output)")
      }
  }

  @Test func `looks of branches that ran side by side are said by step`() throws {
    let scenario = try Scenario().file(
      "workflows/looks.yaml",
      """
      baton: 1
      id: looks
      name: Looks
      steps:
        - id: both
          parallel:
            - id: a
              steps:
                - { id: a1, action: command.run, effects: none, with: { command: [sh, -c, "while [ ! -e b.done ]; do :; done"] } }
                - id: a2
                  preconditions: [ { action: files.read, with: { path: a.txt }, check: "outputs.content == 'a'", message: Not a } ]
                  set: { x: 1 }
            - id: b
              preconditions: [ { action: files.read, with: { path: b.txt }, check: "outputs.content == 'b'", message: Not b } ]
              action: files.write
              with: { path: b.done, content: there }
      """
    )
    .file("a.txt", "a").file("b.txt", "b")
    .baton("run", "workflows/looks.yaml")
    .baton("test", "--from-run", "RUN")
    #expect(scenario.output.contains("      a2.preconditions:\n        - { outputs: {"))
    #expect(scenario.output.contains("      b.preconditions:\n        - { outputs: {"))
    try scenario.file("workflows/looks.test.yaml", scenario.output)
      .baton("test").then { scenario in
        #expect(scenario.output.contains("1 test passed"), "\(scenario.output)")
      }
  }

  @Test func `watching notices a change of the workflow wherever it is`() throws {
    try Scenario().file("elsewhere/note.yaml", Self.workflow)
      .file("elsewhere/note.test.yaml", Self.tests)
      .then { scenario in
        let code = try scenario.shell(
          """
          mkfifo output
          timeout --foreground 60 "$BATON" test elsewhere/note.test.yaml --watch > output 2>&1 & watcher=$!
          waiting() { while read -r line; do echo "$line"; case $line in waiting*) return; esac; done; }
          exec 3< output
          waiting <&3
          sed 's/wait: 56d/wait: 70d/' elsewhere/note.yaml > changed
          mv changed elsewhere/note.yaml
          waiting <&3
          kill -INT $watcher
          wait $watcher
          """)
        #expect(code == 1)
        #expect(scenario.output.contains("✓ somebody is sure"))
        #expect(scenario.output.contains("✗ somebody is sure"))
      }
  }

  @Test func `the results as JSON hold the figures of each test and of all`() throws {
    let scenario = try Scenario().file("workflows/note.yaml", Self.workflow)
      .file("workflows/note.test.yaml", Self.tests).baton("test", "--json")
    let report = try scenario.json()
    #expect(report["format"] as? String == "baton-tests/1")
    let tests = try #require(report["tests"] as? [[String: Any]])
    #expect(tests.first?["path"] as? [String] == ["write", "sure", "rest"])
    let coverage = try #require(report["coverage"] as? [[String: Any]])
    #expect(coverage.first?["missing"] as? [String] == ["rest: `if` does not hold"])
  }
}

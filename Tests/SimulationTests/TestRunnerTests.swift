import SourceText
import Testing
import Values

@testable import Simulation

@Suite struct TestRunnerTests {
  private static let order = """
    roles: { clerk: { name: Clerk } }
    inputs: { id: string }
    steps:
      - id: pay
        action: shop.pay
        with: { id: "${{ inputs.id }}" }
        retry: { attempts: 3, wait: 1m, only_if: error.code == 'busy' }
        effects: keyed
      - { id: check, role: clerk, ask: { fields: { fine: boolean } } }
      - { id: parcel, wait: { event: shop.delivered, match: event.id == inputs.id } }
      - { id: weeks, wait: 8w }
      - { id: praise, if: steps.check.outputs.fine, action: shop.tell, with: { text: Thanks } }
    outputs: { receipt: "${{ steps.pay.outputs.receipt }}" }
    """

  @Test func `a whole run passes in virtual time`() throws {
    let sample = try Sample(
      Self.order,
      """
      workflow: sample
      tests:
        - name: it goes well
          inputs: { id: A-1 }
          actions:
            shop.pay:
              - { error: { code: busy, message: Later } }
              - { outputs: { receipt: R-77, status: paid }, takes: 10s }
            shop.tell: {}
          answers: { check: [ { after: 2h, by: ana, with: { fine: true } } ] }
          events: [ { event: shop.delivered, data: { id: A-1 }, after: 3d } ]
          expect:
            status: succeeded
            path: [pay, check, parcel, weeks, praise]
            outputs: { receipt: R-… }
            steps:
              pay: { status: succeeded, outputs: { status: paid } }
              praise: succeeded
            duration: 59d
      """)
    let result = try sample.result()
    #expect(result.problems.isEmpty && result.mismatches.isEmpty, "\(result)")
    #expect(result.run?.endedAt.since(TestRunner.defaultStart) == TimeSpan(seconds: 59 * 86_400))
    let steps = result.coverage.count(.steps)
    #expect([steps.reached, steps.all] == [5, 5])
    #expect(result.coverage.missing.map(\.words) == ["praise: `if` does not hold"])
  }

  @Test(arguments: [
    ("100d", "100d", "59d 3h 20m"), ("{ at_least: 60d }", "at least 60d", "59d 3h 20m"),
    ("{ at_most: 8w }", "at most 8w", "59d 3h 20m"),
  ])
  func `another length of time is told in units that people read`(
    wanted: String, expected: String, found: String
  ) throws {
    let sample = try Sample(
      "steps: [ { id: weeks, wait: 8w }, { id: days, wait: 3d }, { id: rest, wait: 200m } ]\n",
      "tests: [ { name: a, expect: { duration: \(wanted) } } ]\n")
    let mismatch = try #require(try sample.result().mismatches.first)
    #expect(mismatch == Mismatch("duration", expected: expected, found: found))
  }

  @Test func `what differs is said with what was expected and found`() throws {
    let sample = try Sample(
      Self.order,
      """
      tests:
        - name: it goes otherwise
          inputs: { id: A-1 }
          actions: { shop.pay: { outputs: { receipt: R-1, status: open } } }
          answers: { check: { fine: false } }
          events: [ { event: shop.delivered, data: { id: A-1 } } ]
          expect:
            status: failed
            path: [pay, parcel, praise]
            outputs: { receipt: R-2 }
            steps: { praise: succeeded, pay: { error: declined } }
            duration: { at_most: 1d }
      """)
    let found = try sample.result().mismatches
    #expect(
      found.map(\.what) == [
        "status", "path", "outputs.receipt", "steps.praise.status", "steps.pay.error", "duration",
      ])
    #expect(
      found[1].difference == ["  pay", "+ check", "  parcel", "- praise", "+ weeks"]
        || found[1].difference == ["  pay", "+ check", "  parcel", "+ weeks", "- praise"])
    #expect(found[2].expected == "R-2" && found[2].found == "R-1")
  }

  @Test func `a call without an answer says which answer to add`() throws {
    let sample = try Sample(
      Self.order,
      """
      tests:
        - { name: nothing is said, inputs: { id: A-1 }, expect: { status: succeeded } }
      """)
    let problem = try #require(try sample.result().problems.first)
    #expect(
      problem.message
        == "`pay` calls `shop.pay`, and the test has no answer: it has effects, and a test never "
        + "carries them out")
    #expect(
      problem.help
        == "add under `actions`:\n  shop.pay: { outputs: { receipt: R-1, status: paid } }")
  }

  @Test func `a list of answers serves one call each`() throws {
    let sample = try Sample(
      """
      steps:
        - { id: a, action: shop.find, with: { id: x } }
        - { id: b, action: shop.find, with: { id: y } }
      """,
      """
      tests:
        - name: too few
          actions: { shop.find: [ { outputs: { amount: 1 } } ] }
          expect: { status: succeeded }
        - name: by step
          actions:
            shop.find: [ { outputs: { amount: 1 } } ]
            b: { outputs: { amount: 2 } }
          expect: { status: succeeded, steps: { b: { outputs: { amount: 2 } } } }
      """)
    let results = sample.results()
    #expect(results[0].problems.first?.message.contains("a 2nd time") == true)
    #expect(results[1].hasPassed, "\(results[1])")
  }

  private static let loop = """
    steps:
      - id: each
        for_each:
          in: [1, 2]
          as: n
          collect: ${{ steps.q.outputs.n }}
          steps:
            - { id: q, ask: { fields: { n: integer } } }
            - { id: found, action: shop.find, with: { id: "${{ string(steps.q.outputs.n) }}" } }
    outputs: { given: "${{ steps.each.outputs }}" }
    """

  @Test(arguments: [
    ("{ n: 5 }", "", "[5, 5]", []),
    ("[{ with: { n: 5 } }, { with: { n: 6 } }]", "", "[5, 6]", []),
    (
      "[{ with: { n: 5 } }, { with: { n: 6 } }, { with: { n: 7 } }]", "", "[5, 6]",
      ["`q` has 3 answers, and 2 were given"]
    ),
    (
      "{ n: 5 }", "commands: [{ retry: \"each[0]/found\" }]", "[5, 5]",
      ["the last command was not given"]
    ),
    (
      "{ n: 5 }", "events: [{ event: shop.delivered, data: { id: a }, after: 1d }]", "[5, 5]",
      ["the run was over before the test's event `shop.delivered` came"]
    ),
  ])
  func `answers go round by round, and nothing of a test may be left over`(
    answers: String, more: String, given: String, problems: [String]
  ) throws {
    let result = try Sample(
      Self.loop,
      """
      tests:
        - name: one
          answers: { q: \(answers) }
          actions: { shop.find: [{ outputs: { amount: 1 } }, { outputs: { amount: 2 } }] }
          \(more)
          expect: { status: succeeded, outputs: { given: \(given) } }
      """
    ).result()
    #expect(result.problems.map(\.message) == problems)
    #expect(result.mismatches.map(\.found) == [])
  }

  @Test func `answers at the very moment of a deadline are all in time`() throws {
    let sample = try Sample(
      """
      steps:
        - id: loop
          for_each:
            in: "[1, 2]"
            as: k
            max_parallel: 2
            collect: "${{ steps.q.outputs.?n.orValue(0) }}"
            steps:
              - { id: q, ask: { fields: { n: integer } }, expires: 1h, on_expiry: continue }
      outputs: { l: "${{ steps.loop.outputs }}" }
      """,
      """
      tests:
        - name: a list
          answers: { q: [ { with: { n: 1 }, after: 1h }, { with: { n: 2 }, after: 1h } ] }
          expect: { status: succeeded, outputs: { l: [1, 2] } }
        - name: each
          answers:
            loop[0]/q: [ { with: { n: 1 }, after: 1h } ]
            loop[1]/q: [ { with: { n: 2 }, after: 1h } ]
          expect: { status: succeeded, outputs: { l: [1, 2] } }
      """)
    for result in sample.results() { #expect(result.hasPassed, "\(result)") }
  }

  @Test func `an answer of an operation that nobody asks for is left over`() throws {
    let result = try Sample(
      "steps: [{ id: found, action: shop.find, with: { id: a } }]",
      """
      tests:
        - name: one
          actions: { shop.find: [{ outputs: { amount: 1 } }, { outputs: { amount: 2 } }] }
          expect: { status: succeeded }
      """
    ).result()
    #expect(
      result.problems.map(\.message) == ["`shop.find` has 2 answers, and was called 1 time"])
  }

  @Test func `a step that takes another back is named like it, with undo`() throws {
    let workflow = """
      steps:
        - { id: told, action: shop.tell, with: { text: a }, undo: { action: shop.tell, with: { text: b } } }
        - { id: found, action: shop.find, with: { id: a }, on_failure: undo }
      """
    let result = try Sample(
      workflow,
      """
      tests:
        - name: one
          actions:
            told: {}
            told.undo: {}
            shop.find: { error: { code: gone } }
          expect: { status: undone, path: [told, found, told.undo], steps: { told.undo: succeeded } }
      """
    ).result()
    #expect(result.problems.map(\.message) == [])
    #expect(result.mismatches.map(\.what) == [])
    let (file, findings) = Sample.load(
      workflow,
      "tests: [{ name: one, expect: { path: [found.undo] } }]")
    #expect(file == nil)
    #expect(findings.map(\.message) == ["nothing takes `found` back: it has no `undo`"])
  }

  @Test func `a lost answer is a doubt that a command settles`() throws {
    let sample = try Sample(
      """
      steps:
        - { id: pay, action: shop.pay, with: { id: x } }
        - { id: tell, action: shop.tell, with: { text: "${{ steps.pay.outputs.receipt }}" } }
      """,
      """
      tests:
        - name: nobody settles it
          actions: { shop.pay: { lost: The line broke } }
          expect: { status: needs_attention, path: [pay], steps: { pay: in_doubt }, message: …The line broke… }
        - name: somebody settles it
          actions: { shop.pay: { lost: true }, shop.tell: {} }
          commands:
            - { resolve: pay, happened: true, with: { receipt: R-9, status: paid }, after: 1h, by: ana }
          expect: { status: succeeded, path: [pay, tell], duration: 1h }
        - name: it is done by hand after a failure
          actions: { shop.pay: { error: { code: declined, retry: false } }, shop.tell: {} }
          commands: [ { done: pay, with: { receipt: R-9, status: paid }, reason: Paid in cash } ]
          expect: { status: succeeded }
        - name: the command makes no sense
          actions: { shop.pay: { error: { code: declined } } }
          commands: [ { skip: pay } ]
          expect: { status: needs_attention }
      """)
    let results = sample.results()
    for result in results.prefix(3) { #expect(result.hasPassed, "\(result)") }
    #expect(
      results[3].problems.first?.message
        == "the test's command is refused: `tell` needs the outputs of `pay`")
  }

  @Test func `what no test reaches is known`() throws {
    let sample = try Sample(
      """
      inputs: { big: boolean }
      steps:
        - { id: a, if: inputs.big, set: { x: 1 } }
        - { id: b, action: shop.find, with: { id: x }, on_failure: continue }
      """,
      """
      defaults: { actions: { shop.find: { outputs: { amount: 1 } } } }
      tests:
        - { name: small, inputs: { big: false }, expect: { path: [b] } }
        - { name: big, inputs: { big: true }, expect: { path: [a, …] } }
      """)
    let results = sample.results()
    #expect(results.allSatisfy { $0.hasPassed }, "\(results)")
    #expect(
      results.map { $0.coverage.missing.map(\.words) } == [
        ["a", "a: `if` holds", "b: on_failure"], ["a: `if` does not hold", "b: on_failure"],
      ])
  }

  @Test func `what comes first counts as reached in every round and for every item`() throws {
    let sample = try Sample(
      """
      steps:
        - id: r
          repeat:
            until: steps.c.outputs.which == 'good'
            at_most: 3
            steps: [ { id: c, wait: { first_of: { good: { event: shop.delivered }, late: 2h } } } ]
        - id: l
          for_each:
            in: "[1, 2]"
            steps: [ { id: d, wait: { first_of: { soon: "${{ item }}h", later: 90m } } } ]
      """,
      """
      tests:
        - name: late, then good
          events: [ { event: shop.delivered, data: { id: x }, after: 3h } ]
          expect: { status: succeeded }
      """)
    let results = sample.results()
    #expect(results.allSatisfy { $0.hasPassed }, "\(results)")
    #expect(results.first?.coverage.missing.map(\.words) == [])
  }

  @Test func `JUnit output is well-formed whatever stands in it`() throws {
    let sample = try Sample(
      "steps: [ { id: a, set: { x: 1 } } ]",
      "tests: [ { name: \"a <b> & \\\"c\\\" \\u0001\", expect: { status: failed } } ]")
    let text = JUnitReport.text(sample.results())
    #expect(text.contains("name=\"a &lt;b&gt; &amp; &quot;c&quot; \u{FFFD}\""))
    #expect(text.contains("<testsuite name=\"sample.test.yaml\" tests=\"1\" failures=\"1\""))
    #expect(text.contains("<failure message=\"status: expected failed, found succeeded\">"))
    #expect(!text.contains("time="))
  }

  @Test func `JUnit output has the seconds that were measured`() throws {
    let sample = try Sample(
      "steps: [ { id: a, set: { x: 1 } } ]",
      "tests: [ { name: a, expect: { status: succeeded } }, { name: b, expect: { status: succeeded } } ]"
    )
    var results = sample.results()
    results[0].took = .microseconds(1_002_003)
    results[1].took = .milliseconds(20)
    let text = JUnitReport.text(results)
    #expect(text.contains("time=\"1.002003\"/>"))
    #expect(text.contains("time=\"0.020000\"/>"))
    #expect(text.contains("skipped=\"0\" time=\"1.022003\">"))
    #expect(text.contains("errors=\"0\" time=\"1.022003\">"))
  }
}

import Engine
import SourceText
import Testing
import Values
import Workflows

@testable import Simulation

/// Tests of runs that were started with an earlier version.
@Suite struct MovedRunTests {
  private static let old = """
    inputs: { id: string }
    steps:
      - { id: pay, action: shop.pay, with: { id: "${{ inputs.id }}" } }
      - { id: check, ask: { fields: { amount: number } }, due: 2d }
      - { id: gone, set: { x: 1 } }
    outputs: { amount: "${{ steps.check.outputs.amount }}" }
    """
  private static let new = """
    inputs: { id: string, desk: { type: string, optional: true } }
    steps:
      - { id: early, set: { y: 1 } }
      - { id: pay, action: shop.pay, with: { id: "${{ inputs.id }}" } }
      - { id: check, ask: { fields: { amount: number, colour: { type: string, enum: [red, blue] } } }, due: 2d }
      - { id: later, action: shop.tell, with: { text: "${{ steps.check.outputs.colour }}" } }
    outputs: { colour: "${{ steps.check.outputs.colour }}" }
    """
  private static let paid = "shop.pay: { outputs: { receipt: R-1, status: paid } }"

  private func sample(_ test: String, old: String = old) throws -> Sample {
    try Sample(Self.new, text(test), others: ["earlier/sample.yaml": old])
  }

  private func text(_ test: String) -> String {
    """
    tests:
      - name: a run that was started before goes on
        started_with: earlier/sample.yaml
        inputs: { id: A-1 }
        \(test.replacing("\n", with: "\n    "))
    """
  }

  private func problems(_ test: String, old: String = old) throws -> [String] {
    let result = try sample(test, old: old).result()
    return result.problems.map(\.message)
      + result.mismatches.map { "\($0.what): \($0.found), not \($0.expected)" }
  }

  @Test func `it is moved while it waits, asked as the new version asks, and ends by it`() throws {
    let test = """
      actions: { \(Self.paid), shop.tell: {} }
      answers: { check: { amount: 1, colour: red } }
      commands: [ { migrate: true, while: check, decide: { early: leave_out, check: again } } ]
      expect:
        status: succeeded
        path: [pay, check, later]
        outputs: { colour: red }
        steps: { early: skipped }
      """
    #expect(try problems(test) == [])
    let coverage = try sample(test).result().coverage
    #expect(coverage.missing.map(\.step) == ["early", "pay"])
  }

  @Test func `without a place it is moved where nothing else is to come`() throws {
    let test = """
      actions: { \(Self.paid), shop.tell: {} }
      commands:
        - { migrate: true, decide: { early: do, check: keep }, after: 1d }
        - { done: check, with: { amount: 2, colour: blue } }
      expect: { status: succeeded, path: [pay, check, early, later], duration: 1d }
      """
    #expect(try problems(test) == [])
  }

  @Test func `it is moved in the middle of a question that has been answered in part`() throws {
    let test = """
      actions: { \(Self.paid), shop.tell: {} }
      answers: { check: [ { after: 1h, with: { amount: 1 } }, { after: 3d, with: { colour: red } } ] }
      commands:
        - { migrate: true, while: check, after: 2h, decide: { early: leave_out, check: keep } }
      expect: { status: succeeded, duration: 3d }
      """
    let old = Self.old.replacing("amount: number }", with: "amount: number, x: number }")
    let found = try problems(test, old: old)
    #expect(found == [], "\(found)")
  }

  @Test func `what failed in the earlier version is tried again in the new one`() throws {
    let test = """
      actions: { shop.pay: [ { error: { code: declined } }, { outputs: { receipt: R-1, status: paid } } ], shop.tell: {} }
      answers: { check: { amount: 1, colour: red } }
      commands:
        - { migrate: true, decide: { early: leave_out } }
        - { retry: pay }
      expect: { status: succeeded, path: [pay, check, later] }
      """
    #expect(try problems(test) == [])
  }

  @Test(arguments: [
    ("{ early: leave_out }", "`check`: people are being asked", "decide `check`: keep or again"),
    ("{ check: keep }", "`early`: the run has passed its place", "decide `early`: do or leave_out"),
  ])
  func `what is not decided is a failure that says what to decide`(
    decide: String, message: String, help: String
  ) throws {
    let test = """
      actions: { \(Self.paid) }
      commands: [ { migrate: true, decide: \(decide) } ]
      expect: { status: waiting }
      """
    let problem = try #require(try sample(test).result().problems.first)
    #expect(
      problem.message
        == "the test's command is refused: not everything about the move is decided: \(message)")
    #expect(problem.help == help)
  }

  @Test func `where the run cannot be taken along the test says why`() throws {
    let test = """
      actions: { \(Self.paid) }
      answers: { check: { amount: 1 } }
      commands: [ { migrate: true, while: last } ]
      expect: { status: waiting }
      """
    let old = Self.old.replacing("{ id: gone, set: { x: 1 } }", with: "{ id: last, wait: 1d }")
    let message = try #require(try problems(test, old: old).first)
    #expect(message.contains("the run cannot be moved as it stands: `last`: the run stands at it"))
  }

  @Test func `a run can go through one version after the other, and get new inputs`() throws {
    let middle = Self.old.replacing("amount: number }", with: "amount: number, colour: string }")
    let tests = """
      tests:
        - name: through both
          started_with: earlier/sample.yaml
          inputs: { id: A-1 }
          actions: { \(Self.paid), shop.tell: {} }
          commands:
            - { migrate: middle/sample.yaml, decide: { check: keep } }
            - { migrate: true, with: { desk: "7" }, decide: { early: leave_out, check: keep } }
            - { done: check, with: { amount: 2, colour: blue } }
          expect: { status: succeeded, path: [pay, check, later], outputs: { colour: blue } }
      """
    let others = ["earlier/sample.yaml": Self.old, "middle/sample.yaml": middle]
    let result = try Sample(Self.new, tests, others: others).result()
    #expect(result.hasPassed, "\(result.problems) \(result.mismatches)")
    #expect(result.run?.engine.state.header.inputs.clear["desk"] == "7")
  }

  private static let mistakes: [(test: String, code: String, message: String)] = [
    ("started_with: earlier/simple.yaml", "B1209", "there is no file `earlier/simple.yaml`"),
    ("started_with: sample", "B1006", "`started_with` cannot be `sample`"),
    ("started_with: other.yaml", "B1006", "`other.yaml` is no version of `sample`"),
    ("started_with: earlier/sample.yaml", "B1006", "the run never comes to `sample` as it is now"),
    ("commands: [ { migrate: true } ]", "B1001", "the run goes by `sample` from the start"),
    ("commands: [ { migrate: false } ]", "B1006", "`migrate` cannot be `false`"),
    (
      "commands: [ { migrate: earlier/simple.yaml } ]", "B1209",
      "there is no file `earlier/simple.yaml`"
    ),
    (
      "commands: [ { migrate: earlier/sample.yaml, decide: { a: ask } } ]", "B1006",
      "`ask` is no choice"
    ),
    (
      "commands: [ { migrate: earlier/sample.yaml, with: { idd: a } } ]", "B1206",
      "`sample` has no input `idd`"
    ),
    ("commands: [ { skip: check, while: check } ]", "B1006", "`while` does not go with `skip`"),
    ("commands: [ { cancel: true, while: chek } ]", "B1202", "`sample` has no step `chek`"),
  ]

  @Test(arguments: mistakes)
  func `a mistake about a version is found at its place`(
    mistake: (test: String, code: String, message: String)
  ) throws {
    let text =
      "tests:\n  - name: one\n    inputs: { id: a }\n    \(mistake.test)\n    expect: { status: waiting }\n"
    let others = [
      "earlier/sample.yaml": Self.old,
      "other.yaml": "baton: 1\nid: other\nname: Other\nsteps: [ { id: a, set: { x: 1 } } ]",
    ]
    let (file, findings) = Sample.load(Self.new, text, others: others)
    #expect(file == nil)
    let finding = try #require(
      findings.first { $0.message.hasPrefix(mistake.message) }, "\(findings)")
    #expect(finding.code.text == mistake.code)
    #expect(finding.file.location(of: finding.span.start).line == 4)
  }

  @Test(arguments: [
    (after: "30m", decide: "keep", which: "quick", duration: "1h"),
    ("2h", "keep", "quick", "2h"), ("2h", "again", "quick", "3h"),
  ])
  func `a wait that can end in other ways now ends in one of them`(
    after: String, decide: String, which: String, duration: String
  ) throws {
    let old = """
      steps:
        - { id: w, wait: { first_of: { a: 20d, b: 30d } } }
      outputs: { which: "${{ steps.w.outputs.which }}" }
      """
    let new = old.replacing("a: 20d", with: "quick: 1h, late: 20d")
    let test = """
      tests:
        - name: it is moved while it waits
          started_with: earlier/sample.yaml
          commands: [ { migrate: true, while: w, after: \(after), decide: { w: \(decide) } } ]
          expect: { status: succeeded, duration: \(duration), outputs: { which: \(which) } }
      """
    let result = try Sample(new, test, others: ["earlier/sample.yaml": old]).result()
    #expect(result.problems.map(\.message) == [])
    #expect(result.mismatches.map { "\($0.what): \($0.found)" } == [])
  }

  @Test func `what a done step does not have is to be decided where a later one reads it`() throws {
    func body(_ values: String, _ read: String) -> String {
      """
      steps:
        - { id: a, set: { \(values) } }
        - { id: hold, ask: { fields: { go: boolean } } }
        - { id: b, set: { y: "${{ steps.a.outputs.\(read) }}" } }
      """
    }
    let old = body("v: 1", "v")
    let test = """
      tests:
        - name: it is moved behind the step
          started_with: earlier/sample.yaml
          commands: [ { migrate: true, while: hold } ]
          expect: { status: succeeded }
      """
    let result = try Sample(body("v: 1, w: 2", "w"), test, others: ["earlier/sample.yaml": old])
      .result()
    #expect(
      result.problems.first?.message
        == "the test's command is refused: not everything about the move is decided: `a`: it is done: "
        + "there is no `w`, and `b` needs it")
  }

  @Test func `an answer that does not fit any more is given again`() throws {
    let old = "steps:\n  - { id: q, ask: { fields: { many: integer, x: string } } }\n"
    let test = """
      tests:
        - name: it is moved when it is answered in part
          started_with: earlier/sample.yaml
          answers: { q: [ { after: 1h, with: { many: 3 } }, { after: 3h, with: { many: few, x: y } } ] }
          commands: [ { migrate: true, while: q, after: 2h, decide: { q: keep } } ]
          expect: { status: succeeded, duration: 3h }
      """
    let result = try Sample(
      old.replacing("integer", with: "string"), test, others: ["earlier/sample.yaml": old]
    ).result()
    #expect(result.problems.map(\.message) == [])
    #expect(result.mismatches.map { "\($0.what): \($0.found)" } == [])
  }

  @Test func `the choices are those of a migration`() {
    #expect(TestKeys.choices == MigrationDecision.Choice.allCases.map(\.rawValue))
  }

  @Test func `a run is ended while a step waits, though it would be answered`() throws {
    let test = """
      tests:
        - name: one
          inputs: { id: a }
          actions: { \(Self.paid) }
          answers: { check: { amount: 1, colour: red } }
          commands: [ { cancel: true, while: check } ]
          expect: { status: cancelled, path: [early, pay, check] }
      """
    let result = try Sample(Self.new, test).result()
    #expect(result.mismatches.isEmpty)
    #expect(result.problems.map(\.message) == [])
  }
}

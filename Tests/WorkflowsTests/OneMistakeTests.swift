import SourceText
import Testing

@testable import Workflows

/// One mistake is one finding, and all mistakes are found at once.
@Suite struct OneMistakeTests {
  @Test(arguments: [
    ("{ id: a, 1️⃣actoin: log.write, with: { message: m } }", "did you mean `action`?"),
    ("{ id: a, action: log.write, with: { 1️⃣mesage: m } }", "did you mean `message`?"),
    ("{ 1️⃣idd: a, wait: 1h }", "did you mean `id`?"),
    ("{ id: a, wait: { 1️⃣events: shop.paid }, due: 1d }", "did you mean `event`?"),
    (
      "{ id: a, role: ops, ask: { items: { x: { 1️⃣lable: X } } }, due: 1d }",
      "did you mean `label`?"
    ),
    ("{ id: a, role: ops, ask: { 1️⃣itens: { x: X } }, due: 1d }", "did you mean `items`?"),
    (
      "{ id: a, role: ops, ask: { items: { x: X } }, due: 1d, remind: [ { 1️⃣befor: 1h } ] }",
      "did you mean `before`?"
    ),
    (
      "{ id: a, role: ops, ask: { items: { x: X } }, 1️⃣duee: 1d, remind: [1h before] }",
      "did you mean `due`?"
    ),
    (
      "{ id: a, for_each: { 1️⃣items: \"['a']\", steps: [ { id: b, wait: 1h } ] } }",
      "here it is called `in`"
    ),
    (
      "{ id: a, 1️⃣run: [npm, test] }",
      "a program is run by `action: command.run` and `with: { command: [npm, test] }`"
    ),
    (
      "{ id: a, 1️⃣run: npm test }",
      "a program is run by `action: command.run` and `with: { command: [sh, -c, \"npm test\"] }`"
    ),
    ("{ id: a, 1️⃣sleep: 1h }", "here it is called `wait`"),
  ])
  func `a misspelt key is not missing as well`(step: String, help: String) {
    let finding: [(code: DiagnosticCode, text: String)] = [
      (step.contains("mesage") ? .unknownInput : .unknownKey, help)
    ]
    expectFindings("roles: { ops: Ops }\nsteps:\n  - \(step)", finding)
  }

  @Test func `what reads a step whose key of the id is misspelt is not wrong as well`() {
    expectFindings(
      """
      steps:
        - { 1️⃣idd: a, set: { x: 1 } }
        - { id: b, set: { y: "${{ steps.a.outputs.x }}" } }
      """, [(.unknownKey, "did you mean `id`?")])
  }

  @Test func `a misspelt key of a target is not missing as well`() {
    expectFindings(
      """
      steps: [ { id: a, wait: 1h } ]
      targets: [ { name: T, 1️⃣mesure: "true" } ]
      """, [(.unknownKey, "did you mean `measure`?")])
  }

  @Test func `the rest of what is wrong about something is looked at too`() {
    expectFindings(
      """
      roles: { ops: Ops }
      steps:
        - id: a
          repeat: { steps: [ { id: b, wait: 1h } ], until: 1️⃣1, every: 2️⃣30, at_most: 3️⃣0 }
        - id: c
          for_each: { in: 4️⃣1, max_parallel: 5️⃣0, steps: [ { id: d, wait: 6️⃣30 } ] }
        - { id: e, role: ops, approve: 7️⃣{ approvals: 8️⃣two }, due: 9️⃣30 }
      """,
      [
        (.expressionResult, "`until`"), (.badLength, "30s"), (.valueNotAllowed, "`at_most`"),
        (.expressionResult, "`in`"), (.valueNotAllowed, "`max_parallel`"), (.badLength, "30s"),
        (.missingKey, "`message`"), (.valueNotAllowed, "`approvals`"), (.badLength, "30s"),
      ])
  }

  @Test func `what a loop does is looked at where its list or its end is missing`() {
    expectFindings(
      """
      steps:
        - { id: a, for_each: 1️⃣{ steps: [ { id: b, wait: 2️⃣30 } ], max_parallel: 3️⃣0 } }
        - { id: c, repeat: 4️⃣{ steps: [ { id: d, wait: 5️⃣30 } ], every: 6️⃣30 } }
      """,
      [
        (.missingKey, "`in`"), (.badLength, "30s"), (.valueNotAllowed, "`max_parallel`"),
        (.missingKey, "`until`"), (.badLength, "30s"), (.badLength, "30s"),
      ])
  }

  @Test func `so is what stands beside a key that is missing`() {
    expectFindings(
      """
      roles: { ops: Ops }
      steps:
        - id: a
          role: ops
          ask: { items: { x: 1️⃣{ done_on: { event: 2️⃣shop.nope } } } }
          due: 1d
          remind: [ 3️⃣{ if: 4️⃣1 } ]
          escalate: [ 5️⃣{ if: 6️⃣1 } ]
        - { id: b, wait: { match: 'true', event: 7️⃣nope.x }, due: 1d }
      targets: [ 8️⃣{ measure: "true", at_least: 9️⃣7 } ]
      """,
      [
        (.missingKey, "`label`"), (.unknownEvent, "shop.nope"), (.missingKey, "`before`"),
        (.expressionResult, "`if`"), (.missingKey, "`after`"), (.expressionResult, "`if`"),
        (.unknownEvent, "nope"), (.missingKey, "`name`"), (.valueNotAllowed, "between 0 and 1"),
      ])
  }

  // MARK: Conditions that are not understood

  @Test(arguments: [
    "${{ steps.one.status == 'succeeded' }}", "${{ steps.one.status }} == 'succeeded'",
    "${{ steps.one.status }} == ${{ 'succeeded' }}",
  ])
  func `a condition with braces counts as what is meant`(condition: String) {
    let reading = "set: { y: \"${{ steps.one.outputs.x }}\" }"
    for step in [
      "{ id: two, if: \"1️⃣\(condition)\", \(reading) }",
      "{ id: w, choose: [ { when: \"1️⃣\(condition)\", steps: [ { id: two, \(reading) } ] } ] }",
    ] {
      expectFindings(
        "inputs: { a: boolean }\nsteps: [ { id: one, if: inputs.a, set: { x: 1 } }, \(step) ]\n",
        [(.interpolationInExpression, "`${{ }}`")], facts: sampleFacts)
    }
  }

  @Test func `what is meant by a condition with braces is looked at too`() {
    expectFindings(
      """
      inputs: { a: boolean, n: integer }
      steps:
        - { id: one, if: inputs.a, set: { x: 1 } }
        - { id: two, if: "1️⃣${{ 2️⃣steps.one.outputs.x > 0 }}", set: { y: 1 } }
        - { id: three, if: 3️⃣"4️⃣${{ inputs.n }}", set: { y: 1 } }
      """,
      [
        (.interpolationInExpression, "if: steps.one.outputs.x > 0"),
        (.mayNotHaveRun, "step `one` may not have succeeded"),
        (.expressionResult, "this gives an integer"),
        (.interpolationInExpression, "if: inputs.n"),
      ])
  }

  @Test func `where a condition is not understood nothing is said that it may rule out`() {
    expectFindings(
      """
      inputs: { a: boolean, note: { type: string, optional: true } }
      steps:
        - { id: one, if: inputs.a, set: { x: 1 } }
        - { id: stop, if: "steps.one.status 1️⃣is 'skipped'", finish: cancelled }
        - { id: two, set: { y: "${{ steps.one.outputs.x }}" } }
        - { id: three, if: "inputs.note 2️⃣is 'x'", set: { y: "${{ inputs.note }}" } }
        - id: ways
          choose:
            - { 3️⃣if: steps.one.status == 'succeeded', steps: [ { id: four, set: { y: "${{ steps.one.outputs.x }}" } } ] }
            - { when: inputs.a, steps: [ { id: five, finish: failed } ] }
            - { steps: [ { id: six, set: { y: 1 } } ] }
      """,
      [
        (.expressionSyntax, "equality is `==`"), (.expressionSyntax, "equality is `==`"),
        (.unknownKey, "here it is called `when`"),
      ], facts: sampleFacts)
  }

  @Test func `before a condition that is not understood all is said`() {
    expectFindings(
      """
      inputs: { a: boolean }
      steps:
        - { id: one, if: inputs.a, set: { x: 1 } }
        - { id: two, set: { y: "${{ 1️⃣steps.one.outputs.x }}" } }
        - { id: three, if: "inputs.a 2️⃣is true", set: { y: 1 } }
        - { id: four, set: { y: "${{ 3️⃣steps.one.outputs.x }}" } }
      """,
      [
        (.mayNotHaveRun, "step `one`"), (.expressionSyntax, "equality is `==`"),
        (.mayNotHaveRun, "step `one`"),
      ])
  }

  @Test func `where a precondition is not understood nothing is said that it may rule out`() {
    expectFindings(
      """
      inputs:
        a: boolean
        note: { type: string, optional: true }
        rows: { type: array, items: { type: object, properties: { n: { type: integer } } } }
      steps:
        - { id: one, if: inputs.a, set: { x: 1 } }
        - id: two
          preconditions: [ { check: "has(inputs.note1️⃣", message: The note is missing } ]
          set: { y: "${{ inputs.note }}", z: "${{ steps.one.outputs.x }}" }
        - id: group
          preconditions: [ { 2️⃣chek: has(inputs.note) } ]
          steps:
            - { id: inner, set: { y: "${{ inputs.note }}" } }
        - id: rows
          preconditions: 3️⃣{ check: "inputs.rows.all(r, has(r.n))" }
          set: { y: "${{ inputs.rows.map(r, r.n + 1) }}" }
      """,
      [
        (.expressionSyntax, "`)`"), (.unknownKey, "did you mean `check`?"),
        (.wrongShape, "`preconditions` is a list"),
      ])
  }

  @Test func `a precondition that is not understood rules nothing out elsewhere`() {
    expectFindings(
      """
      inputs: { note: { type: string, optional: true } }
      steps:
        - id: one
          if: 1️⃣inputs.note == 'x'
          preconditions: [ { check: "inputs.note 2️⃣is 'x'" } ]
          set: { y: "${{ inputs.note }}" }
        - { id: two, set: { y: "${{ 3️⃣inputs.note }}" } }
        - id: three
          preconditions:
            - { action: files.read, with: { path: a }, check: outputs.4️⃣contnt != '' && has(inputs.note) }
          set: { y: "${{ 5️⃣inputs.note }}" }
      """,
      [
        (.mayBeAbsent, "inputs.note"), (.expressionSyntax, "equality is `==`"),
        (.mayBeAbsent, "inputs.note"), (.expressionType, "content"), (.mayBeAbsent, "inputs.note"),
      ])
  }

  @Test(arguments: [
    ("1️⃣paralel: [ { id: inner, set: { x: 1 } } ]", DiagnosticCode.unknownKey),
    ("parallel: 1️⃣{ steps: [ { id: inner, set: { x: 1 } } ] }", .wrongShape),
    (
      "for_each: { in: [1], collect: \"${{ steps.inner.outputs.x }}\", 1️⃣do: [ { id: inner, set: { x: 1 } } ] }",
      .unknownKey
    ),
    ("1️⃣chose: [ { when: true, steps: [ { id: inner, set: { x: 1 } } ] } ]", .unknownKey),
    ("choose: [ { when: inputs.a, 1️⃣step: [ { id: inner, set: { x: 1 } } ] } ]", .unknownKey),
  ])
  func `steps in a part that is not understood are not unknown`(step: String, code: DiagnosticCode)
  {
    expectFindings(
      """
      inputs: { a: boolean }
      steps:
        - { id: outer, \(step) }
        - { id: after, if: steps.inner.status == 'succeeded', set: { y: "${{ steps.inner.outputs.x }}" } }
      """, [(code, "")])
  }

  @Test func `where the fields are not understood nothing is said of those that are read`() {
    expectFindings(
      """
      1️⃣input: { a: string }
      run_name: ${{ inputs.a }}
      steps:
        - { id: one, ask: { items: { i: I }, 2️⃣feilds: { b: string } } }
        - { id: two, if: steps.one.outputs.b == 'x' && inputs.a == 'y', set: { x: "${{ steps.one.outputs.b }}" } }
      """,
      [(.unknownKey, "did you mean `inputs`?"), (.unknownKey, "did you mean `fields`?")])
  }

  @Test func `whom an escalation tells is called as it is here`() {
    expectFindings(
      """
      roles: { lead: Lead }
      steps:
        - { id: one, role: lead, approve: Go?, due: 1h, escalate: [ { after_due: 1h, 1️⃣role: lead } ] }
      """, [(.unknownKey, "here it is called `to`")])
  }

  @Test(arguments: ["undo: 1️⃣revert", "1️⃣rollback: { manual: Revert it }"])
  func `a way back that is not understood is one`(key: String) {
    expectFindings(
      "steps: [ { id: a, action: log.write, with: { message: m } }, "
        + "{ id: b, action: command.run, with: { command: [make] }, \(key) } ]",
      [(key.hasPrefix("undo") ? .wrongShape : .unknownKey, "undo")], facts: sampleFacts)
  }

  @Test func `in JSON a list and a map are told as JSON writes them`() {
    let text = """
      {"baton": 1, "id": "example", "steps": {"a": 1}, "labels": [1]}
      """
    let found = load(text, path: "example.json").findings
    #expect(found.map(\.label) == ["expected `[ … ]`", "expected `{ … }`"])
  }
}

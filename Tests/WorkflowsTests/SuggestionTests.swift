import Fields
import SourceText
import Testing

@testable import Workflows

/// What is suggested to an author works when it is typed, and says what was meant.
@Suite struct SuggestionTests {
  private func findings(_ steps: String, head: String = "") -> [Diagnostic] {
    load(
      """
      baton: 1
      id: example
      name: Example
      inputs:
        order_id: string
        name: string
        day: { type: string, format: date, default: "2026-01-01" }
        xs: { type: array, items: { type: string }, default: [] }
        a_b: { type: integer, default: 1 }
        n: { type: integer, default: 3 }
      \(head)
      steps:
      \(steps)
      """, facts: sampleFacts
    ).findings
  }

  private func wait(_ match: String) -> [Diagnostic] {
    findings("  - { id: w, wait: { event: shop.paid, match: \"\(match)\" }, due: 1d }")
  }

  // MARK: what a loop looks at

  @Test(arguments: [
    ("inputs.xs.exists(f == 'a')", "write `list.exists(x, …)`, where `x` is each of them in turn"),
    ("inputs.xs.all(f == 'a')", "write `list.all(x, …)`, where `x` is each of them in turn"),
    ("inputs.xs.some(f, f == 'a')", "write `list.exists(x, …)`"),
    ("inputs.xs.every(f, f == 'a')", "write `list.all(x, …)`"),
  ])
  func `what looks at each of a list names it`(condition: String, help: String) {
    let found = findings("  - { id: a, if: \"\(condition)\", set: { x: 1 } }")
    #expect(found.map(\.help) == [help])
  }

  @Test(arguments: [("item", ""), ("host", "as: host, ")])
  func `the item of a loop by another name is told its own`(name: String, naming: String) {
    let found = findings(
      """
        - id: l
          for_each:
            { \(naming)in: inputs.xs, steps: [ { id: r, repeat: { until: index > 1, at_most: 2, steps: [ { id: a, set: { x: "${{ system }}", y: "${{ \(name) }}" } } ] } } ] }
        - { id: b, repeat: { until: index > 1, at_most: 2, steps: [ { id: c, set: { x: "${{ system }}" } } ] } }
      """)
    #expect(
      found.map(\.help) == [
        "the item is called `\(name)` here; a text stands in quotes: `'system'`",
        "a text stands in quotes: `'system'`",
      ])
  }

  @Test func `of many workflows the first are named, and that there are more`() {
    let others = WorkflowSource(
      find: { _, _ in nil }, names: { (10..<40).map { "w\($0)" } })
    let found = load(
      "baton: 1\nid: x\nname: X\nsteps: [ { id: a, workflow: other } ]\n", workflows: others
    ).findings
    #expect(found.first?.code == .unknownWorkflow)
    #expect(found.first?.label?.hasSuffix("`w21`, …") == true, "\(found.map(\.label))")
  }

  // MARK: match

  @Test(arguments: [
    ("order_id == inputs.order_id", "write `event.order_id`, or `inputs.order_id` for the input"),
    ("amount > 3.0", "write `event.amount`"),
    ("name == 'x'", "write `inputs.name`"),
    ("event.order_id == id", "a text stands in quotes: `'id'`"),
  ])
  func `a field of the event comes before the inputs`(match: String, help: String) {
    #expect(wait(match).map(\.help) == [help])
  }

  @Test func `other places look at what is theirs first as well`() {
    let verified = findings(
      """
        - id: a
          action: shop.find
          with: { order_id: x }
          verify: [ { action: shop.find, with: { order_id: x }, check: "status == 'PAID'" } ]
      """)
    #expect(verified.map(\.help) == ["write `outputs.status`"])
    let recovered = findings(
      """
        - id: a
          set: { x: 1 }
          on_failure: { steps: [ { id: b, set: { y: "${{ message }}", z: "${{ step.b.x }}" } } ] }
      """)
    #expect(recovered.map(\.help).contains("write `error.message`"))
    #expect(recovered.map(\.help).contains("did you mean `steps`?"))
  }

  @Test(arguments: [
    ("inputs.order_id == inputs.order_id", "inputs.order_id", "this is always true"),
    ("inputs.n > 3 && event.amount != event.amount", "event.amount", "this is never true"),
    ("size(inputs.xs) <= size(inputs.xs)", "size(inputs.xs)", "this is always true"),
  ])
  func `a comparison with itself is warned of`(match: String, side: String, label: String) {
    let found = wait(match)
    #expect(found.map(\.code) == [.sameSides])
    #expect(found.first?.message == "`\(side)` is compared with itself")
    #expect(found.first?.label == label)
    let isOfEvent = !side.contains("size")
    let field = side.split(separator: ".").last ?? ""
    #expect(
      found.first?.help
        == (isOfEvent ? "what has come is the event: one of the sides is `event.\(field)`" : nil))
  }

  @Test(arguments: [
    "event.order_id == inputs.order_id", "inputs.n > 3 && inputs.n < 9", "1 == 1",
    "inputs.xs.exists(x, x == event.order_id)", "inputs.n == inputs.n + 1",
    "event.order_id == inputs.order_id || inputs.order_id == ''",
  ])
  func `other comparisons are not`(match: String) {
    #expect(wait(match).isEmpty)
  }

  // MARK: bare expressions

  @Test(arguments: [
    "set: { x: inputs.name }", "set: { x: \"inputs.n + 1\" }", "set: { x: { y: [inputs.name] } }",
    "set: { x: run.id }", "action: log.write, with: { message: steps.s.outputs.v }",
    "for_each: { in: inputs.xs, steps: [ { id: b, set: { y: 1 } } ], collect: steps.b.outputs.y }",
    "approve: inputs.name, due: 1d",
  ])
  func `a bare expression in the place of a text is warned of`(step: String) {
    let found = findings("  - { id: s, set: { v: 1 } }\n  - { id: a, \(step) }")
    #expect(found.map(\.code) == [.lookalike])
    #expect(
      found.first?.message == "this looks like an expression, and is taken for text as it stands")
  }

  @Test func `what is to be written instead is the whole of it`() {
    let found = findings(
      "  - { id: a, set: { x: 1 } }", head: "outputs: { n: \"steps.a.outputs.x + 1\" }")
    #expect(found.map(\.help) == ["an expression is written `${{ steps.a.outputs.x + 1 }}`"])
  }

  @Test(arguments: [
    "inputs", "inputs.txt", "inputs.", "steps.md", "steps.s", "steps.s.txt", "run.sh", "item.name",
    "www.example.com", "inputs.name is shown", "inputs.name, please", "inputs.name-old",
    "steps.gone.outputs.x", "name", "event.order_id", "Inputs.name", "inputs.n + 'x'",
    "{inputs.name",
    ".inputs.name", "inputs..name", "the inputs.name",
  ])
  func `what is no expression here is not`(text: String) {
    let found = findings(
      "  - { id: s, set: { v: 1 } }\n  - { id: a, action: log.write, with: { message: \"\(text)\" } }"
    )
    #expect(found.isEmpty, "\(found.map(\.message))")
  }

  @Test func `a bare expression can be meant so`() {
    let step = "set: { x: inputs.name }, allow: { B1512: The name of a field }"
    #expect(findings("  - { id: a, \(step) }").isEmpty)
  }

  // MARK: names and types

  @Test(arguments: [
    (
      "github.actor",
      "there is no `github` here, only `inputs`, `run`, `now`, `steps`"
    ),
    ("now + '2d'", "write `after(now, '2d')`"),
    ("run.started_at - '3h'", "write `after(run.started_at, '-3h')`"),
    (
      "now + inputs.day",
      "`timestamp(…)` makes a moment of a text such as `2026-01-18T09:00:00Z`"
    ),
    ("steps.s-t.outputs.v", "a `-` subtracts; did you mean `steps.s_t`?"),
    ("1 - t", "write `steps.t`"),
  ])
  func `what is suggested is what was meant`(expression: String, help: String) {
    let found = findings(
      """
        - { id: s_t, set: { v: 1 } }
        - { id: t, set: { v: 1 } }
        - { id: a, set: { x: "${{ \(expression) }}" } }
      """)
    #expect(found.first?.help == help, "\(found.map { "\($0.message) \($0.help ?? "")" })")
  }

  @Test func `a dash in the name of an input is said too`() {
    let found = findings("  - { id: a, set: { x: \"${{ inputs.a-b }}\" } }")
    #expect(found.contains { $0.help == "did you mean `a_b`?" || $0.help?.contains("a_b") == true })
  }

  @Test(arguments: [
    ("string[]", "a list of them is `{ type: array, items: string }`"),
    ("integer?", "what may be left out is `{ type: integer, optional: true }`"),
    ("strin?", "did you mean `string`?"),
  ])
  func `types of programming languages are said in fields`(type: String, help: String) {
    let found = load(
      head + "inputs: { a: \"\(type)\" }\nsteps: [ { id: s, set: { x: 1 } } ]\n"
    ).findings
    #expect(found.map(\.help) == [help])
  }

  @Test(arguments: [
    ("shop.refund", "write `undo: { action: shop.refund, with: { … } }`"),
    ("gone.refund", "write `undo: { action: gone.refund, with: { … } }`"),
    ("Pay it back", "write `undo: { manual: Pay it back }` for what a person does"),
    (
      "Pay it back, all of it.",
      "write `undo: { manual: \"Pay it back, all of it.\" }` for what a person does"
    ),
  ])
  func `an undo that is the name of an operation stays one`(undo: String, help: String) {
    let found = findings(
      "  - { id: a, action: log.write, with: { message: x }, undo: \"\(undo)\" }")
    #expect(found.map(\.help) == [help])
  }

  // MARK: YAML

  @Test func `a missing blank behind a colon inside of braces is told`() {
    let all = findings("  - { id: a, set: {x:1} }")
    #expect(all.map(\.code) == [.omittedValue])
    #expect(all.map(\.help) == ["a blank is missing after the `:`: write `x: 1`"])
    let some = findings("  - { id: a, set: {x:1, y: 2} }")
    #expect(some.map(\.help) == ["a blank is missing after the `:`: write `x: 1`"])
    let call = findings("  - { id: a, action: log.write, with: {message:hi} }")
    #expect(call.map(\.code) == [.unknownInput])
    #expect(call.map(\.help) == ["a blank is missing after the `:`: write `message: hi`"])
    let key = findings(
      "  - { id: a, action: log.write, with: { message: x }, retry: {attempts:3} }")
    #expect(key.map(\.help) == ["a blank is missing after the `:`: write `attempts: 3`"])
  }

  @Test(arguments: [
    "{ red, green }", "{ 9am, noon }", "{ http://a, https://b }", "{ \"a:b\", c }",
  ])
  func `a set is none the worse`(set: String) {
    #expect(findings("  - { id: a, set: { x: \(set) } }").isEmpty)
  }

  @Test func `a text that ends before its braces says where`() {
    let quoted = findings("  - id: a\n    set:\n      x: \"${{ inputs.name + \" #1\" }}\"")
    #expect(
      quoted.map(\.help) == [
        "the second `\"` ends the text: a text in an expression stands in `'…'` here"
      ])
    let plain = findings("  - id: a\n    set:\n      x: ${{ inputs.name + ' #1' }}")
    #expect(
      plain.map(\.help) == [
        "YAML takes ` #` and what follows for a comment; put it all in quotes: "
          + "`\"${{ inputs.name + ' #1' }}\"`"
      ])
  }

  @Test func `a space that cannot be seen is named`() {
    let found = findings("  - id: a\n\u{A0}\u{A0}\u{A0} set: { x: 1 }")
    #expect(
      found.contains {
        $0.help == "a space that is not a blank stands before the key (U+00A0): YAML does not take "
          + "it for one"
      }, "\(found.map { "\($0.message) \($0.help ?? "")" })")
  }

  // MARK: other files

  @Test(arguments: [
    ("tests: []", "this is a file of tests, not a workflow", "`baton test FILE` runs the tests"),
    (
      "plugin: a\noperations: {}", "this is the contract of a plugin, not a workflow",
      "`baton validate` without a file checks it, too"
    ),
    (
      "driver: a\nkind: sql", "this is a driver, not a workflow", "`baton doctor` checks drivers"
    ),
    (
      "baton: 1\ntime_zone: UTC\nhours: {}", "this is a calendar, not a workflow",
      "`baton validate` without a file checks it, too"
    ),
    (
      "baton: 1\nproject: x\nenvironments: {}", "this is the file of a project, not a workflow",
      "`baton validate` without a file checks it, too"
    ),
  ])
  func `a file of another kind is said to be that and no more`(
    file: String, message: String, help: String
  ) {
    let found = load(file + "\n").findings
    #expect(found.map(\.message) == [message])
    #expect(found.map(\.help) == [help])
  }

  @Test func `a workflow with a key of another file is a workflow`() {
    let found = load(head + "tests: []\nsteps: [ { id: a, set: { x: 1 } } ]\n").findings
    #expect(found.map(\.message) == ["unknown key `tests` in a workflow"])
  }
}

import Fields
import SourceText
import Testing

@testable import Workflows

/// What would fail in every run, or in some, and is found before.
@Suite struct ForeseenFailureTests {
  // MARK: Computed lengths

  @Test(arguments: [
    ("wait: 1️⃣\"${{ inputs.n }} weeks\"", "`2 weeks` is written `2w`"),
    ("wait: 1️⃣\"${{ inputs.n }}${{ inputs.n }} bussiness days\"", "`22 bussiness days`"),
    ("wait: 1️⃣\"in ${{ inputs.n }}d\"", "`wait` gets a text such as `in 2d`"),
    ("wait: \"${{ 1️⃣string(inputs.n) + ' weeks' }}\"", "`2 weeks` is written `2w`"),
    ("set: { x: \"${{ after(now, 1️⃣string(inputs.n) + ' days') }}\" }", "`after` gets"),
    (
      "role: r, ask: { items: { i: I } }, due: 3d, remind: [ 1️⃣\"${{ inputs.n }} minutes before\" ]",
      "`2 minutes` is written `2m`"
    ),
  ])
  func `a unit that is none is found whatever the number`(step: String, text: String) {
    expectFindings(
      "inputs: { n: integer }\nroles: { r: R }\nsteps: [ { id: a, \(step) } ]",
      [(.badLength, text)])
  }

  @Test(arguments: [
    "\"${{ inputs.n }} business days\"", "\"${{ inputs.n }}w\"", "\"${{ inputs.n }}h30m\"",
    "\"${{ inputs.s }} weeks\"", "\"${{ inputs.n }} ${{ inputs.s }}\"",
    "\"${{ string(inputs.n) + inputs.s }}\"", "\"${{ string(inputs.n) + ' business days' }}\"",
  ])
  func `a unit that is one, or is not known, is not`(length: String) {
    expectFindings(
      "inputs: { n: integer, s: string }\nsteps: [ { id: a, wait: \(length) } ]", [])
  }

  @Test(arguments: [
    ("wait: 1️⃣999999999 business days", "at most 1000000 business hours or days"),
    ("wait: 1️⃣8760000h", "at most 292 years"), ("wait: 1️⃣99999999999999999999d", "292 years"),
    ("wait: 1️⃣8760000 hurs", "is not a length of time"),
  ])
  func `what is too long is told from what is no length`(step: String, text: String) {
    expectFindings("steps: [ { id: a, \(step) } ]", [(.badLength, text)])
  }

  @Test func `a number that is too large is not called a text`() {
    expectFindings(
      """
      steps:
        - id: a
          action: shop.find
          with: { order_id: A-1 }
          retry: { attempts: 1️⃣9223372036854775807 }
      """, [(.valueNotAllowed, "`attempts` is too large")])
  }

  // MARK: Null

  private static let nullable = """
    inputs:
      s: { type: [string, "null"], default: null }
      b: { type: [boolean, "null"], default: null }
      d: { type: [number, "null"], default: null }
      l: { type: array, items: { type: [string, "null"] } }
      o: { type: object, optional: true }
    steps:
      - { id: keep, set: { s: "${{ inputs.s }}", b: "${{ inputs.b }}", l: "${{ inputs.l }}", o: { x: "${{ inputs.s }}" } } }

    """

  @Test(arguments: [
    "{ id: a, if: steps.keep.outputs.s == null, wait: 1h }",
    "{ id: a, if: steps.keep.outputs.o.x == null, wait: 1h }",
    "{ id: a, if: \"steps.keep.outputs.l[0] == null\", wait: 1h }",
    "{ id: a, if: \"steps.keep.outputs.s == 'x' || steps.keep.outputs.b == true\", wait: 1h }",
    "{ id: a, for_each: { in: inputs.l, as: q, steps: [ { id: c, if: q == null, wait: 1h } ] } }",
  ])
  func `what a step keeps may be null where its source may`(step: String) {
    expectFindings(Self.nullable + "  - \(step)", [])
  }

  @Test func `a condition that may be null is none, kept or not`() {
    expectFindings(
      Self.nullable + """
          - { id: a, if: 1️⃣inputs.b, wait: 1h }
          - { id: c, if: 2️⃣steps.keep.outputs.b, wait: 1h }
        """,
      [
        (.expressionResult, "`inputs.b == true`"),
        (.expressionResult, "`steps.keep.outputs.b == true`"),
      ])
  }

  @Test(arguments: [
    "{ id: a, if: 1️⃣inputs.d / 2.0 > 1.0, wait: 1h }",
    "{ id: a, if: 1️⃣steps.keep.outputs.s.size() > 1, wait: 1h }",
    "{ id: a, if: \"size(1️⃣inputs.s) > 1 || inputs.s.contains('x')\", wait: 1h }",
    "{ id: a, if: \"1️⃣inputs.s.startsWith('x')\", set: { x: 1 } }",
    "{ id: a, if: inputs.s == null, set: { x: \"${{ 1️⃣inputs.s + 'x' }}\" } }",
  ])
  func `a value that may be null is not used before that is ruled out`(step: String) {
    expectFindings(Self.nullable + "  - \(step)", [(.mayBeAbsent, "may be null")])
  }

  @Test(arguments: [
    "{ id: a, if: \"!1️⃣inputs.b\", wait: 1h }",
    "{ id: a, if: \"1️⃣inputs.b && inputs.s == 'x'\", wait: 1h }",
    "{ id: a, if: \"inputs.s == 'x' || 1️⃣inputs.b\", wait: 1h }",
    "{ id: a, set: { x: \"${{ 1️⃣inputs.b ? 1 : 2 }}\" } }",
    "{ id: a, set: { x: \"${{ {'k': 1}[1️⃣inputs.s] }}\" } }",
    "{ id: a, set: { x: \"${{ string(1️⃣inputs.d) }}\" } }",
    "{ id: a, set: { x: \"${{ 'abc'.startsWith(1️⃣inputs.s) }}\" } }",
    "{ id: a, set: { x: \"${{ after(now, 1️⃣inputs.s) }}\" } }",
    "{ id: a, set: { x: \"${{ [1].exists(q, 1️⃣inputs.b) }}\" } }",
    "{ id: a, wait: \"${{ 1️⃣inputs.s }}\" }",
    "{ id: a, wait: \"${{ inputs.b == true ? 1️⃣inputs.s : '1h' }}\" }",
    "{ id: a, action: shop.find, with: { order_id: \"${{ 1️⃣inputs.s }}\" } }",
  ])
  func `nor where a null has no meaning`(step: String) {
    expectFindings(Self.nullable + "  - \(step)", [(.mayBeAbsent, "be")])
  }

  @Test(arguments: [
    "{ id: a, if: \"inputs.b != null && inputs.b\", wait: 1h }",
    "{ id: a, if: \"inputs.b != null && !inputs.b\", wait: 1h }",
    "{ id: a, if: \"inputs.b == null || inputs.b\", wait: 1h }",
    "{ id: a, set: { x: \"${{ inputs.s in ['x'] }}\", y: \"${{ type(inputs.s) == string }}\" } }",
    "{ id: a, set: { x: \"Dear ${{ inputs.s }}\", y: \"${{ [inputs.s] }}\" } }",
    "{ id: a, if: inputs.s != null, wait: \"${{ inputs.s }}\" }",
    "{ id: a, wait: \"${{ inputs.s == null ? '1h' : inputs.s }}\" }",
    "{ id: a, if: inputs.s != null, action: shop.find, with: { order_id: \"${{ inputs.s }}\" } }",
    "{ id: a, action: shop.charge, with: { amount: 1, currency: \"${{ inputs.s }}\", note: \"${{ inputs.s }}\" } }",
  ])
  func `where a null is ruled out or means something nothing is said`(step: String) {
    expectFindings(Self.nullable + "  - \(step)", [])
  }

  @Test(arguments: [
    "{ id: a, if: inputs.d != null && inputs.d / 2.0 > 1.0, wait: 1h }",
    "{ id: a, if: \"null == inputs.d || inputs.d > 1.0\", wait: 1h }",
    "{ id: a, if: inputs.s != null, set: { x: \"${{ inputs.s.size() }}\" } }",
    "{ id: a, if: inputs.s == 'x', set: { x: \"${{ inputs.s.size() }}\" } }",
    "{ id: a, set: { x: \"${{ inputs.s == null ? 0 : inputs.s.size() }}\" } }",
    "{ id: a, preconditions: [ { check: inputs.s != null } ], set: { x: \"${{ size(inputs.s) }}\" } }",
    "{ id: a, if: \"inputs.s == inputs.?o.?x.orValue('')\", set: { x: \"${{ inputs.s }}\" } }",
    "{ id: a, wait: { event: shop.paid, match: \"event.amount > inputs.d\" } }",
  ])
  func `what rules out a null is seen`(step: String) {
    expectFindings(Self.nullable + "  - \(step)", [])
  }

  @Test func `a finish for what is null rules it out behind it`() {
    expectFindings(
      Self.nullable + """
          - { id: e, if: inputs.s == null, finish: { outcome: succeeded } }
          - { id: a, set: { x: "${{ inputs.s.size() }}" } }
        """, [])
  }

  @Test func `a run that was started with such a condition goes on`() {
    let text =
      head + Self.nullable + "  - { id: c, if: steps.keep.outputs.b && inputs.d > 3.0, wait: 1h }"
    let diagnostics = Diagnostics()
    let workflow = Workflow.load(
      file: SourceFile(path: "example.yaml", text: text), catalog: shopCatalog, isStarted: true,
      into: diagnostics)
    #expect(workflow != nil, "\(diagnostics.sorted.map(\.message))")
  }

  // MARK: Moments of steps

  private static let failing =
    "  - { id: f, action: shop.find, with: { order_id: A-1 }, on_failure: continue }\n"
    + "  - { id: s, if: inputs.n > 3, wait: 1h }\n"

  @Test(arguments: [
    "{ id: a, set: { x: \"${{ steps.f.finished_at }} ${{ steps.s.started_at }}\" } }",
    "{ id: a, if: \"steps.f.status == 'failed'\", set: { x: \"${{ steps.f.started_at }}\" } }",
  ])
  func `what has failed or was skipped has its moments`(step: String) {
    expectFindings("inputs: { n: integer }\nsteps:\n\(Self.failing)  - \(step)", [])
  }

  @Test func `what was not come to has none`() {
    expectFindings(
      """
      inputs: { n: integer }
      steps:
        - id: c
          choose: [ { when: inputs.n > 3, steps: [ { id: i, wait: 1h } ] } ]
        - { id: a, set: { x: "${{ 1️⃣steps.i.finished_at }}", y: "${{ steps.i.?finished_at }}", z: "${{ 2️⃣steps.z.started_at }}" } }
        - { id: b, if: "steps.i.status != 'pending'", set: { x: "${{ steps.i.finished_at }}" } }
        - { id: z, wait: 1h }
      """,
      [
        (.mayNotHaveRun, "`steps.i.status != 'pending'`"), (.mayNotHaveRun, "it comes later"),
      ])
  }

  // MARK: Lists that are written out

  @Test func `a member that some items have needs a look at the item`() {
    expectFindings(
      """
      steps:
        - id: one
          for_each:
            in: [ { name: x, note: 1 }, { name: y } ]
            as: q
            collect: ${{ 1️⃣q.note }}
            steps:
              - { id: c, set: { v: "${{ 2️⃣q.note }}", w: "${{ q.?note }}" } }
              - { id: d, if: q.name == 'x', set: { v: "${{ q.note }}" } }
              - { id: e, if: has(q.note) && q.note > 3, wait: 1h }
        - id: two
          for_each:
            in: "[ { 'name': 'x', 'note': 1 }, { 'name': 'y' } ]"
            as: q
            steps: [ { id: f, set: { w: "${{ 3️⃣q.nam }}", v: "${{ 4️⃣q.note }}" } } ]
        - { id: m, set: { l: [ { x: 1 } ], k: "${{ [{'x': 1}] }}" } }
        - { id: n, set: { a: "${{ 5️⃣steps.m.outputs.l[0].y }}", b: "${{ 6️⃣steps.m.outputs.k[0].y }}", c: "${{ steps.m.outputs.l[0].x }}" } }
      """,
      [
        (.mayBeAbsent, "only some of the items have `q.note`"),
        (.mayBeAbsent, "`q.?note.orValue(…)`"), (.expressionType, "did you mean `name`?"),
        (.mayBeAbsent, "only some of the items have `q.note`"),
        (.expressionType, "`steps.m.outputs.l[0]` has no `y`"),
        (.expressionType, "`steps.m.outputs.k[0]` has no `y`"),
      ])
  }

  // MARK: Constants

  @Test(arguments: [
    ("now.getHours(1️⃣'Africa/Johanesburg') > 3", "did you mean `Africa/Johannesburg`?"),
    ("1️⃣'%d people'.format([run.id]) != ''", "decimal clause"),
    ("1️⃣'%q'.format([run.id]) != ''", "unrecognized formatting clause"),
    ("1️⃣'%s %s'.format([run.id]) != ''", "fewer values"),
    ("1️⃣int('abc') > 3", "this fails in every run"), ("inputs.n % 1️⃣0 == 1", "divided by 0"),
    ("inputs.n / 1️⃣0 == 1", "divided by 0"), ("1️⃣[1, 2][5] > 3", "this fails in every run"),
    ("1️⃣9223372036854775807 + 1 > 3", "this fails in every run"),
    ("1️⃣{'a': 1}['b'] > 3", "this fails in every run"),
    ("1️⃣bool('maybe')", "this fails in every run"),
  ])
  func `a call that fails in every run is found`(condition: String, text: String) {
    expectFindings(
      "inputs: { n: integer }\nsteps:\n  - id: a\n    if: \"\(condition)\"\n    wait: 1h",
      [(.valueNotAllowed, text)])
  }

  @Test(arguments: [
    "now.getHours('Africa/Johannesburg') > 3", "'%d people'.format([inputs.n]) != ''",
    "'%s %.2f %%'.format([inputs.m, 1.5]) != ''", "int('17') > 3", "inputs.n % 10 == 1",
    "[1, 2][1] > 1", "1 + 2 == inputs.n", "now.getHours(run.id) > 3", "run.id + '% 0' == ''",
    "'%d'.format([inputs.m.x]) != ''", "'%s'.format(['a']) == run.id",
  ])
  func `a call that does not is not`(condition: String) {
    expectFindings(
      "inputs: { n: integer, m: object }\nsteps:\n  - id: a\n    if: \"\(condition)\"\n    wait: 1h",
      [])
  }

  // MARK: Names

  @Test(arguments: ["in", "\"true\"", "\"null\"", "for"])
  func `an item cannot be called by a word of the language`(word: String) {
    expectFindings(
      """
      inputs: { l: { type: array, items: string } }
      steps: [ { id: a, for_each: { in: inputs.l, as: 1️⃣\(word), steps: [ { id: b, wait: 1h } ] } } ]
      """, [(.badName, "it is a word of the expression language")])
  }

  /// In the `undo` of the step it would be the idempotency key, in a `notify` who is told.
  @Test(arguments: ["key", "with", "person", "text", "progress"])
  func `an item cannot be called as what some keys of its steps see`(name: String) throws {
    let steps = """
      inputs: { l: { type: array, items: string } }
      steps: [ { id: a, for_each: { in: inputs.l, as: 1️⃣\(name), steps: [ { id: b, wait: 1h } ] } } ]
      """
    expectFindings(steps, [(.badName, "the language uses it already")])
    let file = SourceFile(path: "example.yaml", text: MarkedText(head + steps).text)
    let diagnostics = Diagnostics()
    #expect(
      Workflow.load(file: file, catalog: shopCatalog, isStarted: true, into: diagnostics) != nil,
      "a run that was started goes on: \(diagnostics.sorted.map(\.message))")
  }

  @Test func `a field and an item of a question have different names`() throws {
    let steps = """
      steps:
        - id: q
          ask: { items: { a: A, b: B }, fields: { 1️⃣a: string, c: string } }
      """
    expectFindings(steps, [(.invalidFieldName, "one of its items has the name")])
    let file = SourceFile(path: "example.yaml", text: MarkedText(head + steps).text)
    #expect(
      Workflow.load(file: file, catalog: shopCatalog, isStarted: true, into: Diagnostics()) != nil)
  }

  // MARK: Lists of what is possible

  @Test func `a list that is cut says so`() {
    expectFindings(
      """
      inputs: { e: { type: string, enum: [a1, a2, a3, a4, a5, a6, a7, a8, a9, b1, b2, b3, b4] } }
      steps: [ { id: a, if: "inputs.e == 1️⃣'zz'", wait: 1h } ]
      """, [(.neverEqual, "`b3`, …")])
  }

  @Test func `the codes of any step come first`() {
    expectFindings(
      """
      steps:
        - id: a
          action: log.write
          with: { message: x }
          on_failure: [ { when: "error.code == 1️⃣'zzzzzz'", steps: [ { id: b, wait: 1h } ], then: continue } ]
      """, [(.neverEqual, "it is `verify`, ")])
  }
}

import SourceText
import Testing

@testable import Workflows

/// Lists that are written out under a key that takes an expression.
@Suite struct WrittenListTests {
  private func expect(_ list: String, _ expected: [(code: DiagnosticCode, text: String)]) {
    expectFindings(
      """
      inputs: { n: integer, s: string }
      steps:
        - id: each
          for_each:
            in: \(list)
            steps: [ { id: a, set: { x: "${{ json(item) }}" } } ]
      """, expected, facts: sampleFacts)
  }

  @Test func `what is to be put in there is an error that shows the corrected line`() {
    expect(
      "[ \"1️⃣${{ inputs.n }}\", 3, x ]",
      [(.interpolationInExpression, "write `in: \"[inputs.n, 3, 'x']\"`")])
    expect(
      "[ { a: \"x 1️⃣${{ inputs.n }}\" } ]",
      [(.interpolationInExpression, "`in: \"[inputs.a, inputs.b]\"`")])
  }

  @Test func `what only looks so is said`() {
    expect("[ \"1️⃣{{ inputs.n }}\", 3 ]", [(.lookalike, "is shown as it stands")])
    expect("[ a, { b: c }, 3 ]", [])
  }

  // MARK: Members of what is written out

  @Test func `a member that a map which is written out does not have is an error`() {
    expectFindings(
      """
      inputs: { c: string, o: object }
      steps:
        - { id: order, set: { customer: { name: "${{ inputs.c }}", at: { city: Paarl } }, o: "${{ inputs.o }}" } }
        - { id: one, set: { v: "${{ 1️⃣steps.order.outputs.customer.nmae }}", w: "${{ steps.order.outputs.customer.name }}" } }
        - { id: two, set: { v: "${{ 2️⃣steps.order.outputs.customer.at.town }}", w: "${{ steps.order.outputs.o.any }}" } }
        - { id: three, set: { v: "${{ steps.order.outputs.customer.?nmae.orValue('') }}", w: "${{ has(steps.order.outputs.customer.nmae) }}" } }
        - id: four
          for_each:
            in: [ { email: a@x.com, at: { x: 1 } }, { email: b@x.com, note: n } ]
            as: user
            collect: ${{ 3️⃣user.emial }}
            steps:
              - { id: t, set: { v: "${{ 4️⃣user.emial }}", w: "${{ user.email }}", x: "${{ user.?note }}" } }
        - { id: five, for_each: { in: [ 1, { a: 2 } ], as: user, steps: [ { id: u, set: { v: "${{ user.b }}" } } ] } }
      """,
      [
        (.expressionType, "did you mean `name`?"),
        (.expressionType, "`steps.order.outputs.customer.at` has no `town`"),
        (.expressionType, "did you mean `email`?"), (.expressionType, "`user` has no `emial`"),
      ])
  }

  // MARK: Help that can be typed

  @Test(arguments: [
    ("inputs.n > 3 ? inputs.s : 'y'", "compare it: `(inputs.n > 3 ? inputs.s : 'y') != ''`"),
    ("inputs.s + 'x'", "compare it: `(inputs.s + 'x') != ''`"),
    ("inputs.s", "compare it: `inputs.?s.orValue('') != ''`"),
    ("inputs.n", "`inputs.?n.orValue(0) > 0`"),
    ("inputs.m", "ask whether it is there: `has(inputs.m)`"),
    ("inputs.l", "compare its size: `size(inputs.?l.orValue([])) > 0`"),
    ("size(inputs.s)", "`size(inputs.s) > 0`"),
    ("inputs.?s", "ask whether it is there: `inputs.?s.hasValue()`"),
    ("inputs.?b", "say what counts when it is absent: `inputs.?b.orValue(false)`"),
    ("inputs.?n.optMap(n, n > 3)", "`inputs.?n.optMap(n, n > 3).orValue(false)`"),
  ])
  func `the condition that is meant is shown whole, and is one`(
    _ condition: String, _ help: String
  ) throws {
    func text(_ condition: String) -> String {
      """
      \(head)inputs: { n: { type: integer, optional: true }, s: { type: string, optional: true }, b: { type: boolean, optional: true }, m: { type: object, optional: true }, l: { type: array, optional: true } }
      steps: [ { id: a, if: "\(condition)", set: { x: 1 } } ]
      """
    }
    let findings = load(text(condition)).findings.filter { $0.code == .expressionResult }
    let found = try #require(findings.first?.help)
    #expect(found.hasSuffix(help), "\(found)")
    let parts = found.split(separator: "`")
    let meant = String(try #require(parts.last))
    #expect(
      !load(text(meant)).findings.contains {
        [.expressionResult, .expressionType].contains($0.code)
          || $0.code == .mayBeAbsent && !condition.contains(" ") && !condition.contains("(")
      })
  }
}

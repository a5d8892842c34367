import SourceText
import Testing

@testable import Workflows

/// Lists and maps that may be null have types as other values have: what is read of them is looked at, and that a null
/// is ruled out before.
@Suite struct NullableValueTests {
  private static let frame = """
    inputs:
      xs: { type: [array, "null"], items: { type: string }, default: null }
      us:
        type: [array, "null"]
        items: { type: object, properties: { name: { type: string }, note: { type: string } }, required: [name] }
        default: null
      o:
        type: [object, "null"]
        properties: { city: { type: string }, zip: { type: [string, "null"] }, tags: { type: array } }
        required: [city, zip]
        default: null
      m: { type: [object, "null"], additionalProperties: { type: integer }, default: null }
      n: { type: integer, default: 1 }
    steps:
      - { id: keep, set: { xs: "${{ inputs.xs }}", o: "${{ inputs.o }}" } }

    """

  private func expect(
    _ step: String, _ expected: [(code: DiagnosticCode, text: String)],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectFindings(
      Self.frame + "  - { id: a, \(step) }", expected, sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    ("if: \"inputs.us != null && inputs.us.exists(u, u.1️⃣nam == 'x')\", wait: 1h", "no field `nam`"),
    ("if: \"inputs.us != null && inputs.us[0].1️⃣nam == 'x'\", wait: 1h", "no field `nam`"),
    ("if: \"inputs.o != null && inputs.o.1️⃣town == 'x'\", wait: 1h", "no field `town`"),
    ("if: \"inputs.o != null && inputs.o[1️⃣'town'] == 'x'\", wait: 1h", "no field `town`"),
    ("if: \"inputs.o.?1️⃣town.orValue('') == 'x'\", wait: 1h", "no field `town`"),
    ("if: \"1️⃣inputs.xs == 'x'\", wait: 1h", "`==` does not work on"),
    ("if: \"1️⃣inputs.xs == [1]\", wait: 1h", "`==` does not work on"),
    ("if: \"1️⃣inputs.xs > 3\", wait: 1h", "`>` does not work on"),
    ("if: \"1️⃣inputs.n in inputs.xs\", wait: 1h", "`in` does not work on"),
    ("if: \"inputs.m != null && 1️⃣inputs.m.a == 'x'\", wait: 1h", "`==` does not work on"),
    ("if: \"1️⃣steps.keep.outputs.xs == 'x'\", wait: 1h", "`==` does not work on"),
    (
      "if: \"steps.keep.outputs.o != null && steps.keep.outputs.o.1️⃣town == ''\", wait: 1h", "`town`"
    ),
    (
      "for_each: { in: \"inputs.us == null ? [] : inputs.us\", steps: [ { id: c, if: \"item.1️⃣nam == ''\", wait: 1h } ] }",
      "`nam`"
    ),
  ])
  func `what is read of them is held against their types`(step: String, text: String) {
    expect(step, [(.expressionType, text)])
  }

  @Test(arguments: [
    "if: size(1️⃣inputs.xs) > 1, wait: 1h",
    "if: \"1️⃣inputs.xs.size() > 1 && inputs.xs.size() < 9\", wait: 1h",
    "if: \"'x' in 1️⃣inputs.xs\", wait: 1h",
    "if: \"1️⃣inputs.xs[0] == 'x'\", wait: 1h",
    "if: \"1️⃣inputs.us.exists(u, u.name == 'x')\", wait: 1h",
    "if: \"1️⃣inputs.us.filter(u, u.name == 'x') == []\", wait: 1h",
    "if: \"1️⃣inputs.o.city == 'x'\", wait: 1h",
    "if: \"1️⃣inputs.o['city'] == 'x'\", wait: 1h",
    "if: \"has(1️⃣inputs.o.tags)\", wait: 1h",
    "if: \"1️⃣inputs.o.?tags.orValue([]) == []\", wait: 1h",
    "if: \"1️⃣inputs.m.a == 3\", wait: 1h",
    "if: \"1️⃣steps.keep.outputs.xs.size() > 1\", wait: 1h",
    "if: \"inputs.xs == null && 1️⃣inputs.xs[0] == 'x'\", wait: 1h",
    "set: { x: \"${{ 1️⃣inputs.xs + ['x'] }}\" }",
    "for_each: { in: 1️⃣inputs.xs, steps: [ { id: c, wait: 1h } ] }",
    "for_each: { in: \"inputs.n > 3 ? 1️⃣inputs.xs : []\", steps: [ { id: c, wait: 1h } ] }",
  ])
  func `a null is ruled out before`(step: String) {
    expect(step, [(.mayBeAbsent, "null")])
  }

  @Test(arguments: [
    "if: inputs.xs == null, wait: 1h", "if: null != inputs.o, wait: 1h",
    "if: \"inputs.xs == ['x'] || inputs.xs == []\", wait: 1h",
    "if: \"inputs.xs == null || size(inputs.xs) == 0\", wait: 1h",
    "if: \"inputs.xs != null && 'x' in inputs.xs && inputs.xs[0] == 'x'\", wait: 1h",
    "if: inputs.us != null, set: { x: \"${{ inputs.us.map(u, u.name) }}\" }",
    "if: \"inputs.us != null && inputs.us.all(u, u.?note.orValue('') == '')\", wait: 1h",
    "if: \"inputs.o != null && inputs.o.city == 'x' && inputs.o.zip == null\", wait: 1h",
    "if: inputs.o != null, set: { x: \"${{ inputs.o.city }}\", y: \"${{ inputs.o }}\" }",
    "if: \"inputs.o != null && has(inputs.o.tags) && inputs.o.tags.size() > 1\", wait: 1h",
    "if: \"inputs.m != null && inputs.m.a == 3\", wait: 1h",
    "set: { x: \"${{ inputs.xs }}\", y: \"${{ inputs.xs == null ? [] : inputs.xs }}\", z: \"${{ [inputs.xs] }}\" }",
    "set: { x: \"${{ inputs.xs == null ? 0 : inputs.xs.size() }}\", y: \"${{ json(inputs.o) }}\" }",
    "set: { x: \"${{ inputs.o == null ? 'none' : inputs.o.city }}\" }",
    "set: { x: \"${{ inputs.?xs.orValue([]).size() }}\" }",
    "if: inputs.xs != null, for_each: { in: inputs.xs, steps: [ { id: c, if: item == 'x', wait: 1h } ] }",
    "for_each: { in: \"inputs.xs == null ? [] : inputs.xs\", steps: [ { id: c, wait: 1h } ] }",
    "for_each: { in: \"inputs.us == null ? [] : inputs.us\", steps: [ { id: c, if: item.name == '', wait: 1h } ] }",
    "preconditions: [ { check: inputs.xs != null } ], set: { x: \"${{ size(inputs.xs) }}\" }",
    "if: \"type(inputs.xs) == list\", wait: 1h",
  ])
  func `where it is, nothing is said`(step: String) {
    expect(step, [])
  }

  @Test func `a member that a map may lack is one, too, where the map may be null`() {
    expect(
      "if: \"inputs.o != null && 1️⃣inputs.o.tags.size() > 1\", wait: 1h",
      [(.mayBeAbsent, "`inputs.o.tags` is optional")])
  }

  @Test func `a word that a member never has is found where the map may be null`() {
    expectFindings(
      """
      inputs:
        o: { type: [object, "null"], properties: { s: { enum: [a, b] } }, required: [s], default: null }
      steps: [ { id: a, if: "inputs.o != null && inputs.o.s == 1️⃣'c'", wait: 1h } ]
      """, [(.neverEqual, "never `c`")])
  }

  @Test func `neither can be put into a text`() {
    expect(
      "set: { x: \"The ${{1️⃣ inputs.xs }}\" }", [(.notInsertable, "a list of texts, or nothing")])
  }

  @Test func `a run that was started with such a comparison goes on`() {
    let text =
      head + Self.frame
      + "  - { id: a, if: \"inputs.xs == 'x' || inputs.o.town == '' || inputs.xs\", wait: 1h }"
    for isStarted in [true, false] {
      let diagnostics = Diagnostics()
      let workflow = Workflow.load(
        file: SourceFile(path: "example.yaml", text: text), catalog: shopCatalog,
        isStarted: isStarted, into: diagnostics)
      #expect((workflow != nil) == isStarted, "\(diagnostics.sorted.map(\.message))")
    }
  }
}

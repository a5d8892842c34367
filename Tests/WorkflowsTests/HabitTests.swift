import Fields
import SourceText
import Testing

@testable import Workflows

/// What those are told who know other tools: what to write here.
@Suite struct HabitTests {
  private func findings(_ steps: String, head extra: String = "") -> [Diagnostic] {
    load(
      head + """
        roles: { support: Support }
        inputs: { n: { type: integer, default: 3 }, xs: { type: array, items: string, default: [] } }
        \(extra)
        steps:
        \(steps)
        """, facts: sampleFacts
    ).findings
  }

  @Test(arguments: [
    ("${{ inputs.xs }}", "inputs.xs"), ("inputs.xs", "inputs.xs"),
    ("\"${{ inputs.xs.filter(x, x in ['a', 'b']) }}\"", "\"inputs.xs.filter(x, x in ['a', 'b'])\""),
  ])
  func `a loop over a text is shown with the text as its list`(list: String, shown: String) {
    let found = findings("  - id: a\n    for_each: \(list)")
    #expect(found.map(\.help) == ["write `for_each: { in: \(shown), steps: [ … ] }`"])
    let mended = findings(
      "  - { id: a, for_each: { in: \(shown), steps: [ { id: b, set: { x: 1 } } ] } }")
    #expect(mended.isEmpty, "\(mended.map(\.message))")
  }
}

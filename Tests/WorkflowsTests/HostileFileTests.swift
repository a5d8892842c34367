import SourceText
import Testing

@testable import Workflows

/// Files that are made to be slow or to break: each is checked in the end, whatever comes out.
@Suite(.timeLimit(.minutes(20))) struct HostileFileTests {
  private func check(_ lines: some Sequence<String>) -> [Diagnostic] {
    let text = head + lines.joined(separator: "\n") + "\n"
    return load(text, facts: sampleFacts).findings
  }

  @Test func `a row of values of which each needs the type of the next one`() {
    let steps = (0..<3_000).map {
      "  - { id: s\($0), set: { x: \"${{ steps.s\($0 + 1).outputs.?x }}\" } }"
    }
    _ = check(["steps:"] + steps)
  }

  @Test func `many early ends, and reads behind them`() {
    let steps = (0..<1_000).map {
      """
        - { id: a\($0), if: "inputs.n > \($0)", set: { x: 1 } }
        - { id: b\($0), if: "steps.a\($0).status != 'succeeded'", finish: cancelled }
        - { id: c\($0), set: { x: "${{ steps.a\($0).outputs.x + steps.a0.outputs.x }}" } }
      """
    }
    #expect(check(["inputs: { n: integer }", "steps:"] + steps).isEmpty)
  }

  @Test func `many jumps over many steps`() {
    let steps = (0..<1_500).map { "  - { id: j\($0), if: inputs.n > \($0), go_to: end }" }
    let reads = (0..<500).map {
      "  - { id: r\($0), set: { x: \"${{ steps.j\($0).finished_at }}\" } }"
    }
    _ = check(["inputs: { n: integer }", "steps:"] + steps + reads + ["  - { id: end, wait: 1h }"])
  }

  @Test func `many cases, each with a read`() {
    let cases = (0..<1_500).map {
      "      - { when: inputs.n == \($0), steps: [{ id: s\($0), set: { x: \"${{ steps.first.outputs.x }}\" } }] }"
    }
    let first = "  - { id: first, if: inputs.n > 5, set: { x: 1 } }"
    _ = check(["inputs: { n: integer }", "steps:", first, "  - id: ways", "    choose:"] + cases)
  }

  @Test func `thousands of names that are wrong`() {
    let steps = (0..<3_000).map {
      "  - { id: s\($0), role: rolle\($0), set: { x: \"${{ inputs.inptu\($0) + steps.sx\($0).outputs.y }}\" } }"
    }
    let inputs = (0..<3_000).map { "  input\($0): string" }
    let roles = (0..<3_000).map { "  role\($0): { name: Role }" }
    let findings = check(["inputs:"] + inputs + ["roles:"] + roles + ["steps:"] + steps)
    #expect(findings.count == 100)
  }

  @Test func `sections inside of sections as deep as a document may be`() {
    var step = "{ id: s99, wait: 1h }"
    for level in (0..<46).reversed() { step = "{ id: s\(level), steps: [\(step)] }" }
    #expect(check(["steps:", "  - \(step)"]).isEmpty)
  }

  @Test func `an expression of a hundred thousand characters`() {
    let sum = Array(repeating: "1", count: 40_000).joined(separator: "+")
    #expect(check(["steps:", "  - { id: a, set: { x: \"${{ \(sum) }}\" } }"]).count == 1)
  }

  @Test func `a long row of steps of which each runs only where the one before has`() {
    let steps = (1..<2_000).map {
      """
        - id: s\($0)
          if: steps.s\($0 - 1).status == 'succeeded'
          set: { x: "${{ steps.s\($0 - 1).outputs.x + 1 }}" }
      """
    }
    let findings = check(
      ["inputs: { n: integer }", "steps:", "  - { id: s0, set: { x: \"${{ inputs.n }}\" } }"]
        + steps)
    #expect(findings.isEmpty)
  }

  @Test func `one text with thousands of expressions that are wrong`() {
    let lines = (0..<5_000).map { "        line ${{ inputs.nope\($0) }}" }
    let findings = check(["steps:", "  - id: a", "    set:", "      x: |"] + lines)
    #expect(findings.count == 100)
    #expect(findings.last.map { $0.file[$0.span] } == "nope99")
  }

  @Test func `thousands of warnings, each allowed at its step`() {
    let steps = (0..<2_000).map {
      "  - { id: w\($0), ask: { message: Go on, items: { i: Done } }, allow: { B1502: no hurry } }"
    }
    #expect(check(["steps:"] + steps).isEmpty)
  }
}

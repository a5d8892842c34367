import SourceText
import Testing

@testable import Workflows

/// Which case of a `choose` was taken, where something that it gives is read.
@Suite struct ChoiceFactsTests {
  private static let inputs =
    "inputs: { a: boolean, b: boolean, n: integer, s: { type: string, enum: [x, y, z] } }\n"

  private static func choice(_ first: String, _ second: String?) -> String {
    let when = second.map { "when: \"\($0)\", " } ?? ""
    return """
      steps:
        - id: c
          choose:
            - { when: "\(first)", steps: [ { id: one, set: { v: 1 } } ] }
            - { \(when)steps: [ { id: two, set: { v: 2 } } ] }

      """
  }

  @Test(arguments: [
    ("inputs.a", "inputs.b", "inputs.b"), ("inputs.n > 3", "inputs.n > 1", "inputs.n > 1"),
    ("inputs.s == 'x'", "inputs.b", "inputs.b"),
    ("inputs.n > 3", "inputs.n == 4", "inputs.n == 4"),
    ("inputs.s in ['x', 'y']", "inputs.s in ['y', 'z']", "inputs.s in ['y', 'z']"),
  ])
  func `a case is taken only where none before it holds`(
    _ first: String, _ second: String, _ condition: String
  ) {
    expectFindings(
      Self.inputs + Self.choice(first, second)
        + "  - { id: r, if: \"\(condition)\", set: { v: \"${{ 1️⃣steps.two.outputs.v }}\" } }\n",
      [(.mayNotHaveRun, "the case before it may hold")])
  }

  @Test(
    arguments: [
      ("inputs.a", "inputs.b", "inputs.b && !inputs.a"),
      ("inputs.s == 'x'", nil, "inputs.s == 'y'"),
      ("inputs.s == 'x'", nil, "inputs.s in ['y', 'z']"),
      ("inputs.s == 'x'", "inputs.s == 'y'", "inputs.s == 'y'"),
      ("inputs.s in ['x', 'y']", "inputs.s == 'z'", "inputs.s == 'z'"),
      ("inputs.s == 'x'", "inputs.s != 'x'", "inputs.s == 'z'"),
      ("inputs.n > 3", "inputs.n > 1", "inputs.n > 1 && inputs.n <= 3"),
      ("inputs.n > 20", "inputs.n < 10", "inputs.n < 10"),
      ("inputs.n == 1", "inputs.n == 2", "inputs.n == 2"),
      ("inputs.n >= 3", nil, "inputs.n < -1"),
      ("3 <= inputs.n", nil, "inputs.n < 3"),
    ] as [(String, String?, String)])
  func `what rules the cases before it out is followed`(
    _ first: String, _ second: String?, _ condition: String
  ) {
    expectFindings(
      Self.inputs + Self.choice(first, second)
        + "  - { id: r, if: \"\(condition)\", set: { v: \"${{ steps.two.outputs.v }}\" } }\n", [])
  }

  @Test(arguments: [
    ("inputs.a", "!inputs.a"), ("inputs.n > 3", "inputs.n <= 3"),
    ("inputs.s == 'x'", "inputs.s != 'x'"), ("inputs.n > 3", "!(inputs.n > 3)"),
  ])
  func `behind a choose of which the other case ends the run, one was taken`(
    _ first: String, _ second: String
  ) {
    let steps = """
      steps:
        - id: c
          choose:
            - { when: "\(first)", steps: [ { id: one, set: { v: 1 } } ] }
            - { when: "\(second)", steps: [ { id: no, finish: failed } ] }

      """
    expectFindings(
      Self.inputs + steps + "  - { id: r, set: { v: \"${{ steps.one.outputs.v }}\" } }\n", [])
  }

  @Test func `behind cases that may all not hold none was taken`() {
    expectFindings(
      Self.inputs + """
        steps:
          - id: c
            choose:
              - { when: inputs.a, steps: [ { id: one, set: { v: 1 } } ] }
              - { when: inputs.b, steps: [ { id: no, finish: failed } ] }
          - { id: r, set: { v: "${{ 1️⃣steps.one.outputs.v }}" } }
        """, [(.mayNotHaveRun, "it runs only when `inputs.a`")])
  }
}

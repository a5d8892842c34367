import Documents
import Fields
import SourceText
import Testing

@testable import Workflows

/// Texts that YAML ends sooner than their author meant.
@Suite struct CutTextTests {
  private static let inputs = """
    inputs:
      l: { type: array, items: { type: string } }
      b: boolean

    """

  @Test func `an expression with a comma inside of braces is one finding that shows the quotes`() {
    expectFindings(
      Self.inputs + """
        steps:
          - { id: a, if: 1️⃣inputs.l.exists(x, x == 'a'), set: { x: 1 } }
          - { id: c, if: 2️⃣inputs.l.exists(x, x == "a", 1) && inputs.b ? true : false, set: { x: 1 } }
          - id: d
            choose: [ { when: 3️⃣inputs.l.all(x, size(x) > 1), steps: [ { id: e, set: { x: 1 } } ] } ]
        """,
      [
        (.expressionSyntax, "put the text in quotes: `if: \"inputs.l.exists(x, x == 'a')\"`"),
        (.expressionSyntax, "put the text in quotes: `if: 'inputs.l.exists(x, x == \"a\", 1)"),
        (.expressionSyntax, "put the text in quotes: `when: \"inputs.l.all(x, size(x) > 1)\"`"),
      ])
  }

  @Test func `a text with commas inside of braces is one finding that shows the quotes`() {
    expectFindings(
      """
      steps:
        - { id: a, action: log.write, with: { message: Hello, 1️⃣dear, world } }
        - { id: b, action: log.write, with: { message: Hello (dear, 2️⃣old) world, level: info } }
        - { id: c, name: First, 3️⃣then wait, wait: 1h }
        - { id: d, set: { x: 1 }, 4️⃣colour }
      """,
      [
        (.unknownInput, "put the text in quotes: `message: \"Hello, dear, world\"`"),
        (.unknownInput, "put the text in quotes: `message: \"Hello (dear, old) world\"`"),
        (.unknownKey, "put the text in quotes: `name: \"First, then wait\"`"),
        (.unknownKey, "allowed"),
      ])
  }

  @Test func `an expression that is wrong by itself keeps its own finding`() {
    expectFindings(
      Self.inputs + """
        steps:
          - { id: a, if: size(inputs.l1️⃣, set: { x: 1 } }
          - { id: b, if: "inputs.l.exists(x, x == 'a'2️⃣", set: { x: 1 } }
        """, [(.expressionSyntax, "`)`"), (.expressionSyntax, "`)`")])
  }

  @Test func `a blank behind the exclamation mark is not passed over`() {
    expectFindings(
      Self.inputs + """
        steps:
          - id: a
            if: 1️⃣! inputs.b
            set: { x: 1 }
          - id: b
            preconditions: [ { check: 2️⃣! (inputs.b || false), message: m } ]
            set: { x: 1 }
        """,
      [
        (.tagNotSupported, "put the text in quotes: `if: \"! inputs.b\"`"),
        (.tagNotSupported, "put the text in quotes: `check: \"! (inputs.b || false)\"`"),
      ])
  }
}

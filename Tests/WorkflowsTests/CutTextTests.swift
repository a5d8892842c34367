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

  @Test func `a text with a comma among data that may have any key is warned of`() {
    let text = """
      roles: { support, boss: The boss }
      inputs:
        data: { type: object, default: { a: 1 } }
      steps:
        - { id: a, set: { x: a, b } }
        - { id: b, set: { x: 1, more, again, y: [z], z } }
        - { id: c, set: { x: { note: Hello (dear, old) world, level: info }, y: { p, q }, z: } }
        - { id: d, set: { x: "a, b", b: null, c: ~ } }
        - id: e
          set:
            x: a
            empty:
        - { id: f, action: command.run, with: { command: [a], env: { A: one, two } }, manual: m }
        - { id: end, if: size(inputs.data) == 0, finish }
      outputs: { a: "${{ steps.a.outputs.x }}", b: of, c }
      """
    let found = load(head + text, facts: sampleFacts).findings.filter {
      $0.code == .omittedValue
    }
    #expect(
      found.map { "\($0.file.location(of: $0.span.start).line) \($0.message): \($0.help ?? "")" }
        == [
          "8 the key `b` has no value: put the text in quotes: `x: \"a, b\"`; `b: null` says that there is none",
          "9 the key `more` has no value: put the text in quotes: `x: \"1, more, again\"`; `more: null` says that there is none",
          "9 the key `z` has no value: `z: null` says that there is none",
          "10 the key `old) world` has no value: put the text in quotes: `note: \"Hello (dear, old) world\"`; `old) world: null` says that there is none",
          "16 the key `two` has no value: put the text in quotes: `A: \"one, two\"`; `two: null` says that there is none",
          "18 the key `c` has no value: put the text in quotes: `b: \"of, c\"`; `c: null` says that there is none",
        ])
  }

  @Test func `a key in quotes without a value is warned of as one without quotes`() {
    let text = """
      steps:
        - { id: a, set: { x: a, "c" } }
        - { id: b, set: { x: a, 'c', more } }
        - { id: c, set: { x: 1, "c": , 'd': null, "e": "f" } }
        - { id: d, set: { x: { "p", q }, "e" : a } }
      """
    let found = load(head + text, facts: sampleFacts).findings.filter { $0.code == .omittedValue }
    #expect(
      found.map { "\($0.message): \($0.help ?? "")" } == [
        "the key `c` has no value: put the text in quotes: `x: 'a, \"c\"'`; `c: null` says that there is none",
        "the key `c` has no value: put the text in quotes: `x: \"a, 'c', more\"`; `c: null` says that there is none",
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

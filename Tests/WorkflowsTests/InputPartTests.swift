import SourceText
import Testing

@testable import Workflows

/// Lists and maps that are given to an operation or a workflow.
@Suite struct InputPartTests {
  @Test func `what is computed inside a list is held against its items`() {
    expectFindings(
      """
      inputs: { n: integer, l: { type: array, items: { type: string } }, o: { type: string, optional: true } }
      steps:
        - id: a
          action: command.run
          with:
            command: [sleep, 1️⃣"${{ inputs.n }}", "${{ inputs.o }}", "${{ inputs.?o }}", "n ${{ inputs.n }}"]
            env: { N: 2️⃣"${{ inputs.n }}", M: "${{ string(inputs.n) }}" }
            exit_codes: [0, "${{ inputs.n }}", 3️⃣one, 4️⃣"${{ inputs.l }}"]
          if: has(inputs.o)
      """,
      [
        (.inputMismatch, "`command[1]` must be text, not an integer\n\n`${{ string(inputs.n) }}`"),
        (.inputMismatch, "`env` does not fit: `env.N` must be text, not an integer"),
        (.inputMismatch, "`exit_codes[2]` must be a whole number, not the text `one`"),
        (.inputMismatch, "`exit_codes[3]` must be a whole number, not a list of texts"),
      ])
  }

  @Test func `everything that does not fit is found, each at its place`() {
    expectFindings(
      """
      steps:
        - id: a
          action: command.run
          with:
            command:
              - echo
              - one
              - 1️⃣[a]
              - 2️⃣{ b: c }
      """,
      [
        (.inputMismatch, "`command[2]` must be text"),
        (.inputMismatch, "`command[3]` must be text"),
      ]
    )
  }

  private static let inner = """
    baton: 1
    id: inner
    inputs:
      o:
        type: object
        properties: { k: { type: string }, m: { type: string, format: email }, c: { enum: [x, y] } }
        required: [k, m]
        additionalProperties: false
      pick:
        default: { a: x }
        oneOf:
          - { type: object, properties: { a: { type: string } }, required: [a] }
          - { type: object, properties: { b: { type: integer } }, required: [b] }
    steps: [{ id: s, set: { v: "${{ inputs.o.k }}" } }]
    """

  private func expect(
    _ marked: String, _ expected: [(code: DiagnosticCode, text: String)],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectFindings(
      marked, expected,
      workflows: WorkflowSource { name, _ in
        name == "inner" ? SourceFile(path: "inner.yaml", text: Self.inner) : nil
      }, sourceLocation: sourceLocation)
  }

  @Test func `a map with an expression in it is held against what the workflow takes`() {
    expect(
      """
      inputs: { s: string, o: { type: string, optional: true } }
      steps:
        - { id: a, workflow: inner, with: { o: 1️⃣{ k: "a ${{ inputs.s }}", z: 2️⃣1 } } }
        - { id: b, workflow: inner, with: { o: { k: "${{ inputs.s }}", m: 3️⃣nobody, c: 4️⃣z } } }
        - { id: c, workflow: inner, with: { o: { k: "${{ inputs.s }}", m: "${{ 5️⃣inputs.?o }}" } } }
        - { id: d, workflow: inner, with: { o: { k: "${{ inputs.s }}", m: a@b.example, c: "${{ inputs.?o }}" } } }
      """,
      [
        (.inputMismatch, "`o.m` is missing"), (.inputMismatch, "`o.z` is not known"),
        (.inputMismatch, "`o.m` must be an email address"), (.inputMismatch, "`o.c` must be"),
        (.missingInput, "the workflow `inner` needs `o.m`, and `inputs.o` may be absent"),
      ])
  }

  @Test func `what the unknown part decides is left open`() {
    expect(
      """
      inputs: { s: string, n: integer }
      steps:
        - id: a
          workflow: inner
          with: { o: { k: "${{ inputs.s }}", m: "${{ inputs.s }}" }, pick: { a: "${{ inputs.s }}" } }
        - id: b
          workflow: inner
          with: { o: { k: "${{ inputs.s }}", m: "${{ inputs.s }}" }, pick: { b: "${{ inputs.n }}" } }
      """, [])
  }

  @Test func `maps that differ are told apart`() {
    expectFindings(
      """
      inputs: { m: { type: object, additionalProperties: { type: integer } } }
      steps:
        - { id: a, action: command.run, with: { command: [env], env: 1️⃣"${{ inputs.m }}" } }
      """, [(.inputMismatch, "`env` is a map of texts, and this gives a map of integers")])
  }
}

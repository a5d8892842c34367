import SourceText
import Testing

@testable import Workflows

@Suite struct SubWorkflowTests {
  private let files = [
    "inner": """
    baton: 1
    id: inner
    inputs: { name: string, secret: { type: string, sensitive: true, optional: true } }
    steps:
      - { id: greeting, set: { text: "Hello ${{ inputs.name }}", hidden: "${{ inputs.?secret }}" } }
    outputs:
      text: ${{ steps.greeting.outputs.text }}
      hidden: ${{ steps.greeting.outputs.?hidden }}
    """,
    "circle": "baton: 1\nid: circle\nsteps:\n  - { id: again, workflow: back }\n",
    "back": "baton: 1\nid: back\nsteps:\n  - { id: again, workflow: circle }\n",
  ]

  private var source: WorkflowSource {
    WorkflowSource(
      find: { [files] name, _ in
        files[name].map { SourceFile(path: "\(name).yaml", text: $0) }
      }, names: { [files] in Array(files.keys) })
  }

  @Test func `another workflow takes inputs and gives outputs, typed`() throws {
    let (loaded, findings) = load(
      head + """
        steps:
          - { id: one, workflow: inner, with: { name: Ana } }
          - { id: two, workflow: inner, with: { name: "${{ steps.one.outputs.text }}" } }
          - { id: three, set: { x: "${{ steps.one.outputs.?hidden }}" } }
        """, workflows: source)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
    let workflow = try #require(loaded)
    #expect(workflow.definitions.map(\.id) == ["example", "inner"])
    guard case .set(let values)? = workflow.step(named: "three")?.kind else { return }
    #expect(values.sensitiveNames == ["x"])
  }

  @Test func `inputs of another workflow are checked`() {
    let (_, findings) = load(
      head + """
        steps:
          - { id: one, workflow: inner, with: { nme: Ana } }
          - { id: two, workflow: iner }
          - { id: three, if: steps.one.outputs.txt == '', wait: 1h }
        """, workflows: source)
    #expect(findings.map(\.code) == [.unknownInput, .unknownWorkflow, .expressionType])
  }

  // MARK: Records

  private static let records = """
    inputs:
      obj: { type: object, properties: { a: integer, b: string } }
      whole: { type: object, properties: { a: integer, b: string }, required: [a] }
      other: { type: object, properties: { x: string } }
      null_a: { type: object, properties: { a: { type: [integer, "null"] } }, required: [a] }
      open: object
      text: { type: [string, "null"], default: null }
      list: { type: array, items: { type: object, properties: { a: integer } } }

    """

  private let taker = WorkflowSource { name, _ in
    SourceFile(
      path: "\(name).yaml",
      text: """
        baton: 1
        id: kid
        inputs:
          m: { type: object, properties: { a: integer, b: { type: string } }, required: [a] }
        steps:
          - { id: k, set: { v: "${{ inputs.m.a }}" } }
        """)
  }

  @Test(
    arguments: [
      (
        "m: \"${{ 1️⃣inputs.obj }}\"", .missingInput,
        "`kid` needs `m.a`, and `inputs.obj.a` may be absent"
      ),
      ("m: 1️⃣\"${{ inputs.other }}\"", .inputMismatch, "`m.a` is missing"),
      ("m: 1️⃣\"${{ {'b': 'x'} }}\"", .inputMismatch, "`m.a` is missing"),
      ("m: 1️⃣\"${{ {'a': 1, 'b': 5} }}\"", .inputMismatch, "`m.b` must be text"),
      ("m: \"${{ {'a': 1, 'b': 1️⃣inputs.text} }}\"", .mayBeAbsent, "`m.b` must not be null"),
      ("m: { a: 1, b: \"${{ 1️⃣inputs.text }}\" }", .mayBeAbsent, "`inputs.text` may be"),
      ("m: \"${{ 1️⃣inputs.null_a }}\"", .mayBeAbsent, "`inputs.null_a.a` may be"),
    ] as [(String, DiagnosticCode, String)])
  func `a record is held against the one that is wanted`(
    with: String, code: DiagnosticCode, text: String
  ) {
    expectFindings(
      Self.records + "steps:\n  - { id: c, workflow: kid, with: { \(with) } }",
      [(code, text)], workflows: taker)
  }

  @Test func `an item of a loop is, too`() {
    expectFindings(
      Self.records + """
        steps:
          - id: l
            for_each: { in: inputs.list, steps: [ { id: c, workflow: kid, with: { m: "${{ 1️⃣item }}" } } ] }
        """, [(.missingInput, "`item.a` may be absent")], workflows: taker)
  }

  @Test(arguments: [
    "{ id: c, workflow: kid, with: { m: \"${{ inputs.whole }}\" } }",
    "{ id: c, workflow: kid, with: { m: \"${{ inputs.open }}\" } }",
    "{ id: c, if: has(inputs.obj.a), workflow: kid, with: { m: \"${{ inputs.obj }}\" } }",
    "{ id: c, if: inputs.null_a.a != null, workflow: kid, with: { m: \"${{ inputs.null_a }}\" } }",
    "{ id: c, if: inputs.text != null, workflow: kid, with: { m: { a: 1, b: \"${{ inputs.text }}\" } } }",
    "{ id: c, workflow: kid, with: { m: \"${{ {'a': 1, 'b': 'x'} }}\" } }",
    "{ id: c, workflow: kid, with: { m: \"${{ {'a': inputs.open.a} }}\" } }",
  ])
  func `a record that has what is wanted, or may have it, fits`(step: String) {
    expectFindings(Self.records + "steps:\n  - \(step)", [], workflows: taker)
  }

  @Test func `a circle of workflows is found`() {
    let (_, findings) = load(
      head + "steps:\n  - { id: one, workflow: circle }\n", workflows: source)
    #expect(findings.map(\.code) == [.workflowCycle])
    #expect(findings.first?.label?.contains("circle.yaml → back.yaml → circle.yaml") == true)
  }

  @Test(arguments: [(100, true), (101, false)])
  func `workflows may stand in each other a hundred deep`(depth: Int, fits: Bool) {
    let chain = WorkflowSource(find: { name, _ in
      guard let number = Int(name.dropFirst()) else { return nil }
      let step =
        number < depth
        ? "{ id: next, workflow: w\(number + 1) }" : "{ id: end, set: { x: \"${{ 1 }}\" } }"
      let text = "baton: 1\nid: \(name)\nsteps:\n  - \(step)\n"
      return SourceFile(path: "\(name).yaml", text: text)
    })
    let (workflow, findings) = load(
      head + "steps:\n  - { id: one, workflow: w2 }\n", workflows: chain)
    #expect(findings.map(\.code) == (fits ? [] : [.workflowCycle]))
    #expect((workflow?.definitions.count ?? 0) == (fits ? depth : 0))
  }
}

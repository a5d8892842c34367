import SourceText
import Testing

@testable import Workflows

@Suite struct NeededValueTests {
  @Test func `what an operation needs is given, not left out`() {
    expectFindings(
      """
      inputs: { note: { type: string, optional: true }, sure: string }
      steps:
        - { id: a, action: log.write, with: { message: "${{ 1️⃣inputs.?note }}" } }
        - { id: b, action: log.write, with: { message: "${{ inputs.?note.orValue('none') }}" } }
        - { id: c, action: log.write, with: { message: "about ${{ inputs.?note }}" } }
        - { id: d, action: log.write, with: { message: "${{ inputs.?sure }}", level: "${{ inputs.?note }}" } }
        - { id: e, if: has(inputs.note), action: log.write, with: { message: "${{ inputs.?note }}" } }
        - { id: f, action: log.write, with: { message: "${{ inputs.?note.or(optional.of('x')) }}" } }
        - { id: g, action: log.write, with: { message: "${{ 2️⃣inputs.?note.optMap(n, n + '!') }}" } }
        - { id: h, action: log.write, with: { message: "${{ 3️⃣optional.none() }}" } }
        - { id: i, if: "!has(inputs.note)", finish: cancelled }
        - { id: j, action: log.write, with: { message: "${{ inputs.?note }}" } }
      """,
      [
        (
          .missingInput,
          "`log.write` needs the input `message`, and `inputs.note` may be absent\n\n"
            + "`inputs.?note.orValue(…)` says what counts then"
        ),
        (.missingInput, "what this gives may be absent"),
        (.missingInput, "what this gives may be absent"),
      ])
  }

  @Test func `an output of a step that may have been skipped is not what an operation needs`() {
    expectFindings(
      """
      inputs: { go: boolean }
      steps:
        - { id: order, if: inputs.go, action: shop.find, with: { order_id: A-1 } }
        - { id: a, action: log.write, with: { message: "${{ 1️⃣steps.order.outputs.?status }}" } }
        - { id: b, if: inputs.go, action: log.write, with: { message: "${{ steps.order.outputs.?status }}" } }
        - { id: c, if: inputs.go, action: log.write, with: { message: "${{ 2️⃣steps.order.outputs.?note }}" } }
      """,
      [
        (.missingInput, "`steps.order.outputs.status` may be absent"),
        (.missingInput, "`steps.order.outputs.note` may be absent"),
      ])
  }

  @Test func `a called workflow, a trigger and a length of time need their values too`() {
    let inner = """
      baton: 1
      id: inner
      inputs: { must: string, may: { type: string, optional: true } }
      steps: [{ id: s, set: { v: "${{ inputs.must }}" } }]
      """
    expectFindings(
      """
      inputs: { o: { type: string, optional: true }, m: { type: string, default: x }, r: string }
      triggers:
        - { schedule: "0 9 * * *", inputs: { m: "${{ optional.none() }}", o: "${{ optional.none() }}", r: "${{ 1️⃣optional.none() }}" } }
      steps:
        - { id: a, workflow: inner, with: { must: "${{ 2️⃣inputs.?o }}", may: "${{ inputs.?o }}" } }
        - { id: b, wait: "${{ 3️⃣inputs.?o }}" }
        - { id: c, ask: { items: { x: X } }, due: "${{ 4️⃣inputs.?o }} days" }
        - { id: d, if: has(inputs.o), wait: "${{ inputs.?o }}" }
      """,
      [
        (.missingInput, "the workflow `example` needs the input `r`"),
        (.missingInput, "the workflow `inner` needs the input `must`"),
        (.mayBeAbsent, "`wait` needs a length of time, and `inputs.o` may be absent"),
        (.mayBeAbsent, "`due` needs a length of time"),
      ],
      workflows: WorkflowSource { name, _ in
        name == "inner" ? SourceFile(path: "inner.yaml", text: inner) : nil
      })
  }

  @Test func `nobody is told to leave out what is needed`() throws {
    let (_, findings) = load(
      head + """
        inputs: { note: { type: string, optional: true } }
        steps:
          - { id: a, action: log.write, with: { message: "${{ inputs.note }}" } }
          - { id: b, set: { x: "${{ inputs.note }}" } }
          - { id: c, wait: "${{ inputs.note }}" }
        """)
    #expect(
      findings.map(\.help) == [
        "`inputs.?note.orValue(…)` says what counts instead",
        "`inputs.?note` leaves its key out then; `inputs.?note.orValue(…)` says what counts instead",
        "`inputs.?note.orValue(…)` says what counts instead",
      ])
  }

  @Test func `a moment is no length of time`() {
    expectFindings(
      """
      steps:
        - { id: a, wait: 1️⃣"${{ now }}" }
        - { id: b, wait: { at: now } }
        - { id: c, ask: { items: { x: X } }, due: "${{ after(now, '3d') }}" }
      """, [(.expressionResult, "a moment is written `wait: { at: … }`")])
  }
}

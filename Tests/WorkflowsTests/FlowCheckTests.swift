import SourceText
import Testing

@testable import Workflows

@Suite struct FlowCheckTests {
  private let order = "- { id: order, action: shop.find, with: { order_id: A-1 } }"

  @Test func `outputs of a skipped step are not read`() {
    expectFindings(
      """
      inputs: { paid: boolean }
      steps:
        - { id: order, if: inputs.paid, action: shop.find, with: { order_id: A-1 } }
        - { id: a, if: 1️⃣steps.order.outputs.amount > 3, wait: 1h }
      """, [(.mayNotHaveRun, "inputs.paid")])
  }

  @Test(arguments: [
    "{ id: a, if: \"inputs.paid\", set: { x: \"${{ steps.order.outputs.amount }}\" } }",
    "{ id: a, if: \"inputs.paid && inputs.n > 3\", set: { x: \"${{ steps.order.outputs.amount }}\" } }",
    "{ id: a, if: \"inputs.paid && steps.order.outputs.amount > 3\", wait: 1h }",
    "{ id: a, if: \"!inputs.paid || steps.order.outputs.amount > 3\", wait: 1h }",
    "{ id: a, if: \"inputs.paid ? steps.order.outputs.amount > 3 : false\", wait: 1h }",
    "{ id: a, if: \"steps.order.outputs.?amount.orValue(0.0) > 3\", wait: 1h }",
    "{ id: a, if: \"steps.order.status == 'succeeded'\", set: { x: \"${{ steps.order.outputs.amount }}\" } }",
    "{ id: a, if: \"steps.order.status != 'skipped'\", set: { x: \"${{ steps.order.outputs.amount }}\" } }",
    "{ id: a, if: \"inputs.paid\", steps: [{ id: b, set: { x: \"${{ steps.order.outputs.amount }}\" } }] }",
    "{ id: a, choose: [{ when: inputs.paid, steps: [{ id: b, set: { x: \"${{ steps.order.outputs.amount }}\" } }] }] }",
    "{ id: a, if: \"has(steps.order.outputs.amount)\", set: { x: \"${{ steps.order.outputs.amount }}\" } }",
  ])
  func `there is no false alarm where the flow rules it out`(step: String) {
    let (_, findings) = load(
      head + """
        inputs: { paid: boolean, n: integer }
        steps:
          - { id: order, if: inputs.paid, action: shop.find, with: { order_id: A-1 } }
          - \(step)
        """)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
  }

  @Test func `a finish rules out what would have led to it`() {
    let (_, findings) = load(
      head + """
        inputs: { paid: boolean }
        steps:
          - { id: order, if: inputs.paid, action: shop.find, with: { order_id: A-1 } }
          - { id: stop, if: "!inputs.paid", finish: cancelled }
          - { id: a, if: steps.order.outputs.amount > 3, wait: 1h }
        """)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
  }

  @Test func `go_to passes over steps`() {
    expectFindings(
      """
      inputs: { known: boolean }
      steps:
        - { id: jump, if: inputs.known, go_to: a }
        - { id: order, action: shop.find, with: { order_id: A-1 } }
        - { id: between, if: steps.order.outputs.amount > 3, wait: 1h }
        - { id: a, if: 1️⃣steps.order.outputs.amount > 3, wait: 1h }
        - { id: b, if: "!inputs.known && steps.order.outputs.amount > 3", wait: 1h }
      """, [(.mayNotHaveRun, "`jump`")])
  }

  @Test func `branches, loops and later steps are out of reach`() {
    expectFindings(
      """
      inputs: { n: integer, names: { type: array, items: { type: string } } }
      steps:
        - { id: early, if: 1️⃣steps.order.outputs.amount > 3, wait: 1h }
        - { id: soon, if: size(2️⃣steps.loop.outputs) > 3, wait: 1h }
        - { id: order, action: shop.find, with: { order_id: A-1 } }
        - id: ways
          choose:
            - when: inputs.n > 3
              steps:
                - { id: one, set: { x: 1 } }
            - steps:
                - { id: two, set: { x: "${{ 3️⃣steps.one.outputs.x }}" } }
        - { id: after, if: 4️⃣steps.two.outputs.x > 3, wait: 1h }
        - id: loop
          for_each:
            in: inputs.names
            collect: ${{ steps.inner.outputs.y }}
            steps:
              - { id: inner, set: { y: "${{ item }}" } }
        - { id: outside, if: 5️⃣steps.inner.outputs.y == '', wait: 1h }
        - { id: collected, if: size(steps.loop.outputs) > 3, wait: 1h }
        - id: both
          parallel:
            - { id: left, set: { z: 1 } }
            - { id: right, if: 6️⃣steps.left.outputs.z == 1, wait: 1h }
        - { id: joined, if: steps.left.outputs.z == 1, wait: 1h }
      finally:
        - { id: tell, if: 7️⃣steps.order.outputs.amount > 3, wait: 1h }
        - { id: told, if: steps.order.outputs.?amount.orValue(0.0) > 3, wait: 1h }
      """,
      [
        (.mayNotHaveRun, "later"), (.mayNotHaveRun, "later"), (.mayNotHaveRun, "another branch"),
        (.mayNotHaveRun, "no other case"), (.mayNotHaveRun, "collect"),
        (.mayNotHaveRun, "side by side"), (.mayNotHaveRun, "finally"),
      ])
  }

  @Test func `a failure that the run passes over leaves no outputs`() {
    expectFindings(
      """
      steps:
        - { id: order, action: shop.find, with: { order_id: A-1 }, on_failure: continue }
        - { id: a, if: 1️⃣steps.order.outputs.amount > 3, wait: 1h }
      """, [(.mayNotHaveRun, "goes on when it fails")])
  }

  @Test func `a repeat has run at least once`() {
    let (_, findings) = load(
      head + """
        steps:
          - id: ready
            repeat:
              steps: [{ id: poll, action: shop.find, with: { order_id: A-1 } }]
              until: steps.poll.outputs.status == 'PAID'
              every: 30s
              at_most: 20
          - { id: a, if: steps.poll.outputs.amount > 3, wait: 1h }
        """)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
  }

  @Test func `optional values are read with care`() {
    expectFindings(
      """
      inputs: { note: { type: string, optional: true } }
      steps:
        - { id: order, action: shop.find, with: { order_id: A-1 } }
        - { id: a, if: 1️⃣inputs.note == 'x', wait: 1h }
        - { id: b, if: "has(inputs.note) && inputs.note == 'x'", wait: 1h }
        - { id: c, if: 2️⃣steps.order.outputs.note == 'x', wait: 1h }
        - { id: d, if: "inputs.?note.orValue('') == 'x'", wait: 1h }
        - id: e
          choose:
            - when: has(inputs.note)
              steps: [{ id: f, set: { x: "${{ inputs.note }}" } }]
        - id: g
          preconditions: [{ check: has(inputs.note), message: A note is needed. }]
          set: { x: "${{ inputs.note }}" }
        - { id: h, if: "!has(inputs.note)", finish: cancelled }
        - { id: i, set: { x: "${{ inputs.note }}" } }
      """, [(.mayBeAbsent, "inputs.note"), (.mayBeAbsent, "note")])
  }

  @Test func `ten thousand steps are checked`() {
    var text = head + "inputs: { n: integer }\nsteps:\n"
    for number in 0..<10_000 {
      text +=
        "  - id: s\(number)\n    if: inputs.n > \(number)\n    set: { x: \"${{ inputs.n + 1 }}\" }\n"
    }
    let (workflow, findings) = load(text)
    #expect(findings.isEmpty)
    #expect(workflow?.allSteps.count == 10_000)
  }
}

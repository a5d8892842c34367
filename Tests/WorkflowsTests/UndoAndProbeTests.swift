import SourceText
import Testing

@testable import Workflows

/// What a step says of itself: how to take it back, and how to find out whether it took effect.
@Suite struct UndoAndProbeTests {
  @Test func `an undo knows what its step was called with`() {
    expectFindings(
      """
      inputs: { note: { type: string, optional: true } }
      steps:
        - id: a
          action: shop.charge
          with: { amount: 1.5 }
          undo: { action: shop.refund, with: { charge_id: "${{ with.1️⃣amout }}" } }
        - id: b
          action: shop.charge
          with: { amount: 1.5 }
          undo: { action: shop.refund, with: { charge_id: 2️⃣"${{ with.amount }}" } }
        - id: c
          action: shop.charge
          with: { amount: 1.5 }
          undo: { manual: "Pay back ${{ with.amount }} ${{ with.currency }} ${{ 3️⃣with.note }} (${{ key }})" }
        - id: d
          action: shop.charge
          with: { amount: 1.5, note: x }
          undo: { manual: "Pay back ${{ with.note }}" }
        - id: e
          action: shop.charge
          with: { amount: 1.5, note: "${{ inputs.?note }}" }
          undo: { manual: "Pay back ${{ 4️⃣with.note }}" }
      """,
      [
        (.expressionType, "did you mean `amount`?"),
        (.inputMismatch, "`charge_id` is text, and this gives a number"),
        (.mayBeAbsent, "`with.note` is optional"), (.mayBeAbsent, "`with.note` is optional"),
      ])
  }

  @Test func `only a call is called with something`() {
    expectFindings(
      """
      steps:
        - id: a
          ask: { fields: { x: string } }
          undo: { manual: "Forget ${{ outputs.x }}, ${{ 1️⃣with.x }}" }
      """, [(.expressionType, "the `undo` and the `probe` of an `action` see it")])
  }

  @Test func `a probe gives what the operation of its step gives`() {
    expectFindings(
      """
      steps:
        - id: a
          action: shop.charge
          with: { amount: 1.5 }
          probe:
            action: shop.find
            with: { order_id: "${{ with.1️⃣order }}" }
            check: outputs.status == 'PAID'
            outputs: { charge_id: 2️⃣"${{ outputs.amount }}", 3️⃣charge: x }
        - id: b
          action: shop.charge
          with: { amount: 1.5 }
          probe:
            action: shop.find
            with: { order_id: "${{ key }}" }
            check: has(outputs.note)
            outputs: { charge_id: "${{ outputs.note }}" }
        - id: c
          action: shop.charge
          with: { amount: 1.5 }
          probe:
            action: shop.find
            with: { order_id: "${{ key }}" }
            check: true
            outputs: { charge_id: "${{ 4️⃣outputs.note }}" }
      """,
      [
        (.expressionType, "order"),
        (.inputMismatch, "`charge_id` is text, and this gives a number"),
        (.unknownInput, "`shop.charge` has no output `charge`\nit gives `charge_id`"),
        (.mayBeAbsent, "`outputs.note` is optional"),
      ])
  }

  @Test func `what is taken back is as secret as it was`() throws {
    let (loaded, findings) = load(
      head + """
        inputs: { pin: { type: string, sensitive: true } }
        steps:
          - id: a
            action: shop.charge
            with: { amount: 1.5, note: "${{ inputs.pin }}" }
            undo: { manual: "Forget ${{ with.note }}" }
        """)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
    guard case .manual(let text)? = try #require(loaded?.step(named: "a")).undo else {
      Issue.record("no undo")
      return
    }
    #expect(text.isSensitive)
  }

  @Test func `a contract's undo and probe read what may be absent with care`() {
    let source = MarkedText(
      """
      plugin: shop
      operations:
        find:
          effects: none
          inputs: { note: string }
          outputs:
            found: { type: array, items: { type: object, properties: { id: { type: string }, no: { type: integer } }, required: [id] } }
            one: { type: string, optional: true }
        charge:
          inputs: { note: { type: string, optional: true } }
          outputs: { id: string, one: { type: string, optional: true } }
          probe:
            action: find
            with: { note: "${{ 1️⃣inputs.note }}" }
            check: size(outputs.found) == 1
            outputs: { id: "${{ outputs.found[0].id }}", one: "${{ string(2️⃣outputs.found[0].no) }}" }
          undo: { action: find, with: { note: "${{ 3️⃣outputs.?one }}" } }
        pay:
          inputs: { note: { type: string, optional: true } }
          outputs: { one: string }
          probe:
            action: find
            with: { note: "${{ inputs.?note.orValue('') }}" }
            check: has(outputs.one)
            outputs: { one: "${{ outputs.one }}" }
          undo: { manual: "Pay back ${{ inputs.?note }}" }
      """)
    let diagnostics = Diagnostics()
    _ = PluginContract.decode(
      SourceFile(path: "plugin.yaml", text: source.text), into: diagnostics)
    let found = diagnostics.sorted
    #expect(
      found.map(\.code) == [.mayBeAbsent, .mayBeAbsent, .missingInput],
      "\(found.map { "\($0.code) \($0.message)" })")
    #expect(found.map(\.span.start) == source.marks)
  }

  @Test func `who is told has a name, an address and roles`() {
    expectFindings(
      """
      roles: { ops: Ops }
      steps:
        - id: a
          role: ops
          ask: { items: { x: X } }
          due: 1d
          escalate:
            - after: 1h
              notify: { action: log.write, with: { message: "${{ person.name }}: ${{ person.1️⃣emal }}" } }
      """, [(.expressionType, "did you mean `email`?")])
  }
}

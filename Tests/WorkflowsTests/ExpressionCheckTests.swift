import CEL
import SourceText
import Testing
import Values

@testable import Workflows

@Suite struct ExpressionCheckTests {
  @Test func `mistakes are found at their place in every kind of scalar`() {
    expectFindings(
      """
      inputs: { seats: integer }
      steps:
        - id: a
          if: inputs.1️⃣seat > 3
          wait: 1h
        - id: b
          if: "inputs.2️⃣saets > 3"
          wait: 1h
        - id: c
          action: log.write
          with:
            message: |
              first line
              second ${{ string(inputs.3️⃣sets) }}
        - id: d
          action: log.write
          with:
            message: >-
              folded
              ${{ string(inputs.4️⃣sats) }}
      """,
      [
        (.expressionType, "seats"), (.expressionType, "seats"), (.expressionType, "seats"),
        (.expressionType, "seats"),
      ])
  }

  @Test func `braces in an expression key show the corrected line`() {
    expectFindings(
      """
      inputs: { is_new: boolean }
      steps:
        - id: a
          if: 1️⃣${{ !inputs.is_new }}
          wait: 1h
      """, [(.interpolationInExpression, "if: \"!inputs.is_new\"")])
  }

  @Test func `an item of a loop is what the record keeps of it`() {
    expectFindings(
      """
      steps:
        - id: each
          for_each:
            in: "[now]"
            steps:
              - id: s
                set:
                  one: ${{ timestamp(item) + duration('1h') }}
                  two: ${{ 1️⃣item + duration('1h') }}
      """, [(.expressionType, "does not work on text and a length of time")])
  }

  @Test func `a pattern that cannot be is explained, with what to write instead`() throws {
    let text =
      head + "inputs: { a: string }\nsteps:\n"
      + "  - { id: s, if: \"inputs.a.matches('^(?!x).*')\", set: { x: 1 } }\n"
    let finding = try #require(load(text).findings.first)
    #expect(
      finding.message
        == "`matches` does not take `^(?!x).*`: the pattern is not valid: "
        + "it looks ahead with `(?!`, which patterns cannot do")
    #expect(finding.help?.contains("in an expression `!….matches(…)`") == true)
  }

  @Test func `a question gives progress only where something is ticked`() {
    expectFindings(
      """
      steps:
        - { id: q, ask: { fields: { v: string } }, due: 1d }
        - { id: r, ask: { items: { x: X } }, due: 1d }
        - id: s
          set:
            one: ${{ steps.q.outputs.v }}
            two: ${{ steps.r.outputs.progress }}
            three: ${{ steps.q.outputs.1️⃣progress }}
      """, [(.expressionType, "progress")])
  }

  @Test func `conditions are true or false`() {
    expectFindings(
      """
      inputs: { name: string, seats: integer }
      steps:
        - { id: a, if: 1️⃣inputs.name, wait: 1h }
        - { id: b, if: 2️⃣inputs.seats, wait: 1h }
        - { id: c, if: true, wait: 1h }
        - { id: d, wait: { at: 3️⃣inputs.name } }
      """,
      [(.expressionResult, "text"), (.expressionResult, "> 0"), (.expressionResult, "a moment")])
  }

  @Test func `inputs of an operation are checked with their types`() {
    expectFindings(
      """
      inputs: { order_id: string, note: { type: string, optional: true } }
      steps:
        - id: order
          action: shop.find
          with: 1️⃣{ 2️⃣order: A-1 }
        - id: charge
          action: shop.charge
          with:
            amount: 3️⃣${{ inputs.order_id }}
            currency: 4️⃣USD
            note: ${{ inputs.?note }}
        - id: misspelled
          action: 5️⃣shop.chrage
      """,
      [
        (.missingInput, "`order_id`"), (.unknownInput, "`order_id`"), (.inputMismatch, "a number"),
        (.inputMismatch, "currency"), (.unknownOperation, "`shop.charge`"),
      ])
  }

  @Test func `outputs are typed by contract, question, set and event`() {
    expectFindings(
      """
      inputs: { order_id: string }
      steps:
        - { id: order, action: shop.find, with: { order_id: A-1 } }
        - { id: sum, set: { total: "${{ steps.order.outputs.amount * 2.0 }}" } }
        - { id: q, ask: { fields: { seats: integer } } }
        - { id: e, wait: { event: shop.paid, match: event.1️⃣order == inputs.order_id } }
        - { id: a, if: steps.order.outputs.2️⃣statuss == '', wait: 1h }
        - { id: b, if: steps.sum.outputs.3️⃣totl > 3, wait: 1h }
        - { id: c, if: steps.q.outputs.4️⃣seat > 3, wait: 1h }
        - { id: d, if: steps.e.outputs.event.5️⃣amout > 3, wait: 1h }
        - { id: f, if: 6️⃣steps.order.outputs.amount > 'x', wait: 1h }
      """,
      [
        (.expressionType, "order"), (.expressionType, "status"), (.expressionType, "tot"),
        (.expressionType, "seat"), (.expressionType, "amou"), (.expressionType, ""),
      ])
  }

  @Test func `what is computed from something sensitive is sensitive`() throws {
    let (loaded, findings) = load(
      head + """
        inputs:
          secret: { type: string, sensitive: true }
          plain: string
        steps:
          - { id: token, action: shop.token }
          - id: values
            set:
              a: ${{ inputs.plain }}
              b: x ${{ inputs.secret }}
              c: ${{ steps.token.outputs.id }}
              d: ${{ steps.token.outputs.token }}
              e: ${{ json(steps.token.outputs) }}
          - id: more
            set:
              f: ${{ steps.values.outputs.a }}
              g: ${{ steps.values.outputs.b }}
              h: ${{ json(inputs) }}
        """)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
    let workflow = try #require(loaded)
    let names: [String] = workflow.allSteps.flatMap { step -> [String] in
      if case .set(let values) = step.kind { values.sensitiveNames } else { [] }
    }
    #expect(names == ["b", "d", "e", "g", "h"])
  }

  @Test func `templates keep types and put values into text`() throws {
    let (loaded, findings) = load(
      head + """
        inputs: { seats: integer, note: { type: string, optional: true } }
        steps:
          - id: values
            set:
              a: ${{ inputs.seats }}
              b: ${{ inputs.seats }} seats
              c: $${{ literally }}
              d: "${{ {'x': {'y': 1}} }}"
              e: ${{ inputs.?note }}
              f: [1, "${{ inputs.seats + 1 }}"]
              g: ${{ timestamp('2026-11-20T09:00:00Z') }}
        """)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
    let step = try #require(loaded?.step(named: "values"))
    guard case .set(let values) = step.kind else { return }
    let scope = Variables(["inputs": ["seats": 3]])
    let rendered = try values.render(scope)
    #expect(rendered["a"] == 3)
    #expect(rendered["b"] == "3 seats")
    #expect(rendered["c"] == "${{ literally }}")
    #expect(rendered["d"] == ["x": ["y": 1]])
    #expect(rendered["e"] == nil)
    #expect(rendered["f"] == [1, 4])
    #expect(rendered["g"]?.asString?.hasPrefix("2026-11-20T09:00:00") == true)
  }

  @Test func `UUIDs are the same for the same run, address and label only`() throws {
    let (loaded, findings) = load(
      head
        + "steps:\n  - { id: a, set: { u: \"${{ uuid('x') }}\", s: \"${{ short_id('x') }}\" } }\n"
    )
    #expect(findings.isEmpty, "\(findings.map(\.message))")
    let step = try #require(loaded?.step(named: "a"))
    guard case .set(let values) = step.kind else { return }
    func ids(_ run: Value, _ address: Value) throws -> ValueMap {
      try values.render(Variables(["@run": run, "@address": address]))
    }
    let first = try ids("r1", "a")
    #expect(try ids("r1", "a") == first)
    #expect(try ids("r1", "b") != first)
    #expect(try ids("r2", "a") != first)
    let uuid = Array(try #require(first["u"]?.asString).utf8)
    #expect(uuid.count == 36)
    #expect(uuid[14] == 0x38)
    #expect(first["s"]?.asString?.utf8.count == 8)
    #expect(throws: ExpressionFailure.self) { try values.render(Variables()) }
  }
}

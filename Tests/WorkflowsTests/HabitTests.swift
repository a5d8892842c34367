import Fields
import SourceText
import Testing

@testable import Workflows

/// What those are told who know other tools: what to write here.
@Suite struct HabitTests {
  private func findings(_ steps: String, head extra: String = "") -> [Diagnostic] {
    load(
      head + """
        roles: { support: Support }
        inputs: { n: { type: integer, default: 3 }, xs: { type: array, items: string, default: [] } }
        \(extra)
        steps:
        \(steps)
        """, facts: sampleFacts
    ).findings
  }

  @Test(arguments: [
    (
      "action: shop.find, with: { order_id: A-1 }, delay: 10s",
      ["write `retry: { attempts: 3, wait: 10s }`, which counts all tries"]
    ),
    (
      "action: shop.find, with: { order_id: A-1 }, retries: 5",
      ["write `retry: { attempts: 5 }`, which counts all tries"]
    ),
    (
      "action: shop.find, with: { order_id: A-1 }, register: found",
      ["what a step gives is `steps.a.outputs` wherever it is read"]
    ),
    (
      "action: shop.find, with: { order_id: A-1 }, ignore_errors: true",
      ["write `on_failure: continue`"]
    ),
    (
      "action: shop.find, with: { order_id: A-1 }, continue-on-error: true",
      ["write `on_failure: continue`"]
    ),
    (
      "action: shop.find, with: { order_id: A-1 }, timeout-minutes: 30", ["write `timeout: 30m`"]
    ),
    (
      "shell: npm test",
      ["a program is run by `action: command.run` and `with: { command: [sh, -c, \"npm test\"] }`"]
    ),
    ("delay: 10s", ["here it is called `wait`"]),
    (
      "wait: { event: shop.paid, timeout: 2d }",
      ["write `expires: 2d` beside `wait`; `on_expiry` says what follows then"]
    ),
    (
      "wait: { event: shop.paid }, timeout: 24h",
      ["write `expires: 24h`; `on_expiry` says what follows then"]
    ),
    (
      "approve: Go?, role: support, timeout: 24h",
      ["write `expires: 24h`; `on_expiry` says what follows then"]
    ),
    (
      "ask: { items: { x: X } }, role: support, timeout-minutes: 90",
      ["write `expires: 90m`; `on_expiry` says what follows then"]
    ),
    (
      "approve: { message: Go?, approvers: [ana] }, role: support, due: 1d",
      ["`role` of the step, beside `approve`, says whose decision it is"]
    ),
    ("approve: Go?, approvers: [ana], due: 1d", ["`role` says whose decision it is"]),
    ("approve: Go?, role: support, due: 1d, on_reject: stop", [LanguageKeys.rejected]),
    (
      "choose: [ { when: inputs.n > 1, then: [ { id: b, set: { x: 1 } } ] } ]",
      ["here it is called `steps`"]
    ),
  ])
  func `keys of other tools are answered with what to write`(step: String, helps: [String]) {
    let found = findings("  - { id: a, \(step) }")
    #expect(found.map(\.help) == helps, "\(found.map(\.message))")
  }

  @Test func `what is written upon such advice is right`() {
    let found = findings(
      """
        - id: b
          approve: Go?
          role: support
          expires: 24h
          on_expiry: stop
          on_failure: [ { when: "error.code == 'rejected'", steps: [ { id: c, set: { x: 1 } } ] } ]
        - { id: d, wait: { event: shop.paid }, expires: 2d, on_expiry: continue }
        - id: e
          action: shop.find
          with: { order_id: A-1 }
          retry: { attempts: 3, wait: 10s }
          on_failure: continue
      """)
    #expect(found.isEmpty, "\(found.map(\.message))")
  }

  @Test(arguments: [
    ("{ type: string, options: [a, b] }", "here it is called `enum`"),
    ("{ type: string, choices: [a, b] }", "here it is called `enum`"),
    (
      "{ type: string, max: 5 }",
      "here it is called `maximum`, of a text `maxLength`, of a list `maxItems`"
    ),
    ("{ type: choice }", "one of several texts is `{ type: string, enum: [a, b] }`"),
    ("select", "one of several texts is `{ type: string, enum: [a, b] }`"),
    ("{ type: string, required: false }", "write `optional: true`"),
    (
      "{ type: string, required: true }",
      "take it out: a field is required unless it has `optional: true` or a `default`"
    ),
    (
      "{ type: object, properties: { p: { type: string, required: true } } }",
      "parts of a map are optional unless its own `required` names them: `required: [a, b]`"
    ),
    ("{ type: string, optionl: true }", "did you mean `optional`?"),
  ])
  func `fields as other tools have them are answered too`(field: String, help: String) {
    let found = findings(
      "  - { id: a, ask: { fields: { f: \(field) } }, role: support, due: 1d }\n"
        + "  - { id: b, set: { x: \"${{ steps.a.outputs.?f.orValue('') }}\" } }")
    #expect(found.map(\.help) == [help], "\(found.map(\.message))")
  }

  @Test(
    arguments: [
      ("needs.a.outputs.x", "write `steps.a.outputs.x`"),
      ("needs", "write `steps.ID.outputs`"),
      ("steps.a.x", "write `steps.a.outputs.x`"),
      ("steps.a.y", nil),
      ("steps.a.atempts", "did you mean `attempts`?"),
      (
        "inputs.n > 3 && 'x' || 'y'",
        "one of two values is `inputs.n > 3 ? 'x' : 'y'`; in YAML a text with `: ` in it needs quotes"
      ),
      (
        "inputs.größe",
        "the names of inputs and steps have only the letters a–z and A–Z, digits and `_`"
      ),
    ] as [(String, String?)])
  func `expressions as other tools have them are answered too`(expression: String, help: String?) {
    let found = findings(
      "  - { id: a, set: { x: 1 } }\n  - { id: b, set: { z: \"${{ \(expression) }}\" } }")
    #expect(found.map(\.help) == [help], "\(found.map(\.message))")
  }

  @Test(arguments: [
    ("${{ inputs.xs }}", "inputs.xs"), ("inputs.xs", "inputs.xs"),
    ("\"${{ inputs.xs.filter(x, x in ['a', 'b']) }}\"", "\"inputs.xs.filter(x, x in ['a', 'b'])\""),
  ])
  func `a loop over a text is shown with the text as its list`(list: String, shown: String) {
    let found = findings("  - id: a\n    for_each: \(list)")
    #expect(found.map(\.help) == ["write `for_each: { in: \(shown), steps: [ … ] }`"])
    let mended = findings(
      "  - { id: a, for_each: { in: \(shown), steps: [ { id: b, set: { x: 1 } } ] } }")
    #expect(mended.isEmpty, "\(mended.map(\.message))")
  }

  // MARK: Moments

  private static let local =
    "where `Z` is universal time and `+02:00` two hours ahead of it"

  @Test(arguments: [
    (
      "2026-12-24T10:00:00",
      "a moment is written `timestamp('2026-12-24T10:00:00Z')`, \(Self.local)"
    ),
    (
      "\"2026-12-24 10:00\"",
      "a moment is written `timestamp('2026-12-24T10:00:00Z')`, \(Self.local)"
    ),
    ("2026-12-24T10:00:00Z", "a moment is written `timestamp('2026-12-24T10:00:00Z')`"),
    ("'2026-12-24T10:00:00+02:00'", "a moment is written `timestamp('2026-12-24T10:00:00+02:00')`"),
    ("\"18:00\"", "a time of day needs its day: `timestamp('2026-12-24T18:00:00Z')`"),
    ("2026-12-24", "a date is written `timestamp('2026-12-24T00:00:00Z')`"),
  ])
  func `a moment as people write it is shown as an expression has it`(at: String, help: String) {
    let found = findings("  - { id: a, wait: { at: \(at) } }")
    #expect(found.map(\.help) == [help], "\(found.map(\.message))")
    let written = help.split(separator: "`")[1]
    #expect(findings("  - { id: a, wait: { at: \(written) } }").isEmpty)
  }

  @Test(arguments: ["due", "expires"])
  func `a day where a length of time stands is shown as a moment`(key: String) {
    let question = "{ id: a, ask: { items: { x: X } }, role: support"
    let found = findings("  - \(question), \(key): 2026-12-24 }")
    let written = "\(key): { at: timestamp('2026-12-24T00:00:00Z') }"
    #expect(found.map(\.help) == ["a moment is written `\(written)`"])
    #expect(findings("  - \(question), \(written) }").isEmpty)
    #expect(
      findings("  - { id: a, wait: 2026-12-24T09:00:00Z }").map(\.help)
        == ["a moment is written `wait: { at: timestamp('2026-12-24T09:00:00Z') }`"])
  }
}

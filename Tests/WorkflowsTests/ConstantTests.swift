import Fields
import SourceText
import Testing

@testable import Workflows

/// Constants that fail in every run.
@Suite struct ConstantTests {
  @Test(arguments: [
    ("now - run.started_at > duration(1️⃣'3d')", "duration('72h')", DiagnosticCode.badLength),
    ("now - run.started_at > duration(1️⃣'a')", "duration('1h30m')", .badLength),
    ("now > timestamp(1️⃣'2026-01-18')", "timestamp('2026-01-18T00:00:00Z')", .valueNotAllowed),
    ("run.id.matches(1️⃣'(')", "`matches` does not take `(`", .valueNotAllowed),
  ])
  func `a text that a function never takes is found`(
    condition: String, help: String, code: DiagnosticCode
  ) {
    expectFindings(
      "steps:\n  - id: a\n    if: \(condition)\n    set: { x: 1 }", [(code, help)])
  }

  @Test(arguments: [
    "now - run.started_at > duration('72h')", "now > timestamp('2026-01-18T00:00:00Z')",
    "run.id.matches('^a+$')", "run.id == 'duration(' && run.id.matches(run.name)",
  ])
  func `a text that it takes is not`(condition: String) {
    expectFindings("steps:\n  - id: a\n    if: \(condition)\n    set: { x: 1 }", [])
  }

  @Test func `a length of time that no run can read is found`() {
    expectFindings(
      "steps: [ { id: a, wait: \"${{ 1️⃣'abc' }}\" } ]", [(.badLength, "`abc`")])
  }

  @Test(arguments: [
    "timeout: 1️⃣1 business hour", "timeout: \"${{ run.id == '' ? 1️⃣'2 business days' : '1h' }}\"",
    "retry: { attempts: 2, wait: 1️⃣1 business hour }",
    "retry: { attempts: 2, wait: 1s, backoff: double, max_wait: 1️⃣1 business day }",
  ])
  func `business time is found where the clock counts`(key: String) {
    expectFindings(
      "steps: [ { id: a, action: log.write, with: { message: a }, \(key) } ]",
      [(.badLength, "counted by the clock")])
  }

  private static let day =
    "inputs: { day: { type: string, format: date }, word: { enum: [a, b] } }\n"

  @Test(arguments: [
    ("wait: { at: timestamp(1️⃣inputs.day) }", "`timestamp(inputs.day + 'T00:00:00Z')`", "B1006"),
    ("if: now - now < duration(1️⃣inputs.word), wait: 1h", "it is `a`, `b`", "B1006"),
    ("wait: \"${{1️⃣ inputs.day }}\"", "a moment is written `wait: { at: … }`", "B1007"),
    ("ask: { items: { x: X } }, expires: \"${{1️⃣ inputs.day }}\"", "`expires: { at: … }`", "B1007"),
  ])
  func `a field that no conversion takes is found`(step: String, help: String, code: String) {
    expectFindings(
      "\(Self.day)steps: [ { id: a, \(step) } ]", [(DiagnosticCode(code), help)])
  }

  @Test(arguments: [
    ("'T15:00'", "`timestamp(inputs.day + 'T15:00:00Z')`"),
    ("'T15:00:00'", "`timestamp(inputs.day + 'T15:00:00Z')`"),
    ("' 9:30'", "`timestamp(inputs.day + 'T09:30:00Z')`"),
    ("'T15:00+02:00'", "`timestamp(inputs.day + 'T00:00:00Z')`"),
  ])
  func `a date with a time that makes no moment is found`(time: String, help: String) {
    expectFindings(
      "\(Self.day)steps: [ { id: a, wait: { at: \"timestamp(inputs.day + 1️⃣\(time))\" } } ]",
      [(.valueNotAllowed, help)])
  }

  @Test(arguments: [
    "wait: { at: \"timestamp(inputs.day + 'T09:00:00.5+02:00')\" }",
    "wait: { at: timestamp(inputs.day + 'T09:00:00Z') }", "wait: \"${{ inputs.word + '' }}\"",
  ])
  func `a text that is made of a field is not`(step: String) {
    expectFindings("\(Self.day)steps: [ { id: a, \(step) } ]", [])
  }

  @Test func `a field of a question that no conversion takes is found`() {
    expectFindings(
      """
      steps:
        - { id: q, ask: { fields: { day: { type: string, format: date }, at: { type: string, format: date-time } } } }
        - { id: a, wait: { at: timestamp(1️⃣steps.q.outputs.day) } }
        - { id: b, wait: { at: timestamp(steps.q.outputs.at) } }
      """, [(.valueNotAllowed, "it is a date such as `2026-01-18`")])
  }

  @Test func `a schedule for a day that never comes is found`() {
    expectFindings(
      """
      steps: [ { id: a, wait: 1h } ]
      triggers: [ { schedule: 1️⃣"0 9 30 2 *" }, { schedule: "0 9 29 2 *" } ]
      """, [(.valueNotAllowed, "never comes")])
  }

  @Test func `a field that no value fits is found`() {
    expectFindings(
      """
      inputs: { s: { type: string, enum: 1️⃣[] } }
      steps: [ { id: a, wait: 1h } ]
      """, [(.nothingFits, "`enum` is empty")])
  }

  @Test func `a review needs the day from which it counts`() {
    expectFindings(
      """
      document: { review_every: 1️⃣13w }
      steps: [ { id: a, wait: 1h } ]
      """, [(.missingKey, "`review_every` counts from that day")])
  }

  @Test(arguments: ["progress > 1️⃣1", "1️⃣1.0 < progress", "progress >= 1️⃣2"])
  func `no share is more than everything`(condition: String) {
    expectFindings(
      """
      roles: { ops: Ops }
      steps:
        - id: a
          role: ops
          ask: { items: { x: X }, complete_when: \(condition) }
          due: 1d
      """, [(.neverEqual, "lies between 0 and 1")])
  }

  @Test(arguments: ["progress >= 1", "1 == progress", "progress < 1"])
  func `everything is one`(condition: String) {
    expectFindings(
      """
      roles: { ops: Ops }
      steps:
        - id: a
          role: ops
          ask: { items: { x: X }, complete_when: "\(condition)" }
          due: 1d
      """, [])
  }
}

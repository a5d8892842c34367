import Fields
import SourceText
import Testing

@testable import Workflows

/// Texts that are the same in every run: a `${{ }}` in one would be shown as it stands.
@Suite struct FixedTextTests {
  private static let frame = """
    roles: { ops: Ops }
    inputs: { email: string }

    """

  @Test(arguments: [
    "to: { type: string, label: 1️⃣\"To ${{ inputs.email }}\" }",
    "to: { type: string, help: 1️⃣\"As ${{ inputs.email }}\" }",
    "to: { type: string, default: 1️⃣\"${{ inputs.email }}\" }",
    "to: { type: string, enum: [a, 1️⃣\"${{ inputs.email }}\"] }",
    "to: { type: array, items: { type: string }, default: [1️⃣\"${{ inputs.email }}\"] }",
  ])
  func `the fields of a question hold no expressions`(field: String) {
    expectFindings(
      Self.frame + """
        steps:
          - id: a
            role: ops
            ask: { fields: { \(field) } }
            due: 1d
        """, [(.interpolationInName, "is the same in every run: `${{ }}` is not evaluated here")])
  }

  @Test func `so do the fields of a workflow`() {
    expectFindings(
      """
      inputs: { email: { type: string, default: 1️⃣"${{ run.id }}" } }
      steps: [ { id: a, wait: 1h } ]
      """, [(.interpolationInName, "`default` is the same in every run")])
  }

  @Test(arguments: [
    "version: 1️⃣${{ 1 }}", "roles: { ops: { name: 1️⃣\"${{ 'x' }}\" } }",
    "roles: { ops: 1️⃣\"${{ 'x' }}\" }", "roles: { ops: { description: 1️⃣\"${{ 'x' }}\" } }",
    "document: { owner: 1️⃣\"${{ 'x' }}\" }", "document: { number: 1️⃣\"${{ 'x' }}\" }",
    "document: { related: [1️⃣\"${{ 'x' }}\"] }",
    "targets: [ { name: 1️⃣\"${{ 'x' }}\", measure: true } ]",
  ])
  func `the head of a workflow holds no expressions where it names things`(line: String) {
    expectFindings(
      "\(line)\nsteps: [ { id: a, wait: 1h } ]",
      [(.interpolationInName, "is the same in every run")])
  }

  @Test func `a checkpoint and the category of an item hold none either`() {
    expectFindings(
      Self.frame + """
        steps:
          - { id: a, wait: 1h, checkpoint: 1️⃣"${{ inputs.email }}" }
          - id: b
            role: ops
            ask: { items: { x: { label: "Call ${{ inputs.email }}", category: 2️⃣"${{ 'x' }}" } } }
            due: 1d
        """,
      [(.interpolationInName, "`checkpoint`"), (.interpolationInName, "`category`")])
  }

  @Test(arguments: [
    ("name: \"${{ 'x' }}\"\nsteps: [ { id: a, wait: 1h } ]", "put what differs into `run_name`"),
    (
      "description: \"${{ 'x' }}\"\nsteps: [ { id: a, wait: 1h } ]",
      "put what differs into `run_name`"
    ),
    (
      "steps: [ { id: a, name: \"${{ 'x' }}\", set: { x: 1 } } ]",
      "put what differs into `run_name`, or into `manual`"
    ),
    (
      "steps: [ { id: a, description: \"${{ 'x' }}\", role: ops, ask: { items: { x: X } } } ]",
      "put what differs into `run_name`, or into the message of the question"
    ),
    (
      "steps: [ { id: a, name: \"${{ 'x' }}\", role: ops, approve: Go? } ]",
      "put what differs into `run_name`, or into the message of the approval"
    ),
    (
      "steps: [ { id: a, for_each: { in: \"[1]\", steps: [ { id: b, steps: "
        + "[ { id: c, name: \"${{ 'x' }}\", set: { x: 1 } } ] } ] } } ]",
      "put what differs into `manual`; the address, `a[0]/…`, says which item it is"
    ),
    (
      "steps: [ { id: a, repeat: { until: \"true\", at_most: 2, steps: "
        + "[ { id: c, name: \"${{ 'x' }}\", role: ops, ask: { items: { x: X } } } ] } } ]",
      "put what differs into the message of the question; the address, `a[0]/…`, says which round it is"
    ),
    (
      "steps: [ { id: a, for_each: { in: \"[1]\", steps: [ { id: b, wait: 1h } ] }, on_failure: "
        + "{ steps: [ { id: c, name: \"${{ 'x' }}\", finish: { message: X } } ] } } ]",
      "put what differs into `run_name`, or into the message of `finish`"
    ),
  ])
  func `where it belongs instead is a place that there is`(rest: String, help: String) {
    let name = rest.hasPrefix("name") ? "" : "name: Example\n"
    let found = load("baton: 1\nid: example\n\(name)roles: { ops: Ops }\n\(rest)").findings
    #expect(found.filter { $0.code == .interpolationInName }.map(\.help) == [help])
  }

  @Test(arguments: [
    (
      "ask: { fields: { f: { type: string, help: \"${{ 'x' }}\" } } }",
      "put what differs into the message of the question"
    ),
    (
      "ask: { items: { x: { label: X, category: \"${{ 'x' }}\" } } }",
      "put what differs into the `label` of the item"
    ),
  ])
  func `so it is for what is asked`(question: String, help: String) {
    let found = load(head + "roles: { ops: Ops }\nsteps: [ { id: a, role: ops, \(question) } ]")
    #expect(found.findings.map(\.help) == [help])
  }

  @Test func `there is none for what a workflow takes`() {
    let found = load(
      head
        + "inputs: { n: { type: string, label: \"${{ 'x' }}\" } }\nsteps: [ { id: a, wait: 1h } ]")
    #expect(found.findings.map(\.code) == [.interpolationInName])
    #expect(found.findings.map(\.help) == [nil])
  }

  @Test func `a role is named, not computed`() {
    expectFindings(
      Self.frame + """
        steps:
          - { id: a, role: 1️⃣"${{ inputs.email }}", ask: { items: { x: X } }, due: 1d }
        """,
      [(.unknownRole, "`roles: { customer: { person: \"${{ inputs.email }}\" } }`")])
  }
}

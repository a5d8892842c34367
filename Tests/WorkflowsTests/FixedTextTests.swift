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

  @Test func `a role is named, not computed`() {
    expectFindings(
      Self.frame + """
        steps:
          - { id: a, role: 1️⃣"${{ inputs.email }}", ask: { items: { x: X } }, due: 1d }
        """,
      [(.unknownRole, "`roles: { customer: { person: \"${{ inputs.email }}\" } }`")])
  }
}

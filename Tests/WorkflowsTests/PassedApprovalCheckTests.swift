import SourceText
import Testing

@testable import Workflows

/// Approvals that people may reject without anything coming of it.
@Suite struct PassedApprovalCheckTests {
  private func expect(_ text: String, _ findings: [String]) {
    expectFindings(
      text, findings.map { (.passedApproval, $0) }, facts: sampleFacts)
  }

  @Test(
    arguments: [
      "on_failure: continue",
      "on_failure: { steps: [{ id: told, set: { x: 1 } }], then: continue }",
      "on_failure: [{ steps: [{ id: told, set: { x: 1 } }], then: continue }]",
    ])
  func `a rejection that the step passes over`(policy: String) {
    expect(
      """
      steps:
        - { id: 1️⃣ok, approve: Fine?, due: 1d, \(policy) }
        - { id: live, set: { x: 2 } }
      """, ["a rejection changes nothing"])
  }

  @Test(
    arguments: [
      "on_failure: park", "on_failure: stop", "on_failure: undo",
      "on_failure: { steps: [{ id: told, set: { x: 1 } }] }",
      "on_failure: { steps: [{ id: end, finish: failed }], then: continue }",
      "on_failure: [{ when: error.code == 'expired', steps: [{ id: told, set: { x: 1 } }], then: continue }]",
    ])
  func `one that holds up the run, or is dealt with`(policy: String) {
    expect(
      """
      steps:
        - { id: ok, approve: Fine?, due: 1d, \(policy) }
        - { id: live, set: { x: 2 } }
      """, [])
  }

  @Test func `an expiry that goes on`() {
    expect(
      """
      steps:
        - { id: 1️⃣ok, approve: Fine?, expires: 1d, on_expiry: continue }
        - { id: live, set: { x: 2 } }
      """, ["an expiry changes nothing"])
  }

  @Test func `the defaults of the file`() {
    expect(
      """
      defaults: { on_failure: continue }
      steps:
        - { id: 1️⃣ok, approve: Fine?, due: 1d }
        - id: part
          on_failure: park
          steps:
            - { id: inner, approve: Fine?, due: 1d }
            - { id: live, set: { x: 2 } }
      """, ["a rejection changes nothing"])
  }

  @Test func `a section that keeps something from being done, and ones that do not`() {
    expect(
      """
      steps:
        - id: released
          on_failure: continue
          steps:
            - { id: first, approve: Fine?, due: 1d }
            - { id: live, set: { x: 2 } }
        - id: alone
          on_failure: continue
          steps:
            - { id: ready, set: { x: 1 } }
            - { id: 1️⃣last, approve: Fine?, due: 1d }
        - id: both
          on_failure: continue
          parallel:
            - { id: 2️⃣branch, approve: Fine?, due: 1d }
            - { id: beside, set: { x: 2 } }
        - { id: more, set: { x: 3 } }
      """, ["a rejection changes nothing", "a rejection changes nothing"])
  }

  @Test func `what comes later asks whether it was given`() {
    expect(
      """
      steps:
        - { id: ok, approve: Fine?, due: 1d, on_failure: continue }
        - { id: live, if: steps.ok.status == 'succeeded', set: { x: 2 } }
      """, [])
  }

  @Test func `in recovery steps a rejection is for people`() {
    expect(
      """
      defaults: { on_failure: continue }
      steps:
        - id: part
          set: { x: 1 }
          on_failure: { steps: [{ id: ok, approve: Fine?, due: 1d }], then: continue }
      """, [])
  }
}

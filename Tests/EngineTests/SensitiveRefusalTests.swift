import Testing
import Values

@testable import Engine

/// What a refusal says, and does not say.
@Suite struct SensitiveRefusalTests {
  @Test func `a refusal does not show a sensitive value`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: q
          ask: { fields: { code: { type: string, sensitive: true }, size: { type: integer } } }
        - { id: later, ask: { fields: { x: string } } }
      """)
    run.proceed()
    let waiting = run.handle(.answer(step: "q", values: ["code": 771_190]))
    #expect(waiting?.message == "`code` must be text")
    #expect(run.handle(.answer(step: "q", values: ["code": "771199", "size": 3])) == nil)
    run.proceed()
    let late = run.handle(.answer(step: "q", values: ["code": 771_190]))
    #expect(late?.message == "`code` must be text")
    #expect(
      run.handle(.answer(step: "q", values: ["size": "many"]))?.message.contains("`many`") == true)
  }
}

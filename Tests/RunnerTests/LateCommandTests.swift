import Engine
import Testing
import Values

@testable import Runner

/// Commands that come after a deadline which nobody has noticed yet: nobody answers or approves what
/// nobody was shown.
@Suite struct LateCommandTests {
  private static let price = """
    steps:
      - id: price
        ask: { fields: { amount: { type: integer, default: 999 } } }
        expires: 30m
        on_expiry: continue
      - { id: ap, approve: "Pay ${{ steps.price.outputs.?amount.orValue(999) }}?" }
      - { id: paid, set: { x: 1 } }
    """

  /// What a command is refused with.
  private func refusal(
    of kind: CommandKind, _ run: String, in fixture: RunnerFixture
  ) async throws -> String {
    let service = try fixture.service()
    do throws(RunnerError) {
      _ = try await service.submit(kind, to: run)
      return ""
    } catch {
      guard case .refused = error.kind else { throw error }
      return error.message
    }
  }

  @Test(arguments: [true, false])
  func `a decision about what is only asked then is refused, and counts once that was shown`(
    approves: Bool
  ) async throws {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(Self.price)
    let decision = CommandKind.decide(step: "ap", approves: approves, comment: nil, shown: nil)
    fixture.pass(20 * 60)
    #expect(try await refusal(of: decision, run, in: fixture).contains("has not come to"))
    fixture.pass(20 * 60)
    let words = try await refusal(of: decision, run, in: fixture)
    #expect(words.contains("was not asked when this was given"), "\(words)")
    #expect(try fixture.service().snapshot(run).status == .waiting)
    let snapshot = try await fixture.service().submit(decision, to: run)
    #expect(snapshot.status == (approves ? .succeeded : .needsAttention))
  }

  @Test func `an answer that came too late is none to the question that is asked again`()
    async throws
  {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(
      """
      steps:
        - id: q
          ask: { fields: { n: integer } }
          expires: 30m
          on_expiry: { steps: [ { id: noted, set: { x: 1 } } ], then: retry }
      """)
    fixture.pass(40 * 60)
    let answer = CommandKind.answer(step: "q", values: ["n": 1])
    let words = try await refusal(of: answer, run, in: fixture)
    #expect(words.contains("is asked anew"), "\(words)")
    fixture.pass(60)
    #expect(try await fixture.service().submit(answer, to: run).status == .succeeded)
  }

  @Test func `an answer counts that came after a reminder which nobody had noticed`() async throws {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(
      """
      steps:
        - id: q
          ask: { fields: { n: integer } }
          due: 30m
          remind: [ 10m before ]
      """)
    fixture.pass(40 * 60)
    let answer = CommandKind.answer(step: "q", values: ["n": 1])
    #expect(try await fixture.service().submit(answer, to: run).status == .succeeded)
  }

  @Test func `an answer to what comes behind a wait is refused while nobody has noticed its end`()
    async throws
  {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(
      """
      steps:
        - { id: rest, wait: 30m }
        - { id: q, ask: { fields: { n: integer } } }
      """)
    fixture.pass(40 * 60)
    let answer = CommandKind.answer(step: "q", values: ["n": 1])
    #expect(try await refusal(of: answer, run, in: fixture).contains("was not asked"))
    #expect(try await fixture.service().submit(answer, to: run).status == .succeeded)
  }
}

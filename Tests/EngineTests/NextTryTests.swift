import Testing
import Values
import Workflows

@testable import Engine

/// Whether another try follows by itself, and when.
@Suite struct NextTryTests {
  private static let failed = AttemptResult.failed(
    Failure(code: "busy", message: "busy"), canRetry: true)
  private static let missing = AttemptResult.unavailable(
    Failure(code: "driver_missing", message: "there is no driver"))

  private func run(_ retry: String, length: String = "1s") throws -> Rehearsal {
    try Rehearsal(
      """
      inputs: { length: string, word: { type: string, optional: true } }
      steps:
        - id: act
          action: command.run
          effects: repeatable
          with: { command: [x] }
          retry: { attempts: 3, \(retry) }
      """, inputs: ["length": .string(length)])
  }

  @Test func `what was never begun is not tried again by itself`() throws {
    let run = try run("wait: 1s")
    for _ in 0..<3 {
      run.end(try #require(run.nextAttempt()), Self.missing)
      #expect(run.statuses["act"] == .blocked)
      #expect(run.nextAttempt() == nil)
      #expect(run.park.reasons.map(\.message) == ["there is no driver"])
      run.apply(.runResumed(process: 2, host: "h"))
    }
    #expect(run.engine.state.steps["act"]?.attempts == 0)
  }

  @Test func `what was begun and not sent is tried again as often as retry says`() throws {
    let run = try run("wait: 0s")
    run.play([Self.missing, Self.missing, Self.missing, Self.missing])
    #expect(run.engine.state.steps["act"]?.attempts == 3)
    #expect(run.statuses["act"] == .blocked)
  }

  @Test(arguments: [
    ("wait: \"${{ inputs.length }}\"", "soon", "`soon` is not a length of time"),
    ("wait: \"${{ inputs.length }}\"", "", "must be a length of time, not empty text"),
    ("wait: \"${{ inputs.length }}\"", "1 business hour", "`1 business hour` is business time"),
    (
      "wait: 1s, backoff: double, max_wait: \"${{ inputs.length }}\"", "1 business hour",
      "`1 business hour` is business time"
    ),
    ("only_if: int(inputs.length) > 1", "one", "`retry.only_if"),
  ])
  func `where an expression of retry has no value it is not tried again, and the failure says why`(
    retry: String, length: String, why: String
  ) throws {
    let run = try run(retry, length: length)
    #expect(run.play([Self.failed, Self.failed]).count == 1)
    #expect(run.statuses["act"] == .failed)
    let message = try #require(run.engine.state.steps["act"]?.failure?.message)
    #expect(message.hasPrefix("busy; not tried again: "), "\(message)")
    #expect(message.contains(why), "\(message)")
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what another try is not for is just a failure`() throws {
    let run = try run("only_if: error.code == 'timeout'")
    run.play([Self.failed])
    #expect(run.engine.state.steps["act"]?.failure?.message == "busy")
  }

  @Test func `a timeout that comes to business time fails the step before it acts`() throws {
    let run = try Rehearsal(
      """
      inputs: { length: string }
      steps:
        - { id: act, action: command.run, with: { command: [x] }, timeout: "${{ inputs.length }}" }
      """, inputs: ["length": "2 business days"])
    #expect(run.nextAttempt() == nil)
    let failure = try #require(run.engine.state.steps["act"]?.failure)
    #expect(failure.code == "expression")
    #expect(failure.message.contains("`2 business days` is business time"), "\(failure.message)")
  }

  // MARK: After a crash

  /// A call whose process died, beside a question that ends the run once it expires.
  private func died(after hours: Int64) throws -> Rehearsal {
    let run = try Rehearsal(
      """
      steps:
        - id: par
          parallel:
            - { id: slow, action: till.tell, with: { text: a } }
            - { id: q, ask: { fields: { n: integer } }, expires: 3h, on_expiry: stop }
      """, catalog: Till.catalog)
    run.start(try #require(run.nextAttempt()))
    run.proceed()
    run.now = run.now.adding(TimeSpan(seconds: hours * 3600)) ?? run.now
    run.apply(.runResumed(process: 2, host: "h"))
    return run
  }

  @Test func `what was due before the process came back comes before another try`() throws {
    let run = try died(after: 4)
    run.engine = try run.folded(run.events.count)
    #expect(run.nextAttempt() == nil)
    #expect(run.status == .failed)
    #expect(!run.types.contains("step.in_doubt"))
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `where nothing was missed it is tried again at once`() throws {
    let run = try died(after: 1)
    run.engine = try run.folded(run.events.count)
    #expect(run.nextAttempt()?.address == "slow")
  }

  // MARK: Rounds

  @Test func `the rounds of all series are counted`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: again
          repeat:
            at_most: 3
            until: steps.look.outputs.stdout == 'done'
            steps: [ { id: look, action: command.run, effects: none, with: { command: [x] } } ]
      """)
    func gives(_ text: String) -> AttemptResult {
      .succeeded(["exit_code": 0, "stdout": .string(text), "stderr": "", "truncated": false])
    }
    run.play([gives("no"), gives("no"), gives("no")])
    #expect(run.statuses["again"] == .failed)
    #expect(run.engine.state.steps["again"]?.group?.roundsInAll == 3)
    #expect(run.handle(.retry(step: "again", with: [:], again: false, reason: nil)) == nil)
    run.play([gives("no"), gives("no"), gives("done")])
    #expect(run.status == .succeeded)
    #expect(run.engine.state.steps["again"]?.group?.roundsInAll == 6)
  }
}

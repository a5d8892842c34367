import Testing
import Values
import Workflows

@testable import Engine

/// Mishaps that the random runs of `ChaosTests` found, each in its shortest form.
@Suite struct MishapTests {
  @Test func `a definite failure renews no key with which an earlier try may have taken effect`()
    throws
  {
    let run = try Rehearsal(
      """
      steps:
        - id: act
          action: command.run
          effects: keyed
          retry: { attempts: 5, wait: 1s }
          with: { command: [x] }
      """)
    let first = try #require(run.nextAttempt())
    run.start(first)
    run.end(first, .lost(Failure(code: "timeout", message: "no answer")))
    let second = try #require(run.nextAttempt())
    run.start(second)
    run.end(second, .failed(Failure(code: "busy", message: "busy"), canRetry: true))
    run.now = run.now.adding(TimeSpan(seconds: 1)) ?? run.now
    let third = try #require(run.nextAttempt())
    #expect(third.key == first.key)
  }

  @Test func `a key in doubt survives a saved state, and new values renew it once it is settled`()
    throws
  {
    let run = try Rehearsal(
      """
      steps:
        - id: act
          action: command.run
          effects: keyed
          with: { command: [x] }
      """)
    let first = try #require(run.nextAttempt())
    run.start(first)
    run.apply(.runResumed(process: 2, host: "h"))
    let state = try #require(RunState(saved: run.engine.state.saved, workflow: run.workflow))
    #expect(state.steps["act"]?.doubt?.intent.key == first.key)
    let second = try #require(run.nextAttempt())
    run.start(second)
    run.end(second, .failed(Failure(code: "no", message: "no"), canRetry: false))
    run.proceed()
    let retry = CommandKind.retry(step: "act", with: ["command": ["y"]], again: false, reason: nil)
    #expect(run.handle(retry)?.message.hasPrefix("`act` is in doubt") == true)
    let settled = CommandKind.resolve(
      step: "act", happened: false, values: [:], reason: "looked")
    #expect(run.handle(settled) == nil)
    let third = try #require(run.nextAttempt())
    #expect(third.key != first.key)
    run.start(third)
    run.end(third, .failed(Failure(code: "no", message: "no"), canRetry: false))
    run.proceed()
    #expect(run.handle(retry) == nil)
    #expect(run.nextAttempt()?.inputs["command"] == ["y"])
  }

  @Test func `a length that comes out negative fails its step`() throws {
    let run = try Rehearsal(
      "inputs: { d: string }\nsteps: [ { id: w, wait: \"${{ inputs.d }}\" } ]", inputs: ["d": "-3d"]
    )
    run.proceed()
    #expect(run.statuses["w"] == .failed)
    #expect(run.engine.state.steps["w"]?.failure?.message.contains("`-3d` is negative") == true)
  }

  @Test func `stop in finally ends the run as failed`() throws {
    let run = try Rehearsal(
      """
      steps: [ { id: a, set: { x: 1 } } ]
      finally:
        - { id: b, set: { x: 1 } }
        - { id: c, action: command.run, with: { command: [x] }, on_failure: stop }
      """)
    let attempt = try #require(run.nextAttempt())
    run.start(attempt)
    run.end(attempt, .failed(Failure(code: "no", message: "no"), canRetry: false))
    run.proceed()
    #expect(run.status == .failed)
    #expect(run.types.count { $0 == "run.finishing" } == 1)
    #expect(run.types.last == "run.finished")
  }

  @Test func `the next round follows a last step that failed and was passed over`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: loop
          repeat:
            steps:
              - { id: act, action: command.run, with: { command: [x] }, on_failure: continue }
            until: index == 1
            every: 10m
      """)
    let first = try #require(run.nextAttempt())
    run.start(first)
    run.end(first, .failed(Failure(code: "no", message: "no"), canRetry: false))
    run.proceed()
    guard case .wait(let until) = run.engine.next(now: run.now) else {
      Issue.record("the next round begins at once")
      return
    }
    #expect(until == run.now.adding(TimeSpan(seconds: 600)))
    run.now = try #require(until)
    #expect(run.nextAttempt()?.address == "loop[1]/act")
  }

  @Test func `the same looks are saved in the same order`() throws {
    let run = try Rehearsal("steps: [ { id: a, ask: { message: m, fields: { n: integer } } } ]")
    run.proceed()
    var other = run.engine
    let looks = (0..<6).map { Look(purpose: .verify, index: $0) }
    for look in looks { run.apply(.lookAnswered(look, outputs: StoredValues()), step: "a") }
    for look in looks.reversed() {
      other.apply(Event(.lookAnswered(look, outputs: StoredValues()), step: "a", at: run.now))
    }
    var saved = run.engine.state
    saved.eventCount = other.state.eventCount
    #expect(saved.saved == other.state.saved)
  }
}

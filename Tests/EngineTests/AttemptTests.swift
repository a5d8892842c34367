import Testing
import Values
import Workflows

@testable import Engine

@Suite struct AttemptTests {
  private func run(_ effects: String, extra: String = "") throws -> Rehearsal {
    try Rehearsal(
      """
      steps:
        - id: act
          action: command.run
          effects: \(effects)
          with: { command: [x] }
      \(extra)
      """)
  }

  @Test func `what is safe is tried again with the same key after a crash`() throws {
    for effects in ["none", "repeatable", "keyed"] {
      let run = try run(effects)
      let first = try #require(run.nextAttempt())
      run.start(first)
      run.apply(.runResumed(process: 2, host: "h"))
      let second = try #require(run.nextAttempt())
      #expect(second.key == first.key)
      #expect(second.attempt == 2)
      run.start(second)
      run.end(second, .succeeded(["exit_code": 0, "stdout": "", "stderr": "", "truncated": false]))
      run.proceed()
      #expect(run.statuses["act"] == .succeeded, "\(effects)")
    }
  }

  @Test func `what must not happen twice is in doubt after a crash until a person says`() throws {
    let run = try run("once")
    let first = try #require(run.nextAttempt())
    run.start(first)
    run.apply(.runResumed(process: 2, host: "h"))
    run.proceed()
    #expect(run.statuses["act"] == .inDoubt)
    #expect(run.park.status == .needsAttention)
    let refusal = run.handle(.retry(step: "act", with: [:], again: false, reason: nil))
    #expect(refusal?.message.contains("in doubt") == true)
    let resolved = CommandKind.resolve(
      step: "act", happened: false, values: [:], reason: "not in the log")
    #expect(run.handle(resolved) == nil)
    let second = try #require(run.nextAttempt())
    #expect(second.key != first.key, "a definite failure ends the life of a key")
  }

  @Test func `what was in doubt is by whoever settled it, until it is tried again`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: one
          action: shop.open
          with: { name: ana }
        - { id: who, set: { by: "${{ steps.one.by }}" } }
      """, catalog: Shop.catalog)
    run.carryOut { _ in .lost(Failure(code: "timeout", message: "no answer")) }
    #expect(
      run.handle(.resolve(step: "one", happened: true, values: ["id": "good"], reason: "seen"))
        == nil)
    run.carryOut()
    let settled = try #require(run.engine.state.steps["one"])
    #expect(settled.by?.id == "ana")
    #expect(settled.manner == .person)
    #expect(settled.reason == "seen")
    #expect(run.engine.state.steps["who"]?.outputs.clear["by"] == "ana")
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what the machine does again after a doubt is by nobody`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: one
          action: shop.open
          with: { name: ana }
          verify: [ { check: "outputs.id != 'bad'" } ]
      """, catalog: Shop.catalog)
    run.carryOut { _ in .lost(Failure(code: "timeout", message: "no answer")) }
    #expect(
      run.handle(.resolve(step: "one", happened: true, values: ["id": "bad"], reason: "seen"))
        == nil)
    run.proceed()
    #expect(run.statuses["one"] == .failed)
    #expect(run.engine.state.steps["one"]?.by?.id == "ana")
    #expect(run.handle(.retry(step: "one", with: [:], again: true, reason: nil)) == nil)
    run.carryOut()
    let record = try #require(run.engine.state.steps["one"])
    #expect(record.phase.status == .succeeded)
    #expect(record.manner == .machine)
    #expect(record.by == .machine)
    #expect(record.reason == nil)
  }

  @Test func `a lost answer is a doubt, a definite failure is not`() throws {
    let lost = try run("once")
    let attempt = try #require(lost.nextAttempt())
    lost.start(attempt)
    lost.end(attempt, .lost(Failure(code: "timeout", message: "no answer")))
    lost.proceed()
    #expect(lost.statuses["act"] == .inDoubt)

    let failed = try run("once")
    let other = try #require(failed.nextAttempt())
    failed.start(other)
    failed.end(other, .failed(Failure(code: "refused", message: "no"), canRetry: true))
    failed.proceed()
    #expect(failed.statuses["act"] == .failed)
    #expect(failed.handle(.retry(step: "act", with: [:], again: false, reason: nil)) == nil)
    #expect(failed.nextAttempt()?.key != other.key)
  }

  @Test func `retries wait, doubling, as often as the policy says`() throws {
    let run = try run(
      "repeatable", extra: "    retry: { attempts: 3, wait: 10s, backoff: double }")
    let waits = try self.waits(of: run, 3)
    // Up to a tenth longer.
    #expect(waits.count == 2)
    #expect((10_000..<11_000).contains(waits[0]) && (20_000..<22_000).contains(waits[1]))
    run.proceed()
    #expect(run.statuses["act"] == .failed)
  }

  @Test(arguments: [("20ms", 20), ("500ms", 500), ("1500ms", 1500)] as [(String, Int64)])
  func `waits that are no whole seconds are doubled, too`(wait: String, milliseconds: Int64) throws
  {
    let retry = "    retry: { attempts: 3, wait: \(wait), backoff: double }"
    let waits = try self.waits(of: try run("repeatable", extra: retry), 3)
    try #require(waits.count == 2)
    #expect((milliseconds...(milliseconds * 11 / 10)).contains(waits[0]))
    #expect(((milliseconds * 2)...(milliseconds * 22 / 10)).contains(waits[1]))
  }

  @Test func `what failed together is not tried again together, and each time the same way`() throws
  {
    let retry = "    retry: { attempts: 8, wait: 10s, backoff: double, max_wait: 5m }"
    let waits = try self.waits(of: try run("repeatable", extra: retry), 8)
    #expect(try waits == self.waits(of: try run("repeatable", extra: retry), 8))
    let shares = zip(waits, [10_000, 20_000, 40_000, 80_000, 160_000] as [Int64]).map {
      wait, plain in
      Double(wait) / Double(plain)
    }
    #expect(Set(shares).count > 1)
    #expect(waits.suffix(2) == [300_000, 300_000])
  }

  /// The milliseconds between attempts that all fail.
  private func waits(of run: Rehearsal, _ attempts: Int) throws -> [Int64] {
    var waits: [Int64] = []
    for _ in 1...attempts {
      let attempt = try #require(run.nextAttempt())
      run.start(attempt)
      run.end(attempt, .failed(Failure(code: "busy", message: "busy"), canRetry: true))
      if case .retrying(let at)? = run.engine.state.steps["act"]?.phase {
        let wait = try #require(at.since(run.now))
        waits.append(wait.seconds * 1000 + Int64(wait.nanoseconds / 1_000_000))
        run.now = at
      }
    }
    return waits
  }

  @Test(
    arguments: [
      ("file_not_found", nil, true), ("outside_project", nil, false), ("invalid_input", nil, false),
      ("of_a_driver", nil, true), ("outside_project", true, true), ("file_not_found", false, false),
    ] as [(String, Bool?, Bool)])
  func `a failure is tried again where the driver, else the contract, does not rule it out`(
    code: String, driver: Bool?, isRetried: Bool
  ) throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: act, action: files.read, with: { path: a }, retry: { attempts: 2, wait: 1s } }
      """)
    let attempt = try #require(run.nextAttempt())
    run.start(attempt)
    run.end(attempt, .failed(Failure(code: code, message: "no"), canRetry: driver))
    #expect(run.statuses["act"] == (isRetried ? .running : .failed))
  }

  @Test func `what was never sent is blocked and tried again by a plain resume`() throws {
    let run = try run("once")
    let attempt = try #require(run.nextAttempt())
    run.start(attempt)
    run.end(attempt, .unavailable(Failure(code: "down", message: "the database is down")))
    run.proceed()
    #expect(run.statuses["act"] == .blocked)
    #expect(run.park.reasons.first?.message == "the database is down")
    run.apply(.runResumed(process: 2, host: "h"))
    #expect(run.nextAttempt()?.key == attempt.key)
  }

  @Test func `done by hand satisfies later steps, and the record says so`() throws {
    let run = try run(
      "once", extra: "  - { id: after, set: { x: \"${{ steps.act.outputs.exit_code }}\" } }")
    let attempt = try #require(run.nextAttempt())
    run.start(attempt)
    run.end(attempt, .failed(Failure(code: "refused", message: "no"), canRetry: false))
    run.proceed()
    let skip = run.handle(.skip(step: "act", reason: "not needed"))
    #expect(skip?.message.contains("`after` needs the outputs") == true)
    let wrong = CommandKind.done(
      step: "act", values: ["exit_code": "zero"], reason: "r", evidence: [])
    #expect(run.handle(wrong) != nil)
    let done = CommandKind.done(
      step: "act", values: ["exit_code": 0, "stdout": "", "stderr": "", "truncated": false],
      reason: "by phone",
      evidence: [])
    #expect(run.handle(done) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.engine.state.steps["act"]?.manner == .byHand)
    #expect(run.engine.state.steps["after"]?.outputs.clear == ["x": 0])
  }

  @Test func `on_failure goes outwards to the nearest section that has one`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: section
          on_failure: continue
          steps:
            - { id: act, action: command.run, with: { command: [x] } }
            - { id: never, set: { x: 1 } }
        - { id: after, set: { x: 1 } }
      """)
    let attempt = try #require(run.nextAttempt())
    run.start(attempt)
    run.end(attempt, .failed(Failure(code: "refused", message: "no"), canRetry: false))
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.engine.state.problems == ["section"])
    #expect(run.engine.state.steps["never"] == nil)
    #expect(run.statuses["after"] == .succeeded)
  }
}

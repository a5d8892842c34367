import Testing
import Values
import Workflows

@testable import Engine

/// What becomes of a `finally` that is due, or under way, when the run or a call around it goes elsewhere.
@Suite struct LeftFinallyTests {
  /// Waits for ever; its `finally` asks before it tidies up.
  private static let asking = """
    steps: [ { id: hold, wait: 1d } ]
    finally:
      - { id: pause, ask: { message: Clean?, fields: { a: string } } }
      - { id: tidy, set: { x: 1 } }
    """

  /// Its `finally` may fail, and has a step behind that.
  private static let failing = """
    steps: [ { id: hold, wait: 1d } ]
    finally:
      - { id: bad, action: command.run, with: { command: [bad] } }
      - { id: tidy, set: { x: 1 } }
    """

  /// Ends itself while calls go on beside, once somebody has said so.
  private static func ending(_ calls: String, finally: String = close) -> String {
    """
    steps:
      - id: both
        parallel:
          \(calls)
          - id: end
            steps:
              - { id: go, ask: { message: Enough?, fields: { a: string } } }
              - { id: enough, finish: succeeded }
    """ + "\n" + finally
  }

  private static let close = "finally: [ { id: close, set: { how: \"${{ run.status }}\" } } ]\n"

  private static let top = """
    steps:
      - { id: call, workflow: outer }
      - { id: after, set: { x: 1 } }
    finally: [ { id: tell, set: { how: "${{ run.status }}" } } ]
    """

  private static func play(_ body: String, _ called: [String: String]) throws -> Rehearsal {
    let run = try Rehearsal(body, called: called)
    carryOut(run)
    return run
  }

  private static func play(calling called: [String: String]) throws -> Rehearsal {
    try play(top, called)
  }

  private static func carryOut(_ run: Rehearsal, failing: Set<String> = ["bad"]) {
    run.carryOut { request in
      let name = request.inputs["command"]?.asList?.first?.asString ?? ""
      return failing.contains(name)
        ? .failed(Failure(code: "no", message: "No \(name)"), canRetry: false)
        : .succeeded(["exit_code": 0, "stdout": "", "stderr": "", "truncated": false])
    }
  }

  private static func answer(_ run: Rehearsal, _ step: String) {
    #expect(run.statuses[step] == .waiting)
    #expect(run.handle(.answer(step: step, values: ["a": "x"])) == nil)
    carryOut(run)
  }

  /// The steps that were carried out and that some `finally` has, or that come after the calls.
  private static func done(_ run: Rehearsal) -> [String] {
    let names: Set<Substring> = ["tidy", "close", "after", "tell"]
    let steps = run.events.filter { $0.kind.type == "step.succeeded" }.compactMap(\.step)
    return steps.filter { $0.split(separator: "/").last.map(names.contains) ?? false }
  }

  private static func said(_ run: Rehearsal, _ step: String) -> String? {
    run.engine.state.steps[step]?.outputs.clear["how"]?.asString
  }

  // MARK: Another process goes on

  @Test func `a process that comes while it is under way goes on behind it, however deep`() throws {
    let run = try Self.play(calling: [
      "outer": Self.ending("- { id: b, workflow: b }"), "c": Self.asking,
      "b": "steps: [ { id: c, workflow: c } ]\n",
    ])
    Self.answer(run, "call/go")
    #expect(try run.agreesWithItsJournal())
    let saved = try #require(RunState(saved: run.engine.state.saved, workflow: run.workflow))
    run.engine = RunEngine(workflow: run.workflow, state: saved, vault: run.engine.vault)
    Self.answer(run, "call/b/c/pause")
    #expect(Self.done(run) == ["call/b/c/tidy", "call/close", "after", "tell"])
    #expect(run.status == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  // MARK: The run ends

  @Test func `a call whose last step is done has its finally when the run ends beside it`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: both
          parallel:
            - { id: call, workflow: inner }
            - { id: bad, action: command.run, with: { command: [bad] }, on_failure: stop }
      finally: [ { id: tell, set: { x: 1 } } ]
      """,
      called: [
        "inner": """
        steps: [ { id: open, action: command.run, with: { command: [open] } } ]
        finally: [ { id: tidy, set: { x: 1 } } ]
        """
      ])
    var attempts: [String: AttemptRequest] = [:]
    for _ in 1...2 {
      let attempt = try #require(run.nextAttempt())
      run.start(attempt)
      attempts[attempt.address] = attempt
    }
    let failure = Failure(code: "no", message: "no")
    run.end(try #require(attempts["bad"]), .failed(failure, canRetry: false))
    run.proceed()
    run.end(
      try #require(attempts["call/open"]),
      .succeeded(["exit_code": 0, "stdout": "", "stderr": "", "truncated": false]))
    run.proceed()
    #expect(Self.done(run) == ["call/tidy", "tell"])
    #expect(run.status == .failed)
    #expect(try run.agreesWithItsJournal())
  }

  private static let everywhere = """
    steps:
      - { id: deep, workflow: outer }
      - id: each
        for_each: { in: "['a', 'b']", steps: [ { id: item, workflow: inner } ] }
      - id: rescued
        on_failure: { steps: [ { id: rec, set: { x: 1 } }, { id: put, workflow: inner } ], then: continue }
        steps:
          - { id: well, workflow: inner }
          - { id: bad, action: command.run, with: { command: [bad] } }
      - { id: ended, workflow: ending }
    finally: [ { id: tell, set: { x: 1 } } ]
    """

  @Test(arguments: [CommandKind.cancel(reason: "enough"), .undo(reason: nil)])
  func `wherever the run is ended, each call that has begun has its finally`(
    _ kind: CommandKind
  ) throws {
    let inner = """
      steps: [ { id: open, set: { x: 1 } } ]
      finally: [ { id: tidy, set: { x: 1 } } ]
      """
    let outer = """
      steps: [ { id: one, set: { x: 1 } }, { id: within, workflow: inner } ]
      finally: [ { id: tidy, set: { x: 1 } } ]
      """
    let ending = """
      steps:
        - id: both
          parallel:
            - { id: one, workflow: waiting }
            - { id: two, workflow: waiting }
            - { id: enough, finish: succeeded }
      finally: [ { id: tidy, set: { x: 1 } } ]
      """
    let waiting = """
      steps: [ { id: hold, wait: 1d } ]
      finally: [ { id: first, set: { x: 1 } }, { id: tidy, set: { x: 1 } } ]
      """
    let called = ["inner": inner, "outer": outer, "ending": ending, "waiting": waiting]
    let whole = try Self.play(Self.everywhere, called)
    #expect(whole.status == .succeeded)
    let end = try #require(whole.types.firstIndex(of: "run.finishing")) + 1
    for count in 1...end {
      let run = try Self.play(Self.everywhere, called)
      run.engine = try run.folded(count)
      guard run.handle(kind) == nil else { continue }
      Self.carryOut(run)
      let state = run.engine.state
      guard case .ended = state.phase else {
        Issue.record("ended after \(count) it goes on for ever")
        continue
      }
      for event in run.events[..<count] {
        guard case .stepStarted = event.kind, let call = event.step,
          run.workflow.location(of: call)?.step.kind.key == "workflow"
        else { continue }
        // What an item did is forgotten once it is over.
        let isOver = call.hasPrefix("each[") && state.steps[call] == nil
        let tidied = state.steps[call + "/tidy"]?.phase.status
        #expect(isOver || tidied == .succeeded, "\(call), ended after \(count)")
      }
    }
  }

  @Test func `a cancel while it is under way carries out that of the calls around and beside`()
    throws
  {
    let one = try Self.play(calling: [
      "outer": Self.ending("- { id: c, workflow: c }"), "c": Self.asking,
    ])
    Self.answer(one, "call/go")
    #expect(one.handle(.cancel(reason: "enough")) == nil)
    Self.carryOut(one)
    #expect(Self.done(one) == ["call/c/tidy", "call/close", "tell"])
    #expect(one.status == .cancelled)
    #expect(try one.agreesWithItsJournal())
    let calls = "- { id: c1, workflow: c }\n      - { id: c2, workflow: c }"
    let two = try Self.play(calling: ["outer": Self.ending(calls, finally: ""), "c": Self.asking])
    Self.answer(two, "call/go")
    #expect(two.statuses["call/c1/pause"] == .waiting)
    #expect(two.handle(.cancel(reason: "enough")) == nil)
    Self.carryOut(two)
    Self.answer(two, "call/c2/pause")
    #expect(Self.done(two) == ["call/c1/tidy", "call/c2/tidy", "tell"])
    #expect(two.status == .cancelled)
    #expect(try two.agreesWithItsJournal())
  }

  // MARK: The run goes on

  @Test(arguments: [
    "on_failure: continue",
    "on_failure: { steps: [ { id: note, set: { x: 1 } } ], then: continue }",
  ])
  func `one that fails and is gone on behind takes nothing from the calls around`(
    _ policy: String
  ) throws {
    let run = try Self.play(
      """
      steps:
        - id: beside
          parallel:
            - { id: call, workflow: outer, \(policy) }
            - { id: long, wait: 1d }
      finally: [ { id: tell, set: { x: 1 } } ]
      """, ["outer": Self.ending("- { id: c, workflow: c }"), "c": Self.failing])
    Self.answer(run, "call/go")
    #expect(Self.done(run) == ["call/close"])
    #expect(Self.said(run, "call/close") == "failed")
    #expect(run.statuses["call"] == .failed)
    #expect(run.engine.state.problems == ["call"])
    #expect(run.engine.state.steps["call"]?.failure?.code == "no")
    #expect(run.types.count { $0 == "recovery.started" } <= 1)
    #expect(try run.agreesWithItsJournal())
    run.now = run.now.adding(TimeSpan(seconds: 86400)) ?? run.now
    Self.carryOut(run)
    #expect(run.status == .succeeded)
  }

  @Test func `one that fails in a section of its own is gone on behind, too`() throws {
    let run = try Self.play(
      """
      steps:
        - id: call
          workflow: inner
          on_failure: { steps: [ { id: note, set: { x: 1 } } ], then: continue }
        - { id: after, set: { x: 1 } }
      """,
      [
        "inner": """
        steps: [ { id: open, set: { x: 1 } } ]
        finally:
          - { id: part, steps: [ { id: bad, action: command.run, with: { command: [bad] } } ] }
        """
      ])
    #expect(run.statuses["call"] == .failed)
    #expect(Self.done(run) == ["after"])
    #expect(run.status == .succeeded)
  }

  @Test func `a failure in it that is put right is none of the call's`() throws {
    let run = try Self.play(
      """
      steps:
        - id: call
          workflow: outer
          on_failure:
            steps: [ { id: look, ask: { message: What now?, fields: { a: string } } } ]
            then: continue
        - { id: after, set: { x: 1 } }
      """, ["outer": Self.ending("- { id: c, workflow: c }"), "c": Self.failing])
    Self.answer(run, "call/go")
    #expect(run.statuses["look"] == .waiting)
    let retry = CommandKind.retry(step: "call/c/bad", with: [:], again: false, reason: nil)
    #expect(run.handle(retry) == nil)
    Self.carryOut(run, failing: [])
    #expect(run.statuses["look"] == .cancelled)
    #expect(Self.done(run) == ["call/c/tidy", "call/close", "after"])
    #expect(run.statuses["call"] == .succeeded)
    #expect(run.engine.state.problems.isEmpty)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `recovery steps with a call that has begun are not broken off`() throws {
    let run = try Self.play(
      """
      steps:
        - id: one
          action: command.run
          with: { command: [bad] }
          on_failure: { steps: [ { id: c, workflow: c } ], then: retry }
        - { id: after, set: { x: 1 } }
      """,
      [
        "c": """
        steps: [ { id: go, ask: { message: Well?, fields: { a: string } } } ]
        finally: [ { id: tidy, set: { x: 1 } } ]
        """
      ])
    #expect(run.statuses["c/go"] == .waiting)
    let retry = CommandKind.retry(step: "one", with: [:], again: false, reason: nil)
    for command in [retry, .skip(step: "one", reason: "done elsewhere")] {
      let refusal = run.handle(command)
      #expect(
        refusal?.message
          == "`c`, of the recovery steps of `one`, has begun, and its `finally` comes first")
      #expect(refusal?.hint == "the run stands at `one`, `c`, `c/go`")
    }
    #expect(run.handle(.answer(step: "c/go", values: ["a": "x"])) == nil)
    Self.carryOut(run, failing: [])
    #expect(Self.done(run) == ["c/tidy", "after"])
    #expect(run.status == .succeeded)
  }

  // MARK: finish and stop in it

  /// Has a call of its own beside a `finish`.
  private static let finishing = """
    steps: [ { id: hold, wait: 1d } ]
    finally:
      - id: part
        parallel:
          - { id: within, workflow: waiting }
          - id: end
            steps:
              - { id: say, ask: { message: Enough?, fields: { a: string } } }
              - { id: enough, if: steps.say.outputs.a == 'x', finish: succeeded }
      - { id: never, set: { x: 1 } }
    """

  private static let waiting = """
    steps: [ { id: hold, wait: 1d } ]
    finally: [ { id: tidy, set: { x: 1 } } ]
    """

  @Test(arguments: [false, true])
  func `finish in that of a call that was left ends it alone`(_ isCancelled: Bool) throws {
    let run = try Self.play(calling: [
      "outer": Self.ending("- { id: c, workflow: c }"), "c": Self.finishing,
      "waiting": Self.waiting,
    ])
    if isCancelled {
      #expect(run.handle(.cancel(reason: "enough")) == nil)
      Self.carryOut(run)
    } else {
      Self.answer(run, "call/go")
    }
    Self.answer(run, "call/c/say")
    let rest = isCancelled ? ["tell"] : ["after", "tell"]
    #expect(Self.done(run) == ["call/c/within/tidy", "call/close"] + rest)
    #expect(run.statuses["call/c/never"] == nil)
    #expect(run.status == (isCancelled ? .cancelled : .succeeded))
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what it left behind is not carried out when the run is taken back`() throws {
    let run = try Self.play(calling: [
      "outer": Self.ending("- { id: c, workflow: c }"), "c": Self.finishing,
      "waiting": Self.asking,
    ])
    Self.answer(run, "call/go")
    Self.answer(run, "call/c/say")
    #expect(run.statuses["call/c/within/pause"] == .waiting)
    #expect(run.handle(.undo(reason: nil)) == nil)
    Self.carryOut(run)
    #expect(Self.done(run) == ["call/c/within/tidy", "call/close", "tell"])
    #expect(run.statuses["call/c/never"] == nil)
    #expect(run.status == .undone)
  }

  @Test func `what the run went on behind of it is not carried out when the run is taken back`()
    throws
  {
    let run = try Self.play(
      """
      steps:
        - id: around
          on_failure: continue
          steps: [ { id: call, workflow: inner } ]
        - { id: hold, wait: 7d }
      """,
      [
        "inner": """
        steps: [ { id: fails, action: command.run, with: { command: [bad] } } ]
        finally:
          - { id: bad, action: command.run, with: { command: [bad] } }
          - { id: tidy, set: { x: 1 } }
        """
      ])
    #expect(run.statuses["hold"] == .waiting)
    #expect(run.handle(.undo(reason: nil)) == nil)
    Self.carryOut(run)
    #expect(Self.done(run) == [])
    #expect(run.status == .undone)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `stop in that of the run carries out that of the calls it has begun`() throws {
    let run = try Self.play(
      """
      steps: [ { id: one, set: { x: 1 } } ]
      finally:
        - { id: c, workflow: c }
        - { id: after, set: { x: 1 } }
      """,
      [
        "c": """
        steps: [ { id: bad, action: command.run, with: { command: [bad] }, on_failure: stop } ]
        finally: [ { id: tidy, set: { x: 1 } } ]
        """
      ])
    #expect(Self.done(run) == ["c/tidy"])
    #expect(run.statuses["after"] == nil)
    #expect(run.status == .failed)
    #expect(run.types.last == "run.finished")
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `finish in that of the run does so as well, and keeps the outputs`() throws {
    let run = try Self.play(
      """
      steps: [ { id: one, set: { n: 1 } } ]
      outputs: { n: "${{ steps.one.outputs.n }}" }
      finally:
        - id: part
          parallel:
            - { id: c, workflow: c }
            - id: end
              steps:
                - { id: say, ask: { message: Enough?, fields: { a: string } } }
                - { id: enough, if: steps.say.outputs.a == 'x', finish: succeeded }
        - { id: after, set: { x: 1 } }
      """, ["c": Self.asking])
    Self.answer(run, "say")
    #expect(try run.agreesWithItsJournal())
    Self.answer(run, "c/pause")
    #expect(Self.done(run) == ["c/tidy"])
    #expect(run.status == .succeeded)
    #expect(run.engine.state.outputs.clear["n"]?.asInt == 1)
    #expect(run.types.last == "run.finished")
    #expect(try run.agreesWithItsJournal())
  }
}

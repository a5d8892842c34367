import Testing
import Values

@testable import Engine

/// Called workflows that are left before they are at their end: their `finally` is carried out first.
@Suite struct LeftCallTests {
  /// `bad` fails, `tidy` tells how the call has ended.
  private static let inner = """
    steps:
      - { id: good, set: { x: 1 } }
      - { id: bad, action: command.run, with: { command: [bad] } }
    finally:
      - { id: tidy, set: { how: "${{ run.status }} ${{ steps.bad.status }}" } }
    """

  private static let tell = """
    finally:
      - { id: tell, set: { how: "${{ run.status }} ${{ steps.call.status }}" } }
    """

  private static func play(
    _ body: String, _ called: [String: String] = ["inner": inner],
    failing: Set<String> = ["bad"]
  ) throws -> Rehearsal {
    let run = try Rehearsal(body + tell, called: called)
    run.carryOut { request in answer(request, failing: failing) }
    #expect(try run.agreesWithItsJournal())
    return run
  }

  private static func answer(_ request: AttemptRequest, failing: Set<String>) -> AttemptResult {
    let name = request.inputs["command"]?.asList?.first?.asString ?? ""
    return failing.contains(name)
      ? .failed(Failure(code: "no", message: "No \(name)"), canRetry: false)
      : .succeeded(["exit_code": 0, "stdout": "", "stderr": "", "truncated": false])
  }

  private static func said(_ run: Rehearsal, _ step: String) -> String? {
    run.engine.state.steps[step]?.outputs.clear["how"]?.asString
  }

  @Test(arguments: [
    "steps: [ { id: call, workflow: inner, on_failure: continue } ]",
    """
    steps:
      - { id: around, steps: [ { id: call, workflow: inner } ], on_failure: continue }
    """,
    """
    steps:
      - id: call
        workflow: inner
        on_failure: { steps: [ { id: note, set: { x: 1 } } ], then: continue }
    """,
    """
    steps:
      - id: around
        steps: [ { id: call, workflow: inner } ]
        on_failure: { steps: [ { id: note, set: { x: 1 } } ], then: continue }
    """,
    """
    steps:
      - id: around
        parallel: [ { id: call, workflow: inner }, { id: beside, set: { x: 1 } } ]
        on_failure: { steps: [ { id: note, set: { x: 1 } } ], then: continue }
    """,
    """
    steps:
      - id: around
        parallel:
          - id: call
            workflow: inner
            on_failure: { steps: [ { id: note, set: { x: 1 } } ], then: continue }
          - { id: beside, set: { x: 1 } }
    """,
    """
    defaults: { on_failure: continue }
    steps: [ { id: call, workflow: inner } ]
    """,
  ])
  func `the run goes on behind a call once its finally is over`(_ body: String) throws {
    let run = try Self.play(body + "\n")
    #expect(Self.said(run, "call/tidy") == "failed failed")
    #expect(run.status == .succeeded)
    #expect(run.statuses["call"] == .failed || run.statuses["call"] == .cancelled)
    let failure =
      run.engine.state.steps["call"]?.failure ?? run.engine.state.steps["around"]?.failure
    #expect(failure?.code == "no")
    #expect(run.statuses["note"].map { $0 == .succeeded } ?? true)
    #expect(run.types.count { $0 == "recovery.started" } <= 1)
  }

  @Test(arguments: [
    ("steps: [ { id: call, workflow: inner, on_failure: stop } ]", "failed"),
    ("steps: [ { id: call, workflow: inner, on_failure: undo } ]", "undone"),
    (
      """
      steps:
        - id: call
          workflow: inner
          on_failure: { steps: [ { id: note, set: { x: 1 } } ], then: stop }
      """, "failed"
    ),
    (
      """
      steps:
        - id: all
          parallel:
            - { id: call, workflow: inner, on_failure: { steps: [ { id: f, finish: cancelled } ], then: stop } }
            - { id: beside, wait: 1d }
      """, "cancelled"
    ),
  ])
  func `the run ends once the finally of what it leaves is over`(
    _ body: String, _ status: String
  ) throws {
    let run = try Self.play(body + "\n")
    #expect(Self.said(run, "call/tidy")?.hasPrefix(status) == true)
    #expect(Self.said(run, "tell")?.hasPrefix(status) == true)
    #expect(run.status.rawValue == status)
    #expect(run.types.last == "run.finished")
  }

  @Test func `inner ones come before those around them, and each sees what it knows`() throws {
    let outer = """
      steps: [ { id: deeper, workflow: inner } ]
      finally: [ { id: close, set: { how: "${{ run.status }} ${{ steps.deeper.status }}" } } ]
      """
    let called = ["inner": Self.inner, "outer": outer]
    let run = try Self.play("steps: [ { id: call, workflow: outer, on_failure: stop } ]\n", called)
    let done = run.events.filter { $0.kind.type == "step.succeeded" }.compactMap(\.step)
    #expect(done == ["call/deeper/good", "call/deeper/tidy", "call/close", "tell"])
    let passed = try Self.play(
      "steps: [ { id: call, workflow: outer, on_failure: continue } ]\n", called)
    let order = passed.events.filter { $0.kind.type == "step.succeeded" }.compactMap(\.step)
    #expect(order == ["call/deeper/good", "call/deeper/tidy", "call/close", "tell"])
    #expect(Self.said(passed, "call/close") == "failed failed")
    #expect(Self.said(passed, "tell") == "succeeded failed")
  }

  @Test func `a cancel, and taking back, carry it out as well`() throws {
    for (kind, status) in [
      (CommandKind.cancel(reason: "by mistake"), "cancelled"), (.undo(reason: "all"), "undone"),
    ] {
      let run = try Self.play("steps: [ { id: call, workflow: inner } ]\n")
      #expect(run.statuses["call/bad"] == .failed)
      #expect(run.handle(kind) == nil)
      run.carryOut { Self.answer($0, failing: []) }
      #expect(Self.said(run, "call/tidy")?.hasPrefix(status) == true)
      #expect(run.status.rawValue == status)
      #expect(try run.agreesWithItsJournal())
    }
  }

  @Test func `a finally that is under way goes on behind the step at which the run was ended`()
    throws
  {
    let inner = """
      steps: [ { id: good, set: { x: 1 } } ]
      finally:
        - { id: one, set: { x: 1 } }
        - { id: pause, wait: 1d }
        - { id: last, set: { how: "${{ run.status }}" } }
      """
    let run = try Self.play("steps: [ { id: call, workflow: inner } ]\n", ["inner": inner])
    #expect(run.statuses["call/pause"] == .waiting)
    #expect(run.handle(.cancel(reason: "by mistake")) == nil)
    run.proceed()
    #expect(run.statuses["call/pause"] == .cancelled)
    #expect(run.events.count { $0.step == "call/one" } == 1)
    #expect(run.statuses["call/last"] == .succeeded)
    #expect(run.status == .cancelled)
  }

  @Test func `what fails there is settled by people, and the run ends as it was about to`() throws {
    let inner = """
      steps: [ { id: bad, action: command.run, with: { command: [bad] } } ]
      finally:
        - { id: tidy, action: command.run, with: { command: [tidy] } }
        - { id: last, set: { x: 1 } }
      """
    let run = try Self.play(
      "steps: [ { id: call, workflow: inner, on_failure: stop } ]\n", ["inner": inner],
      failing: ["bad", "tidy"])
    #expect(run.statuses["call/tidy"] == .failed)
    #expect(run.status == .failed)
    #expect(run.types.last == "step.failed")
    let read = RunState(saved: run.engine.state.saved, workflow: run.workflow)
    #expect(read?.standing["call/tidy"] != nil)
    #expect(run.handle(.skip(step: "call/tidy", reason: "done by me")) == nil)
    run.proceed()
    #expect(run.statuses["call/last"] == .succeeded)
    #expect(run.types.last == "run.finished")
  }

  @Test func `a finish of a called workflow carries out that of the calls beside it`() throws {
    let pausing = """
      steps: [ { id: pause, wait: 1d } ]
      finally:
        - { id: first, wait: 1h }
        - { id: tidy, set: { how: "${{ run.status }}" } }
      """
    let outer = """
      steps:
        - id: both
          parallel:
            - { id: beside, workflow: pausing }
            - { id: enough, finish: succeeded }
      finally: [ { id: close, set: { how: "${{ run.status }}" } } ]
      """
    let run = try Self.play(
      "steps: [ { id: call, workflow: outer } ]\n", ["outer": outer, "pausing": pausing])
    #expect(run.statuses["call/beside/first"] == .waiting)
    #expect(run.statuses["call/close"] == nil)
    run.now = run.now.adding(TimeSpan(seconds: 3600)) ?? run.now
    run.proceed()
    let done = run.events.filter { $0.kind.type == "step.succeeded" }.compactMap(\.step)
    #expect(
      done == [
        "call/enough", "call/beside/first", "call/beside/tidy", "call/close", "call", "tell",
      ])
    #expect(Self.said(run, "call/beside/tidy") == "succeeded")
    #expect(run.status == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a failure that is put right leaves nothing, and the call goes on`() throws {
    var isBad = true
    let run = try Rehearsal(
      """
      steps:
        - id: call
          workflow: inner
          on_failure: { steps: [ { id: note, set: { x: 1 } } ], then: retry }
      """, called: ["inner": Self.inner])
    run.carryOut { request in
      defer { isBad = false }
      return Self.answer(request, failing: isBad ? ["bad"] : [])
    }
    #expect(run.status == .succeeded)
    #expect(Self.said(run, "call/tidy") == "succeeded succeeded")
  }

  @Test func `journals of runs that left a call without its finally fold as before`() throws {
    let run = try Self.play("steps: [ { id: call, workflow: inner } ]\n")
    run.apply(.runFinishing(status: .cancelled, message: nil))
    run.proceed()
    #expect(run.status == .cancelled)
    #expect(run.statuses["call/tidy"] == nil)
    #expect(run.types.last == "run.finished")
  }

  // MARK: finish in finally

  @Test func `finish in finally keeps the outputs, and makes no outcome better`() throws {
    let body = """
      steps:
        - { id: a, set: { x: 1 } }
        - { id: act, action: command.run, with: { command: [act] }, on_failure: undo }
      outputs: { x: "${{ steps.a.outputs.x }}" }
      finally:
        - { id: enough, if: "run.id != ''", finish: { outcome: succeeded, message: fine } }
        - { id: never, set: { x: 1 } }
      """
    let well = try Rehearsal(body)
    well.carryOut { Self.answer($0, failing: []) }
    #expect(well.status == .succeeded)
    #expect(well.engine.state.outputs.clear["x"]?.asInt == 1)
    #expect(well.statuses["never"] == nil)
    let badly = try Rehearsal(body)
    badly.carryOut { Self.answer($0, failing: ["act"]) }
    #expect(badly.status == .undone)
    guard case .ended(_, let message) = badly.engine.state.phase else { return }
    #expect(message?.contains("No act") == true)
  }

  @Test func `finish in the finally of a call makes its end no better`() throws {
    let inner = """
      steps: [ { id: no, finish: { outcome: failed, message: too late } } ]
      finally: [ { id: enough, finish: succeeded } ]
      """
    let run = try Rehearsal(
      "steps: [ { id: call, workflow: inner, on_failure: continue } ]", called: ["inner": inner])
    run.proceed()
    #expect(run.statuses["call"] == .failed)
    #expect(run.engine.state.steps["call"]?.failure?.message == "too late")
  }
}

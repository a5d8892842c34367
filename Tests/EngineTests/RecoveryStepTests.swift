import Testing
import Values
import Workflows

@testable import Engine

@Suite struct RecoveryStepTests {
  private let no = AttemptResult.failed(
    Failure(code: "busy", message: "not now"), canRetry: false)

  private func rehearsal(_ policy: String) throws -> Rehearsal {
    try Rehearsal(
      """
      steps:
        - id: one
          action: shop.open
          with: { name: ana }
          on_failure: \(policy)
        - { id: after, action: shop.tell, with: { text: after } }
      """, catalog: Shop.catalog)
  }

  /// A world in which the step `one` fails so often.
  private func failing(_ times: Int) -> (AttemptRequest) -> AttemptResult {
    var left = times
    return { [no] request in
      guard request.address == "one", left > 0 else { return Shop.answer(request) }
      left -= 1
      return no
    }
  }

  private static let steps =
    "steps: [ { id: fix, action: shop.tell, with: { text: \"${{ error.code }} ${{ error.step }}\" } } ]"

  @Test func `recovery steps see the error, and the run goes on`() throws {
    let run = try rehearsal("{ \(Self.steps), then: continue }")
    #expect(run.carryOut(failing(9)) == ["shop.open ana", "shop.tell busy one", "shop.tell after"])
    #expect(run.status == .succeeded)
    #expect(run.engine.state.problems == ["one"])
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `without a word about it the run parks after the recovery`() throws {
    let run = try rehearsal("{ \(Self.steps) }")
    #expect(run.carryOut(failing(9)) == ["shop.open ana", "shop.tell busy one"])
    #expect(run.park.status == .needsAttention)
    #expect(run.park.reasons.map(\.step) == ["one"])
    #expect(run.handle(.retry(step: "one", with: [:], again: false, reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.open ana", "shop.tell after"])
    #expect(run.status == .succeeded)
  }

  @Test func `retry goes on at the failed step`() throws {
    let run = try rehearsal("{ \(Self.steps), then: retry }")
    #expect(
      run.carryOut(failing(1)) == [
        "shop.open ana", "shop.tell busy one", "shop.open ana", "shop.tell after",
      ])
    #expect(run.status == .succeeded)
  }

  @Test func `a recovery does not retry for ever`() throws {
    let run = try rehearsal("{ \(Self.steps), then: retry }")
    let called = run.carryOut(failing(99))
    #expect(called.count { $0 == "shop.open ana" } == 1 + RecoveryState.retryLimit)
    #expect(run.park.status == .needsAttention)
  }

  @Test func `a stop ends the run as failed, an undo takes back`() throws {
    let stopped = try rehearsal("{ \(Self.steps), then: stop }")
    stopped.carryOut(failing(9))
    #expect(stopped.status == .failed)
    let undone = try rehearsal("{ \(Self.steps), then: undo }")
    undone.carryOut(failing(9))
    #expect(undone.status == .undone)
  }

  @Test func `the first branch that holds is taken, else the failure goes outwards`() throws {
    let branches =
      "[ { when: error.code == 'x', steps: [], then: stop }, { when: error.code == 'busy', \(Self.steps), then: continue } ]"
    let run = try rehearsal(branches)
    #expect(run.carryOut(failing(9)) == ["shop.open ana", "shop.tell busy one", "shop.tell after"])
    let outwards = try Rehearsal(
      """
      steps:
        - id: both
          on_failure: continue
          steps:
            - id: one
              action: shop.open
              with: { name: ana }
              on_failure: [ { when: error.code == 'x', steps: [], then: stop } ]
      """, catalog: Shop.catalog)
    outwards.carryOut(failing(9))
    #expect(outwards.status == .succeeded)
  }

  @Test func `a section's recovery leaves its steps where they are`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: both
          on_failure: { \(Self.steps), then: retry }
          steps:
            - { id: first, action: shop.tell, with: { text: first } }
            - { id: one, action: shop.open, with: { name: ana } }
        - { id: after, action: shop.tell, with: { text: after } }
      """, catalog: Shop.catalog)
    #expect(
      run.carryOut(failing(1)) == [
        "shop.tell first", "shop.open ana", "shop.tell busy one", "shop.open ana",
        "shop.tell after",
      ])
    #expect(run.status == .succeeded)
  }

  @Test func `a recovery that fails parks where it failed, and people settle it`() throws {
    let run = try rehearsal("{ \(Self.steps), then: continue }")
    run.carryOut { [no] _ in no }
    #expect(run.park.reasons.map(\.step) == ["fix"])
    #expect(try run.agreesWithItsJournal())
    #expect(run.handle(.skip(step: "fix", reason: "never mind")) == nil)
    #expect(run.carryOut() == ["shop.tell after"])
    #expect(run.status == .succeeded)
  }

  @Test func `the defaults have recovery steps too`() throws {
    let run = try Rehearsal(
      """
      defaults: { on_failure: { \(Self.steps), then: continue } }
      steps:
        - { id: one, action: shop.open, with: { name: ana } }
        - { id: after, action: shop.tell, with: { text: after } }
      """, catalog: Shop.catalog)
    #expect(run.carryOut(failing(9)) == ["shop.open ana", "shop.tell busy one", "shop.tell after"])
  }

  @Test func `recovery steps of the defaults are shown at what failed, and then behind all`() throws
  {
    let run = try Rehearsal(
      """
      defaults:
        on_failure:
          steps:
            - { id: tell, action: shop.tell, with: { text: x } }
            - { id: fix, ask: { fields: { f: string } } }
          then: park
      steps:
        - { id: first, action: shop.tell, with: { text: first } }
        - id: part
          steps: [ { id: one, action: shop.open, with: { name: ana } } ]
        - { id: last, action: shop.tell, with: { text: last } }
      """, catalog: Shop.catalog)
    run.carryOut(failing(9))
    #expect(
      run.engine.outline.map(\.address) == ["first", "part", "one", "tell", "fix", "last"])
    #expect(run.engine.outline.map(\.depth) == [0, 0, 1, 2, 2, 0])
    #expect(run.handle(.answer(step: "fix", values: ["f": "x"])) == nil)
    run.carryOut()
    let over = ["first", "part", "one", "last", "tell", "fix"]
    #expect(run.engine.outline.map(\.address) == over)
    #expect(run.engine.outline(with: Set(over)).map(\.address) == over)
    #expect(run.engine.outline.map(\.depth) == [0, 0, 1, 0, 0, 0])
  }

  /// A call of a workflow whose step `one` fails, with a step before that only the caller has.
  private func calling(_ defaults: String, _ policy: String) throws -> Rehearsal {
    try Rehearsal(
      """
      \(defaults)
      inputs: { who: string }
      steps:
        - { id: before, set: { word: hello } }
        - { id: call, workflow: inner \(policy) }
        - { id: after, action: shop.tell, with: { text: after } }
      """, inputs: ["who": "ben"],
      called: [
        "inner": """
        inputs: { who: { type: string, default: nobody } }
        steps:
          - { id: one, action: shop.open, with: { name: ana } }
          - { id: fix, set: { x: 1 } }
        """
      ], catalog: Shop.catalog)
  }

  private static let callers = """
    { steps: [ { id: fix, action: shop.tell,
    with: { text: "${{ steps.before.outputs.word }} ${{ inputs.who }}" } } ], then: continue }
    """.replacing("\n", with: " ")

  private func failingInside(_ request: AttemptRequest) -> AttemptResult {
    request.address == "call/one" ? no : Shop.answer(request)
  }

  @Test func `the recovery steps of a call are the caller's, with its names`() throws {
    let run = try calling("", ", on_failure: \(Self.callers)")
    #expect(
      run.carryOut(failingInside) == ["shop.open ana", "shop.tell hello ben", "shop.tell after"])
    #expect(run.status == .succeeded)
    #expect(run.statuses["fix"] == .succeeded)
    #expect(run.statuses["call/fix"] == nil)
    #expect(run.statuses["call"] == .failed)
    #expect(run.engine.location(of: "fix")?.step.id == "fix")
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `the defaults of the caller are for the call, whatever fails in it`() throws {
    // What the defaults do, they may do for the first step, too.
    let policy = Self.callers.replacing("steps.before.outputs.word", with: "error.code")
    let run = try calling("defaults: { on_failure: \(policy) }", "")
    #expect(
      run.carryOut(failingInside) == ["shop.open ana", "shop.tell busy ben", "shop.tell after"])
    #expect(run.status == .succeeded)
    #expect(run.statuses["call"] == .failed)
    #expect(try run.agreesWithItsJournal())
    let passed = try calling("defaults: { on_failure: continue }", "")
    #expect(passed.carryOut(failingInside) == ["shop.open ana", "shop.tell after"])
    #expect(passed.statuses["call"] == .failed)
    #expect(passed.statuses["call/fix"] == nil)
  }

  private func outputs(_ run: Rehearsal, _ address: String) -> ValueMap? {
    run.engine.state.steps[address]?.outputs.clear
  }

  @Test func `the recovery steps of a loop stand beside it`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: loop
          for_each:
            in: "[1, 2]"
            steps: [ { id: one, action: shop.open, with: { name: ana } } ]
          on_failure:
            steps:
              - { id: fix, set: { x: "${{ error.step }}" } }
              - id: inner
                for_each:
                  in: "[7, 8]"
                  steps:
                    - id: say
                      action: shop.tell
                      with: { text: "${{ steps.fix.outputs.x }} ${{ item }}" }
            then: continue
      """, catalog: Shop.catalog)
    let no = no
    let calls = run.carryOut { $0.address == "loop[1]/one" ? no : Shop.answer($0) }
    #expect(calls.suffix(2) == ["shop.tell loop[1]/one 7", "shop.tell loop[1]/one 8"])
    #expect(run.status == .succeeded)
    #expect(run.statuses["fix"] == .succeeded)
    #expect(run.statuses["loop[0]/fix"] == nil)
    #expect(run.engine.location(of: "inner[1]/say")?.surroundings.loops.count == 1)
    #expect(try run.agreesWithItsJournal())
  }

  private static let defaults = """
    defaults:
      on_failure:
        steps:
          - { id: fix, set: { x: "${{ error.step }}" } }
          - id: why
            ask: { message: "Why, ${{ steps.fix.outputs.x }}?", fields: { cause: string } }
          - id: each
            for_each:
              in: "[7]"
              steps:
                - id: say
                  action: shop.tell
                  with: { text: "${{ steps.why.outputs.cause }} ${{ item }}" }
        then: continue
    """

  /// Carries out what is due; `shop.open` never works.
  private func carryOutWithoutOpening(_ run: Rehearsal) -> [String] {
    run.carryOut { [no] in $0.call.operation == "shop.open" ? no : Shop.answer($0) }
  }

  @Test func `the recovery steps of the defaults are done in the loop of what failed`() throws {
    let run = try Rehearsal(
      """
      \(Self.defaults)
      steps:
        - id: loop
          for_each:
            in: "[1, 2]"
            max_parallel: 2
            steps: [ { id: one, action: shop.open, with: { name: ana } } ]
      """, catalog: Shop.catalog)
    #expect(carryOutWithoutOpening(run) == ["shop.open ana", "shop.open ana"])
    #expect(outputs(run, "loop[1]/fix") == ["x": "loop[1]/one"])
    #expect(run.handle(.answer(step: "loop[1]/why", values: ["cause": "two"])) == nil)
    #expect(carryOutWithoutOpening(run) == ["shop.tell two 7"])
    #expect(run.handle(.answer(step: "loop[0]/why", values: ["cause": "one"])) == nil)
    #expect(carryOutWithoutOpening(run) == ["shop.tell one 7"])
    #expect(run.engine.location(of: "loop[1]/each[0]/say")?.surroundings.loops.count == 2)
    #expect(run.status == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `the defaults see to one branch after the other`() throws {
    let run = try Rehearsal(
      """
      \(Self.defaults)
      steps:
        - id: both
          parallel:
            - { id: a, action: shop.open, with: { name: ana } }
            - { id: b, action: shop.open, with: { name: ben } }
      """, catalog: Shop.catalog)
    #expect(carryOutWithoutOpening(run) == ["shop.open ana", "shop.open ben"])
    #expect(outputs(run, "fix") == ["x": "a"])
    #expect(run.park.reasons.map(\.step).filter { $0 == "why" } == ["why"])
    #expect(run.handle(.answer(step: "why", values: ["cause": "one"])) == nil)
    #expect(carryOutWithoutOpening(run) == ["shop.tell one 7"])
    #expect(outputs(run, "fix") == ["x": "b"])
    #expect(run.handle(.answer(step: "why", values: ["cause": "two"])) == nil)
    #expect(carryOutWithoutOpening(run) == ["shop.tell two 7"])
    #expect(run.status == .succeeded)
    #expect(run.engine.state.problems == ["a", "b"])
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a question among the recovery steps lets the run wait, not need attention`() throws {
    let run = try rehearsal(
      "{ steps: [ { id: why, ask: { fields: { cause: string } } } ], then: continue }")
    run.carryOut(failing(9))
    #expect(run.park.status == .waiting)
    #expect(run.handle(.answer(step: "why", values: ["cause": "rain"])) == nil)
    #expect(run.carryOut() == ["shop.tell after"])
  }

  @Test func `a doubt in the recovery steps is settled before the failed step is tried again`()
    throws
  {
    let run = try rehearsal("{ \(Self.steps), then: park }")
    let lost = AttemptResult.lost(Failure(code: "timeout", message: "no answer"))
    run.carryOut { [no] request in request.address == "fix" ? lost : no }
    #expect(run.statuses["fix"] == .inDoubt)
    for command in [
      CommandKind.retry(step: "one", with: [:], again: false, reason: nil),
      .done(step: "one", values: ["id": "x"], reason: "by hand", evidence: []),
    ] {
      #expect(run.handle(command)?.message.contains("`fix`, of the recovery steps") == true)
    }
    let settled = run.handle(.resolve(step: "fix", happened: true, values: [:], reason: "seen"))
    #expect(settled == nil)
    run.proceed()
    #expect(run.handle(.retry(step: "one", with: [:], again: false, reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.open ana", "shop.tell after"])
  }
}

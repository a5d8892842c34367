import Testing
import Values
import Workflows

@testable import Engine

/// What a person must not do, and what the refusal says to do instead.
@Suite struct RefusalTests {
  private func done(_ step: String, _ values: ValueMap) -> CommandKind {
    .done(step: step, values: values, reason: "by phone", evidence: [])
  }

  private func retry(
    _ step: String, with values: ValueMap = [:], again: Bool = false
  ) -> CommandKind {
    .retry(step: step, with: values, again: again, reason: nil)
  }

  private static func refuse(_ request: AttemptRequest) -> AttemptResult {
    .failed(Failure(code: "x", message: "no"), canRetry: false)
  }

  @Test func `what is done by hand passes the checks that need no call`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: one
          action: shop.open
          with: { name: ana }
          verify:
            - { action: shop.find, with: { name: ana }, check: outputs.found }
            - { check: "outputs.id.startsWith('ana')", message: "${{ outputs.id }} is not Ana's" }
      """, catalog: Shop.catalog)
    run.carryOut(Self.refuse)
    let refusal = try #require(run.handle(done("one", ["id": "bob-1"])))
    #expect(refusal.message == "the check of `one` does not hold: bob-1 is not Ana's")
    #expect(refusal.hint?.contains("`outputs.id.startsWith('ana')`") == true)
    #expect(run.statuses["one"] == .failed)
    #expect(run.handle(done("one", ["id": "ana-7"])) == nil)
    #expect(run.statuses["one"] == .succeeded)
  }

  @Test func `a corrected value replaces an expression that has none`() throws {
    let run = try Rehearsal(
      """
      inputs: { names: { type: array, items: { type: string } } }
      steps: [ { id: one, action: shop.open, with: { name: "${{ inputs.names[0] }}" } } ]
      """, inputs: ["names": []], catalog: Shop.catalog)
    run.proceed()
    #expect(run.statuses["one"] == .failed)
    #expect(run.handle(retry("one", with: ["name": "eve"])) == nil)
    #expect(run.carryOut() == ["shop.open eve"])
    #expect(run.statuses["one"] == .succeeded)
  }

  @Test func `what does not fit is named with its place in the value`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: q
          ask:
            fields:
              users:
                type: array
                items: { type: object, properties: { email: { type: string, format: email } } }
      """)
    run.proceed()
    let users: Value = [["email": "a@example.com"], ["email": "b"]]
    #expect(
      run.handle(.answer(step: "q", values: ["users": users]))?.message
        == "`users[1].email` must be an email address, not `b`")
  }

  @Test func `a list that is given by hand passes the check of its loop`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: each
          for_each: { in: "[1, 2]", collect: "${{ item }}", steps: [ { id: a, set: { n: "${{ item }}" } } ] }
          verify: [ { check: size(outputs) == 3, message: one is missing } ]
      """)
    run.proceed()
    #expect(run.statuses["each"] == .failed)
    #expect(
      run.handle(done("each", ["collected": [1, 2]]))?.message.contains("one is missing") == true)
    #expect(run.handle(done("each", ["collected": [1, 2, 3]])) == nil)
  }

  @Test func `outputs that the contract does not allow are not passed by testing them again`()
    throws
  {
    let run = try Rehearsal(
      "steps: [ { id: one, action: shop.open, with: { name: ana } } ]\n", catalog: Shop.catalog)
    run.carryOut { _ in .succeeded(["number": 7]) }
    #expect(run.engine.state.steps["one"]?.failure?.code == "invalid_outputs")
    let refusal = try #require(run.handle(retry("one")))
    #expect(refusal.hint?.contains("baton retry 20261120-abc234 one --again") == true)
    #expect(run.handle(retry("one", again: true)) == nil)
    #expect(run.carryOut() == ["shop.open ana"])
    #expect(run.statuses["one"] == .succeeded)
  }

  @Test func `a step of a round that is over has been, not still to come`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: loop
          repeat:
            steps: [ { id: q, ask: { fields: { v: integer } } } ]
            until: steps.q.outputs.v > 7
        - id: each
          for_each: { in: "['a', 'b']", steps: [ { id: r, ask: { fields: { w: string } } } ] }
      """)
    run.proceed()
    #expect(run.handle(.answer(step: "loop[0]/q", values: ["v": 7])) == nil)
    run.proceed()
    let again = try #require(run.handle(.answer(step: "loop[0]/q", values: ["v": 7])))
    #expect(again.message == "`loop[0]` is over, and `loop[0]/q` with it")
    #expect(run.handle(done("loop[2]/q", [:]))?.message.contains("has not come to") == true)
    #expect(run.handle(.answer(step: "loop[1]/q", values: ["v": 8])) == nil)
    run.proceed()
    #expect(run.handle(.answer(step: "each[0]/r", values: ["w": "x"])) == nil)
    run.proceed()
    #expect(
      run.handle(done("each[0]/r", ["w": "x"]))?.message
        == "`each[0]` is over, and `each[0]/r` with it")
    let missing = try #require(run.handle(done("each[7]/r", [:])))
    #expect(missing.message == "this run has no step `each[7]/r`")
    #expect(missing.hint == "`each[1]` is the last item of `each`")
  }

  @Test func `a step that an approval was voided for has not been passed`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: ok, approve: Go on? }
        - { id: end, action: shop.open, with: { name: ana } }
      """, catalog: Shop.catalog)
    run.proceed()
    let approve = CommandKind.decide(step: "ok", approves: true, comment: nil, shown: nil)
    #expect(run.handle(approve) == nil)
    run.carryOut(Self.refuse)
    #expect(run.handle(retry("end", with: ["name": "bob"])) == nil)
    run.proceed()
    let refusal = try #require(run.handle(retry("end")))
    #expect(refusal.message == "`end` waits for `ok`, which is asked again")
    let id = run.engine.state.header.run
    #expect(
      refusal.hint == "decide it: baton approve \(id) ok, or baton reject \(id) ok; "
        + "or have it tried with other values: baton retry \(id) end --with NAME=VALUE")
  }

  @Test func `nobody is told to ask again what a run that is over asked`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: q, ask: { fields: { v: integer } }, expires: 1h, on_expiry: stop }
      """)
    run.proceed()
    run.now = try #require(run.now.adding(TimeSpan(seconds: 7200)))
    run.proceed()
    #expect(run.status == .failed)
    let late = try #require(run.handle(.answer(step: "q", values: ["v": 1])))
    #expect(late.message.contains("has expired"))
    #expect(late.hint == nil)
  }

  @Test func `commands in a hint can be typed as they stand`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: each
          for_each: { in: "['a']", steps: [ { id: mk, action: shop.open, with: { name: "${{ item }}" } } ] }
      """, catalog: Shop.catalog)
    let attempt = try #require(run.nextAttempt())
    run.start(attempt)
    run.end(attempt, .lost(Failure(code: "timeout", message: "no answer")))
    run.proceed()
    #expect(
      run.handle(retry("each[0]/mk"))?.hint
        == "say what happened: baton resolve 20261120-abc234 'each[0]/mk' --happened --set id=… "
        + "--reason 'WHY', or with --did-not-happen")
  }

  @Test func `what a settled doubt lacks is asked for as that command takes it`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: one, action: shop.open, with: { name: ana } }
        - { id: two, action: shop.tell, with: { text: "${{ steps.one.outputs.id }}" } }
      """, catalog: Shop.catalog)
    run.carryOut { _ in .lost(Failure(code: "timeout", message: "no answer")) }
    let refused = run.handle(.resolve(step: "one", happened: true, values: [:], reason: "seen"))
    #expect(
      refused?.hint
        == "`two` needs them: baton resolve 20261120-abc234 one --happened --set id=… --reason 'WHY'"
    )
  }

  @Test func `a step whose outputs are needed cannot be skipped`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: one, action: shop.open, with: { name: ana } }
        - { id: two, action: shop.tell, with: { text: "${{ steps.one.outputs.id }}" } }
      """, catalog: Shop.catalog)
    run.carryOut(Self.refuse)
    #expect(!run.engine.canSkip("one"))
    #expect(run.handle(done("one", ["id": "x"])) == nil)
    run.carryOut(Self.refuse)
    #expect(run.engine.canSkip("two"))
  }

  @Test(arguments: [
    ("remind.1", "reminder 1"), ("due", "due date"), ("escalate.2", "escalation 2"),
    ("expires", "expiry"), ("wait", "end of the wait"), ("first_of.late", "`late`"),
    ("of a later release", "of a later release"),
  ])
  func `a deadline has a name for people`(name: String, words: String) {
    #expect(DeadlineTimer.words(for: name) == words)
  }
}

import Testing
import Values
import Workflows

@testable import Engine

/// `retry --with` after an approval: what was approved is what is done.
@Suite struct VoidedApprovalTests {
  struct Place: Sendable, CustomTestStringConvertible {
    let name: String
    let pay: String
    let steps: String
    var testDescription: String { name }
  }

  /// Where the step stands that is tried with another value, `ok` being the approval before it.
  static let places = [
    Place(
      name: "in the same list", pay: "pay",
      steps: """
          - { id: ok, approve: { message: Pay? } }
          - { id: pay, action: shop.open, with: { name: ana } }
        """),
    Place(
      name: "in a section", pay: "pay",
      steps: """
          - { id: ok, approve: { message: Pay? } }
          - { id: money, steps: [ { id: pay, action: shop.open, with: { name: ana } } ] }
        """),
    Place(
      name: "in a branch", pay: "pay",
      steps: """
          - { id: ok, approve: { message: Pay? } }
          - id: money
            parallel:
              - { id: pay, action: shop.open, with: { name: ana } }
              - { id: beside, set: { x: 1 } }
        """),
    Place(
      name: "in a case of a section", pay: "pay",
      steps: """
          - { id: ok, approve: { message: Pay? } }
          - id: money
            steps:
              - { id: way, choose: [ { steps: [ { id: pay, action: shop.open, with: { name: ana } } ] } ] }
        """),
    Place(
      name: "in a loop", pay: "all[0]/pay",
      steps: """
          - { id: ok, approve: { message: Pay? } }
          - id: all
            for_each: { in: "['x']", steps: [ { id: pay, action: shop.open, with: { name: ana } } ] }
        """),
    Place(
      name: "in a called workflow", pay: "sub/pay",
      steps: """
          - { id: ok, approve: { message: Pay? } }
          - { id: sub, workflow: inner }
        """),
    Place(
      name: "behind the section of the approval", pay: "pay",
      steps: """
          - { id: gate, steps: [ { id: ok, approve: { message: Pay? } } ] }
          - { id: pay, action: shop.open, with: { name: ana } }
        """),
  ]

  private let inner = "steps: [ { id: pay, action: shop.open, with: { name: ana } } ]"

  private func start(_ steps: String) throws -> Rehearsal {
    try Rehearsal("steps:\n" + steps, called: ["inner": inner], catalog: Shop.catalog)
  }

  private func refused(_ request: AttemptRequest) -> AttemptResult {
    .failed(Failure(code: "refused", message: "no"), canRetry: false)
  }

  private func approve(_ run: Rehearsal, by person: String = "ana", _ step: String = "ok")
    -> Refusal?
  {
    run.handle(
      .decide(step: step, approves: true, comment: nil, shown: nil),
      by: Actor(kind: .person, id: person))
  }

  private func retry(_ run: Rehearsal, _ step: String, _ name: String) -> Refusal? {
    run.handle(.retry(step: step, with: ["name": .string(name)], again: false, reason: nil))
  }

  private func shown(_ run: Rehearsal, _ step: String = "ok") throws -> ApprovalShown {
    guard case .waiting(let waiting, _)? = run.engine.state.steps[step]?.phase,
      case .approval(let shown) = waiting.cause
    else { throw NotWaiting() }
    return shown
  }

  private struct NotWaiting: Error {}

  @Test(arguments: places)
  func `the approval is void and asked again, with the value, before the step is tried`(
    place: Place
  ) throws {
    let run = try start(place.steps)
    run.proceed()
    let before = try shown(run)
    #expect(before.changes.isEmpty)
    #expect(approve(run) == nil)
    run.carryOut(refused)
    // The same again is what was approved.
    #expect(run.handle(.retry(step: place.pay, with: [:], again: false, reason: nil)) == nil)
    #expect(run.carryOut(refused) == ["shop.open ana"])
    #expect(retry(run, place.pay, "ben") == nil)
    #expect(run.carryOut() == [])
    #expect(run.park.reasons.map(\.step) == ["ok"])
    #expect(run.engine.state.steps["ok"]?.people.decisions == [])
    let anew = try shown(run)
    #expect(anew.message == before.message)
    #expect(anew.sha256 != before.sha256)
    #expect(anew.changes.map(\.step) == [place.pay])
    #expect(anew.changes.map(\.with.clear) == [["name": "ben"]])
    #expect(try run.agreesWithItsJournal())
    // Nobody passes by the approval while it is asked.
    #expect(run.handle(.skip(step: place.pay, reason: "x")) != nil)
    let stale = run.handle(
      .decide(step: "ok", approves: true, comment: nil, shown: before.sha256))
    #expect(stale?.message.contains("has changed") == true)
    #expect(approve(run) == nil)
    #expect(run.carryOut() == ["shop.open ben"])
    #expect(run.status == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a rejection holds the step, and a retry asks for the approval again`() throws {
    let run = try start(Self.places[1].steps)
    run.proceed()
    #expect(approve(run) == nil)
    run.carryOut(refused)
    #expect(retry(run, "pay", "ben") == nil)
    run.proceed()
    let decide = CommandKind.decide(step: "ok", approves: false, comment: nil, shown: nil)
    #expect(run.handle(decide) == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["ok"] == .failed)
    #expect(try run.agreesWithItsJournal())
    #expect(run.handle(.retry(step: "ok", with: [:], again: false, reason: nil)) == nil)
    run.proceed()
    #expect(try shown(run).changes.map(\.step) == ["pay"])
    #expect(approve(run) == nil)
    #expect(run.carryOut() == ["shop.open ben"])
    #expect(run.status == .succeeded)
  }

  /// The policy of the section or call around the approval, and what the run has come to and done once it
  /// was rejected.
  static let rejections: [(policy: String, defaults: String, status: RunStatus, done: [String])] = [
    ("stop", "defaults: { on_failure: continue }\n", .failed, []),
    ("continue", "", .waiting, []), ("undo", "", .undone, []),
    (
      "{ steps: [ { id: told, action: shop.tell, with: { text: told } } ], then: continue }", "",
      .waiting, ["shop.tell told"]
    ),
    ("park", "defaults: { on_failure: continue }\n", .needsAttention, []),
  ]

  @Test(arguments: rejections, [false, true])
  func `a rejection goes the way it went when it was asked first`(
    _ rejected: (policy: String, defaults: String, status: RunStatus, done: [String]),
    isCalled: Bool
  ) throws {
    let asked = try rejection(rejected.policy, rejected.defaults, isCalled, isAskedAgain: true)
    #expect(asked.done == rejected.done)
    #expect(asked.status == rejected.status)
    let first = try rejection(rejected.policy, rejected.defaults, isCalled, isAskedAgain: false)
    #expect(first.done == rejected.done)
    #expect(first.status == rejected.status)
  }

  /// What a run with an approval inside a section, or a call, has come to and done once it was rejected.
  private func rejection(
    _ policy: String, _ defaults: String, _ isCalled: Bool, isAskedAgain: Bool
  ) throws -> (status: RunStatus, done: [String]) {
    let parts = """
      steps:
        - { id: ok, approve: { message: Pay? } }
        - { id: pay, action: shop.open, with: { name: ana }, on_failure: park }
      """
    let around = isCalled ? "workflow: part" : parts.replacing("\n", with: "\n    ")
    let run = try Rehearsal(
      defaults + """
        steps:
          - id: around
            on_failure: \(policy)
            \(around)
          - { id: hold, wait: 7d }
        """, called: isCalled ? ["part": parts] : [:], catalog: Shop.catalog)
    let prefix = isCalled ? "around/" : ""
    run.proceed()
    if isAskedAgain {
      #expect(approve(run, prefix + "ok") == nil)
      run.carryOut(refused)
      #expect(retry(run, prefix + "pay", "ben") == nil)
      run.proceed()
    }
    let reject = CommandKind.decide(
      step: prefix + "ok", approves: false, comment: nil, shown: nil)
    #expect(run.handle(reject) == nil)
    let done = run.carryOut()
    #expect(try run.agreesWithItsJournal())
    return (run.status == .running ? run.park.status : run.status, done)
  }

  @Test func `what items of a loop approved is not asked again, so that nothing else is tried`()
    throws
  {
    let run = try start(
      """
        - id: each
          for_each: { in: "[1, 2]", steps: [ { id: ok, approve: { message: Pay? } } ] }
        - { id: pay, action: shop.open, with: { name: ana } }
      """)
    run.proceed()
    for item in 0...1 {
      #expect(approve(run, "each[\(item)]/ok") == nil)
      run.proceed()
    }
    run.carryOut(refused)
    let refusal = retry(run, "pay", "ben")
    #expect(refusal?.message.contains("approvals in `each` released `pay`") == true)
    #expect(run.handle(.retry(step: "pay", with: [:], again: false, reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.open ana"])
  }

  @Test func `values of steps inside what is released are shown after a rewind`() throws {
    let run = try start(
      """
        - { id: first, set: { a: 1 }, checkpoint: begun }
        - { id: ok, approve: { message: Pay? } }
        - { id: money, steps: [ { id: pay, action: shop.tell, with: { text: ana } } ] }
        - { id: hold, wait: 7d }
      """)
    run.proceed()
    #expect(approve(run) == nil)
    run.carryOut(refused)
    let other = CommandKind.retry(
      step: "pay", with: ["text": "ben"], again: false, reason: nil)
    #expect(run.handle(other) == nil)
    run.proceed()
    #expect(approve(run) == nil)
    #expect(run.carryOut() == ["shop.tell ben"])
    #expect(run.handle(.rewind(to: "begun", again: ["pay"], reason: nil)) == nil)
    run.proceed()
    #expect(try shown(run).changes.map(\.step) == ["pay"])
  }

  @Test func `another value while it is asked voids what was given meanwhile`() throws {
    let run = try start(
      """
        - { id: ok, approve: { message: Pay?, approvals: 2 } }
        - id: money
          parallel:
            - { id: one, action: shop.open, with: { name: ana } }
            - { id: two, action: shop.tell, with: { text: hi } }
      """)
    run.proceed()
    #expect(approve(run) == nil)
    #expect(approve(run, by: "lerato") == nil)
    run.carryOut(refused)
    #expect(retry(run, "one", "ben") == nil)
    run.proceed()
    #expect(approve(run) == nil)
    run.proceed()
    let first = try shown(run)
    let two = CommandKind.retry(step: "two", with: ["text": "ho"], again: false, reason: nil)
    #expect(run.handle(two) == nil)
    run.proceed()
    #expect(try shown(run).changes.map(\.step) == ["one", "two"])
    #expect(try shown(run).sha256 != first.sha256)
    #expect(run.engine.state.steps["ok"]?.people.decisions == [])
    #expect(try run.agreesWithItsJournal())
    #expect(approve(run) == nil)
    #expect(approve(run, by: "lerato") == nil)
    #expect(run.carryOut().sorted() == ["shop.open ben", "shop.tell ho"])
    #expect(run.status == .succeeded)
  }

  @Test func `an approval in another branch is of something else`() throws {
    let run = try start(
      """
        - id: both
          parallel:
            - { id: ok, approve: { message: Go? } }
            - { id: pay, action: shop.open, with: { name: ana } }
      """)
    run.carryOut(refused)
    #expect(approve(run) == nil)
    run.proceed()
    #expect(retry(run, "pay", "ben") == nil)
    #expect(run.carryOut() == ["shop.open ben"])
    #expect(run.status == .succeeded)
  }

  @Test func `whoever cancels meanwhile ends the run with nothing left open`() throws {
    let run = try start(Self.places[4].steps)
    run.proceed()
    #expect(approve(run) == nil)
    run.carryOut(refused)
    #expect(retry(run, "all[0]/pay", "ben") == nil)
    run.proceed()
    #expect(run.handle(.cancel(reason: "by mistake")) == nil)
    #expect(run.carryOut() == [])
    #expect(run.status == .cancelled)
    #expect(try run.agreesWithItsJournal())
  }
}

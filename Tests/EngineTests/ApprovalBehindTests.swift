import Testing
import Values
import Workflows

@testable import Engine

/// Other values for recovery steps and steps of `finally`: approvals in what they come behind are asked again.
@Suite struct ApprovalBehindTests {
  struct Place: Sendable, CustomTestStringConvertible {
    let name: String
    var ok = "ok"
    var back = "back"
    let steps: String
    var testDescription: String { name }
  }

  private static let pay = "{ id: pay, action: shop.tell, with: { text: ana } }"
  private static let back = "{ id: back, action: shop.tell, with: { text: back } }"
  private static let ok = "{ id: ok, approve: { message: Pay? } }"

  static let places = [
    Place(
      name: "recovery steps of a section",
      steps: """
        steps:
          - id: part
            steps: [ \(ok), \(pay) ]
            on_failure: { steps: [ \(back) ], then: park }
        """),
    Place(
      name: "recovery steps of a section around a call", ok: "call/ok",
      steps: """
        steps:
          - id: part
            steps: [ { id: call, workflow: asking }, \(pay) ]
            on_failure: { steps: [ \(back) ], then: park }
        """),
    Place(
      name: "finally of a call", ok: "call/ok", back: "call/back",
      steps: "steps: [ { id: call, workflow: finishing } ]"),
    Place(
      name: "finally of the run",
      steps: "steps: [ \(ok), { id: end, finish: { outcome: failed } } ]\nfinally: [ \(back) ]"),
  ]

  private func start(_ steps: String) throws -> Rehearsal {
    let run = try Rehearsal(
      steps + "\n",
      called: [
        "asking": "steps: [ \(Self.ok) ]",
        "finishing": "steps: [ \(Self.ok) ]\nfinally: [ \(Self.back) ]\n",
      ], catalog: Shop.catalog)
    run.proceed()
    return run
  }

  @Test(arguments: places)
  func `an approval behind which it comes is asked again`(_ place: Place) throws {
    let run = try start(place.steps)
    #expect(run.approve(place.ok) == nil)
    #expect(run.carryOut(refusing: ["ana", "back"]).last == "shop.tell back")
    #expect(run.retry(place.back, text: "other") == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses[place.ok] == .waiting)
    #expect(try run.shown(place.ok).changes.map(\.step) == [place.back])
    #expect(try run.agreesWithItsJournal())
    #expect(run.approve(place.ok) == nil)
    #expect(run.carryOut() == ["shop.tell other"])
    #expect(try run.agreesWithItsJournal())
  }

  @Test(arguments: places)
  func `as it was approved it is tried again`(_ place: Place) throws {
    let run = try start(place.steps)
    #expect(run.approve(place.ok) == nil)
    run.carryOut(refusing: ["ana", "back"])
    #expect(run.retry(place.back) == nil)
    #expect(run.carryOut() == ["shop.tell back"])
    #expect(run.statuses[place.ok] == .succeeded)
  }

  @Test func `a rejection holds the recovery steps`() throws {
    let run = try start(Self.places[0].steps)
    #expect(run.approve() == nil)
    run.carryOut(refusing: ["ana", "back"])
    #expect(run.retry("back", text: "other") == nil)
    run.proceed()
    #expect(run.reject() == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["ok"] == .failed)
    #expect(run.park.reasons.map(\.step).contains("ok"))
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `behind approvals of a loop recovery steps are not tried with other values`() throws {
    let run = try start(
      """
      steps:
        - id: each
          for_each:
            in: "[1, 2]"
            steps: [ { id: ok, if: item == 1, approve: { message: Pay? } }, \(Self.pay) ]
          on_failure: { steps: [ \(Self.back) ], then: park }
      """)
    #expect(run.approve("each[0]/ok") == nil)
    var calls = 0
    run.carryOut { request in
      calls += 1
      if calls == 1 { return Shop.answer(request) }
      return .failed(Failure(code: "refused", message: "no"), canRetry: false)
    }
    #expect(run.statuses["back"] == .failed)
    let refusal = run.retry("back", text: "other")
    #expect(refusal?.message.contains("approvals in `each` released `back`") == true)
  }

  // MARK: Moved runs

  @Test func `an approval of earlier rounds is asked again where its call has another id`() throws {
    func body(_ call: String) -> String {
      """
      steps:
        - id: rep
          repeat:
            until: index == 1
            steps: [ { id: \(call), workflow: asking } ]
        - { id: pay, action: shop.tell, with: { text: ana } }
      """
    }
    let called = ["asking": "steps: [ \(Self.ok) ]"]
    let run = try start(body("call"))
    for round in 0...1 {
      #expect(run.approve("rep[\(round)]/call/ok") == nil)
      run.carryOut(refusing: ["ana"])
    }
    let new = try Rehearsal.version(body("gate"), called: called)
    try run.move(to: new, ["rep[1]/gate": "keep"])
    #expect(run.retry("pay", text: "ben") == nil)
    run.proceed()
    #expect(run.statuses["rep[1]/gate/ok"] == .waiting)
  }
}

import Testing
import Values
import Workflows

@testable import Engine

/// What a question for approval names: every value that is not the procedure's, wherever it comes behind.
@Suite struct ReleasedValueTests {
  struct Gate: Sendable, CustomTestStringConvertible {
    let name: String
    var ok = "ok"
    let steps: String
    var testDescription: String { name }
  }

  /// Where the approval stands before `pay`.
  static let gates = [
    Gate(
      name: "in a section",
      steps: "- { id: gate, steps: [ { id: ok, approve: { message: Pay? } } ] }"),
    Gate(name: "in a call", ok: "gate/ok", steps: "- { id: gate, workflow: inner }"),
    Gate(
      name: "in a call of a section", ok: "gate/ok",
      steps: "- { id: part, steps: [ { id: gate, workflow: inner } ] }"),
    Gate(
      name: "in a case",
      steps: "- { id: gate, choose: [ { steps: [ { id: ok, approve: { message: Pay? } } ] } ] }"),
    Gate(
      name: "in a branch",
      steps: """
        - id: gate
            parallel:
              - { id: ok, approve: { message: Pay? } }
              - { id: beside, set: { x: 1 } }
        """),
  ]

  private func start(_ gate: String, _ pay: String = "") throws -> Rehearsal {
    let behind =
      pay.isEmpty ? "- { id: pay, action: shop.tell, with: { text: ana } }" : pay
    return try Rehearsal(
      """
      steps:
        - { id: first, set: { a: 1 }, checkpoint: begun }
        \(gate)
        \(behind)
        - { id: hold, wait: 7d }
      """, called: ["inner": "steps: [ { id: ok, approve: { message: Pay? } } ]"],
      catalog: Shop.catalog)
  }

  /// Goes back to before the approval, with another value for what comes behind it.
  private func goBack(_ run: Rehearsal, _ ok: String) throws -> ApprovalShown {
    run.proceed()
    let first = try run.shown(ok)
    #expect(first.changes.isEmpty)
    #expect(run.approve(ok) == nil)
    run.carryOut(refusing: ["ana"])
    #expect(run.retry("pay", text: "ben") == nil)
    run.proceed()
    #expect(run.reject(ok) == nil)
    run.proceed()
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    run.proceed()
    #expect(try run.agreesWithItsJournal())
    return first
  }

  @Test(arguments: gates)
  func `after a rewind it names what comes behind the steps around it`(_ gate: Gate) throws {
    let run = try start(gate.steps)
    let first = try goBack(run, gate.ok)
    let anew = try run.shown(gate.ok)
    #expect(anew.changes.map(\.step) == ["pay"])
    #expect(anew.changes.map(\.with.clear) == [["text": "ben"]])
    #expect(anew.sha256 != first.sha256)
    #expect(run.approve(gate.ok) == nil)
    #expect(run.carryOut() == ["shop.tell ben"])
  }

  @Test func `what comes in a section behind it is named, too`() throws {
    let run = try start(
      Self.gates[0].steps,
      "- { id: money, steps: [ { id: pay, action: shop.tell, with: { text: ana } } ] }")
    _ = try goBack(run, "ok")
    #expect(try run.shown().changes.map(\.step) == ["pay"])
  }

  @Test func `what is asked again names every value that comes behind it`() throws {
    let run = try start(
      Self.gates[0].steps,
      """
      - { id: say, action: shop.tell, with: { text: hi } }
        - { id: pay, action: shop.tell, with: { text: ana } }
      """)
    run.proceed()
    #expect(run.approve() == nil)
    run.carryOut(refusing: ["ana"])
    #expect(run.retry("pay", text: "ben") == nil)
    run.proceed()
    #expect(run.handle(.rewind(to: "begun", again: ["say"], reason: nil)) == nil)
    run.proceed()
    #expect(run.approve() == nil)
    run.carryOut(refusing: ["hi"])
    #expect(run.retry("say", text: "ho") == nil)
    run.proceed()
    #expect(try run.shown().changes.map(\.step) == ["pay", "say"])
    #expect(run.approve() == nil)
    #expect(run.carryOut() == ["shop.tell ho", "shop.tell ben"])
  }

  @Test func `recovery steps that have a step tried again name its values`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: pay
          action: shop.tell
          with: { text: ana }
          on_failure: { steps: [ { id: ok, approve: { message: Again? } } ], then: retry }
      """, catalog: Shop.catalog)
    run.carryOut(refusing: ["ana"])
    #expect(try run.shown().changes.isEmpty)
    #expect(run.retry("pay", text: "ben") == nil)
    run.carryOut(refusing: ["ben"])
    #expect(try run.shown().changes.map(\.step) == ["pay"])
    #expect(run.approve() == nil)
    #expect(run.carryOut() == ["shop.tell ben"])
    #expect(run.status == .succeeded)
  }

  @Test func `a branch releases nothing of those beside it`() throws {
    let run = try start(
      """
      - id: both
          parallel:
            - { id: pay, action: shop.tell, with: { text: ana } }
            - id: other
              steps:
                - { id: later, wait: 1h }
                - { id: ok, approve: { message: Go? } }
      """, "- { id: end, set: { x: 1 } }")
    run.carryOut(refusing: ["ana"])
    #expect(run.retry("pay", text: "ben") == nil)
    run.carryOut(refusing: ["ben"])
    run.now = run.now.adding(TimeSpan(seconds: 7200)) ?? run.now
    run.proceed()
    #expect(try run.shown().changes.isEmpty)
  }
}

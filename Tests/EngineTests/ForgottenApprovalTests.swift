import Testing
import Values
import Workflows

@testable import Engine

/// What was approved in rounds and items that are over.
@Suite struct ForgottenApprovalTests {
  private func start(_ steps: String, called: [String: String] = [:]) throws -> Rehearsal {
    let run = try Rehearsal("steps:\n" + steps, called: called, catalog: Shop.catalog)
    run.proceed()
    return run
  }

  struct Loop: Sendable, CustomTestStringConvertible {
    let name: String
    let ok: String
    let pay: String
    let steps: String
    var testDescription: String { name }
  }

  /// Loops of which only the first round asks for approval.
  static let loops = [
    Loop(
      name: "in a later round", ok: "rep[0]/ok", pay: "rep[1]/pay",
      steps: """
          - id: rep
            repeat:
              until: index == 1
              steps:
                - { id: ok, if: index == 0, approve: { message: Pay twice? } }
                - { id: pay, if: index == 1, action: shop.tell, with: { text: ana } }
        """),
    Loop(
      name: "behind the rounds", ok: "rep[0]/ok", pay: "pay",
      steps: """
          - id: rep
            repeat:
              until: index == 1
              steps:
                - { id: ok, if: index == 0, approve: { message: Pay? } }
                - { id: mark, set: { a: 1 } }
          - { id: pay, action: shop.tell, with: { text: ana } }
        """),
    Loop(
      name: "behind a call in the rounds", ok: "rep[0]/sub/ok", pay: "pay",
      steps: """
          - id: part
            steps:
              - id: rep
                repeat:
                  until: index == 1
                  steps:
                    - { id: sub, if: index == 0, workflow: inner }
                    - { id: mark, set: { a: 1 } }
          - { id: pay, action: shop.tell, with: { text: ana } }
        """),
    Loop(
      name: "in a later round, before the approval", ok: "rep[0]/ok", pay: "rep[1]/pay",
      steps: """
          - id: rep
            repeat:
              until: index == 1
              steps:
                - { id: pay, if: index == 1, action: shop.tell, with: { text: ana } }
                - { id: ok, approve: { message: Pay? } }
        """),
    Loop(
      name: "behind items in an earlier round", ok: "rep[0]/each[0]/ok", pay: "pay",
      steps: """
          - id: rep
            repeat:
              until: index == 1
              steps:
                - id: each
                  if: index == 0
                  for_each: { in: "[1]", steps: [ { id: ok, approve: { message: Pay? } } ] }
                - { id: mark, set: { a: 1 } }
          - { id: pay, action: shop.tell, with: { text: ana } }
        """),
  ]

  @Test(arguments: loops)
  func `what only an earlier round approved is not tried with other values`(
    _ loop: Loop
  ) throws {
    let run = try start(
      loop.steps, called: ["inner": "steps: [ { id: ok, approve: { message: Pay? } } ]"])
    #expect(run.approve(loop.ok) == nil)
    #expect(run.carryOut(refusing: ["ana"]) == ["shop.tell ana"])
    let refusal = run.retry(loop.pay, text: "ben")
    #expect(refusal?.message.contains("approvals in `rep` released `\(loop.pay)`") == true)
    #expect(refusal?.hint?.contains("baton done") == true)
    #expect(refusal?.hint?.contains("rewind") == false)
    #expect(try run.agreesWithItsJournal())
    #expect(run.retry(loop.pay) == nil)
    #expect(run.carryOut() == ["shop.tell ana"])
  }

  @Test(arguments: [true, false])
  func `the same approval of the last round is asked again`(isInside: Bool) throws {
    let pay = "- { id: pay, action: shop.tell, with: { text: ana } }"
    let run = try start(
      """
        - id: rep
          repeat:
            until: index == 1
            steps:
              - { id: ok, approve: { message: Pay? } }
              \(isInside ? pay : "")
        \(isInside ? "" : pay)
      """)
    #expect(run.approve("rep[0]/ok") == nil)
    run.carryOut()
    #expect(run.approve("rep[1]/ok") == nil)
    run.carryOut(refusing: ["ana"])
    let address = isInside ? "rep[1]/pay" : "pay"
    #expect(run.retry(address, text: "ben") == nil)
    run.proceed()
    #expect(try run.shown("rep[1]/ok").changes.map(\.step) == [address])
    #expect(run.approve("rep[1]/ok") == nil)
    #expect(run.carryOut() == ["shop.tell ben"])
  }

  /// Loops over a list in which nobody is asked.
  static let quiet = [
    "- { id: ok, if: item > 5, approve: { message: Pay? } }",
    """
    - id: say
              action: shop.tell
              with: { text: hi }
              on_failure: { steps: [ { id: ok, approve: { message: Go on? } } ], then: continue }
    """,
  ]

  @Test(arguments: quiet)
  func `where nobody approved anything it is tried with other values`(_ steps: String) throws {
    let run = try start(
      """
        - id: each
          for_each:
            in: "[1, 2]"
            steps:
              \(steps)
        - { id: pay, action: shop.tell, with: { text: ana } }
      """)
    run.carryOut(refusing: ["ana"])
    #expect(run.retry("pay", text: "ben") == nil)
    #expect(run.carryOut() == ["shop.tell ben"])
    #expect(run.status == .succeeded)
  }
}

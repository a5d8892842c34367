import Testing
import Values
import Workflows

@testable import Engine

/// A doubt beside something that ends, takes back or puts right.
@Suite struct DoubtBesideTests {
  private func rehearsal(_ body: String, called: [String: String] = [:]) throws -> Rehearsal {
    try Rehearsal(body, called: called, catalog: Till.catalog)
  }

  private func resolve(_ step: String, happened: Bool) -> CommandKind {
    .resolve(
      step: step, happened: happened, values: happened ? ["id": "seen"] : [:], reason: "looked")
  }

  /// Begins both branches; the one that is called `lost` ends first, without an answer.
  private func beginBoth(_ run: Rehearsal, losing lost: String) throws -> AttemptRequest {
    let first = try #require(run.nextAttempt())
    run.start(first)
    let second = try #require(run.nextAttempt())
    run.start(second)
    let (o, other) = first.address.hasSuffix(lost) ? (first, second) : (second, first)
    run.end(other, Till.refused)
    run.proceed()
    return o
  }

  @Test func `taking back waits for an answer beside it, and asks the world`() throws {
    let run = try rehearsal(
      """
      steps:
        - id: both
          parallel:
            - { id: o, action: till.bill, with: { amount: 1 }, undo: { action: till.refund, with: { amount: 1 } } }
            - { id: f, action: till.tell, with: { text: x }, on_failure: undo }
      """)
    run.end(try beginBoth(run, losing: "o"), Till.lost)
    #expect(run.look(finding: true)?.address == "o")
    #expect(run.statuses["o"] == .succeeded)
    #expect(run.types.contains("run.undoing"))
    #expect(run.nextAttempt()?.call.operation == "till.refund")
  }

  @Test func `taking back waits until a doubt beside it is settled`() throws {
    let run = try rehearsal(
      """
      steps:
        - id: both
          parallel:
            - { id: o, action: till.pay, effects: once, with: { amount: 1 } }
            - { id: f, action: till.tell, with: { text: x }, on_failure: undo }
      """)
    run.end(try beginBoth(run, losing: "o"), Till.lost)
    run.proceed()
    #expect(run.statuses["o"] == .inDoubt)
    #expect(!run.types.contains("run.undoing"))
    #expect(run.park.status == .needsAttention)
    #expect(run.park.reasons.map(\.step) == ["o"])
    #expect(run.handle(resolve("o", happened: true)) == nil)
    #expect(run.nextAttempt()?.call.operation == "till.refund")
    #expect(try run.agreesWithItsJournal())
  }

  @Test(arguments: [
    "finish: { outcome: failed }", "action: till.tell, with: { text: x }, on_failure: stop",
  ])
  func `the world is asked before a run ends beside a lost answer`(_ end: String) throws {
    let run = try rehearsal(
      """
      steps:
        - id: both
          parallel:
            - { id: o, action: till.bill, with: { amount: 1 } }
            - { id: f, \(end) }
      """)
    let o = try #require(run.nextAttempt())
    run.start(o)
    if let f = run.nextAttempt() {
      run.start(f)
      run.end(f, Till.refused)
    }
    run.proceed()
    run.end(o, Till.lost)
    #expect(run.look(finding: true)?.address == "o")
    #expect(run.status == .failed)
    #expect(!run.types.contains("step.in_doubt"))
  }

  @Test(arguments: ["succeeded", "failed"])
  func `a called workflow ends once it is known what came of all in it`(_ outcome: String) throws {
    let run = try rehearsal(
      """
      steps:
        - { id: call, workflow: other, on_failure: continue }
        - { id: hold, wait: 7d }
      """,
      called: [
        "other": """
        steps:
          - id: both
            parallel:
              - { id: o, action: till.pay, effects: once, with: { amount: 1 } }
              - id: f
                steps:
                  - { id: t, action: till.tell, with: { text: x } }
                  - { id: end, finish: { outcome: \(outcome) } }
        """
      ])
    let o = try #require(run.nextAttempt())
    run.start(o)
    run.play([.succeeded([:])])
    run.end(o, Till.lost)
    run.proceed()
    #expect(run.statuses["call/o"] == .inDoubt)
    #expect(run.statuses["hold"] == nil)
    #expect(run.park.reasons.map(\.step) == ["call/o"])
    #expect(run.handle(.undo(reason: nil)) != nil)
    #expect(run.handle(resolve("call/o", happened: true)) == nil)
    run.proceed()
    #expect(run.statuses["hold"] == .waiting)
    #expect(run.statuses["call/o"] == .succeeded)
    #expect(try run.agreesWithItsJournal())
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.nextAttempt()?.call.operation == "till.refund")
  }

  /// Journals of old have doubts that the run has passed.
  @Test func `a doubt that a called workflow left behind can be settled, and is before more`()
    throws
  {
    let run = try rehearsal(
      """
      steps:
        - { id: call, workflow: other, checkpoint: done }
        - { id: hold, wait: 7d }
      """,
      called: [
        "other": "steps: [ { id: o, action: till.pay, effects: once, with: { amount: 1 } } ]"
      ])
    run.play([Till.lost])
    run.apply(.workflowFinishing(status: .succeeded, message: nil), step: "call")
    run.proceed()
    #expect(run.statuses["hold"] == .waiting && run.statuses["call/o"] == .inDoubt)
    #expect(run.park.reasons.map(\.step).contains("call/o"))
    for command in [CommandKind.undo(reason: nil), .rewind(to: "done", again: [], reason: nil)] {
      #expect(run.handle(command)?.message.hasPrefix("`call/o` is in doubt") == true)
    }
    #expect(run.handle(resolve("call/o", happened: true)) == nil)
    #expect(run.statuses["call/o"] == .succeeded)
    #expect(try run.agreesWithItsJournal())
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.nextAttempt()?.inputs == ["amount": 1])
  }

  @Test func `a repeat begins no other round while its step is in doubt`() throws {
    let run = try rehearsal(
      """
      steps:
        - id: loop
          repeat:
            steps: [ { id: k, action: till.pay, with: { amount: 1 }, on_failure: continue } ]
            until: steps.k.status == 'succeeded'
            at_most: 3
      """)
    let tries = run.play([Till.lost, Till.lost, Till.paid])
    #expect(tries.count == 2)
    #expect(run.statuses["loop[0]/k"] == .inDoubt)
  }

  @Test func `nothing is said of a failed step before a doubt in its recovery is settled`() throws {
    let run = try rehearsal(
      """
      steps:
        - id: one
          action: till.tell
          with: { text: x }
          on_failure:
            steps: [ { id: fix, action: till.pay, effects: once, with: { amount: 1 } } ]
            then: park
      """)
    run.play([Till.lost, Till.lost, Till.lost])
    #expect(run.statuses["fix"] == .inDoubt)
    let early = run.handle(.resolve(step: "one", happened: true, values: [:], reason: "seen"))
    #expect(early?.message.contains("`fix`, of the recovery steps") == true)
    #expect(run.handle(resolve("fix", happened: true)) == nil)
    run.proceed()
    let settled = run.handle(.resolve(step: "one", happened: true, values: [:], reason: "seen"))
    #expect(settled == nil)
    run.proceed()
    #expect(run.status == .succeeded)
  }
}

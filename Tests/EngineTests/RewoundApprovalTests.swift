import Testing
import Values
import Workflows

@testable import Engine

/// Approvals that come once a run has gone back, in what keeps some of what it did.
@Suite struct RewoundApprovalTests {
  private func rehearsal(_ steps: String) throws -> Rehearsal {
    let run = try Rehearsal(
      """
      steps:
        - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }
      \(steps)
        - { id: hold, wait: 7d }
      """, catalog: Shop.catalog)
    run.carryOut()
    return run
  }

  private func rewind(_ run: Rehearsal) -> Refusal? {
    run.handle(.rewind(to: "begun", again: [], reason: nil))
  }

  private func skip(_ run: Rehearsal, _ step: String) -> Refusal? {
    run.handle(.skip(step: step, reason: "no time"))
  }

  private func done(_ run: Rehearsal, _ step: String) -> Refusal? {
    run.handle(.done(step: step, values: [:], reason: "by phone", evidence: []))
  }

  @Test func `what keeps its outcome behind an approval that is asked again says nothing of it`()
    throws
  {
    let run = try rehearsal(
      """
        - { id: one, action: shop.open, with: { name: ana } }
        - id: part
          preconditions: [ { check: "steps.one.outputs.id == 'ana-0'", message: another } ]
          steps:
            - { id: ok, approve: { message: Pay? } }
            - { id: paid, action: shop.tell, with: { text: paid } }
            - { id: room, action: shop.rent, with: { name: room } }
      """)
    #expect(run.approve() == nil)
    run.carryOut()
    let preview = try run.engine.rewindPreview(to: "begun", again: [])
    #expect(preview.kept == ["paid"])
    #expect(preview.voided == ["ok"])
    #expect(rewind(run) == nil)
    run.carryOut()
    #expect(run.statuses["part"] == .blocked)
    let refused = "`part` holds the approval `ok`, which nobody has given"
    #expect(skip(run, "part")?.message.hasPrefix(refused) == true)
    #expect(done(run, "part")?.message.hasPrefix(refused) == true)
    #expect(!run.engine.canSkip("part"))
    #expect(!run.engine.canBeDoneByHand("part"))
  }

  // MARK: Partly taken back

  /// Goes back, and has somebody pass over taking back what the first item or round did.
  private func tearApart(_ run: Rehearsal, _ loop: String) {
    #expect(rewind(run) == nil)
    run.carryOut { request in
      request.address == "\(loop)[0]/one.undo"
        ? .failed(Failure(code: "busy", message: "no"), canRetry: false) : Shop.answer(request)
    }
    #expect(skip(run, "\(loop)[0]/one.undo") == nil)
    run.carryOut()
    #expect(run.engine.state.steps[loop]?.failure?.code == Failure.partlyTakenBack)
  }

  private static let inside =
    "{ id: one, action: shop.open, with: { name: ana } }, { id: ok, approve: { message: Fine? } }"

  @Test func `a loop of which only part was taken back is not passed over with its approvals`()
    throws
  {
    let run = try rehearsal(
      """
        - id: each
          for_each:
            in: "['a', 'b']"
            max_parallel: 2
            steps: [ \(Self.inside) ]
      """)
    #expect(run.statuses["each[1]/ok"] == .waiting)
    tearApart(run, "each")
    let refusal = skip(run, "each")
    #expect(refusal?.message.hasPrefix("`each` holds the approval `each[0]/ok`") == true)
    #expect(
      refusal?.hint?.hasPrefix("have it tried again: baton retry 20261120-abc234 each --again;")
        == true)
    #expect(done(run, "each")?.hint == refusal?.hint)
    let retry = run.retry("each")
    #expect(
      retry?.hint == "have all of it done again: baton retry 20261120-abc234 each --again")
    let again = CommandKind.retry(step: "each", with: [:], again: true, reason: nil)
    #expect(run.handle(again) == nil)
    #expect(run.carryOut() == ["shop.open ana", "shop.open ana"])
    #expect(run.statuses["each[0]/ok"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `nor is a loop of rounds, and nobody is told to pass over it`() throws {
    let run = try rehearsal(
      """
        - id: rounds
          repeat:
            until: steps.one.outputs.id == 'never'
            at_most: 5
            steps: [ \(Self.inside) ]
      """)
    #expect(run.approve("rounds[0]/ok") == nil)
    run.carryOut()
    tearApart(run, "rounds")
    #expect(
      run.retry("rounds")?.hint
        == "have all of it done again: baton retry 20261120-abc234 rounds --again")
    #expect(
      skip(run, "rounds")?.hint?
        .hasPrefix("have it tried again: baton retry 20261120-abc234 rounds --again;") == true)
  }

  @Test func `where all of its approvals were given it is passed over`() throws {
    let run = try rehearsal(
      """
        - id: each
          for_each:
            in: "['a', 'b']"
            max_parallel: 2
            steps: [ \(Self.inside), { id: sure, ask: { fields: { n: integer } } } ]
      """)
    for index in 0...1 { #expect(run.approve("each[\(index)]/ok") == nil) }
    run.carryOut()
    tearApart(run, "each")
    #expect(run.retry("each")?.hint?.contains("or go on as it is: baton skip") == true)
    #expect(skip(run, "each") == nil)
    run.carryOut()
    #expect(run.statuses["hold"] == .waiting)
  }
}

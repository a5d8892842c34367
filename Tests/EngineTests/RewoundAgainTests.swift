import Testing
import Values
import Workflows

@testable import Engine

/// What a run comes to once more after it has gone back, without anything of it being done twice.
@Suite struct RewoundAgainTests {
  private func rehearsal(_ steps: String) throws -> Rehearsal {
    let run = try Rehearsal(
      """
      steps:
        - { id: start, set: { x: 1 }, checkpoint: begun }
      \(steps)
        - { id: hold, wait: 7d }
      """, catalog: Shop.catalog)
    carryOut(run)
    return run
  }

  /// Nobody opens an account for `wrong`.
  @discardableResult
  private func carryOut(_ run: Rehearsal) -> [String] {
    run.carryOut { request in
      request.inputs["name"] == "wrong"
        ? .failed(Failure(code: "unknown", message: "no"), canRetry: false) : Shop.answer(request)
    }
  }

  private func rewind(_ run: Rehearsal, again: [String] = []) -> Refusal? {
    run.handle(.rewind(to: "begun", again: again, reason: nil))
  }

  // MARK: Taken back by people

  private static let manual = """
      - id: part
        undo: { manual: Tear it down }
        steps:
          - { id: paid, action: shop.tell, with: { text: paid } }
          - { id: room, action: shop.open, with: { name: ana } }
      - { id: ok, approve: { message: Fine? }, undo: { manual: Tell the board } }
    """

  private func approved(again: [String] = [], rewinds: Int) throws -> Rehearsal {
    let run = try rehearsal(Self.manual)
    #expect(run.approve() == nil)
    carryOut(run)
    for _ in 0..<rewinds {
      #expect(rewind(run, again: again) == nil)
      carryOut(run)
      #expect(run.approve() == nil)
      carryOut(run)
    }
    #expect(run.statuses["hold"] == .waiting)
    return run
  }

  @Test func `people take back once what was done once`() throws {
    let run = try approved(rewinds: 2)
    #expect(run.engine.undoPreview.entries.map(\.step) == ["ok", "part", "room"])
    #expect(try run.agreesWithItsJournal())
    #expect(run.handle(.undo(reason: nil)) == nil)
    for step in ["ok.undo3", "part.undo3"] {
      carryOut(run)
      #expect(run.statuses[step] == .waiting)
      #expect(
        run.handle(.done(step: step, values: [:], reason: "by phone", evidence: [])) == nil)
    }
    carryOut(run)
    #expect(run.status == .undone)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `where the run has not come to it once more, what was done is still taken back`()
    throws
  {
    let run = try approved(rewinds: 1)
    #expect(rewind(run) == nil)
    carryOut(run)
    #expect(run.statuses["ok"] == .waiting)
    #expect(run.engine.undoPreview.entries.map(\.step) == ["part", "room", "ok"])
  }

  @Test func `a part that was done again as a whole was done twice`() throws {
    let run = try approved(again: ["part"], rewinds: 1)
    #expect(run.engine.undoPreview.entries.map(\.step) == ["ok", "part", "room", "part"])
  }

  // MARK: Corrected in loops

  private static let inside =
    "{ id: one, action: shop.open, with: { name: wrong } }, { id: q, ask: { fields: { n: integer } } }"

  @Test(arguments: [
    "for_each: { in: \"['a', 'b']\", steps: [ \(inside) ] }",
    "repeat: { until: 'true', at_most: 2, steps: [ \(inside) ] }",
  ])
  func `what a person corrected in a loop counts again`(loop: String) throws {
    let run = try rehearsal("  - { id: each, \(loop) }")
    let retry = CommandKind.retry(
      step: "each[0]/one", with: ["name": "right"], again: false, reason: nil)
    #expect(run.handle(retry) == nil)
    carryOut(run)
    #expect(run.statuses["each[0]/q"] == .waiting)
    let preview = try run.engine.rewindPreview(to: "begun", again: [])
    #expect(preview.corrected.map(\.step) == ["each[0]/one"])
    #expect(preview.corrected.map(\.with.clear) == [["name": "right"]])
    #expect(rewind(run) == nil)
    #expect(carryOut(run) == ["shop.close right-2", "shop.open right"])
    #expect(run.statuses["each[0]/q"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `an item that may be another one is not begun with what was for the earlier`() throws {
    let run = try rehearsal(
      """
        - { id: who, action: shop.open, with: { name: ana } }
        - id: each
          for_each:
            in: "[steps.who.outputs.id]"
            steps: [ \(Self.inside) ]
      """)
    let retry = CommandKind.retry(
      step: "each[0]/one", with: ["name": "right"], again: false, reason: nil)
    #expect(run.handle(retry) == nil)
    carryOut(run)
    #expect(try run.engine.rewindPreview(to: "begun", again: []).corrected.isEmpty)
    #expect(rewind(run) == nil)
    #expect(carryOut(run).last == "shop.open wrong")
    #expect(run.statuses["each[0]/one"] == .failed)
  }
}

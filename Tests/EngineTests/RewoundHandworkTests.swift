import Testing
import Values
import Workflows

@testable import Engine

/// Parts that a person did by hand as a whole, and parts that are taken back as a whole, once a run goes back.
@Suite struct RewoundHandworkTests {
  private static let closed =
    "preconditions: [ { check: \"steps.start.status == 'failed'\", message: closed } ]"

  private func rehearsal(
    _ steps: String, called: [String: String] = [:],
    _ world: (AttemptRequest) -> AttemptResult = Shop.answer
  ) throws -> Rehearsal {
    let run = try Rehearsal(
      """
      steps:
        - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }
      \(steps)
        - { id: hold, wait: 7d }
      """, called: called, catalog: Shop.catalog)
    run.carryOut(world)
    return run
  }

  private func done(_ run: Rehearsal, _ step: String, _ values: ValueMap = [:]) {
    let done = CommandKind.done(step: step, values: values, reason: "by phone", evidence: [])
    #expect(run.handle(done) == nil)
    run.carryOut()
  }

  private func rewind(
    _ run: Rehearsal, to name: String = "begun", again: [String] = []
  ) -> Refusal? {
    run.handle(.rewind(to: name, again: again, reason: nil))
  }

  @Test func `a part that somebody did by hand is not done by the machine`() throws {
    let called = [
      "inner": """
      outputs: { r: "${{ steps.pay.status }}" }
      steps: [ { id: pay, action: shop.tell, with: { text: pay } } ]
      """
    ]
    let run = try rehearsal(
      """
        - { id: call, workflow: inner, \(Self.closed) }
        - { id: part, \(Self.closed), steps: [ { id: s, action: shop.tell, with: { text: s } } ] }
        - id: pick
          \(Self.closed)
          choose: [ { steps: [ { id: c, action: shop.tell, with: { text: c } } ] } ]
        - { id: one, action: shop.open, with: { name: ana } }
        - id: each
          \(Self.closed)
          for_each:
            in: "['a']"
            steps: [ { id: mail, action: shop.tell, with: { text: "${{ steps.one.outputs.id }}" } } ]
      """, called: called)
    done(run, "call", ["r": "hand7"])
    for step in ["part", "pick", "each"] { done(run, step) }
    #expect(run.statuses["hold"] == .waiting)
    #expect(
      run.engine.undoPreview.irreversible.map(\.step) == ["call", "each", "part", "pick", "start"])
    let preview = try run.engine.rewindPreview(to: "begun", again: [])
    #expect(preview.kept == ["call", "part", "pick", "each"])
    #expect(preview.outdated == ["each"])
    #expect(preview.renewed == [])
    let again = try run.engine.rewindPreview(to: "begun", again: ["part"])
    #expect(again.again == ["part"])
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana"])
    #expect(run.engine.state.steps["call"]?.outputs.clear["r"] == "hand7")
    #expect(run.statuses["hold"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `in an item of a loop it counts as well`() throws {
    let run = try rehearsal(
      """
        - id: each
          for_each:
            in: "['a']"
            steps:
              - { id: part, \(Self.closed), steps: [ { id: s, action: shop.tell, with: { text: s } } ] }
              - { id: ok, approve: { message: Go on? } }
      """)
    done(run, "each[0]/part")
    #expect(run.approve("each[0]/ok") == nil)
    run.carryOut()
    #expect(run.statuses["hold"] == .waiting)
    #expect(try run.engine.rewindPreview(to: "begun", again: []).kept == ["each"])
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["hold"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what was only known of it is asked again where it reads what is done anew`() throws {
    let run = try rehearsal(
      """
        - { id: one, action: shop.open, with: { name: ana } }
        - id: part
          \(Self.closed)
          steps: [ { id: q, ask: { message: "${{ steps.one.outputs.id }}", fields: { n: integer } } } ]
        - { id: alone, \(Self.closed), steps: [ { id: z, ask: { fields: { n: integer } } } ] }
      """)
    for step in ["part", "alone"] { done(run, step) }
    let preview = try run.engine.rewindPreview(to: "begun", again: [])
    #expect(preview.renewed == ["part"])
    #expect(preview.kept == ["alone"])
  }

  @Test func `of a part that was done by hand in its middle nothing is taken back alone`() throws {
    let called = [
      "inner": """
      steps:
        - { id: one, action: shop.open, with: { name: ana } }
        - { id: end, if: steps.one.status == 'succeeded', finish: { outcome: failed } }
        - { id: two, action: shop.tell, with: { text: two } }
      """
    ]
    let run = try rehearsal("  - { id: call, workflow: inner }", called: called)
    #expect(run.statuses["call"] == .failed)
    done(run, "call")
    #expect(run.statuses["hold"] == .waiting)
    let refusal = rewind(run)
    #expect(
      refusal?.message
        == "`call` was done by hand as a whole, and some of it would be taken back or done again")
    #expect(refusal?.hint == "to do all of it again: --again call")
    #expect(rewind(run, again: ["call"]) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana"])
  }

  @Test func `where the machine came through all of it each step keeps its own outcome`() throws {
    let called = [
      "inner": """
      outputs: { r: "${{ steps.one.outputs.id }}" }
      steps:
        - { id: mail, action: shop.tell, with: { text: mail } }
        - { id: one, action: shop.open, with: { name: ana } }
      """
    ]
    let run = try rehearsal(
      "  - { id: call, workflow: inner, verify: [ { check: outputs.r == 'good', message: no } ] }",
      called: called)
    #expect(run.statuses["call"] == .failed)
    done(run, "call", ["r": "good"])
    #expect(run.statuses["hold"] == .waiting)
    #expect(run.engine.undoPreview.irreversible.map(\.step) == ["call/mail", "start"])
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana"])
    #expect(try run.agreesWithItsJournal())
  }

  private static let unfit =
    "verify: [ { action: shop.find, with: { name: x }, check: \"!outputs.found\", message: no } ]"
  private static let ending = [
    "inner": """
    steps:
      - { id: mail, action: shop.tell, with: { text: mail } }
      - { id: one, action: shop.open, with: { name: ana } }
      - { id: end, if: steps.one.status == 'succeeded', finish: succeeded }
      - { id: two, action: shop.tell, with: { text: two } }
    """
  ]

  @Test(arguments: [
    (
      "repeat: { until: 'true', at_most: 2, steps: [ { id: one, action: shop.open, with: { name: ana } } ] }",
      ["start"]
    ),
    ("workflow: inner", ["part/mail", "start"]),
    (
      "steps: [ { id: one, action: shop.open, with: { name: ana } }, { id: jump, if: steps.one.status == 'succeeded', go_to: last }, { id: two, action: shop.tell, with: { text: two } }, { id: last, set: { x: 1 } } ]",
      ["start"]
    ),
  ])
  func `so it did where it came to an end before all of it`(kind: String, staying: [String]) throws
  {
    let run = try rehearsal("  - { id: part, \(Self.unfit), \(kind) }", called: Self.ending)
    run.look(finding: true)
    run.proceed()
    #expect(run.statuses["part"] == .failed)
    done(run, "part", kind.hasPrefix("repeat") ? ["id": "ana-0"] : [:])
    #expect(run.statuses["hold"] == .waiting)
    #expect(run.engine.undoPreview.irreversible.map(\.step) == staying)
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana"])
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `by a journal of before the call that ended itself was done as a whole`() throws {
    let called = Self.ending.mapValues { $0.replacing("shop.open", with: "shop.find") }
    let run = try rehearsal("  - { id: part, \(Self.unfit), workflow: inner }", called: called)
    run.look(finding: true)
    run.proceed()
    done(run, "part")
    #expect(rewind(run) == nil)
    var engine = try run.folded(run.events.count)
    let data: ValueMap = [
      "from_first_round": true, "keeps_effects": true, "renews_readers": true,
      "follows_outcomes": true,
    ]
    engine.apply(
      Event(try EventKind(type: "run.rewound", data: data), actor: .machine, at: run.now))
    #expect(engine.state.recovery.kept.contains("part"))
    run.proceed()
    #expect(!run.engine.state.recovery.kept.contains("part"))
  }

  @Test func `a journal of yesterday has the machine do it`() throws {
    let run = try rehearsal(
      """
        - { id: part, \(Self.closed), steps: [ { id: s, action: shop.tell, with: { text: s } } ] }
      """)
    done(run, "part")
    #expect(rewind(run) == nil)
    var engine = try run.folded(run.events.count)
    let data: ValueMap = ["from_first_round": true, "keeps_effects": true, "renews_readers": true]
    let old = try EventKind(type: "run.rewound", data: data)
    engine.apply(Event(old, actor: .machine, at: run.now))
    #expect(!engine.state.recovery.kept.contains("part"))
  }

  // MARK: A checkpoint in the middle

  private static let middle = """
      - id: part
        undo: { action: shop.tell, with: { text: all } }
        steps:
          - { id: a, action: shop.tell, with: { text: a } }
          - { id: mid, set: { x: 1 }, checkpoint: mid }
          - { id: b, action: shop.open, with: { name: ana } }
    """

  @Test func `no run goes back into the middle of what is taken back as a whole`() throws {
    let run = try rehearsal(Self.middle)
    let refusal = rewind(run, to: "mid")
    #expect(refusal?.message == "`part`, around the checkpoint, is taken back as a whole")
    #expect(refusal?.hint == "go back to a checkpoint before it: --to begun")
    #expect(throws: Refusal.self) { try run.engine.rewindPreview(to: "mid", again: []) }
  }

  @Test func `while it is not over a run goes back into it`() throws {
    let run = try rehearsal(
      Self.middle + "\n      - { id: q, ask: { fields: { n: integer } } }")
    #expect(rewind(run, to: "mid") == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana"])
    #expect(run.statuses["q"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }
}

import SourceText
import Testing
import Values
import Workflows

@testable import Engine

/// What is said to have been done by hand is held against what the step gives.
@Suite struct HandOutputsTests {
  @Test(arguments: [
    "action: till.pay, with: { amount: 1 }, timeout: \"${{ steps.h.outputs.t }}\"",
    "action: till.pay, with: { amount: 1 }, retry: { attempts: 2, wait: \"${{ steps.h.outputs.t }}\" }",
    "action: till.pay, with: { amount: 1 }, "
      + "retry: { attempts: 2, wait: 1s, max_wait: \"${{ steps.h.outputs.t }}\" }",
    "action: till.pay, with: { amount: 1 }, "
      + "retry: { attempts: 2, only_if: error.code == steps.h.outputs.t }",
    "action: till.pay, with: { amount: 1 }, "
      + "undo: { action: till.refund, with: { amount: \"${{ size(steps.h.outputs.t) }}\" } }",
    "action: till.pay, with: { amount: 1 }, undo: { manual: \"Give back ${{ steps.h.outputs.t }}\" }",
    "action: till.pay, with: { amount: 1 }, probe: "
      + "{ action: till.find, with: { key: \"${{ steps.h.outputs.t }}\" }, check: outputs.found, "
      + "outputs: { id: a } }",
    "ask: { fields: { n: integer } }, due: 2d, remind: [ { before: \"${{ steps.h.outputs.t }}\" } ]",
    "ask: { fields: { n: integer } }, escalate: [ { after: \"${{ steps.h.outputs.t }}\" } ]",
    "repeat: { every: \"${{ steps.h.outputs.t }}\", until: steps.l.outputs.x == 1, "
      + "steps: [ { id: l, set: { x: 1 } } ] }",
  ])
  func `whatever a later step is made of cannot be done without`(step: String) throws {
    let run = try Rehearsal(
      "steps: [ { id: h, ask: { fields: { t: string } } }, { id: u, \(step) } ]",
      catalog: Till.catalog)
    run.proceed()
    let refusal = run.handle(.skip(step: "h", reason: "so"))
    #expect(refusal?.message.contains("`u` needs the outputs of `h`") == true, "\(step)")
  }

  private static let desk: Catalog = {
    let file = SourceFile(
      path: "plugins/desk/plugin.yaml",
      text: """
        plugin: desk
        summary: A desk
        events:
          code_given: { who: string, code: { type: string, sensitive: true } }
          paid: { sum: number, day: { type: string, format: date }, by: { type: string, optional: true } }
          refused: { why: string }
        operations:
          tell: { summary: Tell, effects: repeatable, inputs: { text: string }, outputs: {} }
        """)
    let contract = PluginContract.decode(file, into: Diagnostics())
    return Catalog(contract.map { ["desk": $0] } ?? [:])
  }()

  private func done(_ step: String, _ values: ValueMap) -> CommandKind {
    .done(step: step, values: values, reason: "by phone", evidence: [])
  }

  private func skip(_ step: String) -> CommandKind { .skip(step: step, reason: "no use") }

  private func stood(
    _ body: String, called: [String: String] = [:], sealing vault: LosingVault? = nil
  ) throws -> Rehearsal {
    let run = try Rehearsal(body, called: called, catalog: Self.desk, sealing: vault)
    run.proceed()
    return run
  }

  private func needed(_ run: Rehearsal, _ step: String) -> [String]? {
    run.engine.outputsByHand(at: step)?.neededNames
  }

  // MARK: Waits

  private static let paid = """
    steps:
      - { id: pay, wait: { event: desk.paid } }
      - { id: thank, action: desk.tell, with: { text: "${{ string(steps.pay.outputs.event.sum * 1.5) }}" } }
    """

  @Test func `an event that later steps need has to be given as its contract says`() throws {
    let run = try stood(Self.paid)
    #expect(needed(run, "pay") == ["event.sum", "event.day"])
    let none = try #require(run.handle(done("pay", [:])))
    #expect(
      none.message
        == "the values do not satisfy the outputs of `pay`: `event.sum` is missing; "
        + "`event.day` is missing")
    #expect(
      none.hint == "`thank` needs them: baton done 20261120-abc234 pay event.sum=… event.day=… "
        + "--reason 'WHY'")
    #expect(
      run.handle(done("pay", ["event": 5]))?.message
        .contains("`event` is given as a map of its members") == true)
    let wrong: ValueMap = ["event": ["sum": "much", "day": "2026-02-03", "bye": "x"]]
    let unfit = try #require(run.handle(done("pay", wrong)))
    #expect(unfit.message.contains("`event.sum` must be a number, not the text `much`"))
    #expect(unfit.message.contains("there is no `event.bye`; did you mean `event.by`?"))
    #expect(run.handle(done("pay", ["event.sum": 5, "event": ["day": "2026-02-03"]])) == nil)
    let outputs = try #require(run.engine.state.steps["pay"]?.outputs.clear)
    #expect(outputs["event"] == ["sum": 5, "day": "2026-02-03"])
    #expect(outputs["which"] == "desk.paid")
    #expect(outputs["at"] == .string(run.now.journalText))
    #expect(run.nextAttempt()?.inputs == ["text": "7.5"])
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what is told by hand is what the wait would have taken`() throws {
    let run = try stood(
      """
      inputs: { day: { type: string, format: date, default: "2026-02-03" } }
      steps:
        - { id: pay, wait: { event: desk.paid, match: event.sum > 10.0 && event.day == inputs.day } }
      """)
    let other = try #require(run.handle(done("pay", ["event": ["sum": 5, "day": "2026-02-03"]])))
    #expect(
      other.message
        == "`pay` waits for another event: `event.sum > 10.0 && event.day == inputs.day` does not hold"
    )
    #expect(run.handle(done("pay", ["event": ["sum": 50, "day": "2026-02-03"]])) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
  }

  @Test func `a whole number of an event is a number, whoever gave it`() throws {
    let run = try stood(Self.paid)
    let data: ValueMap = ["sum": 5, "day": "2026-02-03"]
    #expect(run.handle(.event(name: "desk.paid", data: data)) == nil)
    #expect(run.nextAttempt()?.inputs == ["text": "7.5"])
  }

  @Test func `a wait whose event nobody needs may be done without it, and not with a wrong one`()
    throws
  {
    let run = try stood(
      "steps: [ { id: pay, wait: { event: desk.paid } }, { id: b, set: { x: 1 } } ]")
    #expect(needed(run, "pay") == [])
    #expect(run.handle(done("pay", ["event": ["sum": 1]])) != nil)
    #expect(run.handle(done("pay", ["evnt": [:]]))?.message.contains("there is no `evnt`") == true)
    #expect(run.handle(done("pay", ["which": "desk.refused"])) != nil)
    #expect(run.handle(done("pay", [:])) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
  }

  @Test
  func `the event of one with something sensitive is sealed, and not shown where it is wrong`()
    throws
  {
    let vault = LosingVault()
    let run = try stood(
      """
      steps:
        - { id: code, wait: { event: desk.code_given } }
        - { id: use, action: desk.tell, with: { text: "${{ steps.code.outputs.event.who }}" } }
      """, sealing: vault)
    let wrong: ValueMap = ["event": ["who": "x", "code": 771_199]]
    #expect(
      run.handle(done("code", wrong))?.message
        == "the values do not satisfy the outputs of `code`: `event.code` must be text")
    #expect(run.engine.isSensitive("event", in: done("code", [:])))
    #expect(run.engine.isSensitive("event.code", in: done("code", [:])))
    #expect(run.handle(done("code", ["event": ["who": "x", "code": "TOPSECRET99"]])) == nil)
    let outputs = try #require(run.engine.state.steps["code"]?.outputs)
    #expect(outputs.clear["event"] == nil)
    #expect(outputs.sealed["event"] != nil)
    #expect(!run.events.contains { "\($0.kind.data)".contains("TOPSECRET99") })
    #expect(run.nextAttempt()?.inputs == ["text": "x"])
  }

  @Test func `what is read of a loop is what its last step gives`() throws {
    let run = try stood(
      """
      steps:
        - id: loop
          repeat: { steps: [ { id: pay, wait: { event: desk.paid } } ], until: "true" }
        - { id: far, set: { sum: "${{ steps.loop.outputs.event.sum }}" } }
      """)
    #expect(needed(run, "loop[0]/pay") == ["event.sum", "event.day"])
    #expect(run.handle(done("loop[0]/pay", [:])) != nil)
    #expect(run.handle(skip("loop[0]/pay")) != nil)
    let event: ValueMap = ["event": ["sum": 4, "day": "2026-02-03"]]
    #expect(run.handle(done("loop[0]/pay", event)) == nil)
    run.proceed()
    #expect(run.engine.state.steps["far"]?.outputs.clear == ["sum": 4])
  }

  @Test func `of several ways to end a wait it has to be said which it was`() throws {
    let body = """
      steps:
        - id: pay
          wait: { first_of: { came: { event: desk.paid }, no: { event: desk.refused }, late: 3d } }
        - id: thank
          if: steps.pay.outputs.which == 'came'
          action: desk.tell
          with: { text: "${{ string(steps.pay.outputs.event.sum * 1.5) }}" }
      """
    let run = try stood(body)
    #expect(needed(run, "pay")?.first == "which")
    #expect(run.handle(done("pay", [:]))?.message.contains("`which` is missing") == true)
    #expect(run.handle(done("pay", ["which": "soon"]))?.message.contains("`which` must") == true)
    #expect(
      run.handle(done("pay", ["which": "came"]))?.message.contains("`event.sum` is missing")
        == true)
    let refused = run.handle(done("pay", ["which": "no", "event": ["sum": 1]]))
    #expect(refused?.message.contains("there is no `event.sum`") == true)
    let eventless = run.handle(done("pay", ["which": "late", "event": ["why": "x"]]))
    #expect(
      eventless?.hint
        == "`late` ends the wait without an event: leave `event` out, or give which=came or which=no"
    )
    #expect(run.handle(done("pay", ["which": "late"])) == nil)
    run.proceed()
    #expect(run.statuses["thank"] == .skipped)
    let other = try stood(body)
    let given: ValueMap = ["which": "came", "event": ["sum": 2, "day": "2026-02-03"]]
    #expect(other.handle(done("pay", given)) == nil)
    #expect(other.nextAttempt()?.inputs == ["text": "3"])
  }

  // MARK: Values and calls

  @Test
  func `values that were to be computed have their types, and those that are needed are given`()
    throws
  {
    let run = try stood(
      """
      inputs: { ok: { type: boolean, default: false } }
      steps:
        - id: c
          preconditions: [ { check: inputs.ok } ]
          set: { n: "${{ 1 + 1 }}", share: "${{ 1.5 }}", note: "as it is", far: "${{ [1] }}" }
        - { id: d, set: { m: "${{ steps.c.outputs.n + 1 }}" } }
      outputs: { share: "${{ steps.c.outputs.share }}" }
      """)
    #expect(needed(run, "c") == ["n", "share"])
    let none = try #require(run.handle(done("c", [:])))
    #expect(none.message.contains("`n` is missing; `share` is missing"))
    #expect(none.hint?.hasPrefix("`d` needs them: baton done") == true)
    #expect(
      run.handle(done("c", ["n": "abc", "share": 1]))?.message
        .contains("`n` must be a whole number, not the text `abc`") == true)
    #expect(run.handle(done("c", ["n": 3, "share": 1, "x": 1])) != nil)
    #expect(run.handle(done("c", ["n": 3, "share": 1, "far": ["a"]])) != nil)
    #expect(run.handle(done("c", ["n": 3, "share": 1])) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.engine.state.outputs.clear == ["share": 1])
  }

  @Test func `a value that is handed on has to fit where it comes from`() throws {
    let run = try stood(
      """
      inputs: { ok: { type: boolean, default: false } }
      steps:
        - id: q
          ask:
            fields: { day: { type: string, format: date }, kind: { type: string, enum: [a, b] } }
        - id: c
          preconditions: [ { check: inputs.ok } ]
          set:
            day: ${{ steps.q.outputs.day }}
            kind: ${{ steps.q.outputs.kind }}
            text: on ${{ steps.q.outputs.day }}
      """)
    #expect(run.handle(.answer(step: "q", values: ["day": "2026-02-03", "kind": "a"])) == nil)
    run.proceed()
    #expect(run.handle(done("c", ["day": "soon"]))?.message.contains("`day` must be") == true)
    #expect(run.handle(done("c", ["kind": "c"])) != nil)
    #expect(run.handle(done("c", ["day": "2026-02-04", "kind": "b", "text": "soon"])) == nil)
  }

  @Test func `a call whose outputs are needed is not done without them`() throws {
    let run = try stood(
      """
      inputs: { ok: { type: boolean, default: false } }
      steps:
        - { id: c, preconditions: [ { check: inputs.ok } ], workflow: inner }
        - { id: d, set: { m: "${{ steps.c.outputs.n + 1 }}" } }
      """,
      called: [
        "inner": """
        steps: [ { id: a, set: { n: "${{ 4 }}", t: x } } ]
        outputs: { n: "${{ steps.a.outputs.n }}", t: "${{ steps.a.outputs.t }}" }
        """
      ])
    #expect(needed(run, "c") == ["n"])
    #expect(run.handle(done("c", [:]))?.message.contains("`n` is missing") == true)
    #expect(run.handle(done("c", ["n": "4"])) != nil)
    #expect(run.handle(done("c", ["n": 4, "t": 5])) != nil)
    #expect(run.handle(done("c", ["n": 4])) == nil)
    run.proceed()
    #expect(run.engine.state.steps["d"]?.outputs.clear == ["m": 5])
  }

  @Test func `items that later steps read are said to be ticked or not`() throws {
    let run = try stood(
      """
      steps:
        - { id: q, ask: { items: { a: The one, b: The other } } }
        - { id: d, set: { all: "${{ steps.q.outputs.items.a && steps.q.outputs.progress > 0.4 }}" } }
      """)
    #expect(needed(run, "q") == ["items.a", "items.b"])
    #expect(run.handle(done("q", [:])) != nil)
    #expect(run.handle(done("q", ["items.a": true, "items.b": false])) == nil)
    run.proceed()
    #expect(run.engine.state.steps["q"]?.outputs.clear["progress"] == 0.5)
    #expect(run.engine.state.steps["d"]?.outputs.clear == ["all": true])
  }

  @Test func `a loop that was not begun is done with its list where that is read`() throws {
    let run = try stood(
      """
      inputs: { ok: { type: boolean, default: false } }
      steps:
        - id: each
          preconditions: [ { check: inputs.ok } ]
          for_each: { in: "[1]", collect: "${{ item }}", steps: [ { id: s, set: { x: 1 } } ] }
        - { id: d, set: { n: "${{ size(steps.each.outputs) }}" } }
      """)
    #expect(needed(run, "each") == ["collected"])
    #expect(run.handle(skip("each")) != nil)
    #expect(run.handle(done("each", [:])) != nil)
    #expect(run.handle(done("each", ["collected": ["a"]])) != nil)
    #expect(run.handle(done("each", ["collected": [7, 8]])) == nil)
    run.proceed()
    #expect(run.engine.state.steps["d"]?.outputs.clear == ["n": 2])
  }

  // MARK: Sections

  private static let section = """
    inputs: { ok: { type: boolean, default: false } }
    steps:
      - id: part
        preconditions: [ { check: inputs.ok } ]
        steps:
          - { id: a, set: { n: 1 } }
          - { id: b, set: { m: "${{ steps.a.outputs.n }}" } }
    """

  @Test func `a section is neither passed over nor done where later steps need what is in it`()
    throws
  {
    let run = try stood(
      Self.section + "\n  - { id: c, set: { k: \"${{ steps.a.outputs.n }}\" } }\n")
    for command in [skip("part"), done("part", [:])] {
      let refusal = try #require(run.handle(command))
      #expect(refusal.message == "`c` needs the outputs of `a`, which is inside `part`")
      #expect(refusal.hint?.contains("baton resume 20261120-abc234") == true)
    }
    #expect(!run.engine.canBeDoneByHand("part"))
    #expect(!run.engine.canSkip("part"))
  }

  @Test func `a section that only its own steps read is passed over or done`() throws {
    for command in [skip("part"), done("part", [:])] {
      let run = try stood(Self.section)
      #expect(run.handle(command) == nil)
      run.proceed()
      #expect(run.status == .succeeded)
    }
    let run = try stood(Self.section)
    #expect(run.handle(done("part", ["n": 1]))?.message.contains("there is no `n`") == true)
  }

  @Test func `what is not carried out without a step does not keep it from being passed over`()
    throws
  {
    let run = try stood(
      Self.section + """

          - { id: c, if: "steps.a.status == 'succeeded'", set: { k: "${{ steps.a.outputs.n }}" } }
          - { id: d, if: inputs.ok, set: { k: "${{ steps.a.outputs.n }}" } }
        """)
    #expect(run.handle(skip("part")) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
  }

  @Test func `a section whose steps are done already is put right as it is`() throws {
    let run = try stood(
      """
      steps:
        - id: part
          steps: [ { id: a, set: { n: 1 } } ]
          verify: [ { check: steps.a.outputs.n > 1 } ]
        - { id: c, set: { k: "${{ steps.a.outputs.n }}" } }
      """)
    #expect(run.statuses["part"] == .failed)
    #expect(run.engine.canSkip("part"))
    #expect(run.handle(skip("part")) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
  }

  // MARK: Conditions

  @Test func `a condition that sees only what is over never comes to hold`() throws {
    let run = try stood(
      """
      inputs: { ok: { type: boolean, default: false } }
      steps:
        - parallel:
            - id: never
              preconditions: [ { check: inputs.ok } ]
              set: { x: 1 }
            - id: later
              preconditions: [ { check: "steps.q.status == 'succeeded'" } ]
              set: { x: 1 }
            - { id: q, ask: { fields: { v: integer } } }
          id: all
      """)
    #expect(!run.engine.canHoldLater(at: "never"))
    #expect(run.engine.canHoldLater(at: "later"))
    #expect(run.engine.canHoldLater(at: "q"))
  }
}

import Testing
import Values
import Workflows

@testable import Engine

/// Runs that are moved to versions in which what is done is not found in its place, and those in which an
/// approval is asked again meanwhile.
@Suite struct MovedElsewhereTests {
  private func run(_ body: String) throws -> Rehearsal {
    let run = try Rehearsal(body, catalog: Shop.catalog)
    run.carryOut()
    return run
  }

  // MARK: Approvals that are asked again

  private static func paying(_ first: String) -> String {
    """
    steps:
      \(first)
      - { id: pay, action: shop.open, with: { name: ana } }
    """
  }

  /// A run in which `ok` is asked again, since `pay` failed and is tried with another value.
  private func askedAgain(_ first: String) throws -> Rehearsal {
    let run = try Rehearsal(Self.paying(first), catalog: Shop.catalog)
    run.proceed()
    #expect(run.handle(.decide(step: "ok", approves: true, comment: nil, shown: nil)) == nil)
    run.carryOut { _ in .failed(Failure(code: "no", message: "No"), canRetry: false) }
    #expect(
      run.handle(.retry(step: "pay", with: ["name": "ben"], again: false, reason: nil)) == nil)
    run.carryOut()
    #expect(run.engine.state.askedAgain.count == 1)
    return run
  }

  @Test func `an approval that is asked again stays open where the run is moved`() throws {
    let first = "- { id: ok, approve: Pay? }"
    let run = try askedAgain(first)
    let new = try Rehearsal.version(Self.paying(first) + "\n  - { id: later, set: { x: 1 } }\n")
    #expect(
      try run.plan(to: new).sentences["ok"]
        == "safe: it is asked again, of the procedure as it will be: deadlines that run keep their moments"
    )
    try run.move(to: new)
    #expect(run.carryOut() == [])
    #expect(run.handle(.decide(step: "ok", approves: true, comment: nil, shown: nil)) == nil)
    #expect(run.carryOut() == ["shop.open ben"])
    #expect(run.status == .succeeded)
  }

  @Test func `it is asked in its place where the run goes back to a new step before it`() throws {
    let run = try askedAgain("- { id: ok, approve: Pay? }")
    let new = try Rehearsal.version(
      Self.paying(
        """
        - { id: more, action: shop.tell, with: { text: hello } }
          - { id: ok, approve: Pay? }
        """))
    #expect(
      try run.plan(to: new).sentences["ok"]?.hasSuffix(
        ": deadlines that run keep their moments; with `more=do`, when the run comes to it again")
        == true)
    try run.move(to: new, ["more": "do"])
    #expect(run.engine.state.askedAgain.isEmpty)
    #expect(run.carryOut() == ["shop.tell hello"])
    #expect(run.engine.currentAddresses == ["ok"])
    #expect(run.handle(.decide(step: "ok", approves: true, comment: nil, shown: nil)) == nil)
    #expect(run.carryOut() == ["shop.open ben"])
    #expect(run.status == .succeeded)
  }

  @Test(arguments: [
    "- { id: ok, approve: Pay?, checkpoint: cp }",
    "- { id: gate, steps: [ { id: ok, approve: Pay? } ], checkpoint: cp }",
    """
    - { id: gate, steps: [ { id: ok, approve: Pay? } ] }
      - { id: begun, steps: [ { id: first, set: { x: 1 }, checkpoint: cp } ] }
    """,
  ])
  func `no run goes back to where it would pass over an approval that is asked again`(
    _ first: String
  ) throws {
    let run = try askedAgain(first)
    let refusal = run.handle(.rewind(to: "cp", again: [], reason: nil))
    #expect(refusal?.message == "`ok` is asked again, and does not come after the checkpoint")
  }

  @Test func `nor behind the approval at which it stands once more`() throws {
    func body(_ name: String) -> String {
      """
      steps:
        - { id: ok, approve: Pay?, checkpoint: cp }
        - { id: hold, ask: { fields: { answer: string } } }
        - { id: pay, action: shop.open, with: { name: \(name) } }
      """
    }
    let run = try run(body("ana"))
    #expect(run.handle(.decide(step: "ok", approves: true, comment: nil, shown: nil)) == nil)
    run.proceed()
    try run.move(to: Rehearsal.version(body("ben")))
    #expect(
      run.handle(.rewind(to: "cp", again: [], reason: nil))?.message
        == "the run stands at `ok` again, which comes before the checkpoint")
  }

  // MARK: Addresses

  @Test func `what is done and stands in a loop now is done again, which is decided`() throws {
    let run = try run(
      """
      steps:
        - { id: mail, action: shop.tell, with: { text: hello } }
        - { id: hold, ask: { fields: { answer: string } } }
      """)
    let new = try Rehearsal.version(
      """
      steps:
        - { id: hold, ask: { fields: { answer: string } } }
        - id: all
          for_each:
            in: "[1, 2]"
            steps: [ { id: mail, action: shop.tell, with: { text: hello } } ]
      """)
    #expect(
      try run.plan(to: new).sentences["mail"]
        == "decide do: its address changes, and what it came to is not found there: it is done again "
        + "where the run comes to it")
    try run.move(to: new, ["mail": "do"])
    #expect(run.handle(.answer(step: "hold", values: ["answer": "x"])) == nil)
    #expect(run.carryOut() == ["shop.tell hello", "shop.tell hello"])
  }

  @Test func `what is done and is a recovery step now is done again, which is decided`() throws {
    let run = try run(
      """
      steps:
        - { id: mail, action: shop.tell, with: { text: hello } }
        - { id: hold, ask: { fields: { answer: string } } }
        - { id: last, action: shop.open, with: { name: ana } }
      """)
    let new = try Rehearsal.version(
      """
      steps:
        - { id: hold, ask: { fields: { answer: string } } }
        - id: last
          action: shop.open
          with: { name: ana }
          on_failure:
            steps: [ { id: mail, action: shop.tell, with: { text: hello } } ]
            then: continue
      """)
    #expect(
      try run.plan(to: new).sentences["mail"]
        == "decide do: it is one of the recovery steps of `last` now: it is done again where those are"
    )
  }

  // MARK: Loops

  @Test func `what is in a loop that has another id goes with it`() throws {
    func body(_ id: String) -> String {
      """
      steps:
        - id: \(id)
          repeat: { steps: [ { id: q, ask: { fields: { x: boolean } } } ], until: steps.q.outputs.x }
        - { id: hold, ask: { fields: { answer: string } } }
      """
    }
    let run = try run(body("rounds"))
    #expect(run.handle(.answer(step: "rounds[0]/q", values: ["x": true])) == nil)
    run.proceed()
    let new = try Rehearsal.version(body("again"))
    #expect(
      try run.plan(to: new).sentences["q"] == "safe: it goes with the step that it stands in")
    try run.move(to: new, ["again": "keep"])
    #expect(run.statuses["again"] == .succeeded)
  }

  @Test func `a loop that gives a list from now on lacks what is over`() throws {
    func body(_ collect: String, _ last: String) -> String {
      """
      steps:
        - id: all
          for_each:
            in: "[1, 2]"
            \(collect)
            steps: [ { id: q, ask: { fields: { x: integer } } } ]
        - { id: last, set: { y: "\(last)" } }
      """
    }
    let run = try run(body("max_parallel: 1", "1"))
    #expect(run.handle(.answer(step: "all[0]/q", values: ["x": 1])) == nil)
    run.proceed()
    let collect = "collect: \"${{ steps.q.outputs.x }}\""
    let lacking =
      "what came of the items that are over was not collected: the list that it gives lacks"
    #expect(
      try run.plan(to: Rehearsal.version(body(collect, "1"))).sentences["all"]
        == "safe: \(lacking) that of one")
    let new = try Rehearsal.version(body(collect, "${{ size(steps.all.outputs) }}"))
    #expect(
      try run.plan(to: new).sentences["all"]
        == "decide keep: \(lacking) that of one, and `last` needs it")
    let done = try self.run(body("max_parallel: 1", "1") + "\n  - { id: z, approve: Go? }\n")
    for item in 0..<2 {
      #expect(done.handle(.answer(step: "all[\(item)]/q", values: ["x": 1])) == nil)
      done.proceed()
    }
    let read =
      body(collect, "1") + "\n  - { id: z, approve: Go? }\n"
      + "  - { id: w, set: { y: \"${{ size(steps.all.outputs) }}\" } }\n"
    #expect(
      try done.plan(to: Rehearsal.version(read)).sentences["all"]
        == "decide keep: \(lacking) those of 2, and `w` needs it")
  }

  // MARK: New steps

  @Test func `new steps in what has failed with its steps done are left out`() throws {
    func body(_ more: String) -> String {
      """
      steps:
        - id: sec
          steps:
            - { id: mail, action: shop.tell, with: { text: hello } }
            \(more)
          verify: [ { check: inputs.n == 1, message: no } ]
      inputs: { n: { type: integer, default: 0 } }
      """
    }
    let run = try run(body(""))
    #expect(run.statuses["sec"] == .failed)
    let new = try Rehearsal.version(body("- { id: more, set: { x: 1 } }"))
    #expect(
      try run.plan(to: new).sentences["more"]
        == "safe: `sec` has failed with its steps done, which only `retry --again` does again: the step "
        + "is left out")
  }

  @Test func `new steps in one that is left out are left out with it`() throws {
    let run = try run(
      """
      steps:
        - { id: mail, action: shop.tell, with: { text: hello } }
        - { id: hold, ask: { fields: { answer: string } } }
      """)
    let new = try Rehearsal.version(
      """
      steps:
        - id: sec
          steps:
            - { id: mail, action: shop.tell, with: { text: hello } }
            - { id: more, set: { x: 1 } }
        - { id: hold, ask: { fields: { answer: string } } }
      """)
    #expect(
      try run.plan(to: new).sentences["more"]
        == "safe: it is done, or left out, with `sec`, which is passed")
  }

  @Test func `a step with another id is decided about in each call`() throws {
    func called(_ id: String) -> [String: String] {
      [
        "sub": """
        steps:
          - { id: \(id), action: shop.tell, with: { text: hello } }
          - { id: q, ask: { fields: { x: integer } } }
        """
      ]
    }
    let body = "steps: [ { id: one, workflow: sub }, { id: two, workflow: sub } ]\n"
    let run = try Rehearsal(body, called: called("a"), catalog: Shop.catalog)
    run.carryOut()
    #expect(run.handle(.answer(step: "one/q", values: ["x": 1])) == nil)
    run.carryOut()
    let new = try Rehearsal.version(body, called: called("ax"))
    let sentences = try run.plan(to: new).sentences
    #expect(sentences["one/ax"]?.hasPrefix("decide keep leave_out: `one` is over") == true)
    #expect(sentences["two/ax"]?.hasPrefix("decide keep do leave_out: the run has passed") == true)
  }

  // MARK: Checkpoints and decisions

  @Test func `what is no checkpoint any more is none that was passed`() throws {
    let body = """
      steps:
        - { id: first, set: { x: 1 }, checkpoint: cp }
        - { id: hold, ask: { fields: { answer: string } } }
      """
    let run = try run(body)
    try run.move(to: Rehearsal.version(body.replacing(", checkpoint: cp", with: "")))
    #expect(run.engine.state.checkpoints.isEmpty)
    #expect(run.handle(.rewind(to: "first", again: [], reason: nil)) != nil)
  }

  @Test func `no run goes back into what was left out`() throws {
    let first = "{ id: first, set: { x: 1 }, checkpoint: cp }"
    let hold = "  - { id: hold, ask: { fields: { answer: string } } }\n"
    let run = try run("steps:\n  - \(first)\n\(hold)")
    let new = try Rehearsal.version(
      "steps:\n  - { id: sec, steps: [ \(first), { id: more, set: { x: 1 } } ] }\n\(hold)")
    try run.move(to: new, ["sec": "leave_out"])
    run.proceed()
    #expect(
      run.handle(.rewind(to: "cp", again: [], reason: nil))?.message
        == "`sec`, around the checkpoint, was not carried out: a run goes back to none there")
  }

  @Test func `a decision that another one has settled may be given all the same`() throws {
    func body(_ id: String) -> String {
      """
      steps:
        - { id: ok, approve: Pay? }
        - id: both
          parallel:
            - { id: \(id), action: shop.tell, with: { text: hello } }
            - { id: hold, ask: { fields: { answer: string } } }
      """
    }
    let run = try run(body("b"))
    #expect(run.handle(.decide(step: "ok", approves: true, comment: nil, shown: nil)) == nil)
    run.carryOut()
    let new = try Rehearsal.version(body("bx"))
    #expect(try run.plan(to: new).sentences["ok"]?.hasPrefix("decide keep") == true)
    #expect(try run.plan(to: new, ["bx": "keep", "ok": "keep"]).isReady)
    #expect(throws: Refusal.self) { try run.plan(to: new, ["hold": "keep"]) }
  }
}

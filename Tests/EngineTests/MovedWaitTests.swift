import Testing
import Values
import Workflows

@testable import Engine

/// Runs that are moved while they wait, to versions that wait otherwise or within other deadlines.
@Suite struct MovedWaitTests {
  private static func body(_ step: String) -> String {
    """
    inputs: { n: { type: integer, default: 1 } }
    roles: { desk: Desk, boss: Boss }
    steps:
      - { id: w, \(step) }
    """
  }

  private func run(_ step: String) throws -> Rehearsal {
    let run = try Rehearsal(Self.body(step), catalog: Rehearsal.shop)
    run.proceed()
    return run
  }

  private func version(_ step: String) throws -> Workflow {
    try Rehearsal.version(Self.body(step), catalog: Rehearsal.shop)
  }

  private func pass(_ run: Rehearsal, hours: Int64) {
    run.now = run.now.adding(TimeSpan(seconds: hours * 3600)) ?? run.now
    run.proceed()
  }

  private func which(_ run: Rehearsal) -> String? {
    run.engine.state.steps["w"]?.outputs.clear["which"]?.asString
  }

  private func reached(_ run: Rehearsal) -> [String] {
    run.events.compactMap { event in
      guard case .people(.deadlineReached(let reached)) = event.kind else { return nil }
      return reached.timer
    }
  }

  // MARK: Ways to end

  private static let ways = "wait: { first_of: { a: 20h, b: 30h } }"
  private static let otherWays =
    "wait: { first_of: { b: 40h, quick: 5h, paid: { event: shop.paid } } }"

  @Test func `a wait that can end in other ways keeps what stays, or begins again`() throws {
    let run = try run(Self.ways)
    pass(run, hours: 2)
    let new = try version(Self.otherWays)
    #expect(
      try run.plan(to: new).sentences["w"]
        == "decide keep again: it can end in other ways now; `keep`: those that stay keep their "
        + "moments, and new ones count from when it began to wait")
    try run.move(to: new, ["w": "keep"])
    let saved = run.engine.state.saved
    #expect(RunState(saved: saved, workflow: new)?.saved == saved)
    guard case .first(let ways)? = run.waiting(at: "w")?.0.cause else {
      Issue.record("it does not wait")
      return
    }
    #expect(ways.map(\.name) == ["b", "quick", "paid"])
    pass(run, hours: 2)
    #expect(run.statuses["w"] == .waiting)
    pass(run, hours: 1)
    #expect(which(run) == "quick")
  }

  @Test(arguments: [(choice: "keep", hours: Int64(28)), ("again", 40)])
  func `a way that stays keeps its moment where that is kept`(choice: String, hours: Int64) throws {
    let run = try run(Self.ways)
    pass(run, hours: 2)
    try run.move(to: try version("wait: { first_of: { b: 40h, c: 50h } }"), ["w": choice])
    run.proceed()
    pass(run, hours: hours - 1)
    #expect(run.statuses["w"] == .waiting)
    pass(run, hours: 1)
    #expect(which(run) == "b")
  }

  @Test func `an event that is a new way to end is waited for`() throws {
    let run = try run(Self.ways)
    try run.move(to: try version(Self.otherWays), ["w": "keep"])
    #expect(run.handle(.event(name: "shop.paid", data: ["order_id": "a", "amount": 5])) == nil)
    run.proceed()
    #expect(which(run) == "paid")
  }

  @Test func `a new way whose moment has passed is what it ends by`() throws {
    let run = try run(Self.ways)
    pass(run, hours: 9)
    try run.move(to: try version(Self.otherWays), ["w": "keep"])
    run.proceed()
    #expect(which(run) == "quick")
  }

  @Test(arguments: [
    ("wait: 2h", "wait: { event: shop.paid }"),
    ("wait: { first_of: { a: 2h, b: 3h } }", "wait: { event: shop.paid }"),
    ("wait: 2h", "wait: { first_of: { a: 2h, b: 3h } }"),
  ])
  func `a wait for something else altogether begins again`(before: String, after: String) throws {
    let run = try run(before)
    let new = try version(after)
    #expect(
      try run.plan(to: new).sentences["w"]
        == "decide again: the run waits here for something else now")
    try run.move(to: new, ["w": "again"])
    run.proceed()
    #expect(run.statuses["w"] == .waiting)
    #expect(run.handle(.event(name: "shop.paid", data: ["order_id": "a", "amount": 5])) == nil)
    pass(run, hours: 2)
    #expect(run.statuses["w"] == .succeeded)
  }

  @Test(arguments: [
    ("wait: 2h", "wait: 3h", "the time that runs stays as it is"),
    (
      "wait: { first_of: { a: 2h, b: 3h } }", "wait: { first_of: { b: 4h, a: 5h } }",
      "the times that run stay as they are, the rest counts from now on"
    ),
  ])
  func `times that run stay as they are`(before: String, after: String, sentence: String) throws {
    let run = try run(before)
    let new = try version(after)
    #expect(try run.plan(to: new).sentences["w"] == "safe: \(sentence)")
    try run.move(to: new)
    pass(run, hours: 2)
    #expect(run.statuses["w"] == .succeeded)
  }

  // MARK: Deadlines

  private static let asked = "role: desk, ask: { fields: { answer: string } }"

  @Test(arguments: [
    "role: desk, ask: { fields: { answer: string } }", "role: desk, approve: { message: Go? }",
    "wait: { event: shop.paid }",
  ])
  func `deadlines that an open step gets count from when it began to wait`(kind: String) throws {
    let run = try run(kind)
    pass(run, hours: 3)
    let new = try version(
      kind
        + ", due: 10h, remind: [ 1h before ], escalate: [ { after: 2h, to: boss } ], expires: 12h")
    let plan = try run.plan(to: new)
    let sentences = plan.items.compactMap { item -> String? in
      if case .safe(let sentence) = item.verdict { sentence } else { nil }
    }
    for words in ["due date", "reminder 1", "escalation 1", "expiry"] {
      #expect(
        sentences.contains { $0.hasPrefix("counts from when it began to wait (\(words) 2025-") },
        "\(sentences)")
    }
    try run.move(to: new)
    run.proceed()
    #expect(reached(run) == ["escalate.1"])
    let saved = run.engine.state.saved
    #expect(RunState(saved: saved, workflow: new)?.saved == saved)
    pass(run, hours: 6)
    #expect(reached(run) == ["escalate.1", "remind.1"])
    pass(run, hours: 3)
    #expect(reached(run) == ["escalate.1", "remind.1", "due", "expires"])
    #expect(run.statuses["w"] == .failed)
  }

  @Test func `rungs that stay keep their moments, and are carried out as what they are now`() throws
  {
    let run = try run(
      Self.asked + ", escalate: [ { after: 2h, to: boss }, { after: 20h, to: desk } ]")
    pass(run, hours: 3)
    #expect(reached(run) == ["escalate.1"])
    try run.move(
      to: try version(
        Self.asked + ", escalate: [ { after: 5h, to: desk }, { after: 2h, to: boss }, "
          + "{ after: 20h, to: desk } ]"))
    run.proceed()
    pass(run, hours: 2)
    #expect(reached(run) == ["escalate.1", "escalate.1"])
    pass(run, hours: 15)
    #expect(reached(run) == ["escalate.1", "escalate.1", "escalate.3"])
  }

  private func escalations(_ rungs: String...) -> String {
    Self.asked + ", escalate: [ \(rungs.map { "{ \($0) }" }.joined(separator: ", ")) ]"
  }

  @Test func `a rung that runs is not lost because one that has come goes away`() throws {
    let run = try run(escalations("after: 1h, to: boss", "after: 4h, to: boss"))
    pass(run, hours: 2)
    let new = try version(escalations("after: 4h, to: boss, if: inputs.n == 1"))
    #expect(try run.plan(to: new).sentences["w"] == "safe: deadlines that run keep their moments")
    try run.move(to: new)
    run.proceed()
    #expect(reached(run) == ["escalate.1"])
    pass(run, hours: 2)
    #expect(reached(run) == ["escalate.1", "escalate.1"])
    let saved = run.engine.state.saved
    #expect(RunState(saved: saved, workflow: new)?.saved == saved)
  }

  @Test func `a new rung does not take the place of one that has come`() throws {
    let run = try run(escalations("after: 1h, to: boss"))
    pass(run, hours: 2)
    let new = try version(escalations("after: 5h, to: boss"))
    #expect(
      try run.plan(to: new).sentences["w"]?
        .hasPrefix("safe: counts from when it began to wait (escalation 1 ") == true)
    try run.move(to: new)
    run.proceed()
    #expect(reached(run) == ["escalate.1"])
    pass(run, hours: 3)
    #expect(reached(run) == ["escalate.1", "escalate.1"])
    // Once more, to other words: it has come, whatever number the first one had.
    try run.move(to: try version(escalations("after: 5h, to: boss, if: inputs.n == 1")))
    pass(run, hours: 9)
    #expect(reached(run) == ["escalate.1", "escalate.1"])
  }

  @Test func `a rung that has come does not come again in other words, but to somebody else`()
    throws
  {
    let run = try run(escalations("after: 1h, to: boss"))
    pass(run, hours: 2)
    try run.move(to: try version(escalations("after: 1h, to: boss, if: inputs.n == 1")))
    run.proceed()
    #expect(reached(run) == ["escalate.1"])
    try run.move(to: try version(escalations("after: 1h, to: desk")))
    run.proceed()
    #expect(reached(run) == ["escalate.1", "escalate.1"])
  }

  @Test func `a rung that runs and is gone is named`() throws {
    let run = try run(escalations("after: 1h, to: boss", "after: 4h, to: desk"))
    pass(run, hours: 2)
    let new = try version(escalations("after: 1h, to: boss"))
    let sentence = try #require(try run.plan(to: new).sentences["w"])
    #expect(sentence.hasPrefix("safe: what is gone does not come any more (escalation 2 2025-"))
    #expect(sentence.hasSuffix("); deadlines that run keep their moments"))
    try run.move(to: new)
    pass(run, hours: 9)
    #expect(reached(run) == ["escalate.1"])
  }

  @Test
  func `a deadline that is gone does not come, and one that is put otherwise keeps its moment`()
    throws
  {
    let run = try run(Self.asked + ", due: 10h, expires: 12h")
    let new = try version(Self.asked + ", due: 20h")
    #expect(
      try Set(
        run.plan(to: new).items.map(\.verdict).compactMap { verdict -> String? in
          if case .safe(let sentence) = verdict { sentence } else { nil }
        }
      ).isSuperset(of: [
        "deadlines that run keep their moments",
        "what of it was still to come does not come any more",
      ]))
    try run.move(to: new)
    pass(run, hours: 13)
    #expect(reached(run) == ["due"])
    #expect(run.statuses["w"] == .waiting)
  }

  @Test func `a deadline that cannot be reckoned is not called safe`() throws {
    let run = try run(Self.asked)
    let new = try version(Self.asked + ", expires: \"${{ string(1 / (inputs.n - 1)) }}h\"")
    #expect(try run.plan(to: new).sentences["w"]?.hasPrefix("decide again: it cannot be") == true)
  }
}

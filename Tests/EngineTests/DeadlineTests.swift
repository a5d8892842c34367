import Testing
import Values
import Workflows

@testable import Engine

/// Deadlines, in virtual time. A run starts on 2025-11-13, a Thursday, at 02:13:20 UTC.
@Suite struct DeadlineTests {
  private func deadlines(_ run: Rehearsal) -> [String] {
    run.events.compactMap { event in
      guard case .people(.deadlineReached(let reached)) = event.kind else { return nil }
      return reached.timer
    }
  }

  private func pass(_ run: Rehearsal, hours: Int64) {
    run.now = run.now.adding(TimeSpan(seconds: hours * 3600)) ?? run.now
    run.proceed()
  }

  @Test func `every rung comes once, in its order, and says when it was due`() throws {
    let run = try Rehearsal(Deadlines.question)
    run.proceed()
    let start = run.now
    for _ in 0..<7 { pass(run, hours: 1) }
    #expect(deadlines(run) == ["escalate.1", "remind.1", "due", "escalate.2", "expires"])
    let due = run.events.compactMap { event -> Int64? in
      guard case .people(.deadlineReached(let reached)) = event.kind else { return nil }
      return reached.dueAt.since(start)?.seconds
    }
    #expect(due == [7200, 10800, 14400, 18000, 21600])
    #expect(run.status == .succeeded)
    #expect(run.statuses["q"] == .failed)
    #expect(run.engine.state.problems == ["q"])
  }

  @Test func `what was missed while nothing ran comes in order at once, nothing twice`() throws {
    let run = try Rehearsal(Deadlines.question)
    run.proceed()
    pass(run, hours: 100)
    #expect(deadlines(run) == ["escalate.1", "remind.1", "due", "escalate.2", "expires"])
    #expect(run.status == .succeeded)
  }

  @Test func `an escalation says since when it was asked, not since when it was first`() throws {
    let run = try Rehearsal(
      Deadlines.question.replacing("on_expiry: continue", with: "on_expiry: park"))
    run.proceed()
    pass(run, hours: 7)
    #expect(run.handle(.retry(step: "q", with: [:], again: false, reason: nil)) == nil)
    run.proceed()
    pass(run, hours: 2)
    let texts = run.engine.state.tellings.compactMap { telling in
      run.engine.notice(of: telling, now: run.now)?.text
    }
    // Nobody was told of the first time yet.
    #expect(texts[0].contains("waits for support since 2025-11-13 02:13 UTC, due 2025-11-13 06:13"))
    let text = try #require(texts.last)
    #expect(text.contains("waits for support since 2025-11-13 09:13 UTC, due 2025-11-13 13:13"))
    try expectFoldIsLive(run)
  }

  @Test func `what people are told of a step is one line, whatever its name`() throws {
    let run = try Rehearsal(
      """
      roles: { support: Support }
      steps:
        - id: q
          name: "Call the\\n customer\\tand \\e[1magree\\u2028now \\n"
          role: support
          ask: { message: Ready?, fields: { ok: boolean } }
          escalate: [ { after: 1h } ]
      """)
    run.proceed()
    pass(run, hours: 1)
    let telling = try #require(run.engine.state.tellings.first)
    let notice = try #require(run.engine.notice(of: telling, now: run.now))
    #expect(
      notice.text.hasPrefix("Escalation: Call the customer and [1magree now (A test, run "),
      "\(notice.text)")
    #expect(notice.step["title"] == "Call the customer and [1magree now")
  }

  @Test(arguments: [true, false])
  func `where nothing is said of an expiry, what is said of failures follows`(
    _ isOfStep: Bool
  ) throws {
    let policy = "on_failure: { steps: [ { id: rb, set: { x: 1 } } ], then: continue }"
    let run = try Rehearsal(
      """
      \(isOfStep ? "" : "defaults: { \(policy) }")
      steps:
        - id: part
          steps:
            - id: q
              ask: { fields: { ok: boolean } }
              expires: 1h
              on_expiry: [ { when: "false", steps: [ { id: ra, set: { x: 1 } } ], then: stop } ]
              \(isOfStep ? policy : "")
        - { id: after, set: { x: 1 } }
      """)
    run.proceed()
    pass(run, hours: 2)
    #expect(run.statuses["rb"] == .succeeded && run.statuses["ra"] == nil)
    #expect(run.statuses["after"] == .succeeded && run.status == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a section around what has expired carries out its own recovery steps`() throws {
    let run = try Rehearsal(
      """
      defaults: { on_failure: { steps: [ { id: rd, set: { x: 1 } } ], then: stop } }
      steps:
        - id: part
          on_failure: { steps: [ { id: rb, set: { x: 1 } } ], then: continue }
          steps:
            - id: q
              ask: { fields: { ok: boolean } }
              expires: 1h
              on_expiry: [ { when: "false", steps: [ { id: ra, set: { x: 1 } } ], then: stop } ]
        - { id: after, set: { x: 1 } }
      """)
    run.proceed()
    pass(run, hours: 2)
    #expect(run.statuses["rb"] == .succeeded)
    #expect(run.statuses["ra"] == nil && run.statuses["rd"] == nil)
    #expect(run.status == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `no rung comes after the answer`() throws {
    let run = try Rehearsal(Deadlines.question)
    run.proceed()
    pass(run, hours: 2)
    #expect(run.engine.state.steps["q"]?.people.addedRoles == ["manager"])
    #expect(run.handle(.answer(step: "q", values: ["ok": true])) == nil)
    pass(run, hours: 100)
    #expect(deadlines(run) == ["escalate.1"])
    #expect(run.statuses["q"] == .succeeded)
  }

  @Test func `what was due before a command came is applied before it`() throws {
    let run = try Rehearsal(Deadlines.question)
    run.proceed()
    let asked = run.now
    run.now = run.now.adding(TimeSpan(seconds: 6 * 3600)) ?? run.now
    // At the very moment the answer wins.
    var names: [String] = []
    while case let events = run.engine.deadline(before: run.now), !events.isEmpty {
      for event in events { run.apply(event.kind, step: event.step) }
      names = deadlines(run)
    }
    #expect(names == ["escalate.1", "remind.1", "due", "escalate.2"])
    #expect(run.now.since(asked)?.seconds == 21600)
    #expect(run.handle(.answer(step: "q", values: ["ok": true])) == nil)
    run.proceed()
    #expect(run.statuses["q"] == .succeeded)
  }

  @Test func `an answer after the expiry is refused with a sentence`() throws {
    let run = try Rehearsal(
      "steps: [ { id: q, ask: { message: m, fields: { n: integer } }, expires: 1h } ]")
    run.proceed()
    pass(run, hours: 2)
    #expect(run.park.status == .needsAttention)
    let refusal = run.handle(.answer(step: "q", values: ["n": 1]))
    #expect(refusal?.message.contains("has expired") == true)
    #expect(run.handle(.retry(step: "q", with: [:], again: false, reason: nil)) == nil)
    run.proceed()
    #expect(run.statuses["q"] == .waiting)
    #expect(run.handle(.answer(step: "q", values: ["n": 1])) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
  }

  @Test func `an expiry can stop the run`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: q, ask: { message: m, fields: { n: integer } }, expires: 1h, on_expiry: stop }
        - { id: after, set: { x: 1 } }
      """)
    run.proceed()
    pass(run, hours: 1)
    #expect(run.status == .failed)
    #expect(run.engine.state.steps["after"] == nil)
  }

  @Test func `a rung whose condition does not hold is passed over, and counts as come`() throws {
    let run = try Rehearsal(
      """
      roles: { manager: Manager }
      inputs: { urgent: { type: boolean, default: false } }
      steps:
        - id: q
          ask: { message: m, fields: { n: integer } }
          escalate: [ { after: 1h, if: inputs.urgent, to: manager } ]
      """)
    run.proceed()
    pass(run, hours: 3)
    #expect(deadlines(run) == ["escalate.1"])
    #expect(run.engine.state.steps["q"]?.people.addedRoles == [])
    #expect(run.engine.dueNotice(now: run.now) == nil)
  }

  @Test func `business time is the calendar's`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: q, ask: { message: m, fields: { n: integer } }, due: 4 business hours }
      """)
    run.proceed()
    guard case .waiting(let waiting, _) = run.engine.state.steps["q"]?.phase else {
      Issue.record("it does not wait")
      return
    }
    // 02:13 is before the opening at nine.
    #expect(waiting.dueAt?.journalText == "2025-11-13T13:00:00.000Z")
  }

  @Test func `who is to be told is kept until everybody was`() throws {
    let run = try Rehearsal(Deadlines.question)
    run.proceed()
    pass(run, hours: 2)
    let notice = try #require(run.engine.dueNotice(now: run.now))
    #expect(notice.roles == ["manager"])
    #expect(notice.text.contains("Escalation"))
    run.apply(
      .people(
        .noticeStarted(
          NoticeIntent(
            timer: notice.timer, operation: "mail.send", effects: "keyed", people: ["a", "b"]))),
      step: "q")
    #expect(run.engine.dueNotice(now: run.now)?.telling.isRepeatable == true)
    run.apply(.people(.noticeSent(timer: notice.timer, person: "a")), step: "q")
    #expect(run.engine.dueNotice(now: run.now)?.telling.people == ["b"])
    run.apply(
      .people(
        .noticeFailed(NoticeFailure(timer: notice.timer, person: "b", message: "no address"))),
      step: "q")
    #expect(run.engine.dueNotice(now: run.now) == nil)
    #expect(run.engine.state.steps["q"]?.people.failedNotices == ["b: no address"])
    try expectFoldIsLive(run)
  }

  @Test func `telling somebody is not safe to repeat where the journal does not say so`() throws {
    for effects in [nil, "once"] {
      let run = try Rehearsal(Deadlines.question)
      run.proceed()
      pass(run, hours: 2)
      let notice = try #require(run.engine.dueNotice(now: run.now))
      #expect(!notice.telling.isRepeatable)
      run.apply(
        .people(
          .noticeStarted(
            NoticeIntent(
              timer: notice.timer, operation: "mail.send", effects: effects, people: ["a"]))),
        step: "q")
      #expect(run.engine.dueNotice(now: run.now)?.telling.isRepeatable == false)
      run.apply(
        .people(
          .noticeFailed(
            NoticeFailure(timer: notice.timer, person: "a", message: "lost", isUnknown: true))),
        step: "q")
      #expect(run.engine.dueNotice(now: run.now) == nil)
      try expectFoldIsLive(run)
    }
  }

  /// The fold of the events, and the saved state read back, are the live state.
  private func expectFoldIsLive(_ run: Rehearsal) throws {
    let folded = try run.folded(run.events.count)
    #expect(folded.state.saved == run.engine.state.saved)
    let restored = try #require(
      RunState(saved: run.engine.state.saved, workflow: run.workflow))
    #expect(restored.saved == run.engine.state.saved)
  }

  // MARK: The first of several

  private let race = """
    steps:
      - id: race
        wait:
          first_of:
            paid: { event: shop.paid, match: event.amount > 10 }
            pause: 3h
            late: 5h
      - { id: after, set: { which: "${{ steps.race.outputs.which }}" } }
    """

  @Test func `of several the first that comes ends the wait`() throws {
    let run = try Rehearsal(race, catalog: Rehearsal.shop)
    run.proceed()
    #expect(run.park.reasons.first?.message.contains("first of") == true)
    pass(run, hours: 1)
    #expect(run.handle(.event(name: "shop.paid", data: ["order_id": "a", "amount": 5])) == nil)
    run.proceed()
    #expect(run.statuses["race"] == .waiting)
    #expect(run.handle(.event(name: "shop.paid", data: ["order_id": "a", "amount": 50])) == nil)
    run.proceed()
    #expect(run.engine.state.steps["after"]?.outputs.clear == ["which": "paid"])
    try expectFoldIsLive(run)
  }

  @Test func `of a timer and an event, noticed together, the earlier wins, at a tie the event`()
    throws
  {
    for (hours, which) in [(Int64(2), "paid"), (3, "paid"), (4, "pause")] {
      let run = try Rehearsal(race, catalog: Rehearsal.shop)
      run.proceed()
      let arrival = try #require(run.now.adding(TimeSpan(seconds: hours * 3600)))
      run.now = run.now.adding(TimeSpan(seconds: 24 * 3600)) ?? run.now
      let event = ProjectEvent(
        id: "e1", name: "shop.paid", data: ["order_id": "a", "amount": 50.0], at: arrival)
      #expect(run.engine.wants(event, now: run.now))
      #expect(run.handle(.projectEvent(event)) == nil)
      run.proceed()
      #expect(run.engine.state.steps["after"]?.outputs.clear == ["which": .string(which)])
      #expect(!run.engine.wants(event, now: run.now))
      try expectFoldIsLive(run)
    }
  }

  @Test func `at a tie the event wins over a time in another first_of, too`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: race
          wait:
            first_of:
              late: { first_of: { pause: 1h, never: { event: shop.paid, match: event.amount > 90 } } }
              paid: { event: shop.paid }
        - { id: after, set: { which: "${{ steps.race.outputs.which }}" } }
      """, catalog: Rehearsal.shop)
    run.proceed()
    run.now = run.now.adding(TimeSpan(seconds: 3600)) ?? run.now
    #expect(run.handle(.event(name: "shop.paid", data: ["order_id": "a", "amount": 5])) == nil)
    run.proceed()
    #expect(run.engine.state.steps["after"]?.outputs.clear == ["which": "paid"])
  }

  @Test func `what a wait gives says when its event came, whenever that was taken`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: pause, wait: 2h }
        - { id: w, wait: { event: shop.paid } }
      """, catalog: Rehearsal.shop)
    run.proceed()
    #expect(run.handle(.event(name: "shop.paid", data: ["order_id": "a", "amount": 5])) == nil)
    let moment = run.now
    pass(run, hours: 2)
    #expect(run.engine.state.steps["w"]?.outputs.clear["at"] == .string(moment.journalText))
  }

  @Test(
    arguments: [
      ("event.order_id == inputs.order", "A-1"),
      ("inputs.order == event.order_id && event.amount > 1.0", "A-1"),
      ("event.amount > 1.0 && (event.order_id == steps.noted.outputs.order && true)", "noted"),
      ("event.order_id == 'x'", "x"), ("event['order_id'] == inputs['order']", "A-1"),
      ("event.order_id == inputs.order || event.amount > 5.0", nil),
      ("!(event.order_id == inputs.order)", nil), ("event.order_id != inputs.order", nil),
      ("event.amount == inputs.amount", nil), ("event.order_id == inputs.secret", nil),
      ("event.order_id == event.order_id", nil), ("event.?order_id == inputs.?order", nil),
      ("event.order_id == inputs.order + '!'", "A-1!"),
    ] as [(String, String?)])
  func `what an event must have is known where its match says so plainly`(
    match: String, text: String?
  ) throws {
    let run = try Rehearsal(
      """
      inputs: { order: string, amount: number, secret: { type: string, sensitive: true } }
      steps:
        - { id: noted, set: { order: "${{ 'no' + 'ted' }}" } }
        - id: w
          wait: { event: shop.paid, match: "\(match)" }
      """, inputs: ["order": "A-1", "amount": 1.5, "secret": "s"], catalog: Rehearsal.shop)
    run.proceed()
    let awaited = run.engine.awaitedEventsWithDemands(now: run.now)
    #expect(awaited.map(\.name) == ["shop.paid"])
    #expect(awaited.first?.demands["order_id"]?.asString == text)
    // Whoever leaves out the events that have another text misses none.
    for order in ["A-1", "noted", "x", "s", "other"] {
      let event = ProjectEvent(
        id: "e", name: "shop.paid", data: ["order_id": .string(order), "amount": 1.5], at: run.now)
      #expect(text == nil || text == order || !run.engine.wants(event, now: run.now))
    }
  }

  @Test func `an event of the project from before the run, or before the step, is old`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: first, wait: 2h }
        - { id: w, wait: { event: shop.paid, since: first } }
      """, catalog: Rehearsal.shop)
    run.proceed()
    let before = ProjectEvent(
      id: "e1", name: "shop.paid", data: ["order_id": "a", "amount": 1.0], at: run.now)
    pass(run, hours: 2)
    #expect(run.engine.awaitedEventsWithDemands(now: run.now).map(\.name) == ["shop.paid"])
    #expect(!run.engine.wants(before, now: run.now))
    var after = before
    after.id = "e2"
    after.at = run.now
    #expect(run.engine.wants(after, now: run.now))
    #expect(run.handle(.projectEvent(after)) == nil)
    #expect(run.handle(.projectEvent(after)) == nil)
    #expect(run.engine.state.received.count == 1)
    run.proceed()
    #expect(run.status == .succeeded)
  }

  @Test func `what is due beside a step that needs a decision comes all the same`() throws {
    let run = try Rehearsal(
      """
      roles: { manager: Manager }
      steps:
        - id: beside
          parallel:
            - { id: broken, approve: Go?, on_failure: park }
            - { id: q, ask: { message: m, fields: { n: integer } }, escalate: [ { after: 1h, to: manager } ] }
            - id: each
              for_each:
                in: "[1, 2]"
                max_parallel: 2
                steps: [ { id: item_q, ask: { message: m, fields: { n: integer } }, due: 2h } ]
      """)
    run.proceed()
    let no = CommandKind.decide(step: "broken", approves: false, comment: nil, shown: nil)
    #expect(run.handle(no) == nil)
    run.proceed()
    #expect(run.park.status == .needsAttention)
    pass(run, hours: 1)
    #expect(deadlines(run) == ["escalate.1"])
    pass(run, hours: 100)
    #expect(deadlines(run) == ["escalate.1", "due", "due"])
    #expect(run.engine.next(now: run.now).isWait)
    try expectFoldIsLive(run)
  }
}

extension Decision {
  fileprivate var isWait: Bool { if case .wait = self { true } else { false } }
}

import Testing
import Values
import Workflows

@testable import Engine

@Suite struct ApprovalTests {
  private let text = """
    roles: { manager: Manager, owner: { person: "${{ inputs.email }}" } }
    inputs: { email: { type: string, default: o@example.com } }
    steps:
      - id: ok
        role: manager
        approve: { message: "Go live for ${{ inputs.email }}?", approvals: 2, not_starter: true }
      - { id: after, set: { by: "${{ steps.ok.outputs.by }}" } }
      - { id: end, wait: 1h }
    """

  private func decide(
    _ run: Rehearsal, _ person: String, approves: Bool = true, comment: String? = nil,
    roles: Set<String> = ["manager"], kind: Actor.Kind = .person, shown: String? = nil
  ) -> Refusal? {
    run.handle(
      .decide(step: "ok", approves: approves, comment: comment, shown: shown),
      by: Actor(kind: kind, id: person),
      standing: kind == .user ? nil : Standing(roles: roles, names: [person]))
  }

  @Test func `enough different people have to approve`() throws {
    let run = try Rehearsal(text)
    run.proceed()
    #expect(run.park.reasons.map(\.message) == ["waits for 2 approvals"])
    #expect(decide(run, "ana") == nil)
    #expect(decide(run, "ana") == nil)
    run.proceed()
    #expect(run.statuses["ok"] == .waiting)
    #expect(run.park.reasons.map(\.message) == ["waits for 1 more of 2 approvals"])
    #expect(decide(run, "ana", approves: false)?.message.contains("already") == true)
    #expect(decide(run, "lerato", comment: "well done") == nil)
    run.proceed()
    #expect(run.engine.state.steps["after"]?.outputs.clear == ["by": "ana, lerato"])
    #expect(run.engine.state.steps["ok"]?.outputs.clear["comment"] == "well done")
    #expect(run.engine.state.steps["ok"]?.manner == .person)
    #expect(run.engine.state.steps["ok"]?.by?.id == "lerato")
    #expect(run.engine.state.steps["ok"]?.doers.map(\.id) == ["ana", "lerato"])
    // The same decision again changes nothing; another is a conflict that names the first.
    #expect(decide(run, "ana") == nil)
    #expect(
      decide(run, "pieter", approves: false)?.message.contains("approved by lerato") == true)
  }

  @Test func `what somebody adds to their decision is kept, and told where it comes too late`()
    throws
  {
    let run = try Rehearsal(text)
    run.proceed()
    #expect(decide(run, "ana") == nil)
    #expect(decide(run, "ana", comment: "only after the audit") == nil)
    #expect(decide(run, "ana", comment: "only after the audit") == nil)
    #expect(decide(run, "ana", comment: "and tell Eve") == nil)
    run.proceed()
    #expect(run.statuses["ok"] == .waiting, "one person counts once")
    let told = run.events.compactMap { event -> String? in
      if case .people(.decided(let decided)) = event.kind { decided.comment ?? "-" } else { nil }
    }
    #expect(told == ["-", "only after the audit", "and tell Eve"])
    #expect(decide(run, "lerato") == nil)
    run.proceed()
    #expect(
      run.engine.state.steps["ok"]?.outputs.clear["comment"]
        == "only after the audit\nand tell Eve")
    #expect(decide(run, "ana", comment: "and tell Eve") == nil)
    let late = try #require(decide(run, "lerato", comment: "not before May"))
    #expect(late.message.contains("a comment is no part of it any more"))
    #expect(late.hint == "keep it as a note: baton note 20261120-abc234 'not before May'")
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a comment that comes after a rejection is not lost without a word`() throws {
    let run = try Rehearsal(text)
    run.proceed()
    #expect(decide(run, "ana", approves: false) == nil)
    run.proceed()
    #expect(decide(run, "ana", approves: false) == nil)
    let late = decide(run, "ana", approves: false, comment: "the logo")
    #expect(late?.message.contains("ana has rejected `ok` already") == true)
  }

  @Test func `reminded is neither who has approved nor who started the run and must not`() throws {
    let run = try Rehearsal(
      text.replacing(
        "not_starter: true }", with: "not_starter: true }\n    due: 4h\n    remind: [ 1h before ]"),
      startedBy: Actor(kind: .person, id: "johan"))
    run.proceed()
    #expect(decide(run, "ana") == nil)
    run.now = run.now.adding(TimeSpan(seconds: 3 * 3600)) ?? run.now
    run.proceed()
    let notice = try #require(run.engine.dueNotice(now: run.now))
    #expect(notice.timer == "remind.1")
    #expect(notice.excluded == ["ana", "johan"])
  }

  @Test func `who started the run, who has no role and who did not sign in cannot approve`() throws
  {
    let run = try Rehearsal(text, startedBy: Actor(kind: .person, id: "johan"))
    run.proceed()
    #expect(decide(run, "johan")?.message.contains("started this run") == true)
    #expect(decide(run, "eve", roles: ["support"])?.message.contains("is for manager") == true)
    #expect(decide(run, "root", kind: .user)?.message.contains("signed in") == true)
    #expect(run.engine.state.steps["ok"]?.people.decisions.isEmpty == true)
  }

  @Test func `a rejection is a failure with its own code, and a retry asks again`() throws {
    let run = try Rehearsal(text)
    run.proceed()
    #expect(decide(run, "ana", approves: false, comment: "the logo is wrong") == nil)
    run.proceed()
    let failure = run.engine.state.steps["ok"]?.failure
    #expect(failure?.code == "rejected")
    #expect(failure?.message == "ana rejected it: the logo is wrong")
    #expect(run.park.status == .needsAttention)
    #expect(run.handle(.retry(step: "ok", with: [:], again: false, reason: nil)) == nil)
    run.proceed()
    #expect(run.engine.state.steps["ok"]?.people.decisions.isEmpty == true)
    #expect(decide(run, "ana") == nil)
    #expect(decide(run, "lerato") == nil)
    run.proceed()
    #expect(run.statuses["ok"] == .succeeded)
  }

  @Test func `there is no second door to an approval`() throws {
    let run = try Rehearsal(text)
    run.proceed()
    let done = run.handle(.done(step: "ok", values: [:], reason: "trust me", evidence: []))
    #expect(done?.message.contains("is an approval") == true)
    #expect(done?.hint?.contains("baton approve ") == true)
    #expect(run.handle(.skip(step: "ok", reason: "no time"))?.message.contains("approval") == true)
    #expect(run.handle(.answer(step: "ok", values: [:])) != nil)
    #expect(decide(run, "ana", approves: false) == nil)
    run.proceed()
    let skipped = run.handle(.skip(step: "ok", reason: "no time"))
    #expect(skipped?.message.contains("approval") == true)
    // It is decided: only asking again leads on.
    #expect(skipped?.hint == "ask for it again: baton retry \(run.engine.state.header.run) ok")
  }

  @Test func `what one of two has approved when the run is cancelled was not approved`() throws {
    let run = try Rehearsal(text)
    run.proceed()
    #expect(decide(run, "ana") == nil)
    run.proceed()
    #expect(run.handle(.cancel(reason: "by mistake")) == nil)
    run.proceed()
    for person in ["ana", "lerato"] {
      let message = decide(run, person)?.message
      #expect(message == "`ok` is not waiting for a decision: it is cancelled")
    }
  }

  @Test func `an approval is bound to what was shown`() throws {
    let run = try Rehearsal(text)
    run.proceed()
    guard case .waiting(let waiting, _) = run.engine.state.steps["ok"]?.phase,
      case .approval(let shown) = waiting.cause
    else {
      Issue.record("it does not wait")
      return
    }
    #expect(shown.sha256.utf8.count == 64)
    #expect(decide(run, "ana", shown: "something else")?.message.contains("has changed") == true)
    #expect(decide(run, "ana", shown: shown.sha256) == nil)
    let other = try Rehearsal(text, inputs: ["email": "p@example.com"])
    other.proceed()
    guard case .waiting(let second, _) = other.engine.state.steps["ok"]?.phase,
      case .approval(let otherShown) = second.cause
    else {
      Issue.record("it does not wait")
      return
    }
    #expect(otherShown.sha256 != shown.sha256)
  }

  @Test func `what is put into a message means only itself`() throws {
    let run = try Rehearsal(text, inputs: ["email": "[click](https://x.example) **now**\n# Hi"])
    run.proceed()
    guard case .waiting(let waiting, _) = run.engine.state.steps["ok"]?.phase,
      case .approval(let shown) = waiting.cause
    else {
      Issue.record("it does not wait")
      return
    }
    #expect(
      shown.message == "Go live for \\[click\\](https\\://x.example) \\*\\*now\\*\\* \\# Hi?")
    #expect(
      EscapedMarkdown.plain(shown.message)
        == "Go live for [click](https://x.example) **now** # Hi?")
  }

  @Test func `a role of the run is held by whom the run names`() throws {
    let run = try Rehearsal(
      """
      roles: { owner: { person: "${{ inputs.email }}" } }
      inputs: { email: { type: string, default: o@example.com } }
      steps: [ { id: q, role: owner, ask: { message: m, fields: { n: integer } } } ]
      """)
    run.proceed()
    let answer = CommandKind.answer(step: "q", values: ["n": 1])
    let eve = Actor(kind: .person, id: "eve")
    let refusal = run.handle(answer, by: eve, standing: Standing(roles: ["x"], names: ["eve"]))
    #expect(refusal?.message.contains("`q` is for owner") == true)
    let owner = Standing(roles: [], names: ["olive", "o@example.com"])
    #expect(run.handle(answer, by: Actor(kind: .person, id: "olive"), standing: owner) == nil)
  }

  @Test func `a claim says who is on a step, and another is told`() throws {
    let run = try Rehearsal("steps: [ { id: q, ask: { message: m, fields: { n: integer } } } ]")
    run.proceed()
    #expect(run.handle(.claim(step: "q")) == nil)
    let eve = Actor(kind: .person, id: "eve")
    #expect(run.handle(.claim(step: "q"), by: eve)?.message.contains("ana is on `q`") == true)
    #expect(run.handle(.release(step: "q"), by: eve) == nil)
    #expect(run.handle(.claim(step: "q"), by: eve) == nil)
    #expect(run.engine.state.steps["q"]?.people.claim?.by.id == "eve")
    #expect(run.handle(.answer(step: "q", values: ["n": 1])) == nil)
    run.proceed()
    #expect(run.engine.state.steps["q"]?.people.claim == nil)
  }

  @Test func `a claim says nothing for those to whom the step is escalated later`() throws {
    let run = try Rehearsal(
      """
      roles: { a: A, b: B, c: C }
      steps:
        - id: q
          role: a
          ask: { message: m, fields: { n: integer } }
          escalate: [ { after: 1h, to: b }, { after: 2h, to: c } ]
      """)
    let later = { (run: Rehearsal) in
      run.now = run.now.adding(TimeSpan(seconds: 3600)) ?? run.now
      run.proceed()
      return run.engine.state.steps["q"]?.people.rolesSinceClaim(with: "a")
    }
    run.proceed()
    #expect(later(run) == [])
    #expect(run.handle(.claim(step: "q")) == nil)
    #expect(run.engine.state.steps["q"]?.people.rolesSinceClaim(with: "a") == [])
    #expect(later(run) == ["c"])
    let saved = try #require(run.engine.state.steps["q"]?.people)
    #expect(PeopleRecord(saved: saved.saved) == saved)
    #expect(run.handle(.release(step: "q")) == nil)
    #expect(run.engine.state.steps["q"]?.people.rolesSinceClaim(with: "a") == [])
  }

  @Test func `whoever has decided takes an approval from nobody with a claim`() throws {
    let run = try Rehearsal("steps: [ { id: ok, approve: { message: Pay?, approvals: 2 } } ]")
    run.proceed()
    let eve = Actor(kind: .person, id: "eve")
    let approve = CommandKind.decide(step: "ok", approves: true, comment: nil, shown: nil)
    #expect(run.handle(.claim(step: "ok"), by: eve) == nil)
    #expect(run.handle(approve, by: eve) == nil)
    #expect(run.engine.state.steps["ok"]?.people.claim == nil)
    #expect(run.handle(.claim(step: "ok"), by: eve)?.message.contains("waits for others") == true)
    #expect(run.handle(.claim(step: "ok")) == nil)
  }

  @Test func `who may not answer claims nothing, but what has failed is anybody's`() throws {
    let run = try Rehearsal(
      """
      inputs: { zero: string }
      roles: { owner: { name: Owner } }
      steps:
        - id: par
          parallel:
            - { id: q, role: owner, ask: { fields: { n: integer } } }
            - { id: ok, role: owner, approve: Fine? }
            - { id: bad, role: owner, set: { n: "${{ 1 / int(inputs.zero) }}" } }
      """, inputs: ["zero": "0"])
    run.proceed()
    let eve = Actor(kind: .person, id: "eve")
    let other = Standing(roles: ["x"], names: ["eve"])
    for address in ["q", "ok"] {
      let refusal = run.handle(.claim(step: address), by: eve, standing: other)
      #expect(refusal?.message.contains("`\(address)` is for owner") == true)
      let owner = Standing(roles: ["owner"], names: ["eve"])
      #expect(run.handle(.claim(step: address), by: eve, standing: owner) == nil)
    }
    #expect(run.handle(.claim(step: "bad"), by: eve, standing: other) == nil)
  }

  @Test
  func `a run that somebody stopped stays so, though the process dies behind a claim or an event`()
    throws
  {
    let run = try Rehearsal(
      """
      steps:
        - id: par
          parallel:
            - { id: q, ask: { fields: { n: integer } } }
            - { id: w, wait: { event: shop.paid } }
      """, catalog: Rehearsal.shop)
    run.proceed()
    let stopped = EventKind.runParked(
      status: .needsAttention, reasons: [.stopped], stateHash: "")
    run.apply(stopped)
    #expect(run.handle(.claim(step: "q")) == nil)
    #expect(run.handle(.release(step: "q")) == nil)
    let paid: ValueMap = ["order_id": "a", "amount": 1]
    #expect(run.handle(.event(name: "shop.paid", data: paid)) == nil)
    #expect(run.engine.state.parked?.isStopped == true)
    #expect(run.handle(.answer(step: "q", values: ["n": 1])) == nil)
    #expect(run.engine.state.parked == nil)
  }

  @Test func `a late decision is told that its time was up, and how it is asked for again`() throws
  {
    let run = try Rehearsal(
      "steps: [ { id: ok, approve: { message: Pay? }, expires: 1h } ]")
    run.proceed()
    run.now = run.now.adding(TimeSpan(seconds: 7200)) ?? run.now
    run.proceed()
    let refusal = run.handle(.decide(step: "ok", approves: true, comment: nil, shown: nil))
    #expect(refusal?.message.hasPrefix("`ok` has expired: nobody did it by") == true)
    #expect(refusal?.hint?.contains("ask it again: baton retry") == true)
  }

  // MARK: Lists

  @Test func `items are ticked by people and by events, and the list is done when it says so`()
    throws
  {
    let run = try Rehearsal(
      """
      steps:
        - id: list
          ask:
            items:
              invite: { label: Invite, category: team, done_on: { event: shop.paid, match: event.amount > 10 } }
              card: { label: Card, category: billing, done_on: { event: shop.paid, match: event.amount > 100 } }
              report: { label: Report }
              logo: { label: Logo }
            complete_when: progress >= 0.75
        - { id: after, set: { p: "${{ steps.list.outputs.progress }}" } }
        - { id: end, wait: 1h }
      """, catalog: Rehearsal.shop)
    run.proceed()
    #expect(run.handle(.event(name: "shop.paid", data: ["order_id": "a", "amount": 50])) == nil)
    run.proceed()
    #expect(run.engine.state.steps["list"]?.answers.clear == ["invite": true])
    #expect(run.handle(.answer(step: "list", values: ["report": true, "logo": true])) == nil)
    // A wrong tick can be taken back while the list is open.
    #expect(run.handle(.answer(step: "list", values: ["logo": false])) == nil)
    run.proceed()
    #expect(run.statuses["list"] == .waiting)
    #expect(run.handle(.answer(step: "list", values: ["logo": true])) == nil)
    run.proceed()
    #expect(run.engine.state.steps["after"]?.outputs.clear == ["p": 0.75])
    let late = run.handle(.answer(step: "list", values: ["logo": false]))
    #expect(late?.message.contains("answered differently by ana") == true)
  }

  @Test func `a list that events alone have done was done by nobody`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: list
          ask: { items: { paid: { label: Paid, done_on: { event: shop.paid } } } }
      """, catalog: Rehearsal.shop)
    run.proceed()
    #expect(run.handle(.event(name: "shop.paid", data: ["order_id": "a", "amount": 50])) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.engine.state.steps["list"]?.manner == .machine)
  }

  @Test func `a retry with other values voids the approval that released the step`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: ok, approve: { message: Pay? } }
        - { id: note, set: { x: "1" } }
        - { id: pay, action: shop.open, with: { name: ana } }
      """, catalog: Shop.catalog)
    run.proceed()
    #expect(
      run.handle(.decide(step: "ok", approves: true, comment: nil, shown: nil)) == nil)
    run.carryOut { _ in .failed(Failure(code: "refused", message: "no"), canRetry: false) }
    // The same again is what was approved.
    #expect(run.handle(.retry(step: "pay", with: [:], again: false, reason: nil)) == nil)
    run.carryOut { _ in .failed(Failure(code: "refused", message: "no"), canRetry: false) }
    #expect(run.statuses["ok"] == .succeeded)
    #expect(
      run.handle(.retry(step: "pay", with: ["name": "ben"], again: false, reason: nil)) == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["ok"] == .waiting)
    #expect(run.engine.state.steps["ok"]?.people.decisions == [])
    #expect(try run.agreesWithItsJournal())
    #expect(
      run.handle(.decide(step: "ok", approves: true, comment: nil, shown: nil)) == nil)
    #expect(run.carryOut() == ["shop.open ben"])
    #expect(run.status == .succeeded)
  }
}

import Testing
import Values
import Workflows

@testable import Engine

/// `since` of a wait: from when on events count.
@Suite struct SinceTests {
  private func project(_ run: Rehearsal, _ id: String) -> ProjectEvent {
    ProjectEvent(
      id: id, name: "shop.paid", data: ["order_id": "a", "amount": 1.0], at: run.now)
  }

  private func pay(_ run: Rehearsal) throws {
    let data: ValueMap = ["order_id": "a", "amount": 1.0]
    try #require(run.handle(.event(name: "shop.paid", data: data)) == nil)
    run.proceed()
  }

  @Test func `no event counts since a step beside that is not over`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: par
          parallel:
            - { id: q, ask: { fields: { ok: boolean } } }
            - { id: w, wait: { event: shop.paid, since: q } }
      """, catalog: Rehearsal.shop)
    run.proceed()
    try pay(run)
    let early = project(run, "e1")
    #expect(!run.engine.wants(early, now: run.now))
    #expect(run.statuses["w"] == .waiting)
    run.now = run.now.adding(TimeSpan(seconds: 60)) ?? run.now
    #expect(run.handle(.answer(step: "q", values: ["ok": true])) == nil)
    run.proceed()
    #expect(run.statuses["w"] == .waiting)
    #expect(!run.engine.wants(early, now: run.now))
    #expect(run.engine.wants(project(run, "e2"), now: run.now))
    try pay(run)
    #expect(run.status == .succeeded)
  }

  @Test func `what was left out with the step around it is over with that`() throws {
    let run = try Rehearsal(
      """
      inputs: { more: { type: boolean, default: false } }
      steps:
        - { id: first, wait: 1h }
        - id: sec
          if: inputs.more
          steps: [ { id: inner, set: { x: 1 } } ]
        - { id: hold, ask: { fields: { ok: boolean } } }
        - { id: w, wait: { event: shop.paid, since: inner } }
      """, catalog: Rehearsal.shop)
    run.proceed()
    try pay(run)
    let early = project(run, "e1")
    run.now = run.now.adding(TimeSpan(seconds: 3600)) ?? run.now
    run.proceed()
    #expect(run.handle(.answer(step: "hold", values: ["ok": true])) == nil)
    run.proceed()
    #expect(run.statuses["w"] == .waiting)
    #expect(!run.engine.wants(early, now: run.now))
    try pay(run)
    #expect(run.status == .succeeded)
  }

  @Test func `what came before is taken once a step tells it apart`() throws {
    for isTicked in [false, true] {
      let match = "event.order_id == steps.a.outputs.?order.orValue('')"
      let wait =
        isTicked
        ? "ask: { items: { x: { label: X, done_on: { event: shop.paid, match: \"\(match)\" } } } }"
        : "wait: { event: shop.paid, match: \"\(match)\" }"
      let run = try Rehearsal(
        """
        steps:
          - id: par
            parallel:
              - id: w
                \(wait)
              - { id: a, ask: { fields: { order: string } } }
        """, catalog: Rehearsal.shop)
      run.proceed()
      try pay(run)
      #expect(run.statuses["w"] == .waiting)
      #expect(run.handle(.answer(step: "a", values: ["order": "a"])) == nil)
      run.proceed()
      #expect(run.status == .succeeded)
    }
  }

  @Test func `an event counts from when it was given, though it is taken later`() throws {
    let hour = TimeSpan(seconds: 3600)
    for body in [
      "wait: { event: shop.paid }\n    expires: 4h\n    on_expiry: stop",
      "wait: { first_of: { got: { event: shop.paid }, late: 4h } }",
    ] {
      let run = try Rehearsal("steps:\n  - id: w\n    \(body)", catalog: Rehearsal.shop)
      run.proceed()
      let given = run.now.adding(hour) ?? run.now
      run.now = given.adding(TimeSpan(seconds: 4 * 3600)) ?? run.now
      let command = Command(
        id: "e1",
        kind: .event(name: "shop.paid", data: ["order_id": "a", "amount": 1.0]),
        actor: .machine)
      for event in try run.engine.handle(command, now: run.now, givenAt: given).get() {
        run.apply(event.kind, step: event.step)
      }
      run.proceed()
      #expect(run.status == .succeeded)
      let outputs = run.engine.state.steps["w"]?.outputs.clear
      #expect(outputs?["at"] == .string(given.journalText))
      #expect(outputs?["which"] != "late")
      #expect(try run.agreesWithItsJournal())
    }
  }
}

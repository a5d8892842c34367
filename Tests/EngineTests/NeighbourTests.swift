import Testing
import Values

@testable import Engine

/// What fails touches nothing that goes on beside it.
@Suite struct NeighbourTests {
  private static let refused = AttemptResult.failed(
    Failure(code: "refused", message: "no"), canRetry: false)

  /// Begins every attempt that may be under way at once.
  private func startAll(_ run: Rehearsal) -> [String: AttemptRequest] {
    var started: [String: AttemptRequest] = [:]
    while let request = run.nextAttempt() {
      run.start(request)
      started[request.address] = request
    }
    return started
  }

  private func end(_ request: AttemptRequest?, _ run: Rehearsal) throws {
    let request = try #require(request)
    run.end(request, Shop.answer(request))
  }

  @Test func `an item that is over is done, though the last of the others fails at once`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: each
          on_failure: continue
          for_each:
            in: "['a', 'b']"
            max_parallel: 2
            steps: [ { id: open, action: shop.open, with: { name: "${{ item }}" } } ]
      """, catalog: Shop.catalog)
    let started = startAll(run)
    run.end(try #require(started["each[1]/open"]), Self.refused)
    run.proceed()
    try end(started["each[0]/open"], run)
    run.proceed()
    #expect(run.status == .succeeded)
    let step = try #require(run.engine.step(at: "each"))
    let items = try #require(run.engine.items(of: step, at: "each"))
    #expect(items.done == 1)
    #expect(items.stuck.map(\.index) == [1])
    #expect(items.brokenOff.isEmpty)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what an item came to fails its loop once the others are over`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: each
          on_failure: continue
          for_each:
            in: "[0, 5, 2, 0]"
            max_parallel: 2
            collect: ${{ 10 / item }}
            steps: [ { id: open, action: shop.open, with: { name: "a${{ item }}" } } ]
        - { id: after, set: { x: 1 } }
      """, catalog: Shop.catalog)
    var started = startAll(run)
    #expect(started.keys.sorted() == ["each[0]/open", "each[1]/open"])
    try end(started["each[0]/open"], run)
    // As many side by side as before, and none of them touched.
    started.merge(startAll(run)) { $1 }
    #expect(started.keys.sorted() == ["each[0]/open", "each[1]/open", "each[2]/open"])
    #expect(run.statuses["each[1]/open"] == .running)
    let step = try #require(run.engine.step(at: "each"))
    #expect(run.engine.items(of: step, at: "each")?.stuck.map(\.index) == [0])
    #expect(run.engine.items(of: step, at: "each")?.done == 0)
    try end(started["each[1]/open"], run)
    started.merge(startAll(run)) { $1 }
    try end(started["each[3]/open"], run)
    run.proceed()
    #expect(run.statuses["each"] == .running)
    try end(started["each[2]/open"], run)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.statuses["each"] == .failed && run.statuses["after"] == .succeeded)
    #expect(!run.types.contains("step.in_doubt"))
    let items = try #require(run.engine.items(of: step, at: "each"))
    #expect(items.stuck.map(\.index) == [0, 3])
    #expect(items.done == 2)
    #expect(items.brokenOff.isEmpty)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a loop whose items came to nothing is tested again, and nothing in it done again`()
    throws
  {
    let run = try Rehearsal(
      """
      steps:
        - id: each
          for_each:
            in: "[0, 5]"
            max_parallel: 2
            collect: ${{ 10 / item }}
            steps: [ { id: open, action: shop.open, with: { name: "a${{ item }}" } } ]
      """, catalog: Shop.catalog)
    let started = startAll(run)
    try end(started["each[0]/open"], run)
    #expect(startAll(run).isEmpty)
    try end(started["each[1]/open"], run)
    run.proceed()
    #expect(run.park.reasons.map(\.step) == ["each"])
    #expect(run.handle(.retry(step: "each", with: [:], again: false, reason: nil)) == nil)
    #expect(run.carryOut().isEmpty)
    #expect(run.statuses["each"] == .failed)
  }

  @Test(arguments: [
    // A loop around branches, branches around branches, a loop around a loop, a call.
    """
    steps:
      - id: whole
        on_failure: continue
        for_each:
          in: "[1]"
          steps:
            - id: both
              parallel:
                - { id: a, action: shop.open, with: { name: a } }
                - { id: b, action: shop.open, with: { name: b } }
      - { id: after, set: { x: 1 } }
    """,
    """
    steps:
      - id: whole
        on_failure: continue
        parallel:
          - id: both
            parallel:
              - { id: a, action: shop.open, with: { name: a } }
              - { id: b, action: shop.open, with: { name: b } }
      - { id: after, set: { x: 1 } }
    """,
    """
    steps:
      - id: whole
        on_failure: continue
        for_each:
          in: "[1]"
          steps:
            - id: inner
              for_each:
                in: "['a', 'b']"
                max_parallel: 2
                steps: [ { id: open, action: shop.open, with: { name: "${{ item }}" } } ]
      - { id: after, set: { x: 1 } }
    """,
    """
    steps:
      - id: whole
        on_failure: { steps: [ { id: note, set: { x: 1 } } ], then: continue }
        parallel:
          - { id: call, workflow: other }
      - { id: after, set: { x: 1 } }
    """,
  ])
  func `a failure that is passed over waits for all that is beside it, however deep`(
    _ workflow: String
  ) throws {
    let run = try Rehearsal(
      workflow,
      called: [
        "other": """
        steps:
          - id: both
            parallel:
              - { id: a, action: shop.open, with: { name: a } }
              - { id: b, action: shop.open, with: { name: b } }
        """
      ], catalog: Shop.catalog)
    let started = startAll(run)
    let addresses = started.keys.sorted()
    #expect(addresses.count == 2)
    run.end(try #require(started[addresses[0]]), Self.refused)
    run.proceed()
    #expect(run.statuses[addresses[1]] == .running)
    #expect(run.statuses["after"] == nil)
    // The process dies here, and what was under way is nobody's to know.
    run.apply(.runResumed(process: 1, host: "h"))
    run.proceed()
    #expect(run.statuses[addresses[1]] == .inDoubt)
    #expect(run.statuses["after"] == nil)
    #expect(run.park.reasons.map(\.step).contains(addresses[1]))
    let resolved = run.handle(
      .resolve(
        step: addresses[1], happened: true, values: ["id": "b"], reason: "seen", evidence: []))
    #expect(resolved == nil)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.statuses["whole"] == .failed && run.statuses["after"] == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what a person tries again is over before a recovery passes over the whole`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: whole
          on_failure:
            steps: [ { id: note, ask: { message: Note it, fields: { ok: boolean } } } ]
            then: continue
          parallel:
            - { id: a, action: shop.open, with: { name: a } }
            - { id: b, action: shop.open, with: { name: b } }
        - { id: after, set: { x: 1 } }
      """, catalog: Shop.catalog)
    run.carryOut { _ in Self.refused }
    #expect(run.park.reasons.map(\.step).contains("note"))
    let failed = try #require(run.engine.state.recovery.open["whole"]?.start.failed)
    let other = failed == "a" ? "b" : "a"
    #expect(run.handle(.retry(step: other, with: [:], again: false, reason: nil)) == nil)
    let started = startAll(run)
    #expect(Array(started.keys) == [other])
    #expect(run.handle(.answer(step: "note", values: ["ok": true])) == nil)
    run.proceed()
    #expect(run.statuses[other] == .running)
    #expect(run.statuses["after"] == nil)
    run.end(try #require(started[other]), Self.refused)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.statuses["whole"] == .failed && run.statuses["after"] == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a failure further out waits for the recovery of another one`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: outer
          on_failure: continue
          steps:
            - id: inner
              on_failure:
                - when: error.code == 'refused'
                  steps: [ { id: tell, action: shop.tell, with: { text: x } } ]
                  then: continue
              parallel:
                - { id: a, action: shop.open, with: { name: a } }
                - { id: b, action: shop.open, with: { name: b } }
      """, catalog: Shop.catalog)
    let started = startAll(run)
    let other = AttemptResult.failed(Failure(code: "other", message: "no"), canRetry: false)
    run.end(try #require(started["a"]), other)
    run.proceed()
    run.end(try #require(started["b"]), Self.refused)
    let tell = try #require(run.nextAttempt())
    #expect(tell.address == "tell")
    run.start(tell)
    run.proceed()
    #expect(run.statuses["tell"] == .running)
    #expect(run.statuses["outer"] == .running)
    run.end(tell, .succeeded([:]))
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.statuses["inner"] == .failed)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `of two failures the one that goes less far is seen to whichever came last`() throws {
    for last in ["a", "b"] {
      let run = try Rehearsal(
        """
        steps:
          - id: outer
            on_failure: continue
            parallel:
              - id: inner
                on_failure: [ { when: error.code == 'b', steps: [ { id: n, set: { x: 1 } } ], then: continue } ]
                parallel:
                  - { id: a, action: shop.open, with: { name: a } }
                  - { id: b, action: shop.open, with: { name: b } }
              - { id: c, action: shop.open, with: { name: c } }
        """, catalog: Shop.catalog)
      let started = startAll(run)
      for address in ["a", "b"].sorted(by: { one, _ in one != last }) {
        let failure = Failure(code: address, message: "no")
        run.end(try #require(started[address]), .failed(failure, canRetry: false))
        run.proceed()
      }
      #expect(run.statuses["n"] == .succeeded)
      #expect(run.statuses["c"] == .running)
      try end(started["c"], run)
      run.proceed()
      #expect(run.status == .succeeded)
      #expect(run.statuses["outer"] == .succeeded && run.statuses["inner"] == .failed)
    }
  }

  // MARK: Ending a part of the run

  @Test func `two called workflows end early, each once what is under way in it has ended`() throws
  {
    let run = try Rehearsal(
      """
      steps:
        - id: both
          parallel:
            - { id: one, workflow: other, with: { name: x } }
            - { id: two, workflow: other, with: { name: y } }
      """,
      called: [
        "other": """
        inputs: { name: string }
        steps:
          - id: side
            parallel:
              - { id: open, action: shop.open, with: { name: "${{ inputs.name }}" } }
              - { id: enough, finish: { outcome: succeeded } }
        """
      ], catalog: Shop.catalog)
    let started = startAll(run)
    #expect(started.keys.sorted() == ["one/open", "two/open"])
    for address in ["one/open", "two/open"] { try end(started[address], run) }
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a failure that would stop the run and is tried again holds up nothing`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: both
          parallel:
            - { id: a, action: shop.open, on_failure: stop, with: { name: a } }
            - { id: b, action: shop.open, with: { name: b } }
            - id: c
              steps: [ { id: c1, action: shop.open, with: { name: c1 } },
                       { id: c2, action: shop.open, with: { name: c2 } } ]
      """, catalog: Shop.catalog)
    let started = startAll(run)
    run.end(try #require(started["a"]), Self.refused)
    run.proceed()
    try end(started["c1"], run)
    #expect(run.nextAttempt() == nil)
    #expect(run.handle(.retry(step: "a", with: [:], again: false, reason: nil)) == nil)
    let again = startAll(run)
    #expect(again.keys.sorted() == ["a", "c2"])
    for request in [again["a"], started["b"], again["c2"]] { try end(request, run) }
    run.proceed()
    #expect(run.status == .succeeded)
  }

  @Test func `a run ends at once where what was under way died with its process`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: both
          parallel:
            - { id: a, action: shop.open, on_failure: stop, with: { name: a } }
            - { id: b, action: shop.open, effects: keyed, with: { name: b } }
      """, catalog: Shop.catalog)
    let started = startAll(run)
    run.end(try #require(started["a"]), Self.refused)
    run.proceed()
    #expect(run.status != .failed)
    run.apply(.runResumed(process: 1, host: "h"))
    run.proceed()
    #expect(run.status == .failed)
    #expect(run.statuses["b"] == .inDoubt)
  }
}

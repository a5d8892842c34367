import Documents
import SourceText
import Testing
import Values
import Workflows

@testable import Engine

@Suite struct RunEngineTests {
  @Test func `sets values one after the other and ends`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: a, set: { x: "${{ 1 + 1 }}" } }
        - { id: b, set: { y: "${{ steps.a.outputs.x * 2 }}" } }
      outputs: { y: "${{ steps.b.outputs.y }}" }
      """)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.engine.state.outputs.clear == ["y": 4])
    #expect(run.types == ["step.succeeded", "step.succeeded", "run.finishing", "run.finished"])
  }

  @Test func `skips what its condition excludes and what go_to passes over`() throws {
    let run = try Rehearsal(
      """
      inputs: { n: { type: integer, default: 1 } }
      steps:
        - { id: a, if: inputs.n > 2, set: { x: 1 } }
        - { id: b, if: inputs.n == 1, go_to: d }
        - { id: c, set: { x: 1 } }
        - { id: d, set: { x: 1 } }
      """)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.statuses == ["a": .skipped, "b": .succeeded, "c": .skipped, "d": .succeeded])
  }

  @Test func `finish ends the run with its outcome, and finally still runs`() throws {
    let run = try Rehearsal(
      """
      inputs: { n: { type: integer, default: 1 } }
      steps:
        - id: a
          if: inputs.n == 1
          finish: { outcome: failed, message: "No ${{ 6 * 7 }}" }
        - { id: b, set: { x: 1 } }
      finally:
        - { id: c, set: { status: "${{ run.status }}" } }
      """)
    run.proceed()
    #expect(run.status == .failed)
    #expect(run.engine.state.phase == .ended(.failed, message: "No 42"))
    #expect(run.engine.state.steps["b"] == nil)
    #expect(run.engine.state.steps["c"]?.outputs.clear == ["status": "failed"])
  }

  @Test func `a precondition that does not hold parks, and a resume tests it again`() throws {
    let run = try Rehearsal(
      """
      inputs: { limit: { type: integer, default: 2 } }
      steps:
        - id: a
          preconditions: [ { check: inputs.limit > 2, message: "The limit is ${{ inputs.limit }}." } ]
          set: { x: 1 }
      """)
    run.proceed()
    #expect(run.park.status == .needsAttention)
    #expect(run.park.reasons == [ParkReason(step: "a", message: "The limit is 2.")])
    run.apply(.runResumed(process: 1, host: "h"))
    run.proceed()
    #expect(run.statuses == ["a": .blocked])
    #expect(run.handle(.skip(step: "a", reason: "agreed")) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
  }

  @Test func `a repeat runs its rounds and forgets those that are over`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: loop
          repeat:
            steps: [ { id: inner, set: { n: "${{ index }}" } } ]
            until: index == 99
      """)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.engine.state.steps["loop"]?.group?.rounds == 99)
    #expect(run.engine.state.steps["loop[99]/inner"]?.outputs.clear == ["n": 99])
    #expect(run.engine.state.steps.count == 2)
  }

  @Test func `an answer may come in parts, and a second different one is a conflict`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: q
          ask:
            message: How much?
            items: { seen: I have seen it }
            fields: { amount: number, who: string }
        - { id: after, set: { x: 1 } }
      """)
    run.proceed()
    #expect(run.park.status == .waiting)
    #expect(run.handle(.answer(step: "q", values: ["amount": 3])) == nil)
    run.proceed()
    #expect(run.statuses["q"] == .waiting)
    #expect(run.handle(.answer(step: "q", values: ["who": "Ana", "seen": true])) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.engine.state.steps["q"]?.manner == .person)
    #expect(run.engine.state.steps["q"]?.by?.id == "ana")
  }

  @Test func `while a question is open, only who gave something may say something else`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: q
          ask: { items: { a: A, b: B }, fields: { url: string, n: integer } }
        - { id: after, ask: { fields: { x: string } } }
      """)
    run.proceed()
    let (ana, cy) = (Actor(kind: .person, id: "ana"), Actor(kind: .person, id: "cy"))
    func answer(_ values: ValueMap, by actor: Actor) -> Refusal? {
      run.handle(.answer(step: "q", values: values), by: actor)
    }
    #expect(answer(["url": "one", "a": true, "b": false], by: ana) == nil)
    #expect(answer(["url": "one"], by: cy) == nil)
    let other = try #require(answer(["url": "two"], by: cy))
    #expect(other.message == "`url` of `q` was answered differently by ana")
    #expect(other.hint?.contains("baton done 20261120-abc234 q url=… n=… --reason 'WHY'") == true)
    #expect(answer(["a": false], by: cy)?.message.contains("differently by ana") == true)
    #expect(answer(["b": true], by: cy) == nil)
    #expect(answer(["url": "three"], by: ana) == nil)
    #expect(answer(["b": false], by: ana)?.message.contains("differently by cy") == true)
    #expect(answer(["url": "three", "n": 1], by: cy) == nil)
    run.proceed()
    #expect(run.engine.state.steps["q"]?.outputs.clear["url"] == "three")
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a late answer without what nobody gave is the same answer`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: q, ask: { fields: { url: string, n: { type: integer, optional: true } } } }
        - { id: after, ask: { fields: { x: string } } }
      """)
    run.proceed()
    #expect(run.handle(.answer(step: "q", values: ["url": "one"])) == nil)
    run.proceed()
    #expect(run.handle(.answer(step: "q", values: ["url": "one", "n": .null])) == nil)
  }

  @Test func `a late answer that differs names who gave that value`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: q, ask: { fields: { url: string, n: integer } } }
        - { id: after, ask: { fields: { x: string } } }
      """)
    run.proceed()
    let (ana, cy) = (Actor(kind: .person, id: "ana"), Actor(kind: .person, id: "cy"))
    #expect(run.handle(.answer(step: "q", values: ["url": "one"]), by: ana) == nil)
    #expect(run.handle(.answer(step: "q", values: ["n": 1]), by: cy) == nil)
    run.proceed()
    func late(_ values: ValueMap) -> String? {
      run.handle(.answer(step: "q", values: values), by: cy)?.message
    }
    #expect(
      late(["url": "two"])?.hasPrefix("`q` was answered differently by ana, and is over since")
        == true)
    #expect(
      late(["n": 2])?.hasPrefix("`q` was answered differently by cy, and is over since") == true)
    #expect(late(["url": "one", "n": 1]) == nil)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `an answer without values accepts the defaults, where nothing else is needed`() throws
  {
    let run = try Rehearsal(
      """
      steps:
        - id: q
          ask:
            fields: { to: { type: string, default: ana }, note: { type: string, optional: true } }
        - { id: more, ask: { fields: { n: integer, m: { type: integer, default: 1 } } } }
        - { id: list, ask: { items: { a: A, b: B } } }
        - { id: some, ask: { items: { a: A, b: B }, complete_when: progress >= 0.5 } }
      """)
    run.proceed()
    #expect(run.statuses["q"] == .waiting)
    #expect(run.handle(.answer(step: "q", values: [:])) == nil)
    run.proceed()
    #expect(run.engine.state.steps["q"]?.outputs.clear == ["to": "ana"])
    #expect(run.engine.state.steps["q"]?.by?.id == "ana")
    // Where more is needed, it says nothing and is not recorded.
    let before = run.engine.state.eventCount
    #expect(run.handle(.answer(step: "more", values: [:])) == nil)
    #expect(run.engine.state.eventCount == before)
    #expect(run.handle(.answer(step: "more", values: ["n": 1, "m": .null])) == nil)
    run.proceed()
    #expect(run.engine.state.steps["more"]?.outputs.clear == ["n": 1, "m": 1])
    #expect(run.handle(.answer(step: "list", values: [:])) == nil)
    run.proceed()
    #expect(run.statuses["list"] == .waiting && run.engine.state.steps["list"]?.by == nil)
    #expect(run.handle(.answer(step: "list", values: ["a": true, "b": true])) == nil)
    run.proceed()
    #expect(run.handle(.answer(step: "some", values: ["b": true])) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
  }

  @Test func `a question that is asked anew is not answered by what was said before`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: q, ask: { fields: { to: { type: string, default: ana } } }, verify: [ { check: outputs.to != 'bo', message: Not bo } ] }
      """)
    run.proceed()
    #expect(run.handle(.answer(step: "q", values: ["to": "bo"])) == nil)
    run.proceed()
    #expect(run.statuses["q"] == .failed)
    #expect(run.handle(.retry(step: "q", with: [:], again: false, reason: nil)) == nil)
    run.proceed()
    #expect(run.statuses["q"] == .waiting)
    #expect(run.handle(.answer(step: "q", values: [:])) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
  }

  @Test func `an event that came before its wait is kept for it`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: q, ask: { message: Ready?, fields: { ok: boolean } } }
        - { id: w, wait: 1h }
        - { id: after, set: { x: 1 } }
      """)
    run.proceed()
    #expect(run.handle(.answer(step: "q", values: ["ok": true])) == nil)
    run.proceed()
    #expect(run.statuses["w"] == .waiting)
    run.now = run.now.adding(TimeSpan(seconds: 3599)) ?? run.now
    run.proceed()
    #expect(run.statuses["w"] == .waiting)
    run.now = run.now.adding(TimeSpan(seconds: 1)) ?? run.now
    run.proceed()
    #expect(run.status == .succeeded)
  }

  @Test func `refuses commands that make no sense, each with its sentence`() throws {
    let run = try Rehearsal("steps: [ { id: q, ask: { message: m, fields: { n: integer } } } ]")
    run.proceed()
    #expect(
      run.handle(.answer(step: "nope", values: [:]))?.message.contains("no step `nope`") == true)
    #expect(run.handle(.answer(step: "q", values: ["n": "x"])) != nil)
    #expect(run.handle(.answer(step: "q", values: ["m": 1]))?.message.contains("`m`") == true)
    #expect(run.handle(.retry(step: "q", with: [:], again: false, reason: nil)) != nil)
    #expect(
      run.handle(.resolve(step: "q", happened: true, values: [:], reason: "r"))?.message
        .contains("not in doubt") == true)
    #expect(run.handle(.cancel(reason: "enough")) == nil)
    run.proceed()
    #expect(run.status == .cancelled)
    #expect(run.handle(.cancel(reason: "again"))?.message.contains("was cancelled") == true)
  }

  @Test func `the fold of the events is the live state, saved and read back too`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: a, set: { x: "${{ 1.5 }}" } }
        - id: section
          steps:
            - { id: b, set: { y: "${{ steps.a.outputs.x + 1.0 }}" } }
            - { id: q, ask: { message: m, fields: { n: integer } } }
      """)
    run.proceed()
    for count in 1...run.events.count {
      let folded = try run.folded(count)
      let saved = folded.state.saved
      let restored = try #require(RunState(saved: saved, workflow: run.workflow))
      #expect(restored.saved == saved)
    }
    #expect(try run.folded(run.events.count).state.saved == run.engine.state.saved)
  }

  @Test func `the checks of a step see what it gives by either name, and what others have given`()
    throws
  {
    let run = try Rehearsal(
      """
      steps:
        - { id: a, set: { x: 1 }, verify: [ { check: steps.a.outputs.x == 1, message: m } ] }
        - id: b
          action: shop.open
          with: { name: ana }
          verify:
            - check: steps.b.outputs.id == outputs.id && steps.a.outputs.x == 1
            - action: shop.find
              with: { name: "${{ steps.b.outputs.id }}" }
              check: outputs.found && steps.b.outputs.id.startsWith('ana') && steps.a.outputs.x == 1
        - id: c
          for_each:
            in: "[1, 2]"
            collect: "${{ item }}"
            steps:
              - id: d
                set: { x: "${{ item + steps.a.outputs.x }}" }
                verify: [ { check: steps.d.outputs.x == item + 1 && outputs.x == item + 1 } ]
          verify: [ { check: steps.c.outputs == outputs && outputs.size() == 2, message: m } ]
        - id: w
          workflow: inner
          with: { a: hello }
          verify: [ { check: "steps.w.outputs.y == 'hello!' && steps.c.outputs.size() == 2" } ]
        - id: r
          repeat: { steps: [ { id: one, set: { y: 3 } } ], until: steps.one.outputs.y == 3 }
          verify: [ { check: steps.r.outputs.y == 3 && outputs.y == 3 } ]
        - id: q
          ask: { fields: { n: integer } }
          verify: [ { check: steps.q.outputs.n > 3 && steps.a.outputs.x == 1, message: too few } ]
      """,
      called: [
        "inner": """
        inputs: { a: string }
        steps:
          - id: x
            set: { y: "${{ inputs.a }}!" }
            verify: [ { check: "steps.x.outputs.y == 'hello!'" } ]
        outputs: { y: "${{ steps.x.outputs.y }}" }
        """
      ], catalog: Shop.catalog)
    run.carryOut()
    while case .look(let request) = run.engine.next(now: run.now) {
      #expect(request.inputs["name"]?.asString?.hasPrefix("ana") == true)
      run.apply(
        .lookAnswered(request.look, outputs: StoredValues(clear: ["found": true])),
        step: request.address)
      run.carryOut()
    }
    #expect(run.statuses["r"] == .succeeded, "\(run.park.reasons.map(\.message))")
    #expect(run.handle(.answer(step: "q", values: ["n": 2])) == nil)
    run.proceed()
    #expect(run.statuses["q"] == .failed)
    #expect(run.handle(.done(step: "q", values: ["n": 3], reason: "r", evidence: [])) != nil)
    #expect(run.handle(.done(step: "q", values: ["n": 4], reason: "r", evidence: [])) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `the checks of a step see what its probe has found, by either name`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: a, set: { x: 1 } }
        - id: one
          action: shop.open
          with: { name: ana }
          probe:
            { action: shop.find, with: { name: ana }, check: outputs.found, outputs: { id: found } }
          verify: [ { check: "steps.one.outputs.id == 'found' && steps.a.outputs.x == 1" } ]
      """, catalog: Shop.catalog)
    let request = try #require(run.nextAttempt())
    run.start(request)
    run.end(request, .lost(Failure(code: "timeout", message: "no answer")))
    run.proceed()
    guard case .look(let look) = run.engine.next(now: run.now) else {
      Issue.record("the world is not asked")
      return
    }
    run.apply(
      .lookAnswered(look.look, outputs: StoredValues(clear: ["found": true])), step: look.address)
    run.proceed()
    #expect(run.status == .succeeded, "\(run.park.reasons.map(\.message))")
  }

  @Test(arguments: ["'${{ 1.0 / inputs.d }}'", "[ '${{ 1.0 / inputs.d }}' ]"])
  func `a number that no record can have fails its step, and does not become nothing`(
    value: String
  ) throws {
    let run = try Rehearsal(
      """
      inputs: { d: number }
      steps: [ { id: a, set: { x: \(value) } } ]
      """, inputs: ["d": 0.0])
    run.proceed()
    #expect(run.statuses["a"] == .failed)
    #expect(
      run.park.reasons.map(\.message) == [
        "`set.x: 1.0 / inputs.d`: a number that is not finite cannot be kept in a run"
      ])
  }

  @Test func `without its outputs a run does not end by itself`() throws {
    let run = try Rehearsal(
      """
      inputs: { n: integer }
      steps: [ { id: a, set: { x: 1 } } ]
      finally: [ { id: f, set: { x: 1 } } ]
      outputs: { share: "${{ 100 / inputs.n }}" }
      """, inputs: ["n": 0])
    run.proceed()
    #expect(run.statuses["f"] == nil)
    #expect(run.park.status == .needsAttention)
    #expect(run.park.reasons.map(\.step) == [""])
    #expect(
      run.park.reasons.first?.message
        == "the run's outputs cannot be computed: division by zero (test.yaml:8:23)")
    #expect(run.handle(.cancel(reason: "no share")) == nil)
    run.proceed()
    #expect(run.status == .cancelled)
    #expect(run.statuses["f"] == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a run that a step has ended stands still without its outputs, too`() throws {
    let run = try Rehearsal(
      """
      inputs: { n: integer }
      steps: [ { id: a, finish: succeeded } ]
      finally: [ { id: f, set: { x: 1 } } ]
      outputs: { share: "${{ 100 / inputs.n }}" }
      """, inputs: ["n": 0])
    run.proceed()
    #expect(run.statuses["f"] == .succeeded)
    #expect(run.park.status == .needsAttention)
    #expect(run.handle(.cancel(reason: "no share")) == nil)
    #expect(run.status == .cancelled)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `every event reads back from its record`() throws {
    let run = try Rehearsal("steps: [ { id: a, set: { x: 1 } } ]")
    run.proceed()
    for event in run.events {
      let again = try EventKind(type: event.kind.type, data: event.data)
      #expect(again.type == event.kind.type)
      #expect(Event(again, step: event.step, at: event.at).data == event.data)
    }
    #expect(throws: UnreadableEvent.self) { try EventKind(type: "run.flew", data: [:]) }
  }
}

import Testing
import Values
import Workflows

@testable import Engine

/// What acted and was not taken back is not done again, and what was taken back is.
@Suite struct RewoundEffectTests {
  private static let begin =
    "  - { id: start, action: shop.tell, with: { text: start }, checkpoint: begun }"
  private static let never =
    "verify: [ { check: \"steps.start.status == 'failed'\", message: never } ]"
  private static let end = "  - { id: hold, wait: 7d }"

  private func rehearsal(
    _ steps: String, called: [String: String] = [:],
    _ world: (AttemptRequest) -> AttemptResult = Shop.answer
  ) throws -> Rehearsal {
    let body = "steps:\n\(Self.begin)\n\(steps)\n\(Self.end)\n"
    let run = try Rehearsal(body, called: called, catalog: Shop.catalog)
    run.carryOut(world)
    return run
  }

  private func rewind(_ run: Rehearsal, to name: String = "begun", again: [String] = []) -> Refusal?
  {
    run.handle(.rewind(to: name, again: again, reason: nil))
  }

  private func failing(_ addresses: String...) -> (AttemptRequest) -> AttemptResult {
    { request in
      guard addresses.contains(request.address) else { return Shop.answer(request) }
      return .failed(Failure(code: "down", message: "it is down"), canRetry: false)
    }
  }

  // MARK: What was known of what is done anew

  @Test func `what was found, asked or awaited about what is done anew is so again`() throws {
    let run = try rehearsal(
      """
        - { id: known, action: shop.find, with: { name: "${{ steps.start.status }}" } }
        - { id: one, action: shop.open, with: { name: ana } }
        - { id: found, action: shop.find, with: { name: "${{ steps.one.outputs.id }}" } }
        - { id: name, set: { text: "the account ${{ steps.one.outputs.id }}" } }
        - id: sure
          ask: { message: "Is ${{ steps.name.outputs.text }} fine?", fields: { n: integer } }
        - id: looked
          repeat:
            steps: [ { id: look, action: shop.find, with: { name: "${{ steps.one.outputs.id }}" } } ]
            until: steps.look.outputs.found
        - id: other
          ask: { message: Is it the right day?, fields: { n: integer } }
        - id: mail
          action: shop.tell
          with: { text: "${{ steps.one.outputs.id }}, ${{ steps.sure.outputs.n }}, ${{ steps.other.outputs.n }}" }
      """)
    answer(run, "sure")
    answer(run, "other")
    #expect(run.statuses["hold"] == .waiting)
    let preview = try run.engine.rewindPreview(to: "begun", again: [])
    #expect(preview.renewed == ["found", "sure", "looked"])
    #expect(preview.kept == ["known", "other", "mail"])
    #expect(preview.outdated == ["mail"])
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana", "shop.find ana-1"])
    #expect(run.statuses["sure"] == .waiting)
    answer(run, "sure")
    #expect(run.statuses["hold"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what a call was given anew is looked at again in it, and what reads its outputs`()
    throws
  {
    let called = [
      "inner": """
      inputs: { id: string }
      outputs: { seen: "${{ steps.found.outputs.found }}" }
      steps:
        - { id: found, action: shop.find, with: { name: "${{ inputs.id }}" } }
        - { id: fixed, action: shop.find, with: { name: fixed } }
      """
    ]
    let run = try rehearsal(
      """
        - { id: one, action: shop.open, with: { name: ana } }
        - { id: call, workflow: inner, with: { id: "${{ steps.one.outputs.id }}" } }
        - id: sure
          ask: { message: "Seen: ${{ steps.call.outputs.seen }}", fields: { n: integer } }
        - { id: mail, action: shop.tell, with: { text: "n ${{ steps.sure.outputs.n }}" } }
      """, called: called)
    answer(run, "sure")
    let preview = try run.engine.rewindPreview(to: "begun", again: [])
    #expect(preview.renewed == ["call/found", "sure"])
    #expect(preview.kept == ["call/fixed", "mail"])
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana", "shop.find ana-1"])
    #expect(run.statuses["sure"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `of what nothing was taken back all that was known stays`() throws {
    let run = try rehearsal(
      """
        - { id: mail, action: shop.tell, with: { text: hello } }
        - id: sure
          ask: { message: "Was ${{ steps.mail.status }} seen?", fields: { n: integer } }
        - { id: set, set: { n: "${{ steps.sure.outputs.n }}" } }
      """)
    answer(run, "sure")
    #expect(try run.engine.rewindPreview(to: "begun", again: []).kept == ["mail", "sure"])
    // Whoever wants a step done again wants to know what comes of it.
    #expect(try run.engine.rewindPreview(to: "begun", again: ["mail"]).renewed == ["sure"])
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["hold"] == .waiting)
  }

  @Test func `an event ticks no item of a question again once the run has gone back`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: start, set: { n: 1 }, checkpoint: begun }
        - id: q
          ask:
            items: { paid: { label: Paid, done_on: { event: shop.paid } }, seen: Seen }
      """, catalog: Rehearsal.shop)
    run.proceed()
    let data: ValueMap = ["order_id": "1", "amount": 1]
    #expect(run.handle(.event(name: "shop.paid", data: data)) == nil)
    run.proceed()
    #expect(run.engine.state.steps["q"]?.answers.names == ["paid"])
    #expect(rewind(run) == nil)
    run.proceed()
    #expect(run.engine.state.steps["q"]?.answers.names == ["paid"])
    #expect(rewind(run, again: ["q"]) == nil)
    run.proceed()
    #expect(run.engine.state.steps["q"]?.answers.names == [])
    #expect(run.handle(.event(name: "shop.paid", data: data)) == nil)
    run.proceed()
    #expect(run.engine.state.steps["q"]?.answers.names == ["paid"])
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `an approval that was left out is not said to be asked for again`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: start, set: { n: 1 }, checkpoint: begun }
        - { id: ok, if: steps.start.outputs.n > 1, approve: Fine? }
        - { id: hold, wait: 7d }
      """)
    run.proceed()
    #expect(try run.engine.rewindPreview(to: "begun", again: []).voided.isEmpty)
  }

  @Test func `a journal of old keeps what was known of what is done anew`() throws {
    let run = try rehearsal(
      """
        - { id: one, action: shop.open, with: { name: ana } }
        - { id: found, action: shop.find, with: { name: "${{ steps.one.outputs.id }}" } }
      """)
    #expect(rewind(run) == nil)
    var engine = try run.folded(run.events.count)
    let old = try EventKind(type: "run.rewound", data: ["keeps_effects": true])
    engine.apply(Event(old, actor: .machine, at: run.now))
    #expect(engine.state.recovery.kept.contains("found"))
  }

  private func answer(_ run: Rehearsal, _ step: String) {
    #expect(run.handle(.answer(step: step, values: ["n": 1])) == nil)
    run.carryOut()
  }

  // MARK: Checks that do not hold

  @Test func `what acted and was passed over is passed by`() throws {
    let run = try rehearsal(
      """
        - { id: pay, action: shop.tell, with: { text: pay }, \(Self.never), on_failure: continue }
        - { id: one, action: shop.open, with: { name: ana } }
      """)
    #expect(run.statuses["hold"] == .waiting)
    #expect(run.engine.undoPreview.irreversible.map(\.step) == ["pay", "start"])
    let preview = try run.engine.rewindPreview(to: "begun", again: [])
    #expect(preview.kept == ["pay"])
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana"])
    #expect(run.statuses["pay"] == .failed)
    #expect(run.statuses["hold"] == .waiting)
    #expect(try run.agreesWithItsJournal())
    #expect(rewind(run, again: ["pay"]) == nil)
    #expect(run.carryOut() == ["shop.close ana-1", "shop.tell pay", "shop.open ana"])
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `where the run stood at what acted, it stands there again`() throws {
    let run = try rehearsal(
      """
        - { id: one, action: shop.open, with: { name: ana } }
        - { id: pay, action: shop.tell, with: { text: pay }, \(Self.never) }
      """)
    #expect(run.park.reasons.map(\.step) == ["pay"])
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana"])
    #expect(run.park.reasons == [ParkReason(step: "pay", message: "never")])
    #expect(run.park.status == .needsAttention)
    #expect(try run.agreesWithItsJournal())
    #expect(run.handle(.skip(step: "pay", reason: "seen")) == nil)
    run.proceed()
    #expect(run.statuses["hold"] == .waiting)
  }

  @Test func `recovery steps are not begun again for what keeps its outcome`() throws {
    let run = try rehearsal(
      """
        - id: pay
          action: shop.tell
          with: { text: pay }
          \(Self.never)
          on_failure: { steps: [ { id: fix, action: shop.tell, with: { text: fix } } ], then: park }
      """)
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == [])
    #expect(run.park.reasons.map(\.step) == ["pay"])
  }

  @Test func `recovery steps come again where what they put right fails again`() throws {
    let run = try rehearsal(
      """
        - id: pay
          action: shop.tell
          with: { text: pay }
          on_failure:
            steps: [ { id: mail, action: shop.tell, with: { text: mail } } ]
            then: continue
        - id: each
          for_each:
            in: "[1]"
            steps: [ { id: one, action: shop.tell, with: { text: one } } ]
          on_failure:
            steps: [ { id: post, action: shop.tell, with: { text: post } } ]
            then: continue
      """, failing("pay", "each[0]/one"))
    #expect(run.statuses["hold"] == .waiting)
    let preview = try run.engine.rewindPreview(to: "begun", again: [])
    #expect(preview.kept.isEmpty)
    #expect(preview.ifFailing == ["mail", "post"])
    #expect(rewind(run) == nil)
    #expect(run.carryOut(failing("pay")) == ["shop.tell pay", "shop.tell mail", "shop.tell one"])
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `in a loop it counts, whether its check held or not`() throws {
    func loop(_ more: String) throws -> Rehearsal {
      try rehearsal(
        """
          - id: each
            for_each:
              in: "['a', 'b']"
              steps:
                - { id: mail, action: shop.tell, with: { text: mail }, \(Self.never), on_failure: continue }\(more)
        """)
    }
    let mixed = try loop(
      "\n        - { id: account, action: shop.open, with: { name: \"${{ item }}\" } }")
    #expect(rewind(mixed)?.hint == "to do all of it again: --again each")
    let mails = try loop("")
    #expect(mails.engine.undoPreview.irreversible.map(\.count) == [2, 1])
    #expect(rewind(mails) == nil)
    #expect(mails.carryOut() == [])
    #expect(mails.statuses["hold"] == .waiting)
  }

  @Test func `loops in which everything is asked again are in the plan`() throws {
    let run = try rehearsal(
      """
        - id: each
          for_each: { in: "[1]", steps: [ { id: ok, approve: { message: Pay? } } ] }
        - id: quiet
          for_each: { in: "[1]", steps: [ { id: x, set: { x: 1 } } ] }
        - id: calm
          for_each:
            in: "[1]"
            steps:
              - id: sec
                steps: [ { id: z, set: { x: 1 } } ]
                on_failure: { steps: [ { id: help, approve: { message: Help? } } ], then: continue }
      """)
    let approve = CommandKind.decide(step: "each[0]/ok", approves: true, comment: nil, shown: nil)
    #expect(run.handle(approve) == nil)
    run.proceed()
    #expect(run.statuses["hold"] == .waiting)
    #expect(try run.engine.rewindPreview(to: "begun", again: []).voided == ["each"])
    #expect(rewind(run) == nil)
    run.proceed()
    #expect(run.statuses["each[0]/ok"] == .waiting)
  }

  @Test func `what a person said to have happened stands as well`() throws {
    let lost = AttemptResult.lost(Failure(code: "timeout", message: "no answer"))
    let run = try rehearsal(
      "  - { id: pay, action: shop.tell, with: { text: pay }, \(Self.never), on_failure: continue }"
    ) { $0.address == "pay" ? lost : Shop.answer($0) }
    let settled = run.handle(
      .resolve(step: "pay", happened: true, values: [:], reason: "seen"))
    #expect(settled == nil)
    run.proceed()
    #expect(run.engine.undoPreview.irreversible.map(\.step) == ["pay", "start"])
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == [])
  }

  // MARK: Taking back that is passed over

  private static let accounts = """
      - id: each
        for_each:
          in: "['a', 'b']"
          steps: [ { id: account, action: shop.open, with: { name: "${{ item }}" } } ]
    """

  @Test func `a loop of which only some was taken back is left to people`() throws {
    let run = try rehearsal(Self.accounts)
    #expect(rewind(run) == nil)
    run.carryOut(failing("each[0]/account.undo"))
    #expect(run.handle(.skip(step: "each[0]/account.undo", reason: "no")) == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["each"] == .failed)
    #expect(run.park.reasons.map(\.step) == ["each"])
    #expect(run.engine.undoPreview.irreversible.map(\.step) == ["each/account", "start"])
    #expect(try run.agreesWithItsJournal())
    #expect(
      run.handle(.retry(step: "each", with: [:], again: false, reason: nil))?.message
        == "some of what `each` did was taken back: testing it again does not bring that back")
    #expect(run.handle(.retry(step: "each", with: [:], again: true, reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.open a", "shop.open b"])
    #expect(run.statuses["hold"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a loop of which nothing was taken back keeps its outcome`() throws {
    let run = try rehearsal(Self.accounts.replacing("['a', 'b']", with: "['a']"))
    #expect(rewind(run) == nil)
    run.carryOut(failing("each[0]/account.undo"))
    #expect(run.handle(.skip(step: "each[0]/account.undo", reason: "no")) == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["each"] == .succeeded)
    #expect(run.statuses["hold"] == .waiting)
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == [])
    #expect(try run.agreesWithItsJournal())
  }

  // MARK: Where the run goes on

  @Test func `behind a go_to it goes on at the target`() throws {
    let run = try Rehearsal(
      """
      inputs: { fast: { type: boolean, default: true } }
      steps:
        - { id: jump, if: inputs.fast, go_to: last, checkpoint: went }
        - { id: slow, action: shop.tell, with: { text: slow } }
        - { id: last, action: shop.open, with: { name: ana } }
        - { id: hold, wait: 7d }
      """, catalog: Shop.catalog)
    run.carryOut()
    #expect(rewind(run, to: "went") == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana"])
    #expect(run.statuses["slow"] == .skipped)
    #expect(run.statuses["hold"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `what a go_to jumps over keeps what it came to`() throws {
    let run = try rehearsal(
      """
        - { id: q, ask: { fields: { go: boolean } } }
        - { id: jump, if: "!steps.q.outputs.go", go_to: last }
        - { id: tell, action: shop.tell, with: { text: x } }
        - { id: sure, action: shop.tell, with: { text: y }, \(Self.never), on_failure: continue }
        - id: each
          for_each: { in: "['a', 'b']", steps: [ { id: t, action: shop.tell, with: { text: "${{ item }}" } } ] }
        - id: last
          steps: [ { id: m, action: shop.tell, with: { text: m } } ]
      """)
    func answer(_ go: Bool) -> [String] {
      #expect(run.handle(.answer(step: "q", values: ["go": .bool(go)])) == nil)
      return run.carryOut()
    }
    #expect(answer(true).count == 5)
    #expect(rewind(run, again: ["q"]) == nil)
    run.carryOut()
    #expect(answer(false).isEmpty)
    #expect(run.statuses["tell"] == .succeeded && run.statuses["sure"] == .failed)
    #expect(run.statuses["each"] == .succeeded && run.statuses["hold"] == .waiting)
    let preview = try run.engine.rewindPreview(to: "begun", again: ["q"])
    #expect(Set(preview.kept).isSuperset(of: ["tell", "sure", "each"]))
    #expect(rewind(run, again: ["q"]) == nil)
    run.carryOut()
    #expect(answer(true).isEmpty)
    #expect(run.statuses["hold"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `finally of the call that it goes back into comes once more`() throws {
    let called = """
      steps:
        - { id: x, action: shop.tell, with: { text: x }, checkpoint: inside }
        - { id: y, action: shop.open, with: { name: yan } }
      finally:
        - { id: f, action: shop.open, with: { name: fay } }
        - { id: said, action: shop.tell, with: { text: said } }
      """
    let run = try rehearsal("  - { id: call, workflow: sub }", called: ["sub": called])
    #expect(rewind(run, to: "inside") == nil)
    #expect(
      run.carryOut() == ["shop.close fay-0", "shop.close yan-0", "shop.open yan", "shop.open fay"])
    #expect(run.statuses["hold"] == .waiting)
    #expect(run.statuses["call/f"] == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `no run goes back to a checkpoint in finally of a call`() throws {
    let called = """
      steps:
        - { id: y, action: shop.open, with: { name: yan } }
      finally:
        - { id: f, action: shop.tell, with: { text: f }, checkpoint: late }
      """
    let run = try rehearsal("  - { id: call, workflow: sub }", called: ["sub": called])
    #expect(rewind(run, to: "late")?.message.contains("lies in `finally`") == true)
  }

  @Test func `a name that several steps have is not guessed at`() throws {
    let called = """
      steps: [ { id: x, action: shop.tell, with: { text: x }, checkpoint: begun } ]
      """
    let run = try rehearsal(
      """
        - { id: one, workflow: sub }
        - { id: two, workflow: sub }
      """, called: ["sub": called])
    let refusal = rewind(run)
    #expect(
      refusal?.message == "several steps have a checkpoint `begun`: `one/x`, `start`, `two/x`")
    #expect(refusal?.hint == "say which of them: --to one/x")
    #expect(rewind(run, to: "one/x") == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["hold"] == .waiting)
  }

  @Test func `a choice that another version has moved is entered where the checkpoint is`() throws {
    func body(_ cases: String) -> String {
      """
      inputs: { kind: { type: string, default: m } }
      steps:
        - id: pick
          choose:
      \(cases)
            - steps:
                - { id: m1, action: shop.tell, with: { text: m1 }, checkpoint: begun }
                - { id: m2, action: shop.open, with: { name: ana } }
                - { id: hold, wait: 7d }
      """
    }
    let z =
      "      - { when: inputs.kind == 'z', steps: [ { id: zz, action: shop.tell, with: { text: z } } ] }"
    let y = z.replacing("zz", with: "yy").replacing("'z'", with: "'y'")
    let run = try Rehearsal(body(z), catalog: Shop.catalog)
    run.carryOut()
    try run.move(to: Rehearsal.version(body(y + "\n" + z)))
    run.proceed()
    #expect(rewind(run) == nil)
    #expect(run.carryOut() == ["shop.close ana-0", "shop.open ana"])
    #expect(run.statuses["hold"] == .waiting)
  }

  // MARK: Again

  @Test func `again of a call is again of all in it`() throws {
    let called = """
      steps:
        - { id: x, action: shop.tell, with: { text: x } }
        - { id: y, action: shop.tell, with: { text: y } }
      """
    let run = try rehearsal("  - { id: call, workflow: sub }", called: ["sub": called])
    let preview = try run.engine.rewindPreview(to: "begun", again: ["call"])
    #expect(preview.again == ["call/x", "call/y"])
    #expect(preview.kept == [])
    #expect(rewind(run, again: ["call"]) == nil)
    #expect(run.carryOut() == ["shop.tell x", "shop.tell y"])
  }

  @Test func `what is taken back as a whole is not gone behind halfway`() throws {
    let run = try rehearsal(
      """
        - id: part
          undo: { action: shop.tell, with: { text: gone } }
          steps: [ { id: x, action: shop.tell, with: { text: x } } ]
      """)
    #expect(rewind(run)?.hint == "to do all of it again: --again part")
    #expect(rewind(run, again: ["part"]) == nil)
    #expect(run.carryOut() == ["shop.tell gone", "shop.tell x"])
  }

  @Test func `a step of a loop is not done again by itself`() throws {
    let run = try rehearsal(Self.accounts)
    #expect(
      rewind(run, again: ["each[0]/account"])?.hint == "to do all of it again: --again each")
  }

  @Test func `a wait that is waited again takes no event twice`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: start, set: { n: 1 }, checkpoint: begun }
        - { id: paid, wait: { event: shop.paid } }
        - { id: hold, wait: 7d }
      """, catalog: Rehearsal.shop)
    run.proceed()
    func pay() {
      let data: ValueMap = ["order_id": "1", "amount": 1]
      #expect(run.handle(.event(name: "shop.paid", data: data)) == nil)
      run.proceed()
    }
    pay()
    #expect(try run.engine.rewindPreview(to: "begun", again: ["paid"]).again == ["paid"])
    #expect(rewind(run, again: ["paid"]) == nil)
    run.proceed()
    #expect(run.statuses["paid"] == .waiting)
    #expect(try run.agreesWithItsJournal())
    pay()
    #expect(run.statuses["hold"] == .waiting)
  }

  @Test func `what a person corrected counts again`() throws {
    let run = try rehearsal(
      "  - { id: one, action: shop.open, with: { name: ana } }", failing("one"))
    let retry = CommandKind.retry(step: "one", with: ["name": "ben"], again: false, reason: nil)
    #expect(run.handle(retry) == nil)
    #expect(run.carryOut() == ["shop.open ben"])
    let preview = try run.engine.rewindPreview(to: "begun", again: [])
    #expect(preview.corrected.map(\.step) == ["one"])
    #expect(preview.corrected.map(\.with.clear) == [["name": "ben"]])
    #expect(rewind(run) == nil)
    #expect(run.carryOut().last == "shop.open ben")
    #expect(try run.agreesWithItsJournal())
  }

  // MARK: Refusals

  @Test func `nothing is shown of what is refused`() throws {
    let run = try rehearsal(Self.accounts)
    #expect(
      run.handle(.done(step: "each[1]/account.undo", values: [:], reason: "x", evidence: []))?
        .message == "the run has not come to `each[1]/account.undo` yet")
    #expect(run.handle(.cancel(reason: "enough")) == nil)
    run.carryOut()
    #expect(throws: Refusal.self) { try run.engine.rewindPreview(to: "begun", again: []) }
  }

  @Test func `nobody has to make up what taking back gives`() throws {
    let run = try rehearsal(
      """
        - { id: one, action: shop.tell, with: { text: x }, undo: { action: shop.open, with: { name: back } } }
      """)
    #expect(run.handle(.undo(reason: nil)) == nil)
    let lost = AttemptResult.lost(Failure(code: "timeout", message: "no answer"))
    run.carryOut { _ in lost }
    #expect(run.engine.commandToResolve("one.undo").contains("=…") == false)
    let settled = run.handle(
      .resolve(step: "one.undo", happened: true, values: [:], reason: "seen"))
    #expect(settled == nil)
    run.carryOut()
    #expect(run.status == .undone)
  }
}

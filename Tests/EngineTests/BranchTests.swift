import Testing
import Values
import Workflows

@testable import Engine

@Suite struct BranchTests {
  @Test func `a choice takes the first case that holds, and its steps are seen from outside`()
    throws
  {
    let run = try Rehearsal(
      """
      inputs: { seats: integer }
      steps:
        - id: size
          choose:
            - { when: inputs.seats > 500, steps: [ { id: large, set: { word: large } } ] }
            - { when: inputs.seats > 5, steps: [ { id: middle, set: { word: middle } } ] }
            - { steps: [ { id: small, set: { word: small } } ] }
      outputs: { word: "${{ steps.middle.outputs.?word.orValue('none') }}" }
      """, inputs: ["seats": 100])
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.statuses == ["size": .succeeded, "middle": .succeeded])
    #expect(run.engine.state.outputs.clear == ["word": "middle"])
  }

  @Test func `a choice of which no case holds is skipped`() throws {
    let run = try Rehearsal(
      """
      inputs: { n: integer }
      steps: [ { id: a, choose: [ { when: inputs.n > 2, steps: [ { id: b, set: { x: 1 } } ] } ] } ]
      """, inputs: ["n": 1])
    run.proceed()
    #expect(run.statuses == ["a": .skipped])
    #expect(run.status == .succeeded)
  }

  @Test func `branches wait side by side, and the section is done when all are`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: setup
          parallel:
            - { id: sso, ask: { message: SSO?, fields: { ok: boolean } } }
            - { id: domain, ask: { message: Domain?, fields: { ok: boolean } } }
            - { id: quick, set: { x: 1 } }
        - { id: after, set: { x: 2 } }
      """)
    run.proceed()
    #expect(run.park.reasons.map(\.step) == ["sso", "domain"])
    #expect(run.statuses["quick"] == .succeeded)
    #expect(run.handle(.answer(step: "domain", values: ["ok": true])) == nil)
    run.proceed()
    #expect(run.park.reasons.map(\.step) == ["sso"])
    #expect(run.statuses["after"] == nil)
    #expect(run.handle(.answer(step: "sso", values: ["ok": true])) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
  }

  @Test func `attempts of branches are under way at once`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: both
          parallel:
            - { id: a, action: command.run, with: { command: [/bin/true] } }
            - { id: b, action: command.run, with: { command: [/bin/true] } }
      """)
    let first = try #require(run.nextAttempt())
    run.start(first)
    let second = try #require(run.nextAttempt())
    #expect([first.address, second.address] == ["a", "b"])
    run.start(second)
    #expect(run.nextAttempt() == nil)
    run.end(second, .succeeded(["exit_code": 0, "stdout": "", "stderr": "", "truncated": false]))
    run.end(first, .succeeded(["exit_code": 0, "stdout": "", "stderr": "", "truncated": false]))
    run.proceed()
    #expect(run.status == .succeeded)
  }

  @Test func `a loop goes through its items and collects what they came to`() throws {
    let run = try Rehearsal(
      """
      inputs: { users: { type: array, items: { type: string } } }
      steps:
        - id: add
          for_each:
            in: inputs.users
            as: user
            collect: ${{ steps.name.outputs.text }}
            steps: [ { id: name, set: { text: "${{ index }} ${{ user }}" } } ]
      outputs: { all: "${{ steps.add.outputs }}" }
      """, inputs: ["users": ["ana", "ben", "cara"]])
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.engine.state.outputs.clear == ["all": ["0 ana", "1 ben", "2 cara"]])
    #expect(run.engine.state.steps.count == 1)
  }

  @Test func `a loop over nothing is over at once`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: none
          for_each: { in: "[]", collect: "${{ item }}", steps: [ { id: x, set: { y: 1 } } ] }
      outputs: { all: "${{ steps.none.outputs }}" }
      """)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.engine.state.outputs.clear == ["all": []])
  }

  @Test func `as many iterations are open as may be, and the next comes when one ends`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: loop
          for_each:
            in: "[1, 2, 3, 4]"
            max_parallel: 2
            steps: [ { id: q, ask: { message: Well?, fields: { ok: boolean } } } ]
      """)
    run.proceed()
    #expect(run.park.reasons.map(\.step) == ["loop[0]/q", "loop[1]/q"])
    #expect(run.handle(.answer(step: "loop[1]/q", values: ["ok": true])) == nil)
    run.proceed()
    #expect(run.park.reasons.map(\.step) == ["loop[0]/q", "loop[2]/q"])
  }

  @Test func `a stuck iteration does not keep the loop from the items after it`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: loop
          for_each:
            in: "[1, 0, 5]"
            collect: ${{ steps.share.outputs.n }}
            steps: [ { id: share, set: { n: "${{ 10 / item }}" } } ]
        - { id: after, set: { x: 1 } }
      """)
    run.proceed()
    #expect(run.park.status == .needsAttention)
    #expect(run.park.reasons.map(\.step) == ["loop[1]/share"])
    #expect(run.statuses["after"] == nil)
    let refusal = run.handle(
      .done(step: "loop[1]/share", values: ["n": 0], reason: "by hand", evidence: []))
    #expect(refusal == nil)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.engine.state.steps["loop"]?.group?.endedCount == 3)
  }

  @Test func `between two rounds it is said what the run waits for`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: watch
          repeat:
            steps: [ { id: look, set: { ok: false } } ]
            until: steps.look.outputs.ok
            every: 7d
      """)
    run.proceed()
    let next = try #require(run.now.adding(TimeSpan(seconds: 7 * 86_400)))
    #expect(run.park.status == .waiting)
    #expect(run.park.reasons.map(\.step) == ["watch"])
    #expect(
      run.park.reasons.map(\.message) == ["waits until \(next.journalText) for the next round"])
  }

  @Test func `a failure handled outside its branch waits for the branches beside it`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: both
          on_failure: continue
          parallel:
            - { id: bad, set: { x: "${{ 1 / size('') }}" } }
            - { id: good, ask: { message: Well?, fields: { ok: boolean } } }
        - { id: after, set: { x: 1 } }
      """)
    run.proceed()
    #expect(run.statuses["both"] == .running)
    #expect(run.handle(.answer(step: "good", values: ["ok": true])) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.statuses["both"] == .failed)
    #expect(run.statuses["after"] == .succeeded)
    #expect(run.engine.state.problems == ["both"])
  }

  @Test func `an end waits for the attempts that are under way and begins nothing new`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: both
          parallel:
            - { id: slow, action: command.run, with: { command: [/bin/true] } }
            - { id: end, finish: { outcome: failed, message: enough } }
            - { id: later, action: command.run, with: { command: [/bin/true] } }
      """)
    let slow = try #require(run.nextAttempt())
    run.start(slow)
    #expect(run.nextAttempt() == nil)
    run.end(slow, .succeeded(["exit_code": 0, "stdout": "", "stderr": "", "truncated": false]))
    run.proceed()
    #expect(run.status == .failed)
    #expect(run.statuses["slow"] == .succeeded)
    #expect(run.statuses["later"] == nil || run.statuses["later"] == .cancelled)
  }

  static let inner = """
    inputs: { a: string }
    steps:
      - { id: x, set: { y: "${{ inputs.a }}!" } }
      - { id: q, ask: { message: "For ${{ inputs.a }}", fields: { n: number } } }
    finally: [ { id: last, set: { done: true } } ]
    outputs: { y: "${{ steps.x.outputs.y }}", n: "${{ steps.q.outputs.n }}" }
    """

  @Test func `a called workflow runs inside this run, with its own inputs and outputs`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: sub, workflow: inner, with: { a: hello } }
        - { id: after, set: { z: "${{ steps.sub.outputs.y }} ${{ steps.sub.outputs.n }}" } }
      """, called: ["inner": Self.inner])
    run.proceed()
    #expect(run.park.reasons.map(\.step) == ["sub/q"])
    #expect(run.handle(.answer(step: "sub/q", values: ["n": 2.0])) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.statuses["sub/last"] == .succeeded)
    #expect(run.engine.state.steps["after"]?.outputs.clear == ["z": "hello! 2"])
  }

  @Test func `finish in a called workflow ends that workflow, and its failure is the step's`()
    throws
  {
    let run = try Rehearsal(
      """
      steps:
        - { id: sub, workflow: inner, on_failure: continue }
        - { id: after, set: { z: 1 } }
      """,
      called: [
        "inner": """
        steps:
          - { id: x, finish: { outcome: failed, message: no seats } }
        finally: [ { id: last, set: { done: true } } ]
        """
      ])
    run.proceed()
    #expect(run.status == .succeeded)
    #expect(run.statuses["sub"] == .failed)
    #expect(run.statuses["sub/last"] == .succeeded)
    #expect(run.engine.state.steps["sub"]?.failure?.message == "no seats")
    #expect(run.statuses["after"] == .succeeded)
  }

  @Test func `nested lists come back from a saved state and from the journal as they were`() throws
  {
    let run = try Rehearsal(
      """
      steps:
        - id: loop
          for_each:
            in: "[1, 2, 3]"
            max_parallel: 2
            collect: ${{ item }}
            steps:
              - id: both
                parallel:
                  - { id: q, ask: { message: "${{ item }}?", fields: { ok: boolean } } }
                  - id: again
                    repeat:
                      steps: [ { id: sub, workflow: inner, with: { a: "${{ item }}-${{ index }}" } } ]
                      until: steps.sub.outputs.n > 1.0
      """, called: ["inner": Self.inner])
    run.proceed()
    #expect(run.handle(.answer(step: "loop[0]/again[0]/sub/q", values: ["n": 0.5])) == nil)
    run.proceed()
    #expect(run.handle(.answer(step: "loop[1]/q", values: ["ok": true])) == nil)
    run.proceed()
    let expected = ["loop[0]/q", "loop[1]/again[0]/sub/q", "loop[0]/again[1]/sub/q"]
    #expect(Set(run.park.reasons.map(\.step)) == Set(expected))
    let saved = run.engine.state.saved
    let restored = try #require(RunState(saved: saved, workflow: run.workflow))
    #expect(restored.saved == saved)
    for count in 1...run.events.count { _ = try run.folded(count) }
    #expect(try run.folded(run.events.count).state.saved == saved)
    run.engine = try run.folded(run.events.count)
    for step in ["loop[0]/again[1]/sub/q", "loop[1]/again[0]/sub/q"] {
      #expect(run.handle(.answer(step: step, values: ["n": 3.0])) == nil)
      run.proceed()
    }
    #expect(run.handle(.answer(step: "loop[0]/q", values: ["ok": true])) == nil)
    run.proceed()
    #expect(run.handle(.answer(step: "loop[2]/q", values: ["ok": true])) == nil)
    #expect(run.handle(.answer(step: "loop[2]/again[0]/sub/q", values: ["n": 3.0])) == nil)
    run.proceed()
    #expect(run.status == .succeeded)
  }

  @Test func `a loop done again asks services with new keys`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: loop
          for_each:
            in: "[1]"
            steps: [ { id: a, action: command.run, with: { command: [/bin/true] } } ]
          verify: [ { check: "false", message: never } ]
      """)
    let first = try #require(run.nextAttempt())
    run.start(first)
    run.end(first, .succeeded(["exit_code": 0, "stdout": "", "stderr": "", "truncated": false]))
    run.proceed()
    #expect(run.statuses["loop"] == .failed)
    #expect(run.handle(.retry(step: "loop", with: [:], again: true, reason: nil)) == nil)
    let second = try #require(run.nextAttempt())
    #expect(second.address == first.address)
    #expect(second.key != first.key)
  }

  @Test func `an iteration's step cannot be skipped where the loop collects what it gives`() throws
  {
    let run = try Rehearsal(
      """
      steps:
        - id: loop
          for_each:
            in: "[0]"
            collect: ${{ steps.share.outputs.n }}
            steps: [ { id: share, set: { n: "${{ 10 / item }}" } } ]
      """)
    run.proceed()
    let refusal = run.handle(.skip(step: "loop[0]/share", reason: "no"))
    #expect(refusal?.message == "`loop` needs the outputs of `loop[0]/share`")
  }
}

import SourceText
import Testing
import Values
import Workflows

@testable import Plans

/// Plans of small workflows, written as one line a step.
@Suite struct PlanTests {
  @Test func `conditions on known inputs are decided, the others go both ways`() throws {
    let text = """
      inputs: { seats: integer, vip: boolean }
      steps:
        - { id: a, set: { x: 1 } }
        - { id: b, if: inputs.seats > 500, set: { x: 1 } }
        - { id: c, if: inputs.vip, set: { x: 1 } }
        - { id: d, if: "inputs.vip || inputs.seats > 5", set: { x: 1 } }
      """
    #expect(
      try outline(text, ["seats": 600]) == ["+ a", "+ b", "? c", "+ d"])
    #expect(try outline(text) == ["+ a", "? b", "? c", "? d"])
    #expect(try outline(text, ["seats": 3, "vip": false]) == ["+ a", "- b", "- c", "- d"])
  }

  @Test func `a time that is up is followed by what the nearest policy says`() throws {
    let found = try plan(
      """
      defaults: { on_failure: stop }
      roles: { r: R }
      steps:
        - { id: a, role: r, ask: { items: { i: I } }, expires: 1d }
        - id: around
          on_failure: continue
          steps:
            - { id: b, role: r, approve: Fine?, expires: 1d }
            - { id: c, wait: 1d, expires: 2d, on_expiry: undo }
      """)
    let steps = found.body.steps.steps
    #expect(steps[0].question?.deadlines == ["expires after 1d, then: stop, as `defaults` say"])
    guard case .section(let inner) = steps[1].body else { return }
    #expect(
      inner.steps[0].question?.deadlines == ["expires after 1d, then: continue, as `around` says"])
    #expect(inner.steps[1].wait?.hasSuffix("expires after 2d, then: undo") == true)
  }

  @Test func `what set steps compute from known values is known`() throws {
    let text = """
      inputs: { seats: integer }
      steps:
        - { id: size, set: { big: "${{ inputs.seats > 500 }}" } }
        - { id: only_big, if: steps.size.outputs.big, set: { y: 1 } }
        - { id: never_ran, if: inputs.seats < 0, set: { z: 1 } }
        - id: after
          if: "steps.never_ran.outputs.?z.orValue(0) == 0 && steps.never_ran.status == 'skipped'"
          set: { w: 1 }
        - { id: roll, action: password.generate }
        - { id: long, if: size(steps.roll.outputs.password) > 8, set: { v: 1 } }
      """
    #expect(
      try outline(text, ["seats": 600])
        == ["+ size", "+ only_big", "- never_ran", "+ after", "+ roll", "? long"])
  }

  @Test func `a jump leaves out what it passes and joins the way again`() throws {
    let text = """
      inputs: { quick: boolean }
      steps:
        - { id: a, set: { x: 1 } }
        - { id: jump, if: inputs.quick, go_to: d }
        - { id: b, set: { x: 1 } }
        - { id: d, set: { x: 1 } }
      """
    #expect(try outline(text) == ["+ a", "? jump", "? b", "+ d"])
    #expect(try outline(text, ["quick": true]) == ["+ a", "+ jump", "- b", "+ d"])
    let plan = try plan(text)
    #expect(plan.pathCount.number == 2)
    #expect(Set(plan.paths(limit: 9)) == [["a", "jump", "d"], ["a", "b", "d"]])
  }

  @Test func `a finish makes what follows uncertain, inside a section too`() throws {
    let text = """
      inputs: { stop: boolean }
      steps:
        - id: group
          steps:
            - { id: end, if: inputs.stop, finish: { outcome: cancelled } }
            - { id: b, set: { x: 1 } }
        - { id: c, set: { x: 1 } }
      finally:
        - { id: tell, action: log.write, with: { message: done } }
      """
    #expect(try outline(text) == ["+ group", "  ? end", "  ? b", "? c", "+ tell"])
    #expect(try outline(text, ["stop": true]) == ["+ group", "  + end", "  - b", "- c", "+ tell"])
    #expect(
      Set(try plan(text).paths(limit: 9)) == [["end", "tell"], ["b", "c", "tell"]])
  }

  @Test func `of cases those are left that can match`() throws {
    let text = """
      inputs: { seats: integer }
      steps:
        - id: size
          choose:
            - { when: inputs.seats > 500, steps: [ { id: big, set: { x: 1 } } ] }
            - { when: inputs.seats > 50, steps: [ { id: middle, set: { x: 1 } } ] }
            - steps: [ { id: small, set: { x: 1 } } ]
      """
    #expect(try outline(text) == ["+ size", "  ? big", "  ? middle", "  ? small"])
    #expect(try outline(text, ["seats": 60]) == ["+ size", "  - big", "  + middle", "  - small"])
    #expect(try plan(text).pathCount.number == 3)
  }

  @Test func `loops have their bounds`() throws {
    let text = """
      inputs: { users: { type: array, items: { type: string } } }
      steps:
        - id: each
          for_each:
            in: inputs.users
            steps: [ { id: add, set: { x: "${{ item }}" } } ]
        - id: ready
          repeat:
            steps: [ { id: poll, set: { x: "${{ index }}" } } ]
            until: steps.poll.outputs.x == 3
            every: 10m
            at_most: 5
      """
    #expect(try outline(text) == ["+ each", "  ? add", "+ ready", "  + poll"])
    let known = try plan(text, ["users": ["a", "b"]])
    let loops = known.allSteps.compactMap { item -> PlannedLoop? in
      if case .loop(let loop) = item.step.body { loop } else { nil }
    }
    #expect(loops.map(\.least) == [2, 1])
    #expect(loops.map(\.most) == [2, 5])
    #expect(known.times.latest?.since(known.start) == TimeSpan(seconds: 4 * 600))
    #expect(known.contains(["each[0]/add", "each[1]/add", "ready[0]/poll", "ready[1]/poll"]))
    #expect(!known.contains(["each[0]/add", "each[1]/add", "each[2]/add"]))
  }

  @Test func `a precondition that cannot hold is shown with its message`() throws {
    let found = try plan(
      """
      inputs: { amount: number }
      steps:
        - id: a
          preconditions: [ { check: inputs.amount >= 0.0, message: "A refund of ${{ inputs.amount }}" } ]
          set: { x: 1 }
      """, ["amount": -5.0])
    #expect(found.allSteps[0].step.unmet.map(\.message) == ["A refund of -5"])
  }

  @Test func `failures lead where the nearest policy says`() throws {
    let found = try plan(
      """
      defaults: { on_failure: stop }
      steps:
        - id: a
          action: log.write
          with: { message: a }
        - id: group
          on_failure: continue
          steps:
            - { id: b, action: log.write, with: { message: b } }
            - { id: c, action: log.write, with: { message: c }, on_failure: park }
        - id: d
          action: log.write
          with: { message: d }
          on_failure:
            steps: [ { id: mend, set: { x: 1 } } ]
            then: retry
      """)
    let leads = found.allSteps.compactMap { $0.step.failure }.map {
      "\($0.leadsTo) \($0.handler ?? "-")"
    }
    #expect(leads == ["stop -", "continue group", "park c", "recover d"])
    let all: Set<[String]> = [
      ["a"], ["a", "b", "c", "d"], ["a", "b", "c", "d", "mend"], ["a", "b", "d"],
      ["a", "b", "d", "mend"],
    ]
    #expect(Set(found.paths(limit: 99)) == all)
    for path in all { #expect(found.contains(path), "\(path)") }
    #expect(!found.contains(["a", "d", "c"]))
    #expect(!found.contains(["a", "mend"]))
  }

  @Test func `waits and deadlines bound the end, and what has none is named`() throws {
    let text = """
      roles: { support: { name: Support } }
      steps:
        - { id: cooling, wait: 7d }
        - { id: check, role: support, ask: { fields: { ok: boolean } }, due: 2d }
      """
    let bounded = try plan(text)
    #expect(bounded.times.earliest?.since(bounded.start) == TimeSpan(seconds: 7 * 86_400))
    #expect(bounded.times.latest?.since(bounded.start) == TimeSpan(seconds: 9 * 86_400))
    let open = try plan(text + "\n  - { id: more, ask: { fields: { ok: boolean } } }")
    #expect(open.times.latest == nil)
    let counted = try plan(
      """
      roles: { a: A }
      steps:
        - { id: handed, role: a, ask: { items: { x: X } }, due: 2d }
        - { id: later, wait: { at: "after(steps.handed.finished_at, '7d')" } }
        - { id: much_later, wait: { until: "after(steps.later.started_at, '9d')" } }
      """)
    #expect(counted.times.earliest?.since(counted.start) == TimeSpan(seconds: 9 * 86_400))
    #expect(counted.times.latest?.since(counted.start) == TimeSpan(seconds: 11 * 86_400))
    #expect(counted.times.openEnded == [])
    #expect(open.times.openEnded == ["more"])
  }

  @Test func `branches side by side may be mixed, a list keeps its order`() throws {
    let found = try plan(
      """
      steps:
        - id: setup
          parallel:
            - { id: one, steps: [ { id: a, set: { x: 1 } }, { id: b, set: { x: 1 } } ] }
            - { id: two, set: { x: 1 } }
        - { id: last, set: { x: 1 } }
      """)
    for path in [["a", "two", "b", "last"], ["two", "a", "b", "last"], ["a", "two"], []] {
      #expect(found.contains(path), "\(path)")
    }
    for path in [["b", "a", "two", "last"], ["a", "b", "last"], ["nothing"], ["last"]] {
      #expect(!found.contains(path), "\(path)")
    }
  }

  @Test func `exponentially many paths are counted, not listed`() throws {
    var text = "inputs: { n: integer }\nsteps:\n"
    for index in 0..<100 {
      text += "  - { id: s\(index), if: inputs.n > \(index), set: { x: 1 } }\n"
    }
    let found = try plan(text)
    #expect(found.pathCount.number == nil)
    #expect(found.paths(limit: 20).count == 20)
  }

  @Test func `equal conditions on inputs do not go different ways in one path`() throws {
    let found = try plan(
      """
      inputs: { vip: boolean }
      steps:
        - { id: a, if: inputs.vip, set: { x: 1 } }
        - { id: b, if: inputs.vip, set: { x: 1 } }
      """)
    #expect(Set(found.paths(limit: 9)) == [["a", "b"], []])
  }
}

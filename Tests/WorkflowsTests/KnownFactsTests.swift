import SourceText
import Testing

@testable import Workflows

/// What is taken as known at a place is so: each case stands beside the like that is none.
@Suite struct KnownFactsTests {
  private func expectNoFindings(_ text: String) {
    let (_, findings) = load(head + text)
    #expect(findings.isEmpty, "\(text)\n\(findings.map(\.message))")
  }

  // MARK: The end of a run

  @Test func `the condition of a finish that ends the run well says nothing of its outputs`() {
    expectFindings(
      """
      inputs: { o: { type: string, optional: true } }
      steps:
        - { id: m, finish: succeeded, if: "!has(inputs.o)" }
        - { id: n, set: { x: "${{ inputs.o }}" } }
      outputs: { p: "${{ 1️⃣inputs.o }}" }
      """, [(.mayBeAbsent, "inputs.o")])
  }

  @Test
  func `what a loop behind a finish that ends the run well waits for says nothing of its outputs`()
  {
    expectFindings(
      """
      inputs: { done: boolean, o: { type: string, optional: true } }
      steps:
        - { id: m, finish: succeeded, if: inputs.done }
        - { id: r, repeat: { steps: [{ id: r1, action: shop.find, with: { order_id: A-1 } }], until: "has(inputs.o) && steps.r1.outputs.status == 'x'" } }
        - { id: n, set: { x: "${{ inputs.o }}" } }
      outputs: { p: "${{ 1️⃣inputs.o }}" }
      """, [(.mayBeAbsent, "inputs.o")])
  }

  @Test(arguments: [
    """
    inputs: { done: boolean, o: { type: string, optional: true } }
    steps:
      - { id: m, finish: failed, if: "!has(inputs.o)" }
      - { id: n, set: { x: "${{ inputs.o }}" } }
    outputs: { p: "${{ inputs.o }}" }
    """,
    """
    inputs: { done: boolean, o: { type: string, optional: true } }
    steps:
      - { id: m, finish: failed, if: "!has(inputs.o)" }
      - { id: n, set: { x: 1 } }
      - { id: early, finish: succeeded, if: inputs.done }
      - { id: late, set: { x: 1 } }
    outputs: { p: "${{ inputs.o }}", q: "${{ steps.n.outputs.x }}" }
    """,
  ])
  func `what holds wherever the run ends well holds for its outputs`(text: String) {
    expectNoFindings(text)
  }

  @Test
  func
    `a finish among recovery steps, in a branch or in a loop may end the run before what is around it`()
  {
    expectFindings(
      """
      inputs: { names: { type: array, items: { type: string } } }
      steps:
        - { id: before, set: { x: 1 } }
        - { id: a, action: shop.find, with: { order_id: A-1 }, on_failure: { steps: [{ id: f, finish: succeeded }] } }
      outputs: { x: "${{ steps.before.outputs.x }}", y: "${{ 1️⃣steps.a.outputs.amount }}" }
      """, [(.mayNotHaveRun, "`finish` of step `f` may end the run before it")])
    expectFindings(
      """
      inputs: { names: { type: array, items: { type: string } } }
      steps:
        - id: each
          for_each:
            in: inputs.names
            collect: ${{ item }}
            steps: [{ id: f, if: item == 'x', finish: succeeded }]
      outputs: { x: "${{ 1️⃣steps.each.outputs }}" }
      """, [(.mayNotHaveRun, "`finish` of step `f` may end the run before it")])
    expectFindings(
      """
      inputs: { done: boolean }
      steps:
        - id: both
          parallel:
            - { id: left, action: shop.find, with: { order_id: A-1 } }
            - { id: right, if: inputs.done, finish: succeeded }
      outputs: { x: "${{ 1️⃣steps.left.outputs.amount }}" }
      """, [(.mayNotHaveRun, "`finish` of step `right` may end the run before it")])
    expectFindings(
      """
      defaults: { on_failure: { steps: [{ id: f, finish: succeeded }] } }
      steps: [{ id: a, action: shop.find, with: { order_id: A-1 } }]
      outputs: { x: "${{ 1️⃣steps.a.outputs.amount }}" }
      """, [(.mayNotHaveRun, "`finish` of step `f` may end the run before it")])
  }

  // MARK: The status of a step

  @Test
  func `a step that was not skipped may have failed, and one that has not failed may be skipped`() {
    expectFindings(
      """
      inputs: { go: boolean }
      steps:
        - { id: a, if: inputs.go, on_failure: continue, action: shop.find, with: { order_id: A-1 } }
        - { id: b, if: steps.a.status != 'skipped', set: { x: "${{ 1️⃣steps.a.outputs.amount }}" } }
        - { id: c, if: steps.a.status != 'failed', set: { x: "${{ 2️⃣steps.a.outputs.amount }}" } }
        - { id: d, if: "!(steps.a.status in ['skipped', 'failed'])", set: { x: "${{ steps.a.outputs.amount }}" } }
        - { id: e, if: "steps.a.status != 'skipped' && steps.a.status != 'failed'", set: { x: "${{ steps.a.outputs.amount }}" } }
      """,
      [(.mayNotHaveRun, "goes on when it fails"), (.mayNotHaveRun, "skipped unless `inputs.go`")])
  }

  @Test func `a step that is not over is neither skipped nor failed, and has not succeeded`() {
    expectFindings(
      """
      inputs: { go: boolean }
      steps:
        - { id: early, if: steps.late.status != 'skipped', set: { x: "${{ 1️⃣steps.late.outputs.x }}" } }
        - { id: late, if: inputs.go, set: { x: 1 } }
        - id: both
          parallel:
            - { id: left, if: inputs.go, set: { x: 1 } }
            - { id: right, if: steps.left.status != 'skipped', set: { x: "${{ 2️⃣steps.left.outputs.x }}" } }
        - { id: part, if: inputs.go, steps: [{ id: inner, set: { x: 1 } }] }
        - { id: b, if: steps.inner.status != 'skipped', set: { x: "${{ 3️⃣steps.inner.outputs.x }}" } }
        - { id: c, if: steps.inner.status != 'pending', set: { x: "${{ steps.inner.outputs.x }}" } }
      """,
      [
        (.mayNotHaveRun, "later"), (.mayNotHaveRun, "side by side"),
        (.mayNotHaveRun, "skipped unless `inputs.go`"),
      ])
  }

  @Test(arguments: [
    "steps.a.status != 'skipped'", "steps.a.status in ['succeeded']",
    "steps.a.status == 'succeeded' && inputs.n > 3", "!(steps.a.status == 'skipped')",
    "steps.a.status in ['succeeded', 'skipped'] && steps.a.status != 'skipped'",
  ])
  func `a status that only success leaves is one`(condition: String) {
    expectNoFindings(
      """
      inputs: { go: boolean, n: integer, o: { type: string, optional: true } }
      steps:
        - { id: a, if: inputs.go && has(inputs.o), set: { x: 1 } }
        - { id: other, if: inputs.go, set: { x: 1 } }
        - { id: b, if: "\(condition)", set: { x: "${{ steps.a.outputs.x + steps.other.outputs.x }}", y: "${{ inputs.o }}" } }
      """)
  }

  @Test func `a step in a section has not succeeded with it, nor the other way round`() {
    expectFindings(
      """
      inputs: { names: { type: array, items: { type: string } } }
      steps:
        - id: each
          for_each:
            in: inputs.names
            collect: ${{ item }}
            steps:
              - { id: a, if: item != '', set: { x: 1 } }
              - { id: b, if: steps.a.status == 'succeeded', set: { x: "${{ size(1️⃣steps.each.outputs) }}" } }
      """, [(.mayNotHaveRun, "not done yet")])
  }

  // MARK: Values that may be absent

  @Test(arguments: [
    "inputs.?n.orValue(1) > 0", "inputs.?s.orValue('x') == 'x'", "inputs.?s.orValue('zz') != ''",
    "inputs.?s.or(optional.of('x')).hasValue()", "!inputs.?b.orValue(false)",
    "inputs.?s.orValue('').startsWith(inputs.sure)", "has(inputs.s) || inputs.flag",
    "inputs.?l.orValue(['a']).exists(e, e == 'a')", "inputs.?l.orValue([]).all(e, e == 'a')",
    "inputs.flag ? has(inputs.s) : true", "!(has(inputs.s) && inputs.flag)",
  ])
  func `a condition that a default may have met shows no value`(condition: String) {
    let (_, findings) = load(
      head + """
        inputs:
          n: { type: integer, optional: true }
          s: { type: string, optional: true }
          b: { type: boolean, optional: true }
          l: { type: array, items: { type: string }, optional: true }
          sure: string
          flag: boolean
        steps:
          - { id: a, if: "\(condition)", set: { x: "\(Self.reads(condition))" } }
        """)
    #expect(findings.map(\.code) == [.mayBeAbsent], "\(findings.map(\.message))")
  }

  @Test(arguments: [
    "inputs.?n.orValue(0) > 0", "inputs.?n.orValue(0) != 0", "inputs.?s.orValue('') == 'x'",
    "inputs.?s.orValue('') != ''", "!(inputs.?s.orValue('') == '')", "inputs.?s.hasValue()",
    "inputs.?b.orValue(false)", "!inputs.?b.orValue(true)", "inputs.?s == optional.of('x')",
    "inputs.?s.orValue('').startsWith('x')", "size(inputs.?l.orValue([])) > 0",
    "inputs.?l.orValue([]).size() > 0", "'a' in inputs.?l.orValue([])",
    "inputs.?l.orValue([]).exists(e, e == inputs.sure)", "inputs.?l.orValue([])[0] == 'a'",
    "inputs.?n.optMap(v, v > inputs.least).orValue(false)", "inputs.?s.value() == inputs.sure",
    "inputs.?s.or(inputs.?s).hasValue()", "inputs.flag && has(inputs.s)",
    "inputs.flag ? has(inputs.s) : inputs.?s.orValue('') != ''", "!(!has(inputs.s) || inputs.flag)",
    "inputs.?s.orValue('') in ['x', 'y']", "inputs.?n.orValue(0) + 1 > 1",
  ])
  func `a condition that does not hold without a value shows it`(condition: String) {
    expectNoFindings(
      """
      inputs:
        n: { type: integer, optional: true }
        s: { type: string, optional: true }
        b: { type: boolean, optional: true }
        l: { type: array, items: { type: string }, optional: true }
        sure: string
        least: integer
        flag: boolean
      steps:
        - { id: a, if: "\(condition)", set: { x: "\(Self.reads(condition))" } }
      """)
  }

  /// An expression that reads the first optional input of a condition for certain.
  private static func reads(_ condition: String) -> String {
    let names = ["n", "s", "b", "l"]
    let name = names.first {
      condition.contains("inputs.?\($0).") || condition.contains("inputs.?\($0) ")
        || condition.contains("has(inputs.\($0))")
    }
    return "${{ inputs.\(name ?? "") }}"
  }

  @Test func `an output that a default stood for is no success`() {
    expectFindings(
      """
      inputs: { go: boolean }
      steps:
        - { id: a, if: inputs.go, action: shop.find, with: { order_id: A-1 } }
        - { id: b, if: "steps.a.outputs.?status.orValue('none') == 'none'", set: { x: "${{ 1️⃣steps.a.outputs.amount }}" } }
        - { id: c, if: "steps.a.outputs.?status.orValue('none') != 'none'", set: { x: "${{ steps.a.outputs.amount }}" } }
        - { id: d, if: "steps.a.outputs.?status.orValue('none') == 'PAID'", set: { x: "${{ steps.a.outputs.amount }}" } }
      """, [(.mayNotHaveRun, "inputs.go")])
  }

  @Test func `a map that is there may lack its parts`() {
    expectFindings(
      """
      inputs:
        m: { type: object, optional: true, properties: { k: { type: object, properties: { z: { type: string } } } } }
      steps:
        - { id: a, if: "has(inputs.m) && has(inputs.m.k)", set: { x: "${{ 1️⃣inputs.m.k.z }}", y: "${{ inputs.m.k }}" } }
        - { id: b, if: "inputs.?m.?k.?z.hasValue()", set: { x: "${{ inputs.m.k.z }}" } }
      """, [(.mayBeAbsent, "`inputs.m.k.z` is optional")])
  }

  // MARK: Ways around

  @Test func `a finish that a go_to passes over says nothing`() {
    expectFindings(
      """
      inputs: { n: integer, o: { type: string, optional: true } }
      steps:
        - { id: g, go_to: n, if: inputs.n > 0 }
        - { id: m, finish: failed, if: "!has(inputs.o)" }
        - { id: k, set: { x: "${{ inputs.o }}" } }
        - { id: n, set: { x: "${{ 1️⃣inputs.o }}" } }
        - { id: p, if: "!(inputs.n > 0)", set: { x: "${{ inputs.o }}" } }
        - { id: q, if: "inputs.n <= 0", set: { x: "${{ inputs.o }}" } }
      """, [(.mayBeAbsent, "inputs.o")])
  }

  @Test func `a finish beside a step says nothing to it`() {
    expectFindings(
      """
      inputs: { o: { type: string, optional: true } }
      steps:
        - id: both
          parallel:
            - { id: m, finish: failed, if: "!has(inputs.o)" }
            - { id: n, set: { x: "${{ 1️⃣inputs.o }}" } }
      """, [(.mayBeAbsent, "inputs.o")])
  }

  @Test func `a go_to that another one passes over says nothing`() {
    expectFindings(
      """
      inputs: { n: integer, go: boolean }
      steps:
        - { id: a, if: inputs.go, set: { x: 1 } }
        - { id: g, go_to: k, if: inputs.n > 0 }
        - { id: h, go_to: p, if: "!inputs.go" }
        - { id: j, set: { x: "${{ steps.a.outputs.x }}" } }
        - { id: k, set: { x: "${{ 1️⃣steps.a.outputs.x }}" } }
        - { id: p, set: { x: 1 } }
      """, [(.mayNotHaveRun, "inputs.go")])
  }

  @Test(arguments: [
    "if: inputs.b", "on_failure: continue",
  ])
  func `a loop that may be passed does not show what it waited for`(key: String) {
    expectFindings(
      """
      inputs: { b: boolean, o: { type: string, optional: true } }
      steps:
        - id: r
          \(key)
          repeat:
            steps: [{ id: r1, action: shop.find, with: { order_id: A-1 } }]
            until: has(inputs.o) && steps.r1.outputs.status == 'x'
        - { id: a, set: { x: "${{ 1️⃣inputs.o }}" } }
        - { id: b, if: steps.r.status == 'succeeded', set: { x: "${{ inputs.o }}" } }
      """, [(.mayBeAbsent, "inputs.o")])
  }

  @Test func `a loop that was not skipped shows what it waited for`() {
    expectNoFindings(
      """
      inputs: { b: boolean, o: { type: string, optional: true } }
      steps:
        - id: r
          if: inputs.b
          repeat:
            steps: [{ id: r1, action: shop.find, with: { order_id: A-1 } }]
            until: has(inputs.o) && steps.r1.outputs.status == 'x'
        - { id: a, if: inputs.b, set: { x: "${{ inputs.o }}" } }
      """)
  }

  // MARK: Other names, other moments

  @Test func `each loop has an item of its own`() {
    expectFindings(
      """
      inputs: { l: { type: array, items: { type: string } } }
      steps:
        - id: outer
          for_each:
            in: inputs.l
            steps:
              - { id: a, if: item == 'p', set: { x: 1 } }
              - { id: same, if: item == 'p', set: { x: "${{ steps.a.outputs.x }}" } }
              - id: inner
                for_each:
                  in: inputs.l
                  steps: [{ id: b, if: item == 'p', set: { x: "${{ 1️⃣steps.a.outputs.x }}" } }]
              - id: named
                for_each:
                  in: inputs.l
                  as: other
                  steps: [{ id: c, if: item == 'p', set: { x: "${{ steps.a.outputs.x }}" } }]
              - id: guarded
                if: item == 'p'
                for_each:
                  in: inputs.l
                  steps: [{ id: d, set: { x: "${{ steps.a.outputs.x }}", y: "${{ item }}" } }]
      """, [(.mayNotHaveRun, "item == 'p'")])
    expectFindings(
      """
      inputs:
        l: { type: array, items: { type: object, properties: { k: { type: string } } } }
      steps:
        - id: outer
          for_each:
            in: inputs.l
            steps:
              - id: inner
                if: has(item.k)
                for_each:
                  in: inputs.l
                  steps: [{ id: b, set: { x: "${{ 1️⃣item.k }}" } }]
              - { id: c, if: has(item.k), set: { x: "${{ item.k }}" } }
      """, [(.mayBeAbsent, "item.k")])
  }

  @Test func `the same condition at another moment is another one`() {
    expectFindings(
      """
      inputs: { t: { type: string, format: date-time }, go: boolean }
      steps:
        - { id: a, if: now > timestamp(inputs.t), set: { x: 1 } }
        - { id: w, wait: 5d }
        - { id: b, if: now > timestamp(inputs.t), set: { x: "${{ 1️⃣steps.a.outputs.x }}" } }
        - { id: d, if: steps.c.status == 'succeeded', set: { x: 1 } }
        - { id: e, if: steps.c.status != 'succeeded', set: { x: 1 } }
        - { id: c, if: inputs.go, set: { x: 1 } }
        - { id: f, if: steps.c.status == 'succeeded', set: { x: "${{ 2️⃣steps.d.outputs.x }}" } }
        - { id: g, if: steps.c.status != 'succeeded', set: { x: "${{ 3️⃣steps.e.outputs.x }}" } }
        - { id: h, if: steps.c.status != 'succeeded', set: { x: 1 } }
        - { id: i, if: steps.c.status != 'succeeded', set: { x: "${{ steps.h.outputs.x }}" } }
      """,
      [
        (.mayNotHaveRun, "now > timestamp"), (.mayNotHaveRun, "steps.c.status == 'succeeded'"),
        (.mayNotHaveRun, "steps.c.status != 'succeeded'"),
      ])
  }

  @Test func `what has come of the run and of its steps is settled when it is over`() {
    expectNoFindings(
      """
      inputs: { go: boolean }
      defaults:
        on_failure:
          steps:
            - { id: r, if: steps.a.status == 'skipped', set: { x: 1 } }
            - { id: s, if: steps.a.status == 'skipped', set: { x: "${{ steps.r.outputs.x }}" } }
          then: park
      steps:
        - { id: a, if: inputs.go, set: { x: 1 } }
        - { id: b, action: shop.find, with: { order_id: A-1 } }
      finally:
        - { id: y, if: run.status == 'failed' && steps.a.status == 'skipped', set: { x: 1 } }
        - { id: z, if: run.status == 'failed' && steps.a.status == 'skipped', set: { x: "${{ steps.y.outputs.x }}" } }
      """)
  }

  // MARK: Elements

  @Test(arguments: [
    "inputs.lo.exists(e, has(e.b)) || inputs.lo.all(e, 1️⃣e.b == 'x')",
    "!inputs.lo.all(e, has(e.b)) && inputs.lo.exists(e, 1️⃣e.b == 'x')",
    "inputs.flag && inputs.lo.exists(e, 1️⃣e.b == 'x')",
    "inputs.lo.all(e, has(e.b) && inputs.lo.exists(e, 1️⃣e.b == 'x'))",
  ])
  func `one macro does not look for another`(condition: String) {
    expectFindings(
      """
      inputs:
        lo: { type: array, items: { type: object, properties: { b: { type: string } } } }
        flag: boolean
      steps:
        - { id: a, if: "\(condition)", set: { x: 1 } }
      """, [(.mayBeAbsent, "`e.b` is optional")])
  }

  @Test(arguments: [
    "inputs.lo.all(e, has(e.b)) && inputs.lo.exists(e, e.b == 'x')",
    "!inputs.lo.all(e, has(e.b)) || inputs.lo.exists(e, e.b == 'x')",
    "inputs.lo.exists(e, !has(e.b)) || inputs.lo.exists(e, e.b == 'x')",
    "inputs.lo.all(e, has(e.b)) ? inputs.lo.exists(e, e.b == 'x') : false",
    "inputs.lo.all(e, has(e.b) && e.b == 'x')",
    "inputs.lo.filter(e, has(e.b)).exists(e, e.b == 'x')",
    "size(inputs.lo.filter(e, has(e.b))) == size(inputs.lo) && inputs.lo.all(e, e.b == 'x')",
  ])
  func `a macro looks for the ones that count only with it`(condition: String) {
    expectNoFindings(
      """
      inputs:
        lo: { type: array, items: { type: object, properties: { b: { type: string } } } }
      steps:
        - { id: a, if: "\(condition)", set: { x: 1 } }
        - { id: b, if: "inputs.lo.all(e, has(e.b))", set: { x: "${{ inputs.lo.map(e, e.b) }}" } }
      """)
  }
}

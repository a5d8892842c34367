import SourceText
import Testing

@testable import Workflows

/// Parts that may be absent where no plain path leads to them.
@Suite struct AbsentPartTests {
  @Test func `the parts of an element that an index gives are read with care`() {
    expectFindings(
      """
      inputs:
        lo: { type: array, items: { type: object, properties: { a: { type: string }, b: { type: string } }, required: [a] } }
      steps:
        - { id: a, set: { x: "${{ 1️⃣inputs.lo[0].b }}", y: "${{ inputs.lo[0].a }}", z: "${{ inputs.lo[0].?b }}" } }
        - { id: b, set: { x: "${{ 2️⃣inputs.lo.first().value().b }}", y: "${{ inputs.lo.first().?b }}" } }
        - { id: c, set: { x: "${{ 3️⃣inputs.lo.filter(i, i.a == 'x')[0].b }}" } }
        - { id: d, set: { x: "${{ cel.bind(q, inputs.lo[0], 4️⃣q.b) }}", y: "${{ cel.bind(q, inputs.lo[0], q.a) }}" } }
        - { id: e, if: "has(inputs.lo[0].b)", set: { x: "${{ inputs.lo[0].b }}" } }
        - { id: f, set: { x: "${{ has(inputs.lo[0].b) ? inputs.lo[0].b : '' }}" } }
        - { id: g, set: { x: "${{ inputs.lo.filter(i, has(i.b))[0].b }}" } }
        - { id: h, set: { x: "${{ cel.bind(q, inputs.lo[0], has(q.b) && q.b == 'x') }}" } }
      """,
      [
        (.mayBeAbsent, "`inputs.lo[0].b` is optional and may be absent\n\nwrite `inputs.lo[0].?b"),
        (.mayBeAbsent, "`inputs.lo.first().value().b`"),
        (.mayBeAbsent, "`inputs.lo.filter(i, i.a == 'x')[0].b`"), (.mayBeAbsent, "`q.b`"),
      ])
  }

  @Test func `a question has the items that it has`() {
    expectFindings(
      """
      steps:
        - { id: q, ask: { items: { a: A, b: B } } }
        - { id: r, set: { x: "${{ steps.q.outputs.items.1️⃣c }}", y: "${{ steps.q.outputs.items.a }}" } }
        - id: s
          set:
            all: ${{ steps.q.outputs.items.all(i, steps.q.outputs.items[i]) }}
            some: ${{ steps.q.outputs.items.exists(i, ticked, ticked) }}
            many: ${{ size(steps.q.outputs.items) }}
            text: ${{ json(steps.q.outputs.items) }}
            whole: ${{ steps.q.outputs.items }}
        - { id: t, if: "'a' in steps.q.outputs.items && steps.q.outputs.items['b']", wait: 1h }
      """, [(.expressionType, "items of `q` has no field `c`")])
  }

  static let events = PluginContract.decode(
    SourceFile(
      path: "plugins/pay/plugin.yaml",
      text: """
        plugin: pay
        operations: {}
        events:
          paid: { id: string, amount: number, tip: { type: number, optional: true } }
          cancelled: { id: string, reason: string }
        """), into: Diagnostics())

  @Test func `which of several events has come is tested before its fields are read`() {
    let source = MarkedText(
      head + """
        steps:
          - id: w
            wait: { first_of: { p: { event: pay.paid }, q: { event: pay.cancelled } } }
            verify: [{ check: "outputs.which != 'p' || outputs.event.amount > 0.0", message: Nothing was paid. }]
          - { id: a, set: { id: "${{ steps.w.outputs.event.id }}", x: "${{ steps.w.outputs.event.1️⃣amuont }}" } }
          - { id: b, set: { x: "${{ 2️⃣steps.w.outputs.event.amount }}" } }
          - { id: c, if: steps.w.outputs.which == 'p', set: { x: "${{ steps.w.outputs.event.amount }}" } }
          - { id: d, if: steps.w.outputs.which == 'q', set: { x: "${{ 3️⃣steps.w.outputs.event.amount }}" } }
          - { id: e, if: steps.w.outputs.which != 'p', set: { x: "${{ steps.w.outputs.event.reason }}" } }
          - { id: f, if: steps.w.outputs.which == 'p', set: { x: "${{ 4️⃣steps.w.outputs.event.tip }}" } }
          - { id: g, set: { x: "${{ steps.w.outputs.event.?amount }}" } }
          - id: v
            wait: { first_of: { p: { event: pay.paid }, t: 1h } }
          - { id: h, if: steps.v.outputs.which == 'p', set: { x: "${{ steps.v.outputs.event.amount }}" } }
          - { id: i, set: { x: "${{ 5️⃣steps.v.outputs.event.amount }}" } }
        """)
    let findings = load(
      source.text, catalog: Catalog(Self.events.map { ["pay": $0] } ?? [:])
    ).findings
    #expect(findings.map(\.span.start) == source.marks, "\(findings.map(\.message))")
    #expect(
      findings.map { $0.help?.split(separator: ",").first.map(String.init) ?? "" } == [
        "did you mean `amount`?", "test `steps.w.outputs.which == 'p'` before",
        "test `steps.w.outputs.which == 'p'` before",
        "`steps.w.outputs.event.?tip` leaves its key out then; "
          + "`steps.w.outputs.event.?tip.orValue(…)` says what counts instead",
        "test `steps.v.outputs.which == 'p'` before",
      ])
    #expect(findings.dropFirst().first?.message.contains("only when `p` has ended") == true)
  }

  @Test func `the ways of a wait inside another have both names`() {
    expectFindings(
      """
      steps:
        - { id: w, wait: { first_of: { a: 10s, c: { first_of: { d: 1s, e: { event: shop.paid } } } } } }
        - { id: x, if: "steps.w.outputs.which == 1️⃣'c'", set: { y: 1 } }
        - { id: y, if: "steps.w.outputs.which == 'c.d'", set: { y: 1 } }
        - { id: z, if: "steps.w.outputs.which == 'c.e'", set: { y: "${{ steps.w.outputs.event.amount }}" } }
        - { id: v, set: { y: "${{ 2️⃣steps.w.outputs.event.amount }}" } }
      """,
      [
        (.neverEqual, "it is `a`, `c.d`, `c.e`"),
        (.mayBeAbsent, "test `steps.w.outputs.which == 'c.e'` before"),
      ])
  }

  @Test func `what is left out below the top of a set is read with care`() {
    expectFindings(
      """
      inputs: { o: { type: string, optional: true }, k: string }
      steps:
        - { id: b, set: { m: { n: "${{ inputs.?o }}", p: { q: "${{ inputs.?o }}" } }, t: { a: 1, b: 2 } } }
        - { id: c, set: { x: "${{ 1️⃣steps.b.outputs.m.n }}", y: "${{ steps.b.outputs.m.?n }}" } }
        - { id: d, set: { x: "${{ 2️⃣steps.b.outputs.m.p.q }}" } }
        - { id: e, if: has(steps.b.outputs.m.n), set: { x: "${{ steps.b.outputs.m.n }}" } }
        - { id: f, set: { x: "${{ steps.b.outputs.t[inputs.k] + 1 }}", y: "${{ steps.b.outputs.m[inputs.k] }}" } }
      """, [(.mayBeAbsent, "steps.b.outputs.m.n"), (.mayBeAbsent, "steps.b.outputs.m.p.q")])
  }
}

import SourceText
import Testing

@testable import Workflows

@Suite struct FlowCheckTests {
  private let order = "- { id: order, action: shop.find, with: { order_id: A-1 } }"

  @Test func `outputs of a skipped step are not read`() {
    expectFindings(
      """
      inputs: { paid: boolean }
      steps:
        - { id: order, if: inputs.paid, action: shop.find, with: { order_id: A-1 } }
        - { id: a, if: 1️⃣steps.order.outputs.amount > 3, wait: 1h }
      """, [(.mayNotHaveRun, "inputs.paid")])
  }

  @Test(arguments: [
    "{ id: a, if: \"inputs.paid\", set: { x: \"${{ steps.order.outputs.amount }}\" } }",
    "{ id: a, if: \"inputs.paid && inputs.n > 3\", set: { x: \"${{ steps.order.outputs.amount }}\" } }",
    "{ id: a, if: \"inputs.paid && steps.order.outputs.amount > 3\", wait: 1h }",
    "{ id: a, if: \"!inputs.paid || steps.order.outputs.amount > 3\", wait: 1h }",
    "{ id: a, if: \"inputs.paid ? steps.order.outputs.amount > 3 : false\", wait: 1h }",
    "{ id: a, if: \"steps.order.outputs.?amount.orValue(0.0) > 3\", wait: 1h }",
    "{ id: a, if: \"steps.order.status == 'succeeded'\", set: { x: \"${{ steps.order.outputs.amount }}\" } }",
    "{ id: a, if: \"steps.order.status != 'skipped'\", set: { x: \"${{ steps.order.outputs.amount }}\" } }",
    "{ id: a, if: \"inputs.paid\", steps: [{ id: b, set: { x: \"${{ steps.order.outputs.amount }}\" } }] }",
    "{ id: a, choose: [{ when: inputs.paid, steps: [{ id: b, set: { x: \"${{ steps.order.outputs.amount }}\" } }] }] }",
    "{ id: a, if: \"has(steps.order.outputs.amount)\", set: { x: \"${{ steps.order.outputs.amount }}\" } }",
  ])
  func `there is no false alarm where the flow rules it out`(step: String) {
    let (_, findings) = load(
      head + """
        inputs: { paid: boolean, n: integer }
        steps:
          - { id: order, if: inputs.paid, action: shop.find, with: { order_id: A-1 } }
          - \(step)
        """)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
  }

  @Test func `with what a run was started, it is taken further, whatever is foreseen now`() throws {
    let text =
      head + """
        inputs: { paid: boolean, note: { type: string, optional: true }, n: integer }
        steps:
          - { id: order, if: inputs.paid, action: shop.find, with: { order_id: "${{ inputs.?note }}" } }
          - { id: a, if: steps.order.outputs.amount > 3, wait: "${{ inputs.note }}" }
          - { id: b, action: shop.find, with: { order_id: "${{ inputs.n }}" } }
        """
    let file = SourceFile(path: "example.yaml", text: text)
    let diagnostics = Diagnostics()
    #expect(Workflow.load(file: file, catalog: shopCatalog, into: diagnostics) == nil)
    #expect(
      diagnostics.sorted.map(\.code) == [
        .missingInput, .mayNotHaveRun, .mayBeAbsent, .inputMismatch,
      ])
    let none = Diagnostics()
    let workflow = try #require(
      Workflow.load(file: file, catalog: shopCatalog, isStarted: true, into: none))
    #expect(none.sorted.isEmpty)
    #expect(workflow.allSteps.map(\.id) == ["order", "a", "b"])
    guard case .action(let call) = workflow.allSteps[2].kind else { return #expect(Bool(false)) }
    #expect(call.with.map(\.name) == ["order_id"])
    // What would leave something out of it is still refused.
    let broken = SourceFile(path: "example.yaml", text: text.replacing("a, if", with: "a, iff"))
    #expect(
      Workflow.load(file: broken, catalog: shopCatalog, isStarted: true, into: Diagnostics()) == nil
    )
  }

  @Test func `a finish rules out what would have led to it`() {
    let (_, findings) = load(
      head + """
        inputs: { paid: boolean }
        steps:
          - { id: order, if: inputs.paid, action: shop.find, with: { order_id: A-1 } }
          - { id: stop, if: "!inputs.paid", finish: cancelled }
          - { id: a, if: steps.order.outputs.amount > 3, wait: 1h }
        """)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
  }

  @Test func `go_to passes over steps`() {
    expectFindings(
      """
      inputs: { known: boolean }
      steps:
        - { id: jump, if: inputs.known, go_to: a }
        - { id: order, action: shop.find, with: { order_id: A-1 } }
        - { id: between, if: steps.order.outputs.amount > 3, wait: 1h }
        - { id: a, if: 1️⃣steps.order.outputs.amount > 3, wait: 1h }
        - { id: b, if: "!inputs.known && steps.order.outputs.amount > 3", wait: 1h }
      """, [(.mayNotHaveRun, "`jump`")])
  }

  @Test func `branches, loops and later steps are out of reach`() {
    expectFindings(
      """
      inputs: { n: integer, names: { type: array, items: { type: string } } }
      steps:
        - { id: early, if: 1️⃣steps.order.outputs.amount > 3, wait: 1h }
        - { id: soon, if: size(2️⃣steps.loop.outputs) > 3, wait: 1h }
        - { id: order, action: shop.find, with: { order_id: A-1 } }
        - id: ways
          choose:
            - when: inputs.n > 3
              steps:
                - { id: one, set: { x: 1 } }
            - steps:
                - { id: two, set: { x: "${{ 3️⃣steps.one.outputs.x }}" } }
        - { id: after, if: 4️⃣steps.two.outputs.x > 3, wait: 1h }
        - id: loop
          for_each:
            in: inputs.names
            collect: ${{ steps.inner.outputs.y }}
            steps:
              - { id: inner, set: { y: "${{ item }}" } }
        - { id: outside, if: 5️⃣steps.inner.outputs.y == '', wait: 1h }
        - { id: collected, if: size(steps.loop.outputs) > 3, wait: 1h }
        - id: both
          parallel:
            - { id: left, set: { z: 1 } }
            - { id: right, if: 6️⃣steps.left.outputs.z == 1, wait: 1h }
        - { id: joined, if: steps.left.outputs.z == 1, wait: 1h }
      finally:
        - { id: tell, if: 7️⃣steps.order.outputs.amount > 3, wait: 1h }
        - { id: told, if: steps.order.outputs.?amount.orValue(0.0) > 3, wait: 1h }
      """,
      [
        (.mayNotHaveRun, "later"), (.mayNotHaveRun, "later"), (.mayNotHaveRun, "another branch"),
        (.mayNotHaveRun, "no other case"), (.mayNotHaveRun, "collect"),
        (.mayNotHaveRun, "side by side"), (.mayNotHaveRun, "finally"),
      ])
  }

  @Test func `a failure that the run passes over leaves no outputs`() {
    expectFindings(
      """
      steps:
        - { id: order, action: shop.find, with: { order_id: A-1 }, on_failure: continue }
        - { id: a, if: 1️⃣steps.order.outputs.amount > 3, wait: 1h }
      """, [(.mayNotHaveRun, "goes on when it fails")])
  }

  @Test func `a failure that the defaults pass over leaves no outputs in a section either`() {
    expectFindings(
      """
      defaults: { on_failure: continue }
      steps:
        - id: part
          steps:
            - { id: order, action: shop.find, with: { order_id: A-1 } }
            - { id: a, if: 1️⃣steps.order.outputs.amount > 3, wait: 1h }
      """, [(.mayNotHaveRun, "goes on when it fails")])
  }

  @Test(arguments: [
    // What goes wrong in the section ends it.
    """
    defaults: { on_failure: continue }
    steps:
      - id: part
        on_failure: continue
        steps:
          - { id: order, action: shop.find, with: { order_id: A-1 } }
          - { id: a, if: steps.order.outputs.amount > 3, wait: 1h }
    """,
    // What goes wrong while things are put right is for people.
    """
    defaults:
      on_failure:
        steps:
          - { id: order, action: shop.find, with: { order_id: A-1 } }
          - { id: a, if: steps.order.outputs.amount > 3, wait: 1h }
        then: continue
    steps:
      - { id: one, action: shop.find, with: { order_id: A-1 } }
    """,
    """
    defaults: { on_failure: continue }
    steps:
      - id: one
        action: shop.find
        with: { order_id: A-1 }
        on_failure:
          steps:
            - id: part
              steps:
                - { id: order, action: shop.find, with: { order_id: A-1 } }
                - { id: a, if: steps.order.outputs.amount > 3, wait: 1h }
    """,
    // A section fails where something in it does.
    """
    defaults: { on_failure: continue }
    steps:
      - id: part
        steps: [ { id: sum, set: { x: 1 } } ]
      - { id: a, if: steps.sum.outputs.x > 3, wait: 1h }
    """,
  ])
  func `the defaults are not for what others see to`(text: String) {
    let (_, findings) = load(head + text)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
  }

  @Test func `a repeat has run at least once`() {
    let (_, findings) = load(
      head + """
        steps:
          - id: ready
            repeat:
              steps: [{ id: poll, action: shop.find, with: { order_id: A-1 } }]
              until: steps.poll.outputs.status == 'PAID'
              every: 30s
              at_most: 20
          - { id: a, if: steps.ready.outputs.amount > 3, wait: 1h }
        """)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
  }

  @Test func `behind a loop its steps give nothing, and the loop gives what the last one gave`() {
    expectFindings(
      """
      inputs: { names: { type: array, items: { type: string } } }
      steps:
        - id: rep
          repeat:
            steps:
              - { id: try, set: { n: 1 } }
              - { id: poll, set: { v: "${{ steps.try.outputs.n }}" } }
            until: steps.poll.outputs.?v.orValue(0) == 1 && steps.try.outputs.n == 1
        - { id: a, set: { x: "${{ steps.rep.outputs.v }}", y: "${{ 1️⃣steps.poll.outputs.v }}" } }
        - { id: b, set: { y: "${{ 2️⃣steps.try.outputs.n }}", z: "${{ steps.try.outputs.?n }}" } }
        - id: each
          for_each:
            in: inputs.names
            steps: [{ id: one, set: { y: "${{ steps.rep.outputs.v }}" } }]
        - { id: c, if: steps.one.status == 'succeeded' && 3️⃣steps.one.outputs.y == 1, wait: 1h }
      """,
      [
        (.mayNotHaveRun, "`steps.rep.outputs.v` has what the last step of its last round gave"),
        (.mayNotHaveRun, "step `try` gives nothing here: the rounds of `rep` are over"),
        (.mayNotHaveRun, "`collect` gives what is needed of each item, as `steps.each.outputs`"),
      ])
  }

  @Test func `a loop whose last step may be skipped may give nothing`() {
    expectFindings(
      """
      inputs: { often: boolean }
      steps:
        - id: rep
          repeat:
            steps:
              - { id: one, set: { v: 1 } }
              - { id: last, if: inputs.often, set: { w: 1 } }
            until: steps.one.outputs.v == 1
        - { id: a, set: { x: "${{ 1️⃣steps.rep.outputs.w }}", y: "${{ steps.rep.outputs.?w }}" } }
        - { id: b, if: has(steps.rep.outputs.w) && steps.rep.outputs.w == 1, wait: 1h }
        - id: sure
          repeat:
            steps: [{ id: end, if: inputs.often, set: { w: 1 } }]
            until: steps.end.status == 'succeeded'
        - { id: c, set: { x: "${{ steps.sure.outputs.w }}" } }
      """, [(.mayNotHaveRun, "`last`, may have been left out of the last round")])
  }

  @Test func `only what an event has ended has an event`() {
    expectFindings(
      """
      steps:
        - id: w
          wait:
            first_of:
              paid: { event: shop.paid }
              nothing: { at: "after(now, '2d')" }
        - { id: a, set: { x: "${{ 1️⃣steps.w.outputs.event.amount }}" } }
        - { id: b, if: steps.w.outputs.which == 'paid', set: { x: "${{ steps.w.outputs.event.amount }}" } }
        - { id: c, if: steps.w.outputs.which != 'nothing', set: { x: "${{ steps.w.outputs.event.amount }}" } }
        - { id: d, if: "steps.w.outputs.which in ['paid']", set: { x: "${{ steps.w.outputs.event.amount }}" } }
        - { id: e, set: { x: "${{ steps.w.outputs.?event.amount }}" } }
        - id: f
          choose:
            - when: steps.w.outputs.which == 'nothing'
              steps: [{ id: g, set: { x: "${{ 2️⃣steps.w.outputs.event.amount }}" } }]
            - steps: [{ id: h, set: { x: "${{ steps.w.outputs.event.amount }}" } }]
        - { id: i, wait: { first_of: { one: { event: shop.paid }, two: { event: shop.paid } } } }
        - { id: j, set: { x: "${{ steps.i.outputs.event.amount }}" } }
        - { id: k, if: steps.w.outputs.which == 'nothing', finish: failed }
        - { id: l, set: { x: "${{ steps.w.outputs.event.amount }}" } }
      """,
      [
        (.mayBeAbsent, "test `steps.w.outputs.which == 'paid'` before"),
        (.mayBeAbsent, "is there only when an event has ended the wait"),
      ])
  }

  @Test func `only a question with items says which are ticked`() {
    expectFindings(
      """
      steps:
        - { id: a, ask: { fields: { x: string } } }
        - { id: b, ask: { fields: { x: string }, items: { y: Y } } }
        - { id: c, set: { x: "${{ steps.b.outputs.progress }}", y: "${{ steps.a.outputs.1️⃣progress }}" } }
        - { id: d, set: { x: "${{ steps.b.outputs.items.y }}", y: "${{ steps.a.outputs.x }}" } }
      """, [(.expressionType, "outputs of `a` has no field `progress`")])
  }

  @Test func `parts of a value that need not be there are read with care`() {
    expectFindings(
      """
      inputs:
        o:
          type: object
          properties: { a: { type: string }, b: { type: string } }
          required: [a]
          default: { a: x }
        users:
          type: array
          items: { type: object, properties: { name: { type: string }, mail: { type: string } }, required: [name] }
        free: { type: object, properties: { a: { type: string } }, anyOf: [{ required: [a] }] }
      steps:
        - { id: a, set: { x: "${{ inputs.o.a }}", y: "${{ 1️⃣inputs.o.b }}", z: "${{ inputs.o.?b }}" } }
        - { id: b, if: has(inputs.o.b), set: { x: "${{ inputs.o.b }}", y: "${{ inputs.free.a }}" } }
        - id: each
          for_each:
            in: inputs.users
            as: user
            collect: ${{ 2️⃣user.mail }}
            steps:
              - { id: c, set: { x: "${{ user.name }}", y: "${{ 3️⃣user.mail }}" } }
              - { id: d, if: has(user.mail), set: { x: "${{ user.mail }}" } }
        - { id: e, set: { all: "${{ inputs.o }}" } }
        - { id: f, set: { x: "${{ 4️⃣steps.e.outputs.all.b }}" } }
      """,
      [
        (.mayBeAbsent, "`inputs.o.?b` leaves its key out"), (.mayBeAbsent, "user.mail"),
        (.mayBeAbsent, "`user.mail` is optional"), (.mayBeAbsent, "steps.e.outputs.all.b"),
      ])
  }

  @Test func `what was left out of a set or of the outputs of a workflow is read with care`() {
    let inner = """
      baton: 1
      id: inner
      inputs: { who: { type: string, optional: true } }
      steps: [{ id: s, set: { v: "${{ inputs.?who }}" } }]
      outputs: { v: "${{ steps.s.outputs.?v }}", w: 1 }
      """
    expectFindings(
      """
      inputs: { who: { type: string, optional: true } }
      steps:
        - { id: s, set: { v: "${{ inputs.?who }}", w: "${{ inputs.?who.orValue('') }}" } }
        - { id: a, set: { x: "${{ 1️⃣steps.s.outputs.v }}", y: "${{ steps.s.outputs.w }}" } }
        - { id: b, if: has(steps.s.outputs.v), set: { x: "${{ steps.s.outputs.v }}" } }
        - { id: c, workflow: inner }
        - { id: d, set: { x: "${{ 2️⃣steps.c.outputs.v }}", y: "${{ steps.c.outputs.w }}" } }
      """, [(.mayBeAbsent, "steps.s.outputs.v"), (.mayBeAbsent, "steps.c.outputs.v")],
      workflows: WorkflowSource { name, _ in
        name == "inner" ? SourceFile(path: "inner.yaml", text: inner) : nil
      })
  }

  @Test func `a label that the file does not declare is no field`() {
    expectFindings(
      """
      labels: { order: x }
      steps:
        - { id: a, set: { x: "${{ run.labels.order }}", y: "${{ run.labels.1️⃣oder }}" } }
        - { id: b, set: { x: "${{ run.labels['order'] }}", y: "${{ size(run.labels) }}" } }
      """, [(.expressionType, "did you mean `order`?")])
    // Whoever calls it may have some.
    let (_, findings) = load(head + "steps: [{ id: a, set: { x: \"${{ run.labels.order }}\" } }]")
    #expect(findings.isEmpty)
  }

  @Test func `a step that has succeeded has no error`() {
    expectFindings(
      """
      steps:
        - id: order
          action: shop.find
          with: { order_id: A-1 }
          on_failure:
            - when: error.code == 'x'
              steps: [{ id: r, set: { x: "${{ steps.order.error.code }}" } }]
              then: continue
            - { then: continue }
        - { id: a, set: { x: "${{ 1️⃣steps.order.error.code }}" } }
        - { id: b, if: steps.order.status == 'failed', set: { x: "${{ steps.order.error.code }}" } }
        - { id: c, if: steps.order.status != 'succeeded', set: { x: "${{ steps.order.error.code }}" } }
        - { id: d, set: { x: "${{ steps.order.?error.code }}" } }
        - { id: e, if: has(steps.order.error) && steps.order.error.code == 'x', wait: 1h }
      """, [(.mayBeAbsent, "`steps.order.error` is there only where the step has failed")])
  }

  @Test func `optional values are read with care`() {
    expectFindings(
      """
      inputs: { note: { type: string, optional: true } }
      steps:
        - { id: order, action: shop.find, with: { order_id: A-1 } }
        - { id: a, if: 1️⃣inputs.note == 'x', wait: 1h }
        - { id: b, if: "has(inputs.note) && inputs.note == 'x'", wait: 1h }
        - { id: c, if: 2️⃣steps.order.outputs.note == 'x', wait: 1h }
        - { id: d, if: "inputs.?note.orValue('') == 'x'", wait: 1h }
        - id: e
          choose:
            - when: has(inputs.note)
              steps: [{ id: f, set: { x: "${{ inputs.note }}" } }]
        - id: g
          preconditions: [{ check: has(inputs.note), message: A note is needed. }]
          set: { x: "${{ inputs.note }}" }
        - { id: h, if: "!has(inputs.note)", finish: cancelled }
        - { id: i, set: { x: "${{ inputs.note }}" } }
      """, [(.mayBeAbsent, "inputs.note"), (.mayBeAbsent, "note")])
  }

  @Test func `what follows upon the steps inside reads what they gave`() {
    let (_, findings) = load(
      head + """
        inputs: { n: integer }
        steps:
          - id: c
            steps: [{ id: c1, set: { x: 1 } }]
            verify: [{ check: steps.c1.outputs.x == 1, message: It has to be one. }]
            undo: { manual: "Take ${{ steps.c1.outputs.x }} back." }
          - id: p
            parallel: [{ id: p1, set: { x: 1 } }, { id: p2, steps: [{ id: p3, set: { x: 1 } }] }]
            verify: [{ check: steps.p1.outputs.x == steps.p3.outputs.x, message: They have to be the same. }]
          - id: d
            steps:
              - id: d1
                choose: [{ when: inputs.n > 3, steps: [{ id: d2, set: { x: 1 } }] }]
                verify: [{ check: "inputs.n <= 3 || steps.d2.outputs.x == 1", message: It has to be one. }]
        """)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
  }

  @Test func `what is skipped inside is skipped for what follows upon it`() {
    expectFindings(
      """
      inputs: { n: integer }
      steps:
        - id: c
          steps:
            - { id: c1, if: inputs.n > 3, set: { x: 1 } }
            - { id: c2, if: inputs.n > 4, go_to: c4 }
            - { id: c3, set: { x: 1 } }
            - { id: c4, set: { x: 1 } }
          verify:
            - { check: 1️⃣steps.c1.outputs.x == 1, message: One }
            - { check: 2️⃣steps.c3.outputs.x == 1, message: Three }
            - { check: steps.c4.outputs.x == 1, message: Four }
        - id: d
          choose: [{ when: inputs.n > 3, steps: [{ id: d1, set: { x: 1 } }] }]
          verify: [{ check: 3️⃣steps.d1.outputs.x == 1, message: One }]
        - id: e
          repeat: { steps: [{ id: e1, action: shop.find, with: { order_id: A-1 } }], until: steps.e1.outputs.status == 'x' }
          verify: [{ check: 4️⃣steps.e1.outputs.status == 'x', message: One }]
      """,
      [
        (.mayNotHaveRun, "inputs.n > 3"), (.mayNotHaveRun, "`go_to` of step `c2`"),
        (.mayNotHaveRun, "it runs only when `inputs.n > 3`"),
        (.mayNotHaveRun, "rounds of `e` are over"),
      ])
  }

  @Test func `a case that ends the run was not taken by what is behind it`() {
    let (_, findings) = load(
      head + """
        inputs: { bad: boolean, n: integer, o: { type: string, optional: true }, p: { type: string, optional: true } }
        steps:
          - id: a
            choose:
              - { when: inputs.bad, steps: [{ id: stop, finish: failed }] }
              - steps: [{ id: good, set: { x: 1 } }]
          - id: b
            choose: [{ when: "!has(inputs.o)", steps: [{ id: tell, wait: 1h }, { id: end, finish: cancelled }] }]
          - { id: c, set: { x: "${{ steps.good.outputs.x }}", y: "${{ inputs.o }}" } }
          - id: d
            choose:
              - { when: has(inputs.p), steps: [{ id: fine, set: { x: 1 } }] }
              - steps: [{ id: part, steps: [{ id: late, finish: cancelled }] }]
          - { id: e, set: { x: "${{ steps.fine.outputs.x }}", y: "${{ inputs.p }}" } }
        outputs: { x: "${{ steps.good.outputs.x }}", y: "${{ inputs.o }}" }
        """)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
  }

  @Test(arguments: [
    // Another case may be the one that was taken.
    "choose: [{ when: inputs.n > 3, steps: [{ id: f, set: { x: 1 } }] }, { when: \"!has(inputs.o)\", steps: [{ id: g, finish: failed }] }]",
    // The end is skipped, or passed over.
    "choose: [{ when: \"!has(inputs.o)\", steps: [{ id: g, if: inputs.n > 3, finish: failed }] }]",
    "choose: [{ when: \"!has(inputs.o)\", steps: [{ id: h, if: inputs.n > 3, go_to: k }, { id: g, finish: failed }, { id: k, set: { x: 1 } }] }]",
    // The whole is skipped, or passed over.
    "choose: [{ when: \"!has(inputs.o)\", steps: [{ id: g, finish: failed }] }], if: inputs.n > 3",
    "choose: [{ when: \"!has(inputs.o)\", steps: [{ id: f, wait: 1h }, { id: g, finish: failed }] }], on_failure: continue",
  ])
  func `a case that may not end the run tells nothing`(choice: String) {
    expectFindings(
      """
      inputs: { n: integer, o: { type: string, optional: true } }
      steps:
        - { id: c, \(choice) }
        - { id: z, set: { x: "${{ 1️⃣inputs.o }}" } }
      """, [(.mayBeAbsent, "inputs.o")])
  }

  @Test func `ten thousand steps are checked`() {
    var text = head + "inputs: { n: integer }\nsteps:\n"
    for number in 0..<10_000 {
      text +=
        "  - id: s\(number)\n    if: inputs.n > \(number)\n    set: { x: \"${{ inputs.n + 1 }}\" }\n"
    }
    let (workflow, findings) = load(text)
    #expect(findings.isEmpty)
    #expect(workflow?.allSteps.count == 10_000)
  }
}

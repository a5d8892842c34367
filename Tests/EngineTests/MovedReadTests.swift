import SourceText
import Testing
import Values
import Workflows

@testable import Engine

/// Runs that are moved to versions whose later steps read what is there already otherwise.
@Suite struct MovedReadTests {
  private static let hold = "  - { id: hold, ask: { fields: { answer: string } } }\n"

  private func run(
    _ body: String, called: [String: String] = [:], catalog: Catalog = Shop.catalog
  ) throws -> Rehearsal {
    let run = try Rehearsal(body, called: called, catalog: catalog)
    run.carryOut()
    return run
  }

  private func body(_ first: String, _ last: String, inputs: String = "") -> String {
    "\(inputs)steps:\n  - { id: a, \(first) }\n\(Self.hold)  - { id: b, \(last) }\n"
  }

  /// What the plan says of the first step, where only it and what reads it change.
  private func verdict(
    _ old: (String, String), _ new: (String, String), inputs: String = ""
  ) throws -> String? {
    let run = try run(body(old.0, old.1, inputs: inputs))
    let new = try Rehearsal.version(body(new.0, new.1, inputs: inputs))
    return try run.plan(to: new).sentences["a"]
  }

  private static let plain = ("set: { v: 1 }", "set: { y: \"${{ steps.a.outputs.v }}\" }")

  @Test func `what a done step does not have and a later one reads is for somebody to decide`()
    throws
  {
    let old = body(Self.plain.0, Self.plain.1)
    let run = try run(old)
    let new = try Rehearsal.version(
      body("set: { v: 1, w: 2 }", "set: { y: \"${{ steps.a.outputs.w }}\" }"))
    let plan = try run.plan(to: new)
    #expect(
      plan.sentences["a"] == "decide keep: it is done: there is no `w`, and `b` needs it")
    #expect(plan.items.count { $0.subject == "a" } == 1)
    #expect(!plan.isReady)
    try run.move(to: new, ["a": "keep"])
    #expect(run.handle(.answer(step: "hold", values: ["answer": "yes"])) == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["b"] == .failed)
  }

  @Test(arguments: [
    (
      ("set: { v: one }", "set: { y: \"${{ steps.a.outputs.v + '!' }}\" }"),
      "decide keep: it is done: `v` must be text, not `1`, and `b` needs it otherwise"
    ),
    (
      ("set: { v: 2 }", "set: { y: \"${{ steps.a.outputs.v }}\" }"),
      "safe: it is done, and stays as it was"
    ),
    (
      ("set: { v: 1, w: 2 }", "set: { y: \"${{ steps.a.outputs.v }}\" }"),
      "safe: it is done, and stays as it was"
    ),
    (
      ("set: { v: 1, w: 2 }", "set: { y: \"${{ steps.a.outputs.?w.orValue(3) }}\" }"),
      "safe: it is done, and stays as it was"
    ),
    (
      (
        "set: { v: 1, w: 2 }",
        "if: steps.a.outputs.v == 2, set: { y: \"${{ steps.a.outputs.w }}\" }"
      ), "safe: it is done, and stays as it was"
    ),
  ])
  func `only what a later step will read for certain and otherwise is to be decided`(
    new: (String, String), sentence: String
  ) throws {
    #expect(try verdict(Self.plain, new) == sentence)
  }

  @Test func `what a step that was passed over does not give is to be decided where it is read`()
    throws
  {
    let inputs = "inputs: { x: { type: boolean, default: false } }\n"
    let guarded = (
      "if: inputs.x, set: { v: 1 }", "if: inputs.x, set: { y: \"${{ steps.a.outputs.v }}\" }"
    )
    #expect(
      try verdict(guarded, Self.plain, inputs: inputs)
        == "decide keep: it was passed over: there is no `v`, and `b` needs it")
    #expect(
      try verdict(guarded, ("set: { v: 1 }", guarded.1), inputs: inputs)
        == "safe: it was passed over, and is not done later")
  }

  @Test func `what is in the answers of a done question is held against what is read of them`()
    throws
  {
    func text(_ items: String, _ read: String) -> String {
      """
      steps:
        - { id: q, ask: { items: { \(items) } } }
      \(Self.hold)  - { id: b, set: { y: "${{ steps.q.outputs.items.\(read) }}" } }
      """
    }
    let run = try run(text("x: X", "x"))
    #expect(run.handle(.answer(step: "q", values: ["x": true])) == nil)
    run.carryOut()
    let new = try Rehearsal.version(text("x: X, z: Z", "z"))
    #expect(
      try run.plan(to: new).sentences["q"]
        == "decide keep: it is done: there is no `items.z`, and `b` needs it")
  }

  @Test func `what the event of a wait brought is held against what is read of it`() throws {
    func catalog(_ amount: String) -> Catalog {
      let text =
        "plugin: shop\nsummary: S\nevents:\n  paid: { order_id: string, amount: \(amount) }\n"
      let file = SourceFile(path: "plugins/shop/plugin.yaml", text: text)
      let contract = PluginContract.decode(file, into: Diagnostics())
      return Catalog(contract.map { ["shop": $0] } ?? [:])
    }
    let wait = "wait: { event: shop.paid }"
    let run = try run(
      body(wait, "set: { y: \"${{ steps.a.outputs.event.amount }}\" }"), catalog: catalog("number"))
    #expect(run.handle(.event(name: "shop.paid", data: ["order_id": "a", "amount": 5])) == nil)
    run.carryOut()
    let new = try Rehearsal.version(
      body(wait, "set: { y: \"${{ steps.a.outputs.event.amount + '!' }}\" }"),
      catalog: catalog("string"))
    #expect(
      try run.plan(to: new).sentences["a"]
        == "decide keep: it is done: `event.amount` must be text, not `5`, and `b` needs it otherwise"
    )
  }

  // MARK: Contracts

  private func shop(_ outputs: String) -> Catalog {
    let text = """
      plugin: shop
      summary: S
      operations:
        open:
          summary: Opens
          effects: once
          inputs: { name: string }
          outputs: { \(outputs) }

      """
    let file = SourceFile(path: "plugins/shop/plugin.yaml", text: text)
    let contract = PluginContract.decode(file, into: Diagnostics())
    return Catalog(contract.map { ["shop": $0] } ?? [:])
  }

  @Test func `an output that a contract gets does not come from calls that are over`() throws {
    let open = "action: shop.open, with: { name: ana }"
    let run = try Rehearsal(
      body(open, "set: { y: \"${{ steps.a.outputs.id }}\" }"), catalog: shop("id: string"))
    run.carryOut()
    #expect(run.statuses["a"] == .succeeded)
    let new = try Rehearsal.version(
      body(open, "set: { y: \"${{ steps.a.outputs.size }}\" }"),
      catalog: shop("id: string, size: integer"))
    let sentences = try run.plan(to: new).sentences
    #expect(sentences["a"] == "decide keep: it is done: there is no `size`, and `b` needs it")
    #expect(sentences["shop.open"] == "safe: counts from the next call on")
  }

  // MARK: Loops

  private func loop(_ collect: String, _ last: String) -> String {
    """
    steps:
      - id: l
        for_each:
          in: "[1, 2]"
          as: n
          collect: "${{ \(collect) }}"
          steps: [ { id: q, ask: { fields: { v: integer } } } ]
      - { id: t, set: { y: "\(last)" } }
    """
  }

  @Test func `a list whose first items were collected as something else is to be decided`() throws {
    let old = loop("steps.q.outputs.v", "${{ steps.l.outputs.map(x, string(x)) }}")
    let run = try run(old)
    let text = "'v' + string(steps.q.outputs.v)"
    let new = try Rehearsal.version(loop(text, "${{ steps.l.outputs.map(x, x + '!') }}"))
    // Nothing is over yet.
    #expect(
      try run.plan(to: new).sentences["l"]
        == "safe: what was decided at its start stays; the rest counts from now on")
    #expect(run.handle(.answer(step: "l[0]/q", values: ["v": 4])) == nil)
    run.carryOut()
    #expect(
      try run.plan(to: new).sentences["l"]
        == "decide keep: some of its items are over: `collected[0]` must be text, not `4`, and `t` "
        + "needs it otherwise")
    let unread = try Rehearsal.version(loop(text, "nothing"))
    let sentence =
      "safe: counts for items to come: what was collected of those that are over stays"
    #expect(try run.plan(to: unread).sentences["l"] == sentence)
    let alike = try Rehearsal.version(
      loop("steps.q.outputs.v + 1", "${{ steps.l.outputs.map(x, string(x)) }}"))
    #expect(try run.plan(to: alike).sentences["l"] == sentence)
  }

  @Test(arguments: [
    ("steps.l.outputs.map(i, i.x).join(', ')", nil), ("string(size(steps.l.outputs))", nil),
    ("string(steps.l.outputs.filter(i, i.x != '').size())", nil),
    ("steps.l.outputs[0].x", nil), ("string(steps.l.outputs.exists(i, has(i.y)))", nil),
    ("steps.l.outputs.map(i, i.?y.orValue(i.x)).join(', ')", nil),
    ("steps.l.outputs.map(i, i.x == '' ? '' : i.y).join(', ')", "`b` needs"),
    ("steps.l.outputs[size(steps.l.outputs) - 1].y", "`b` needs"),
    ("steps.l.outputs.filter(i, i.y == '').map(i, i.x).join(', ')", "`b` needs"),
    ("steps.l.outputs", "`b` may need"),
    ("steps.l.outputs.filter(i, i.x != '')", "`b` may need"),
    ("steps.l.outputs.sortBy(i, i.x)", "`b` may need"),
    ("steps.l.outputs.sortBy(i, i.y).map(i, i.x).join(', ')", "`b` needs"),
    ("steps.l.outputs.map(i, [i].map(i, i.x)[0]).join(', ')", "`b` may need"),
    ("steps.l.outputs.map(i, [{'y': i.x}].map(i, i.y)[0]).join(', ')", nil),
  ])
  func `of the items of a loop only what is read matters`(
    read: String, words: String?
  ) throws {
    func loop(_ item: String, _ last: String = "") -> String {
      """
      steps:
        - id: l
          for_each:
            in: "['a', 'b']"
            collect: "${{ steps.s.outputs }}"
            steps: [ { id: s, set: { \(item) } } ]
      \(Self.hold)\(last)
      """
    }
    let run = try run(loop("x: \"${{ item }}\""))
    let new = try Rehearsal.version(
      loop(
        "x: \"${{ item }}\", y: \"${{ item }}\"",
        "  - { id: b, set: { v: \"${{ \(read) }}\" } }\n"))
    let sentence = try run.plan(to: new).sentences["l"]
    #expect(
      sentence
        == words.map {
          "decide keep: it is done: `collected[0].y` is missing, and \($0) it otherwise"
        })
  }

  // MARK: Calls

  private func calling(_ last: String) -> String {
    "steps:\n  - { id: c, workflow: sub }\n\(Self.hold)  - { id: b, set: { y: \"\(last)\" } }\n"
  }

  @Test func `what a call that is over did not give is to be decided where it is read`() throws {
    func sub(_ outputs: String) -> String {
      "steps:\n  - { id: s, set: { v: 1 } }\noutputs: { \(outputs) }\n"
    }
    let run = try run(
      calling("${{ steps.c.outputs.o }}"), called: ["sub": sub("o: \"${{ steps.s.outputs.v }}\"")])
    let more = try Rehearsal.version(
      calling("${{ steps.c.outputs.p }}"),
      called: ["sub": sub("o: \"${{ steps.s.outputs.v }}\", p: \"${{ steps.s.outputs.v }}\"")])
    #expect(
      try run.plan(to: more).sentences == [
        "b": "safe: the run has not come to it",
        "p": "safe: counts for calls of `sub` that end from now on",
        "c": "decide keep: it is done: there is no `p`, and `b` needs it",
      ])
    let other = try Rehearsal.version(
      calling("${{ steps.c.outputs.o + '!' }}"),
      called: ["sub": sub("o: \"${{ 'v' + string(steps.s.outputs.v) }}\"")])
    #expect(
      try run.plan(to: other).sentences["c"]
        == "decide keep: it is done: `o` must be text, not `1`, and `b` needs it otherwise")
  }

  @Test func `a call under way has only the inputs that it was made with`() throws {
    func sub(_ inputs: String, _ read: String) -> String {
      """
      inputs: { \(inputs) }
      steps:
        - { id: q, ask: { fields: { x: string } } }
        - { id: s, set: { z: "${{ inputs.\(read) }}" } }
      """
    }
    func main(_ with: String) -> String {
      "steps:\n  - { id: c, workflow: sub, with: { \(with) } }\n"
    }
    let run = try run(main("n: one"), called: ["sub": sub("n: string", "n")])
    let read = try Rehearsal.version(
      main("n: one, m: two"), called: ["sub": sub("n: string, m: string", "m")])
    let sentences = try run.plan(to: read).sentences
    #expect(
      sentences["c"] == "decide keep: the call is under way: there is no `m`, and `s` needs it")
    #expect(sentences["m"] == "safe: counts for calls of `sub` from now on")
    let unread = try Rehearsal.version(
      main("n: one, m: two"), called: ["sub": sub("n: string, m: string", "n")])
    #expect(
      try run.plan(to: unread).sentences["c"]
        == "safe: what was decided at its start stays; the rest counts from now on")
  }
}

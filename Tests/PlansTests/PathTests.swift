import Testing
import Values

@testable import Plans

/// The ways that plans list and count.
@Suite struct PathTests {
  @Test func `opposite comparisons do not both hold`() throws {
    let found = try plan(
      """
      inputs: { n: integer }
      steps:
        - { id: a, if: inputs.n > 3, set: { x: 1 } }
        - { id: b, if: inputs.n <= 3, set: { x: 1 } }
        - { id: c, if: 3 >= inputs.n, set: { x: 1 } }
        - { id: d, if: "!(3 < inputs.n)", set: { x: 1 } }
      """)
    #expect(Set(found.paths(limit: 9)) == [["a"], ["b", "c", "d"]])
  }

  // MARK: Called workflows

  private static let quick = """
    inputs: { fast: boolean }
    steps:
      - { id: a, if: inputs.fast, set: { x: 1 } }
      - { id: b, set: { x: 1 } }
    """

  @Test func `equal words in a caller and in a called workflow are different conditions`() throws {
    let found = try plan(
      """
      inputs: { fast: boolean }
      steps:
        - { id: first, if: inputs.fast, set: { x: 1 } }
        - { id: call, workflow: quick, with: { fast: "${{ !inputs.fast }}" } }
        - { id: again, workflow: quick, with: { fast: true } }
        - { id: last, if: inputs.fast, set: { x: 1 } }
      """, called: ["quick": Self.quick])
    let paths = Set(found.paths(limit: 99))
    #expect(
      paths == [
        ["first", "call/a", "call/b", "again/a", "again/b", "last"],
        ["first", "call/b", "again/a", "again/b", "last"],
        ["call/a", "call/b", "again/a", "again/b"], ["call/b", "again/a", "again/b"],
      ])
    for path in paths { #expect(found.contains(path), "\(path)") }
  }

  private static let checked = """
    inputs: { ok: boolean }
    steps:
      - { id: bad, if: "!inputs.ok", finish: { outcome: failed, message: no } }
      - { id: good, set: { x: 1 } }
    finally:
      - { id: tidy, set: { x: 1 } }
    """

  @Test func `a called workflow that does not succeed goes on only where somebody says so`() throws
  {
    let text = """
      inputs: { ok: boolean }
      steps:
        - id: call
          workflow: checked
          with: { ok: "${{ inputs.ok }}" }
          on_failure:
            steps: [ { id: note, set: { x: 1 } } ]
            then: continue
        - { id: once_more, workflow: checked, with: { ok: "${{ inputs.ok }}" }, on_failure: stop }
        - { id: after, set: { x: 1 } }
      """
    let found = try plan(text, called: ["checked": Self.checked])
    let well = ["once_more/good", "once_more/tidy", "after"]
    let badly = ["once_more/bad", "once_more/tidy"]
    let first = ["call/good", "call/tidy"]
    let other = ["call/bad", "call/tidy", "note"]
    #expect(
      Set(found.paths(limit: 99)) == [first + well, first + badly, other + well, other + badly])
    #expect(found.pathCount.number == 4)
    let decided = try plan(text, ["ok": false], called: ["checked": Self.checked])
    #expect(decided.paths(limit: 99) == [other + badly])
  }

  @Test func `what ends the run in a called workflow ends it outside too`() throws {
    let found = try plan(
      """
      steps:
        - { id: call, workflow: inner }
        - { id: after, set: { x: 1 } }
      finally:
        - { id: tell, set: { x: 1 } }
      """,
      called: [
        "inner": """
        steps:
          - { id: a, action: log.write, with: { message: a }, on_failure: stop }
        finally:
          - { id: tidy, set: { x: 1 } }
        """
      ])
    #expect(
      Set(found.paths(limit: 99)) == [
        ["call/a", "call/tidy", "after", "tell"], ["call/a", "call/tidy", "tell"],
      ])
    #expect(found.pathCount.number == 2)
  }

  @Test func `a failure in a called workflow comes to the step that called it`() throws {
    let found = try plan(
      """
      steps:
        - { id: call, workflow: inner, on_failure: continue }
        - { id: after, set: { x: 1 } }
      """,
      called: [
        "inner": """
        steps:
          - { id: a, action: log.write, with: { message: a } }
          - { id: b, set: { x: 1 } }
        """
      ])
    #expect(Set(found.paths(limit: 99)) == [["call/a", "call/b", "after"], ["call/a", "after"]])
  }

  // MARK: Endings

  @Test(arguments: ["stop", "undo"])
  func `a time that is up is another way where it ends the run`(_ policy: String) throws {
    let text = """
      roles: { a: A }
      steps:
        - { id: q, role: a, ask: { fields: { x: integer } }, expires: 1d, on_expiry: \(policy) }
        - { id: w, role: a, ask: { fields: { x: integer } }, expires: 1d, on_expiry: continue }
        - { id: c, set: { x: 1 } }
      """
    let found = try plan(text)
    #expect(Set(found.paths(limit: 9)) == [["q", "w", "c"], ["q"]])
    #expect(found.pathCount.number == 2)
  }

  @Test func `what is taken back belongs to the way of the step`() throws {
    let found = try plan(
      """
      steps:
        - { id: a, action: log.write, with: { message: a }, undo: { manual: Cross it out } }
        - { id: b, action: log.write, with: { message: b }, on_failure: undo }
      """)
    #expect(found.contains(["a", "b", "a.undo"]))
    #expect(!found.contains(["b", "a.undo"]))
  }

  @Test func `a time that is up is a failure where nothing else is said`() throws {
    let found = try plan(
      """
      roles: { a: A }
      steps:
        - id: group
          on_failure:
            steps: [ { id: note, set: { x: 1 } } ]
            then: stop
          steps:
            - { id: q, role: a, ask: { fields: { x: integer } }, expires: 1d }
        - { id: c, set: { x: 1 } }
      """)
    #expect(Set(found.paths(limit: 9)) == [["q", "c"], ["q", "note"]])
  }

  @Test func `a loop that runs out of rounds comes to its recovery`() throws {
    let found = try plan(
      """
      steps:
        - id: poll
          repeat:
            steps: [ { id: look, set: { x: "${{ index }}" } } ]
            until: steps.look.outputs.x > 5
            at_most: 3
          on_failure:
            steps: [ { id: note, set: { x: 1 } } ]
            then: continue
        - id: each
          for_each:
            in: "[1, 2]"
            steps: [ { id: add, action: log.write, with: { message: m } } ]
          on_failure:
            steps: [ { id: tell, set: { x: 1 } } ]
            then: stop
      """)
    #expect(
      Set(found.paths(limit: 9)) == [
        ["poll[…]/look", "each[…]/add"], ["poll[…]/look", "note", "each[…]/add"],
        ["poll[…]/look", "each[…]/add", "tell"],
        ["poll[…]/look", "note", "each[…]/add", "tell"],
      ])
    #expect(found.contains(["poll[0]/look", "poll[1]/look", "poll[2]/look", "note"]))
    #expect(!found.contains(["poll[0]/look", "poll[0]/note"]))
  }

  @Test func `a failure that no recovery is for goes on outwards`() throws {
    let policy =
      "{ when: \"error.message == 'x'\", steps: [ { id: note, set: { x: 1 } } ], then: stop }"
    func found(_ outside: String, _ defaults: String = "") throws -> RunPlan {
      try plan(
        """
        \(defaults)
        steps:
          - id: part
            \(outside)
            steps:
              - { id: a, action: log.write, with: { message: m }, on_failure: [ \(policy) ] }
          - { id: b, set: { x: 1 } }
        """)
    }
    #expect(Set(try found("").paths(limit: 9)) == [["a", "b"], ["a", "note"]])
    let passed = try found("on_failure: continue", "defaults: { on_failure: stop }")
    #expect(Set(passed.paths(limit: 9)) == [["a", "b"], ["a", "note"]])
    #expect(passed.pathCount.number == 3)
    let stopped = try found("on_failure: stop")
    #expect(Set(stopped.paths(limit: 9)) == [["a", "b"], ["a", "note"], ["a"]])
    let ended = try found("description: d", "defaults: { on_failure: stop }")
    #expect(Set(ended.paths(limit: 9)) == [["a", "b"], ["a", "note"], ["a"]])
    let other = "{ steps: [ { id: other, set: { x: 1 } } ], then: continue }"
    let recovered = try found("description: d", "defaults: { on_failure: \(other) }")
    #expect(
      Set(recovered.paths(limit: 9)) == [["a", "b"], ["a", "note"], ["a", "other", "b"]])
  }

  @Test func `what ends the run may not be come to where a failure before it is passed over`()
    throws
  {
    let found = try plan(
      """
      steps:
        - id: part
          on_failure: continue
          steps:
            - { id: a, action: log.write, with: { message: m } }
            - { id: end, finish: failed }
        - { id: b, set: { x: 1 } }
      """)
    #expect(Set(found.paths(limit: 9)) == [["a", "end"], ["a", "b"]])
    #expect(found.contains(["a", "b"]))
  }

  @Test func `what is tried again in a section goes on in it`() throws {
    let found = try plan(
      """
      steps:
        - id: part
          on_failure:
            steps: [ { id: note, set: { x: 1 } } ]
            then: retry
          steps:
            - { id: a, action: log.write, with: { message: m } }
            - { id: b, set: { x: 1 } }
        - { id: c, set: { x: 1 } }
      """)
    #expect(Set(found.paths(limit: 9)) == [["a", "b", "c"], ["a", "note", "b", "c"]])
    #expect(found.pathCount.number == 2)
  }

  @Test func `recovery steps may be done again, and what follows may end the run`() throws {
    let found = try plan(
      """
      defaults: { on_failure: { steps: [ { id: note, set: { x: 1 } } ], then: continue } }
      steps:
        - { id: a, action: log.write, with: { message: m } }
        - id: b
          action: log.write
          with: { message: m }
          on_failure:
            steps:
              - { id: first, if: "inputs.n > 1", set: { x: 1 } }
              - { id: second, if: "inputs.n > 2", set: { x: 1 } }
            then: retry
        - { id: end, finish: succeeded }
      inputs: { n: integer }
      """)
    #expect(found.contains(["a", "note", "b", "end"]))
    #expect(found.contains(["a", "b", "second", "first", "end"]))
    #expect(!found.contains(["a", "first", "b", "end", "b"]))
  }

  @Test func `the recovery steps of the defaults are done in the loop of what failed`() throws {
    let found = try plan(
      """
      defaults: { on_failure: { steps: [ { id: note, set: { x: 1 } } ], then: continue } }
      steps:
        - id: each
          for_each:
            in: "[1, 2]"
            steps:
              - { id: a, action: log.write, with: { message: m } }
              - { id: b, set: { x: 1 } }
      finally:
        - { id: last, action: log.write, with: { message: m } }
      """)
    #expect(
      Set(found.paths(limit: 9)) == [
        ["each[…]/a", "each[…]/b", "last"], ["each[…]/a", "each[…]/note", "each[…]/b", "last"],
        ["each[…]/a", "each[…]/b", "last", "note"],
        ["each[…]/a", "each[…]/note", "each[…]/b", "last", "note"],
      ])
    #expect(found.contains(["each[0]/a", "each[0]/note", "each[0]/b", "each[1]/a"]))
    #expect(found.contains(["each[0]/a", "each[0]/b", "each[1]/a", "each[1]/b", "last", "note"]))
    #expect(!found.contains(["each[0]/b", "each[0]/a"]))
    #expect(!found.contains(["note", "each[0]/a", "last", "each[0]/b"]))
  }

  @Test func `the defaults hold for each step, which the run goes on behind`() throws {
    let rescued = try plan(
      """
      defaults: { on_failure: { steps: [ { id: note, set: { x: 1 } } ], then: continue } }
      steps:
        - { id: a, action: log.write, with: { message: a } }
        - { id: b, action: log.write, with: { message: b } }
      """)
    #expect(
      Set(rescued.paths(limit: 9)) == [["a", "b"], ["a", "note", "b"], ["a", "b", "note"]])
    let passed = try plan(
      """
      defaults: { on_failure: continue }
      steps:
        - { id: a, action: log.write, with: { message: a } }
        - { id: b, action: log.write, with: { message: b } }
      """)
    #expect(passed.paths(limit: 9) == [["a", "b"]])
  }

  @Test func `the defaults of a caller are for its call`() throws {
    let found = try plan(
      """
      defaults: { on_failure: { steps: [ { id: note, set: { x: 1 } } ], then: continue } }
      steps:
        - { id: call, workflow: inner }
        - { id: after, set: { x: 1 } }
      """,
      called: [
        "inner": """
        steps:
          - { id: one, action: log.write, with: { message: a } }
          - { id: two, set: { x: 1 } }
        """
      ])
    #expect(
      Set(found.paths(limit: 9)) == [
        ["call/one", "call/two", "after"], ["call/one", "note", "after"],
      ])
  }

  @Test(arguments: [
    ("continue", ["call/a", "call/tidy", "after"]),
    (
      "{ steps: [ { id: note, set: { x: 1 } } ], then: continue }",
      ["call/a", "note", "call/tidy", "after"]
    ),
    ("{ steps: [ { id: note, set: { x: 1 } } ], then: stop }", ["call/a", "note", "call/tidy"]),
    (
      "{ steps: [ { id: note, set: { x: 1 } } ], then: retry }",
      ["call/a", "note", "call/b", "call/tidy", "after"]
    ),
  ])
  func `a call that has failed is left once its finally is over`(
    _ policy: String, _ other: [String]
  ) throws {
    let found = try plan(
      """
      steps:
        - { id: call, workflow: inner, on_failure: \(policy) }
        - { id: after, set: { x: 1 } }
      """,
      called: [
        "inner": """
        steps:
          - { id: a, action: log.write, with: { message: a } }
          - { id: b, set: { x: 1 } }
        finally:
          - { id: tidy, set: { x: 1 } }
        """
      ])
    #expect(
      Set(found.paths(limit: 9)) == [["call/a", "call/b", "call/tidy", "after"], other])
    for path in found.paths(limit: 9) { #expect(found.contains(path), "\(path)") }
    #expect(found.pathCount.number == 2)
  }

  @Test func `a list of ways says whether there may be others`() throws {
    let found = try plan(
      """
      inputs: { a: boolean, b: boolean }
      steps:
        - { id: x, if: inputs.a, set: { x: 1 } }
        - { id: y, if: inputs.b, set: { x: 1 } }
        - { id: z, if: "!inputs.a", set: { x: 1 } }
      """)
    #expect(found.listing(limit: 9).isCut == false)
    #expect(found.listing(limit: 9).paths.count == 4)
    #expect(found.listing(limit: 3).isCut)
  }

  @Test func `what fails in the finally of a workflow that finished well fails its call`() throws {
    let found = try plan(
      """
      steps:
        - id: call
          workflow: inner
          on_failure: { steps: [ { id: note, set: { x: 1 } } ], then: continue }
      """,
      called: [
        "inner": """
        steps:
          - { id: enough, finish: succeeded }
        finally:
          - { id: one, action: log.write, with: { message: a } }
          - { id: two, set: { x: 1 } }
        """
      ])
    let calm = ["call/enough", "call/one", "call/two"]
    let failed = ["call/enough", "call/one", "note"]
    #expect(Set(found.paths(limit: 9)) == [calm, failed])
    #expect(found.pathCount.number == 2)
  }

  // MARK: Conditions

  @Test func `conditions that rule each other out are not both met in one path`() throws {
    let found = try plan(
      """
      inputs: { a: boolean, kind: string }
      steps:
        - id: s
          choose:
            - { when: inputs.a, steps: [ { id: y, set: { k: 1 } } ] }
            - { steps: [ { id: z, set: { k: 1 } } ] }
        - { id: t, if: inputs.a, set: { k: 1 } }
        - { id: u, if: "!inputs.a", set: { k: 1 } }
        - { id: v, if: "inputs.a && inputs.kind == 'x'", set: { k: 1 } }
        - { id: w, if: inputs.kind == 'y', set: { k: 1 } }
      """)
    #expect(
      Set(found.paths(limit: 99)) == [
        ["y", "t", "v"], ["y", "t"], ["y", "t", "w"], ["z", "u"], ["z", "u", "w"],
      ])
  }

  @Test func `what a step gives is fixed once it is over, and not before`() throws {
    let found = try plan(
      """
      roles: { a: A }
      steps:
        - id: early
          if: steps.q.outputs.?n.orValue(0) == 0
          set: { x: 1 }
        - { id: q, role: a, ask: { fields: { n: integer } }, due: 1d }
        - { id: jump, if: "steps.q.outputs.n > 5 && steps.q.outputs.n < 9", go_to: last }
        - { id: b, if: steps.q.outputs.n > 5, set: { x: 1 } }
        - { id: c, if: steps.q.outputs.n < 9, set: { x: 1 } }
        - { id: last, if: steps.q.outputs.?n.orValue(0) == 0, set: { x: 1 } }
      """)
    let after = [["jump"], ["b"], ["c"], []]
    let all = after.flatMap { way in
      [[], ["early"]].flatMap { early in [[], ["last"]].map { early + ["q"] + way + $0 } }
    }
    #expect(Set(found.paths(limit: 99)) == Set(all))
  }

  @Test func `in branches side by side and in loops nothing is known of their own steps`() throws {
    let found = try plan(
      """
      inputs: { n: integer }
      steps:
        - id: both
          parallel:
            - { id: one, action: password.generate }
            - { id: two, if: steps.one.status == 'succeeded', set: { x: 1 } }
        - { id: c, if: steps.one.status == 'succeeded', set: { x: 1 } }
        - { id: d, if: steps.one.status != 'succeeded', set: { x: 1 } }
      """)
    #expect(
      Set(found.paths(limit: 99)) == [
        ["one", "two", "c"], ["one", "two", "d"], ["one", "c"], ["one", "d"],
      ])
  }

  @Test func `sizes are compared with nothing in every spelling`() throws {
    let found = try plan(
      """
      inputs: { names: { type: array, items: { type: string } } }
      steps:
        - { id: a, if: size(inputs.names) == 0, set: { x: 1 } }
        - { id: b, if: size(inputs.names) > 0, set: { x: 1 } }
        - { id: c, if: inputs.names.size() != 0, set: { x: 1 } }
      """)
    #expect(Set(found.paths(limit: 9)) == [["a"], ["b", "c"]])
  }
}

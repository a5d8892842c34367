import SourceText
import Testing
import Workflows

@testable import Simulation

/// Steps in rounds and items that are over, of which a run itself keeps nothing.
@Suite struct PassedStepTests {
  private static let workflow = """
    inputs: { many: { type: boolean, default: true } }
    steps:
      - id: l
        if: inputs.many
        for_each:
          in: "[1, 2]"
          as: n
          steps:
            - { id: a, set: { x: "${{ n }}" } }
            - { id: b, if: n == 2, set: { y: "${{ n }}" } }
            - id: m
              repeat:
                steps: [ { id: c, set: { z: "${{ n * 10 + index }}" } }, { id: d, if: index == 0, set: { y: 1 } } ]
                until: index == 1
                at_most: 3
      - { id: each, for_each: { in: "['ana']", steps: [ { id: told, action: shop.tell, with: { text: x }, undo: { action: shop.tell, with: { text: y } } } ] } }
    """

  private func result(_ steps: String, _ more: String = "") throws -> TestResult {
    try Sample(
      Self.workflow,
      """
      tests:
        - name: one
          actions: { shop.tell: {} }
          \(more)
          expect: { steps: { \(steps) } }
      """
    ).result()
  }

  @Test(arguments: [
    "\"l[0]/a\": { status: succeeded, outputs: { x: 1 } }", "\"l[1]/a\": { outputs: { x: 2 } }",
    "\"l[0]/b\": skipped", "\"l[1]/b\": succeeded", "\"l[0]/m\": succeeded",
    "\"l[0]/m[0]/c\": { outputs: { z: 10 } }", "\"l[1]/m[1]/c\": { outputs: { z: 21 } }",
    "\"l[1]/m[1]/d\": skipped", "\"each[0]/told\": succeeded",
  ])
  func `a step in a round that is over has its status and its outputs`(steps: String) throws {
    let result = try result(steps)
    #expect(result.hasPassed, "\(result.mismatches)")
  }

  @Test(arguments: [
    ("l[7]/a", "pending", "no such step: `l` has 2 items"),
    ("l[0]/m[2]/c", "pending", "no such step: `l[0]/m` has 2 rounds"),
    ("l[0]/a", "pending", "succeeded"), ("l[0]/m[0]/d", "skipped", "succeeded"),
  ])
  func `a step that is not there is not pending`(
    address: String, status: String, found: String
  ) throws {
    let result = try result("\"\(address)\": \(status)")
    #expect(result.mismatches.map(\.found) == [found])
  }

  @Test func `a step of a loop that was passed over is pending`() throws {
    let result = try result("l: skipped, \"l[0]/a\": pending", "inputs: { many: false }")
    #expect(result.hasPassed, "\(result.mismatches)")
  }

  @Test func `what was taken back in an item that is over is undone`() throws {
    let sample = try Sample(
      Self.workflow + "\n  - { id: last, action: shop.find, with: { id: x }, on_failure: undo }",
      """
      tests:
        - name: one
          actions: { shop.tell: {}, shop.find: { error: { code: gone } } }
          expect: { status: undone, steps: { "each[0]/told": undone, "each[0]/told.undo": succeeded } }
      """)
    let result = try sample.result()
    #expect(result.hasPassed, "\(result)")
  }

  @Test(arguments: [
    ("a", "`l[0]/a` is the first of them"), ("l/a", "`l[0]/a` is the first of them"),
    ("l[0]/c", "`l[0]/m[0]/c` is the first of them"), ("l[0]/each", "`each`"),
    ("told.undo", "`each[0]/told.undo` is the first of them"),
  ])
  func `a name that is no address is found, with what it would be`(name: String, help: String) {
    let (file, findings) = Sample.load(
      Self.workflow, "tests: [ { name: one, expect: { steps: { \"\(name)\": pending } } } ]\n")
    #expect(file == nil)
    #expect(findings.map(\.message) == ["no step has the address `\(name)`"])
    #expect(findings.first?.help == help)
  }

  @Test func `a command is given to a step by its address`() {
    let (file, findings) = Sample.load(
      Self.workflow,
      "tests: [ { name: one, commands: [ { by_hand: told } ], expect: { status: succeeded } } ]\n")
    #expect(file == nil)
    #expect(findings.map(\.message) == ["no step has the address `told`"])
    #expect(findings.first?.help == "`each[0]/told` is the first of them")
  }

  @Test func `a step of a called workflow stands behind the one that calls it`() throws {
    let others = ["kid": "baton: 1\nid: kid\nsteps: [ { id: a, set: { x: 1 } } ]\n"]
    let workflow = "steps: [ { id: call, workflow: kid } ]\n"
    let sample = try Sample(
      workflow, "tests: [ { name: one, expect: { steps: { call/a: succeeded } } } ]\n",
      others: others)
    #expect(try sample.result().hasPassed)
    let (_, findings) = Sample.load(
      workflow, "tests: [ { name: one, expect: { steps: { a: pending } } } ]\n", others: others)
    #expect(findings.first?.help == "`call/a`")
  }
}

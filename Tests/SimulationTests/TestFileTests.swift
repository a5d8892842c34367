import SourceText
import Testing
import Workflows

@testable import Simulation

@Suite struct TestFileTests {
  private static let workflow = """
    inputs: { id: string, seats: { type: integer, default: 1 } }
    steps:
      - { id: pay, action: shop.pay, with: { id: "${{ inputs.id }}" } }
      - { id: release, if: inputs.seats > 9, approve: May it go? }
      - id: group
        steps: [ { id: check, ask: { fields: { amount: number }, items: { seen: Seen } } } ]
    outputs: { receipt: "${{ steps.pay.outputs.receipt }}" }
    """

  private static let mistakes: [(test: String, code: String, message: String)] = [
    ("inputs: {}", "B1205", "`sample`: `id` is missing"),
    (
      "inputs: { id: a, seats: many }", "B1207",
      "`sample`: `seats` must be a whole number, not the text `many`"
    ),
    ("inputs: { id: a, seat: 1 }", "B1206", "`sample`: there is no `seat`; did you mean `seats`?"),
    ("inputs: { id: a }\n    action: {}", "B1003", "unknown key `action` in a test"),
    (
      "inputs: { id: a }\n    actions: { shop.pey: {} }", "B1203", "unknown operation `shop.pey`"
    ),
    (
      "inputs: { id: a }\n    actions: { shop.pay: { outputs: { receipt: 1 } } }", "B1205",
      "`pay`: `status` is missing"
    ),
    (
      "inputs: { id: a }\n    actions: { shop.pay: { outputs: { receipt: R, status: gone } } }",
      "B1207", "`pay`: `status` must be `paid` or `open`, not `gone`"
    ),
    (
      "inputs: { id: a }\n    actions: { shop.pay: { error: {} } }", "B1001",
      "`error` has no `code`"
    ),
    (
      "inputs: { id: a }\n    events: [ { event: shop.deliverd } ]", "B1204",
      "unknown event `shop.deliverd`"
    ),
    ("inputs: { id: a }\n    answers: { chek: {} }", "B1202", "`sample` has no step `chek`"),
    ("inputs: { id: a }\n    answers: { pay: {} }", "B1006", "`pay` asks nobody"),
    (
      "inputs: { id: a }\n    answers: { check: { amount: much } }", "B1207",
      "`amount` must be a number, not the text `much`"
    ),
    (
      "inputs: { id: a }\n    answers: { check: { amonut: 1 } }", "B1206",
      "the question has no `amonut`"
    ),
    ("inputs: { id: a }\n    commands: [ { skipp: pay } ]", "B1101", "a command is one of"),
    (
      "inputs: { id: a }\n    answers: { release: approved }", "B1006",
      "`release` cannot be `approved`"
    ),
    (
      "inputs: { id: a }\n    answers: { release: { comment: no } }", "B1001",
      "an answer to an `approve` has no `approve`"
    ),
    (
      "inputs: { id: a }\n    answers: { release: [ { with: { approve: false } } ] }", "B1004",
      "`with` does not belong into an answer to an `approve`"
    ),
    (
      "inputs: { id: a }\n    answers: { release: { approve: true, reject: Too many } }", "B1102",
      "`approve` or `reject`: one of them"
    ),
    (
      "inputs: { id: a }\n    answers: { release: { reject: false } }", "B1006",
      "`reject` cannot be `false`"
    ),
    (
      "inputs: { id: a }\n    actions: { shop.pay: { lost: false } }", "B1006",
      "`lost` cannot be `false`"
    ),
    (
      "inputs: { id: a }\n    actions: { shop.pay: { error: { code: declined, details: 3 } } }",
      "B1005", "`details` is a map"
    ),
    (
      "inputs: { id: a }\n    events: [ { event: shop.delivered, data: A-1 } ]", "B1005",
      "`data` is a map"
    ),
    (
      "inputs: { id: a }\n    commands: [ { done: pay, with: R-1 } ]", "B1005", "`with` is a map"
    ),
    (
      "inputs: { id: a }\n    commands: [ { undo: pay } ]", "B1005",
      "`undo` is of the run as a whole, not of text"
    ),
    (
      "inputs: { id: a }\n    commands: [ { cancel: false } ]", "B1006",
      "`cancel` cannot be `false`"
    ),
  ]

  @Test(arguments: mistakes)
  func `a mistake in a test is found at its place`(
    mistake: (test: String, code: String, message: String)
  ) {
    let text = "tests:\n  - name: one\n    \(mistake.test)\n    expect: { status: succeeded }\n"
    let (file, findings) = Sample.load(Self.workflow, text)
    #expect(file == nil)
    #expect(
      findings.contains { $0.code.text == mistake.code && $0.message.hasPrefix(mistake.message) },
      "\(findings.map { "\($0.code) \($0.message)" })")
  }

  private static let expectations: [(expect: String, code: String, message: String)] = [
    ("{ status: done }", "B1006", "`status` cannot be `done`"),
    ("{ path: [pay, group] }", "B1006", "`group` holds other steps and does nothing itself"),
    ("{ path: [pays] }", "B1202", "`sample` has no step `pays`"),
    ("{ outputs: { receit: 1 } }", "B1206", "`sample` has no output `receit`"),
    ("{ duration: 5 }", "B1007", "`duration` needs a unit: `5` what?"),
    ("{ duration: 1 business day }", "B1007", "`duration` is counted by the clock"),
    ("{ duration: { at_most: 1 business day } }", "B1007", "`at_most` is counted by the clock"),
    ("{ steps: { pay: { state: failed } } }", "B1003", "unknown key `state`"),
  ]

  @Test(arguments: expectations)
  func `a mistake in what is expected is found`(
    mistake: (expect: String, code: String, message: String)
  ) {
    let text = "tests:\n  - { name: one, inputs: { id: a }, expect: \(mistake.expect) }\n"
    let (file, findings) = Sample.load(Self.workflow, text)
    #expect(file == nil)
    #expect(
      findings.contains { $0.code.text == mistake.code && $0.message.hasPrefix(mistake.message) },
      "\(findings.map { "\($0.code) \($0.message)" })")
  }

  @Test func `an answer that nothing asks for is a warning`() {
    let (file, findings) = Sample.load(
      Self.workflow,
      """
      tests:
        - name: one
          inputs: { id: a }
          actions: { shop.find: { outputs: { amount: 1 } } }
          expect: { status: needs_attention }
      """)
    #expect(file != nil)
    #expect(findings.map(\.code) == [.unusedAnswer])
  }

  @Test func `patterns name steps by address, without rounds, or by id`() {
    #expect(StepPattern("add[3]/create").precision(for: "add[3]/create") == 3)
    #expect(StepPattern("add/create").precision(for: "add[3]/create") == 2)
    #expect(StepPattern("create").precision(for: "add[3]/create") == 1)
    #expect(StepPattern("other").precision(for: "add[3]/create") == 0)
  }

  @Test(arguments: [
    ("ten_…", "ten_1", true), ("…a…b", "xxaxxb", true), ("a...", "b", false), ("abc", "abc", true),
    ("…", "", true), ("a…a", "a", false),
  ])
  func `an ellipsis stands for any text`(pattern: String, text: String, matches: Bool) {
    #expect(Comparison.matches(text, pattern) == matches)
  }
}

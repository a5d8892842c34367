import SourceText
import Testing
import Workflows

@testable import Simulation

@Suite struct ExpectedCallTests {
  private static let workflow = """
    inputs: { id: string }
    steps:
      - id: pay
        action: shop.pay
        with: { id: "${{ inputs.id }}" }
        verify: [ { action: shop.find, with: { id: "found-${{ inputs.id }}" }, check: outputs.amount > 0.0 } ]
        undo: { action: shop.tell, with: { text: "back with ${{ inputs.id }}" } }
      - id: each
        for_each:
          in: "['ana', 'bo']"
          as: name
          steps: [ { id: tell, action: shop.tell, with: { text: "Hello ${{ name }}" } } ]
      - { id: find, action: shop.find, with: { id: last } }
    """

  private func result(_ calls: String, actions: String = "") throws -> TestResult {
    try Sample(
      Self.workflow,
      """
      tests:
        - name: one
          inputs: { id: A-1 }
          actions:
            shop.pay: { outputs: { receipt: R, status: paid } }
            shop.find: { outputs: { amount: 1 } }
            shop.tell: {}
            \(actions)
          expect: { calls: { \(calls) } }
      """
    ).result()
  }

  @Test(arguments: [
    "shop.pay: { id: A-1 }", "pay: { id: A-1 }", "shop.tell: { text: Hello … }",
    "pay.verify: { id: found-A-1 }",
    "shop.tell: [ { text: Hello ana }, { text: …bo } ]", "tell: [ {}, {} ]",
    "\"each[1]/tell\": { text: Hello bo }",
    "shop.find: [ { id: found-A-1 }, { id: last } ]", "pay.undo: []", "each/tell: [ {}, {} ]",
  ])
  func `a test says with what is called`(calls: String) throws {
    let result = try result(calls)
    #expect(result.hasPassed, "\(result.mismatches)")
  }

  @Test(arguments: [
    ("shop.pay: { id: A-2 }", "calls.shop.pay.id", "A-2", "A-1"),
    ("pay.verify: { id: A-1 }", "calls.pay.verify.id", "A-1", "found-A-1"),
    ("shop.tell: { text: Hello ana }", "calls.shop.tell[1].text", "Hello ana", "Hello bo"),
    ("shop.tell: [ { text: Hello ana } ]", "calls.shop.tell", "1 call", "2 calls"),
    ("shop.tell: []", "calls.shop.tell", "no call", "2 calls"),
    ("pay.undo: {}", "calls.pay.undo", "a call", "no call"),
    ("\"each[1]/tell\": { text: Hello ana }", "calls.each[1]/tell.text", "Hello ana", "Hello bo"),
  ])
  func `another call is a mismatch with what was called`(
    calls: String, what: String, expected: String, found: String
  ) throws {
    let mismatch = try #require(try result(calls).mismatches.first)
    #expect([mismatch.what, mismatch.expected, mismatch.found] == [what, expected, found])
  }

  @Test func `what takes a step back is called with what was worked out when it took effect`()
    throws
  {
    let result = try result(
      "pay.undo: { text: back with A-1 }, shop.tell: [ {}, {}, {}, { text: …A-1 } ]",
      actions: "find: { error: { code: gone } }\n    commands: [ { undo: true } ]")
    #expect(result.mismatches.map(\.what) == ["calls.shop.tell"])
    #expect(result.mismatches.first?.found == "3 calls")
  }

  private static let mistakes: [(calls: String, code: String, message: String)] = [
    ("shop.pey: {}", "B1203", "unknown operation `shop.pey`"),
    ("pey: {}", "B1202", "`sample` has no step `pey`"),
    ("shop.pay: { ids: A-1 }", "B1206", "`shop.pay` has no input `ids`"),
    ("pay.verify: { ids: A-1 }", "B1206", "`shop.find` has no input `ids`"),
    ("shop.pay: { id: [A-1] }", "B1207", "`id` must be text, not a list"),
    ("pay: [ A-1 ]", "B1005", "a call is a map, not text"),
    ("find.verify: {}", "B1006", "`verify` of `find` calls no operation"),
  ]

  @Test(arguments: mistakes)
  func `a mistake in the calls expected is found at its place`(
    mistake: (calls: String, code: String, message: String)
  ) {
    let (file, findings) = Sample.load(
      Self.workflow,
      "tests:\n  - { name: one, inputs: { id: a }, expect: { calls: { \(mistake.calls) } } }\n")
    #expect(file == nil)
    #expect(
      findings.contains { $0.code.text == mistake.code && $0.message.hasPrefix(mistake.message) },
      "\(findings.map { "\($0.code.text) \($0.message)" })")
  }

  @Test func `a call that no step makes is a warning`() {
    let (_, findings) = Sample.load(
      "steps: [ { id: a, set: { x: 1 } } ]\n",
      "tests: [ { name: one, expect: { calls: { shop.tell: [] } } } ]\n")
    #expect(findings.map(\.code) == [.unusedAnswer])
  }
}

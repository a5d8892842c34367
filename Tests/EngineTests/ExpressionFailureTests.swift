import Testing
import Values

@testable import Engine

/// An expression that fails in a run is named: the key of the step, its text, its place.
@Suite struct ExpressionFailureTests {
  private func failure(
    _ body: String, called: [String: String] = [:], answers: ValueMap = [:],
    at address: String = "a"
  ) throws -> Failure {
    let run = try Rehearsal(
      "inputs: { n: { type: integer, default: 0 } }\n" + body, called: called, catalog: Shop.catalog
    )
    run.carryOut()
    if !answers.isEmpty { #expect(run.handle(.answer(step: address, values: answers)) == nil) }
    run.carryOut()
    #expect(try run.agreesWithItsJournal())
    return try #require(run.engine.state.steps[address]?.failure)
  }

  @Test(arguments: [
    ("set: { b: 2, x: '${{ 1 / inputs.n }}' }", "set.x: 1 / inputs.n"),
    ("if: 1 / inputs.n > 1, set: { x: 1 }", "if: 1 / inputs.n > 1"),
    (
      "action: shop.tell, with: { text: 'a ${{ 1 + inputs.n }} ${{ 1 / inputs.n }}' }",
      "with.text: 1 / inputs.n"
    ),
    (
      "for_each: { in: '[1 / inputs.n]', steps: [ { id: s, set: { x: 1 } } ] }",
      "for_each.in: [1 / inputs.n]"
    ),
    (
      "for_each: { in: '[1]', steps: [ { id: s, set: { x: 1 } } ], collect: '${{ 1 / inputs.n }}' }",
      "for_each.collect: 1 / inputs.n"
    ),
    (
      "repeat: { steps: [ { id: s, set: { x: 1 } } ], until: 1 / inputs.n > 1, at_most: 2 }",
      "repeat.until: 1 / inputs.n > 1"
    ),
    (
      "choose: [ { when: 1 / inputs.n > 1, steps: [ { id: s, set: { x: 1 } } ] } ]",
      "choose.when: 1 / inputs.n > 1"
    ),
    (
      "set: { x: 1 }, preconditions: [ { check: 1 / inputs.n > 1 } ]",
      "preconditions.check: 1 / inputs.n > 1"
    ),
    ("set: { x: 1 }, verify: [ { check: 1 / inputs.n > 1 } ]", "verify.check: 1 / inputs.n > 1"),
    (
      "finish: { outcome: failed, message: 'x ${{ 1 / inputs.n }}' }",
      "finish.message: 1 / inputs.n"
    ),
    ("ask: { message: '${{ 1 / inputs.n }}', fields: { x: string } }", "ask.message: 1 / inputs.n"),
    ("ask: { message: m, items: { x: '${{ 1 / inputs.n }}' } }", "ask.items.x: 1 / inputs.n"),
    (
      "ask: { message: m, fields: { x: string } }, due: '${{ 1 / inputs.n }}d'", "due: 1 / inputs.n"
    ),
    ("wait: { first_of: { x: '${{ 1 / inputs.n }}d', y: 2d } }", "wait.first_of.x: 1 / inputs.n"),
    (
      "action: shop.tell, with: { text: a }, timeout: '${{ 1 / inputs.n }}s'",
      "timeout: 1 / inputs.n"
    ),
  ])
  func `a failure says which key, which expression and where it stands`(
    step: String, what: String
  ) throws {
    let failure = try failure("steps:\n  - { id: a, \(step) }\n")
    #expect(failure.message == "`\(what)`: division by zero")
    #expect(failure.code == "expression")
    let place = try #require(failure.details["place"]?.asString)
    let line = "  - { id: a, \(step) }"
    let expression = what.split(separator: ": ", maxSplits: 1)[1]
    let start = try #require(line.firstRange(of: expression)).lowerBound
    let column = line.distance(from: line.startIndex, to: start) + 1
    // The space after the braces belongs to the expression.
    #expect(["test.yaml:7:\(column)", "test.yaml:7:\(column - 1)"].contains(place))
  }

  @Test func `the outputs of a called workflow are named with the file that has them`() throws {
    let failure = try failure(
      "steps: [ { id: a, workflow: sub } ]\n",
      called: [
        "sub":
          "steps: [ { id: s, set: { n: 0 } } ]\noutputs: { o: '${{ 1 / steps.s.outputs.n }}' }\n"
      ])
    #expect(failure.message == "`outputs.o: 1 / steps.s.outputs.n`: division by zero")
    #expect(failure.details["place"]?.asString?.hasPrefix("sub.yaml:6:") == true)
  }

  @Test func `an expression of several lines is named on one, and a long one by its beginning`()
    throws
  {
    let lines = try failure(
      "steps:\n  - id: a\n    if: |\n      inputs.n ==\n        1 / inputs.n\n    set: { x: 1 }\n")
    #expect(lines.message == "`if: inputs.n == 1 / inputs.n`: division by zero")
    let sum = "1 / inputs.n" + String(repeating: " + inputs.n", count: 30)
    let long = try failure("steps:\n  - { id: a, set: { x: '${{ \(sum) }}' } }\n")
    #expect(long.message == "`set.x: \(sum.prefix(160))…`: division by zero")
  }

  @Test func `the message of a check that cannot be made is named`() throws {
    let failure = try failure(
      "steps: [ { id: a, set: { x: 1 }, verify: [ { check: inputs.n > 0, message: '${{ 1 / inputs.n }}' } ] } ]\n"
    )
    #expect(
      failure.message
        == "`inputs.n > 0` does not hold (its message: `verify.message: 1 / inputs.n`: division by zero)"
    )
  }

  @Test func `a step that takes nothing back names what could not be worked out`() throws {
    let run = try Rehearsal(
      """
      inputs: { n: { type: integer, default: 0 } }
      steps:
        - id: a
          action: shop.open
          with: { name: ana }
          undo: { action: shop.leave, with: { size: "${{ 1 / inputs.n }}" } }
        - { id: hold, wait: 7d }
      """, catalog: Shop.catalog)
    run.carryOut()
    #expect(
      run.engine.undoPreview.entries.map(\.plan) == [
        .unknown(
          "what takes it back could not be worked out: `undo.with.size: 1 / inputs.n`: division by zero"
        )
      ])
  }
}

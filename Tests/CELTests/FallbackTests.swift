import Testing
import Values

@testable import CEL

/// `or` and `orValue`, whose second operand is needed only where the first holds nothing.
@Suite struct FallbackTests {
  private let environment = CELEnvironment(variables: [
    "a": .map(.string, .int), "b": .map(.string, .int), "text": .string,
  ])
  private let variables = Variables(["a": ["x": 1], "b": [:], "text": "none"])

  private func evaluate(_ source: String) throws -> Result<Value, EvaluationError> {
    let checked = try environment.compile(source).get()
    return Result { () throws(EvaluationError) in try checked.evaluate(variables) }
  }

  @Test(arguments: [
    ("a.?x.orValue(b.y)", 1), ("a.?x.orValue(int(text))", 1), ("a.?x.orValue(1 / 0)", 1),
    ("a.?x.or(optional.of(b.y)).value()", 1), ("b.?y.or(a.?x).or(optional.of(1 / 0)).value()", 1),
    ("b.?y.orValue(a.?x.orValue(b.y))", 1), ("b.?y.or(a.?x).orValue(b.y)", 1),
    ("[1, 2].map(i, a.?x.orValue(i / 0))[1]", 1),
  ])
  func `what stands in for a value is not evaluated where there is one`(
    source: String, value: Value
  ) throws {
    #expect(try evaluate(source) == .success(value))
  }

  @Test(arguments: [
    ("b.?y.orValue(1 / 0)", "division by zero", 13..<18),
    ("b.?y.or(optional.of(1 / 0)).value()", "division by zero", 20..<25),
    ("dyn(a).orValue(1)", "expected an optional value, found map", 0..<6),
    ("optional.of(1 / 0).orValue(2)", "division by zero", 12..<17),
  ])
  func `it fails where it is needed`(source: String, message: String, range: Range<Int>) throws {
    guard case .failure(let error) = try evaluate(source) else {
      Issue.record("\(source) has a value")
      return
    }
    #expect(error.message == message)
    #expect(error.range == range)
  }

  @Test func `an unknown that is not needed leaves the value known`() throws {
    func partial(
      _ source: String, unknown: [[String]]
    ) throws -> CheckedExpression.PartialResult {
      try environment.compile(source).get().evaluatePartially(
        variables, unknowns: unknown.map { Unknown($0) })
    }
    guard case .value(1) = try partial("a.?x.orValue(b.y)", unknown: [["b"]]) else {
      Issue.record("the value is not known")
      return
    }
    let both = try partial("a.?x.orValue(b.y)", unknown: [["a", "x"], ["b", "y"]])
    guard case .unknown(let met) = both else {
      Issue.record("the value is known")
      return
    }
    #expect(Set(met.map(\.path)) == [["a", "x"], ["b", "y"]])
  }
}

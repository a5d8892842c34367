import Testing
import Values

@testable import CEL

@Suite struct UnknownTests {
  private let environment = CELEnvironment(variables: [
    "a": .map(.string, .dyn), "b": .bool, "n": .int, "list": .list(.int),
  ])

  private func partial(
    _ source: String, _ variables: [String: Value] = [:], unknown: [[String]]
  ) throws -> CheckedExpression.PartialResult {
    try environment.compile(source).get().evaluatePartially(
      Variables(variables), unknowns: unknown.map { Unknown($0) })
  }

  private func value(_ result: CheckedExpression.PartialResult) -> Value? {
    if case .value(let value) = result { value } else { nil }
  }

  private func unknowns(_ result: CheckedExpression.PartialResult) -> Set<[String]>? {
    if case .unknown(let unknowns) = result { Set(unknowns.map(\.path)) } else { nil }
  }

  @Test func `a known side that decides makes the unknown one irrelevant`() throws {
    #expect(value(try partial("b || true", unknown: [["b"]])) == true)
    #expect(value(try partial("false && a.x == 1", unknown: [["a", "x"]])) == false)
    #expect(value(try partial("n > 0 || 1 / 0 > 0 || true", unknown: [["n"]])) == true)
  }

  @Test func `the set of unknowns is whole`() throws {
    #expect(
      unknowns(try partial("b && a.x == n", unknown: [["b"], ["a", "x"], ["n"]]))?.count == 3)
    #expect(unknowns(try partial("[n, a.x]", unknown: [["n"], ["a"]])) == [["n"], ["a"]])
    #expect(
      unknowns(
        try partial(
          "list.map(i, i == 1 ? n : int(a.x))", ["list": [1, 2]], unknown: [["n"], ["a", "x"]]))
        == [["n"], ["a", "x"]])
  }

  @Test func `a field beside an unknown one is known`() throws {
    let known: [String: Value] = ["a": ["y": 2]]
    #expect(value(try partial("a.y + 1", known, unknown: [["a", "x"]])) == 3)
    #expect(unknowns(try partial("a.x.z", known, unknown: [["a", "x"]])) == [["a", "x"]])
    #expect(unknowns(try partial("size(a)", known, unknown: [["a", "x"]])) == [["a", "x"]])
    #expect(unknowns(try partial("has(a.x)", known, unknown: [["a", "x"]])) == [["a", "x"]])
  }

  @Test func `an unknown outweighs an error beside it`() throws {
    #expect(unknowns(try partial("b && 1 / 0 > 0", unknown: [["b"]])) == [["b"]])
  }

  /// Variables of which a part cannot be known.
  private struct Partly: Activation {
    func value(named name: String) -> Value? { name == "a" ? ["y": 2] : nil }
    var unknowns: [Unknown] { [Unknown(["a", "x"])] }
  }

  @Test func `an activation that cannot know a part is no activation without it`() throws {
    func evaluate(_ source: String) throws -> Result<Value, EvaluationError> {
      let checked = try environment.compile(source).get()
      return Result { () throws(EvaluationError) in try checked.evaluate(Partly()) }
    }
    #expect(try evaluate("a.y + 1") == .success(3))
    for source in ["a.x", "a.?x.orValue('')", "has(a.x)", "a"] {
      guard case .failure(let error) = try evaluate(source) else {
        Issue.record("\(source) has a value")
        continue
      }
      #expect(error.code == .unknown && error.message == "`a.x` cannot be known")
    }
  }
}

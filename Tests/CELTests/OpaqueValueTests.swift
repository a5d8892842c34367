import Testing
import Values

@testable import CEL

/// A value that is one thing has no members, also where its type is not known beforehand.
@Suite struct OpaqueValueTests {
  private static let values = [
    "int", "type(1)", "ip('127.0.0.1')", "cidr('10.0.0.0/8')", "duration('1s')", "1", "null",
  ]

  private static let uses = [
    "size(dyn(VALUE))", "dyn(VALUE).size()", "'a' in dyn(VALUE)", "has(dyn(VALUE).a)",
    "dyn(VALUE).a", "dyn(VALUE).?a", "dyn(VALUE)['a']", "dyn(VALUE).exists(x, true)",
  ]

  private func code(_ source: String) throws -> EvaluationError.Code? {
    let expression = try CELEnvironment().compile(source).get()
    do throws(EvaluationError) {
      _ = try expression.evaluate(Variables())
      return nil
    } catch {
      return error.code
    }
  }

  @Test(arguments: values, uses)
  func `there is no such overload`(value: String, use: String) throws {
    let source = use.replacing("VALUE", with: value)
    #expect(try code(source) == .noSuchOverload, "\(source)")
  }

  @Test(arguments: ["size(dyn(optional.of({'a': 1})))", "'a' in dyn(optional.of({'a': 1}))"])
  func `an optional value is no map`(source: String) throws {
    #expect(try code(source) == .noSuchOverload)
  }

  @Test(arguments: [
    "has(dyn(optional.of({'a': 1})).a)", "dyn({'a': 1}).size() == 1", "'a' in dyn({'a': 1})",
  ])
  func `what has members still does`(source: String) throws {
    #expect(try code(source) == nil)
  }
}

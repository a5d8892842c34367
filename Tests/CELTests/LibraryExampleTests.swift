import Testing
import Values

@testable import CEL

/// The examples of the library's own table, which are those of the reference page.
@Suite struct LibraryExampleTests {
  private static let examples: [String] = StandardLibrary.functions.flatMap { function in
    function.examples.map { example in
      example.result == "true" ? example.expression : "(\(example.expression)) == \(example.result)"
    }
  }

  @Test(arguments: examples) func `every example gives the result it shows`(expression: String)
    throws
  {
    let compiled = try CELEnvironment().compile(expression).get()
    #expect(try compiled.evaluate(Variables()) == .bool(true))
  }

  @Test func `every function has a sentence and, operators of other tables aside, an example`() {
    for function in StandardLibrary.functions {
      #expect(function.summary.hasSuffix("."), "\(function.name)")
    }
  }

  @Test func `the reference page has every function`() {
    let page = ExpressionReference.markdown()
    for function in StandardLibrary.functions {
      let name = OperatorNames.symbol(of: function.name) ?? function.name
      #expect(page.contains("### `\(name)`"), "\(name)")
    }
    #expect(ExpressionReference.text(for: "charAtt").contains("did you mean `charAt`?"))
    #expect(ExpressionReference.text(for: "charAt").contains("'abc'.charAt(1)"))
  }
}

@Suite struct LibraryBoundTests {
  @Test(arguments: [
    "lists.range(100000000)", "'%.99999f'.format([1.0])",
    "sets.contains(lists.range(5000).map(i, [i]), lists.range(5000).map(i, [i + 1]))",
    "lists.range(5000).map(i, [i]).distinct()", "math.greatest([])", "'a'.matches('(')",
    "'a'.matches('(((a{100}){100}){100})')", "base64.decode('a')", "base64.decode('a===')",
    "ip('1.2.3')", "ip(':::')", "cidr('1.2.3.4/33')", "[1, 2].slice(1, 5)", "[dyn(1), 'a'].sort()",
    "'%d'.format([])", "'abc'.substring(2, 1)", "'abc'.charAt(-1)", "math.bitShiftLeft(1, -1)",
  ])
  func `is refused with an error`(expression: String) throws {
    let compiled = try CELEnvironment().compile(expression).get()
    #expect(throws: EvaluationError.self) { try compiled.evaluate(Variables()) }
  }
}

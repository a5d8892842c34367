import Foundation
import TestSupport
import Testing
import Values

@testable import CEL

/// The examples of the library's own table, which are those of the reference page.
@Suite struct LibraryExampleTests {
  private static let examples: [String] = (StandardLibrary.functions + MacroTable.table)
    .flatMap { function in
      function.examples.map { example in
        example.result == "true"
          ? example.expression : "(\(example.expression)) == \(example.result)"
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

@Suite struct ExpressionReferenceTests {
  private static let page = Repository.root
    .appendingPathComponent("docs/reference/expressions.md")

  /// Recorded anew, and failing, with RECORD_SNAPSHOTS=1.
  @Test func `the page in the documentation is the one that the library makes`() throws {
    let made = ExpressionReference.markdown()
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try made.write(to: Self.page, atomically: true, encoding: .utf8)
      Issue.record("recorded docs/reference/expressions.md")
    }
    #expect(try String(contentsOf: Self.page, encoding: .utf8) == made)
  }
}

@Suite struct LibraryBoundTests {
  /// A list that holds itself twice, thirty levels deep: little memory, a text of gigabytes.
  private static let hugeText =
    "cel.bind(v0, ['abcdefgh'], "
    + (1...30).map { "cel.bind(v\($0), [v\($0 - 1), v\($0 - 1)], " }.joined()
    + "'%s'.format([v30])" + String(repeating: ")", count: 31)

  @Test(arguments: [
    "ip('::ffff:c000:201') == ip('192.0.2.1')", "ip('::ffff:c000:202') != ip('192.0.2.1')",
    "[ip('192.0.2.1'), ip('::ffff:c000:201')].distinct().size() == 1",
    "cidr('::ffff:c000:201/32') != cidr('192.0.2.1/32')",
  ])
  func `an address equals the one it is mapped to`(source: String) throws {
    let compiled = try CELEnvironment().compile(source).get()
    #expect(try compiled.evaluate(Variables()) == .bool(true))
  }

  @Test func `patterns that look alike are told apart`() throws {
    let source = "'\u{F6}'.matches('^\u{F6}$') && !'\u{F6}'.matches('^o\u{308}$')"
    let compiled = try CELEnvironment().compile(source).get()
    #expect(try compiled.evaluate(Variables()) == .bool(true))
  }

  @Test(arguments: [
    "lists.range(100000000)", "'%.99999f'.format([1.0])",
    "sets.contains(lists.range(5000).map(i, [i]), lists.range(5000).map(i, [i + 1]))",
    "lists.range(5000).map(i, [i]).distinct()", "math.greatest([])", "'a'.matches('(')",
    "'a'.matches('(((a{100}){100}){100})')", "base64.decode('a')", "base64.decode('a===')",
    "ip('1.2.3')", "ip(':::')", "ip('::ffff:192.0.2.1')", "ip('0:0:0:0:0:ffff:192.0.2.1')",
    "cidr('1.2.3.4/33')", "[1, 2].slice(1, 5)", "[dyn(1), 'a'].sort()",
    "'%d'.format([])", hugeText, "'abc'.substring(2, 1)", "'abc'.charAt(-1)",
    "math.bitShiftLeft(1, -1)", "optional.of(dyn(1)).name", "{'a': dyn(null)}.?a.?b",
    "{'a': dyn('b')}.?a.b.hasValue()", "has(optional.of(dyn(1)).name)", "dyn(1).?name",
  ])
  func `is refused with an error`(expression: String) throws {
    let compiled = try CELEnvironment().compile(expression).get()
    #expect(throws: EvaluationError.self) { try compiled.evaluate(Variables()) }
  }
}

import Testing
import Values

@testable import CEL

@Suite struct PrinterTests {
  @Test(arguments: [
    "1 + 2 * 3", "(1 + 2) * 3", "1 - (2 - 3)", "a && b && c && d && e", "a && (b && c)",
    "(a || b) && c", "a ? b : c ? d : e", "(a ? b : c) ? d : e", "-(1)", "-1", "--x", "!!a",
    "- -1", "-1.5.f()", "-9223372036854775808", "a.?b[?0].`x-y`", "{?'a': b, 1: [?c, d]}",
    #"'\'\n\u00e9\x01' + r"\d" + """a"b""""#, #"b'\xff\0' == b"""#.replacingZero, "1e400 > -1e400",
    "has(a.b.c)", "x.all(i, i > 0)", "x.exists_one(i, j, i == j)", "x.map(i, i > 1, i * 2)",
    "cel.bind(a, 1, a + a)", "cel.block([1, cel.index(0)], cel.index(1))",
    "x.map(cel.iterVar(0, 0), cel.iterVar(0, 0))", "o.optMap(v, v + 1).optFlatMap(v, v)",
    ".a.b(c).d()", "a in b", "T{f: 1, ?g: 2}", "a.in_()", "x.transformMap(k, v, v > 0, k)",
    "null == true", "_(4) + __(1, 2)", "18446744073709551615u", "5e-324", "a[1][2].b",
  ])
  func `parses what it prints to the same tree`(source: String) throws {
    let tree = try Parser.parse(source)
    let again = try Parser.parse(tree.sourceText)
    #expect(again.shape == tree.shape, "\(source) was printed as \(tree.sourceText)")
  }

  @Test func `prints only the parentheses that are needed`() throws {
    let printed = try Parser.parse("((a && (b)) && c) || (1 + (2 * 3)) > 4").sourceText
    #expect(printed == "a && b && c || 1 + 2 * 3 > 4")
  }

  @Test func `prints random trees so that they parse to themselves`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = ExpressionGenerator(seed: seed)
    for _ in 0..<2_000 {
      let source = generator.expression(depth: 5)
      let tree = try Parser.parse(source)
      let printed = tree.sourceText
      let again = try #require(
        try? Parser.parse(printed), "seed \(seed): \(source) printed as \(printed)")
      try #require(again.shape == tree.shape, "seed \(seed): \(source) printed as \(printed)")
    }
  }

  @Test func `prints texts in single quotes where they have none`() throws {
    let tree = try Parser.parse(#"-f("a" + 'b"') + [r"\d", "it's"] == {"k": b"x"}"#)
    #expect(
      tree.singleQuotedSourceText == #"-f('a' + 'b"') + ['\\d', "it's"] == {'k': b"\x78"}"#)
    #expect(try Parser.parse(tree.singleQuotedSourceText).shape == tree.shape)
  }

  @Test func `prints long rows of signs so that they parse again`() throws {
    for sign in ["-", "!"] {
      let printed = try Parser.parse(String(repeating: sign, count: 200) + "x").sourceText
      #expect(try Parser.parse(printed).sourceText == printed)
      #expect(printed == String(repeating: sign, count: 200) + "x")
    }
    #expect(try Parser.parse("--(1)").sourceText == "--(1)")
    #expect(try Parser.parse("-(-1)").sourceText == "-(-1)")
  }

  @Test func `prints literals of every type`() {
    #expect(Value.string("a\"\n\u{1}ö").literalText == "\"a\\\"\\n\\x01ö\"")
    #expect(Value.uint(3).literalText == "3u")
    #expect(Value.list([]).literalText == nil)
  }
}

extension String {
  fileprivate var replacingZero: String { split(separator: "\\0").joined(separator: "\\000") }
}

extension SyntaxNode {
  /// All that counts of a tree, without ids and places.
  var shape: String {
    "(\(label) \(children.map(\.shape).joined(separator: " ")))"
  }

  private var label: String {
    switch kind {
    case .literal(let value): "\(value)"
    case .identifier(let name): name
    case .select(_, let field, let isOptional): "select \(field) \(isOptional)"
    case .has(_, let field): "has \(field)"
    case .call(let function, let target, _): "\(function) \(target != nil)"
    case .and: "and"
    case .or: "or"
    case .conditional: "?"
    case .list(let elements): "list \(elements.map(\.isOptional))"
    case .map(let entries): "map \(entries.map(\.isOptional))"
    case .message(let name, let entries): "\(name) \(entries.map(\.key.shape))"
    case .comprehension(let macro): "\(macro.spelling) \(macro.variable) \(macro.second ?? "")"
    case .bind(let name, _, _): "bind \(name)"
    case .block: "block"
    case .optionalMap(_, let name, _, let isFlat): "optional \(name) \(isFlat)"
    }
  }
}

import Testing
import Values

@testable import CEL

@Suite struct CheckerTests {
  private let environment = CELEnvironment(variables: [
    "name": .string, "amount": .double, "count": .int, "list": .list(.int),
    "maybe": .optional(.int), "items": .wrapper(.list(.int)), "entry": .wrapper(Self.entry),
    "step": .object(ObjectType("the step", fields: ["status": .string, "outputs": .dyn])),
  ])

  private static let entry = CELType.object(ObjectType("the entry", fields: ["id": .int]))

  private func issues(_ source: String) -> [CEL.Issue] {
    if case .failure(let failure) = environment.compile(source) { failure.issues } else { [] }
  }

  @Test(
    arguments: [
      ("step.statuss", "the step has no field `statuss`", 5..<12, "status"),
      ("nam + 'a'", "unknown name `nam`", 0..<3, "name"),
      ("siz(name) > 1", "unknown function `siz`", 0..<3, "size"),
      ("name.siz( ) > 1", "unknown function `siz`", 5..<8, "size"),
      ("step['statuss']", "the step has no field `statuss`", 5..<14, "status"),
      ("step[?'statuss']", "the step has no field `statuss`", 6..<15, "status"),
      ("name + 1", "`+` does not work on string and int", 0..<8, nil),
      ("count && true", "expected bool, found int", 0..<5, nil),
      ("name.status", "string has no fields, so no `status`", 5..<11, nil),
      ("1 == 'a'", "`==` does not work on int and string", 0..<8, nil),
      ("maybe == null", "`==` does not work on optional_type(int) and null", 0..<13, nil),
      ("count.all(x, true)", "expected a list or a map for `all`, found int", 0..<5, nil),
      (
        "true ? 1 : 'a'", "both results of `?` need the same type, found int and string", 0..<14,
        nil
      ),
    ] as [(String, String, Range<Int>, String?)])
  func `says what is wrong, where, and what would be right`(
    source: String, message: String, range: Range<Int>, suggestion: String?
  ) {
    let issue = issues(source).first
    #expect(issue?.message == message)
    #expect(issue?.range == range)
    #expect(issue?.suggestion == suggestion)
  }

  /// Which overload comes first says nothing of a value of which nothing is known.
  @Test(arguments: [
    "[dyn(1)].distinct().map(a, string(a) + ' of ' + string(a * 2))",
    "step.outputs.amounts.distinct().map(a, string(a) + ' of ' + string(a * 2))",
    "step.outputs.amounts.distinct().map(a, string(a * 2) + ' of ' + string(a))",
    "step.outputs.amounts.distinct().map(a, size(a) > 1 && a.all(x, x > 2))",
  ])
  func `takes what fits in one way or another`(source: String) {
    #expect(issues(source).isEmpty)
  }

  @Test(arguments: [
    ("1 +", "expected a value, found the end of the expression", 3..<3),
    ("a = b", "unexpected `=`; equality is `==`", 2..<3),
    ("'abc", "the text has no closing quote", 0..<4),
    ("[1, 2", "expected `]` or `,` in the list, found the end of the expression", 5..<5),
    ("while", "`while` is a reserved word", 0..<5),
    ("'é' $", "unexpected `$`", 5..<6),
    ("99999999999999999999", "the number does not fit an integer", 0..<20),
  ])
  func `refuses what is no expression`(source: String, message: String, range: Range<Int>) {
    #expect(issues(source).first == CEL.Issue(message, range: range))
  }

  // The specification's "legacy nullable types".
  @Test(arguments: ["timestamp(0)", "duration('1s')", "ip('::1')"])
  func `null compares with what may be null, on either side`(source: String) throws {
    for text in ["\(source) == null", "null == \(source)", "null in [\(source)]"] {
      #expect(try environment.compile(text).get().evaluate(Variables()) == false)
    }
    for name in ["items", "entry"] {
      #expect(issues("\(name) == null || null != \(name) || null in [\(name)]").isEmpty)
    }
    #expect(issues("null == count").count == 1 && issues("null == maybe").count == 1)
  }

  @Test(arguments: [
    ("items == null ? [] : items", "wrapper(list(int))"), ("items[0]", "int"),
    ("items.map(i, i + 1)", "list(int)"), ("items.filter(i, i > 1)", "list(int)"),
    ("items + [1]", "list(int)"), ("size(items)", "int"), ("1 in items", "bool"),
    ("items == [1] || [] == items", "bool"), ("[[1], items]", "list(wrapper(list(int)))"),
    ("[items, [1]]", "list(wrapper(list(int)))"), ("entry.id", "int"), ("entry['id']", "int"),
    ("entry.?id", "optional_type(int)"), ("[entry][0].id", "int"), ("has(entry.id)", "bool"),
  ])
  func `what may be null has the type that it has otherwise`(source: String, type: String) throws {
    #expect(try "\(environment.compile(source).get().type)" == type)
  }

  @Test(arguments: [
    "items == 'a'", "items == ['a']", "items.exists(i, i == 'a')", "'a' in items", "items.id",
    "entry.ide", "entry['ide']", "entry.?ide", "has(entry.ide)", "entry.id == 'a'", "items > 1",
  ])
  func `mistakes in what may be null are found`(source: String) {
    #expect(issues(source).count == 1)
  }

  @Test(arguments: ["'a'", "null", "true", "[1]", "timestamp(0)"])
  func `NaN has no order with numbers, and cannot be compared with anything else`(
    source: String
  ) throws {
    #expect(try evaluated("double('NaN') < 1") == .success(false))
    #expect(try evaluated("1u >= double('NaN')") == .success(false))
    for text in ["dyn(double('NaN')) < dyn(\(source))", "dyn(\(source)) >= dyn(double('NaN'))"] {
      guard case .failure(let error) = try evaluated(text) else {
        Testing.Issue.record("\(text) has a value")
        continue
      }
      #expect(error.code == .noSuchOverload)
    }
  }

  private func evaluated(_ source: String) throws -> Result<Value, EvaluationError> {
    let checked = try environment.compile(source).get()
    return Result { () throws(EvaluationError) in try checked.evaluate(Variables()) }
  }

  @Test func `reports every mistake at once`() {
    #expect(issues("nam == 'a' && step.statuss == 'b' && coun > 1").count == 3)
  }

  @Test(arguments: [
    ("count > 1.5", "bool"), ("list.map(i, string(i))", "list(string)"),
    ("{'a': 1}.?b", "optional_type(int)"), ("step.outputs.x", "dyn"), ("[1, 'a']", "list(dyn)"),
    ("step['status']", "string"), ("step[?'status']", "optional_type(string)"),
    ("maybe.orValue(1)", "int"), ("list[?0]", "optional_type(int)"),
    ("list.transformMap(i, v, string(v))", "map(int, string)"),
    ("[maybe, null][0]", "optional_type(int)"), ("[null, maybe][0]", "optional_type(int)"),
    ("true ? maybe : null", "optional_type(int)"),
    ("[{1: 1}, {dyn(1): 1}][0]", "map(dyn, int)"), ("[{dyn(1): 1}, {1: 1}][0]", "map(dyn, int)"),
  ])
  func `deduces types`(source: String, type: String) throws {
    #expect(try environment.compile(source).get().type.description == type)
  }

  @Test func `parameters of a type are joined to the most general ones`() throws {
    let pair = CELType.opaque("pair", [.parameter("A"), .parameter("B")])
    let environment = CELEnvironment(
      functions: [
        FunctionDeclaration(
          "pair", "Declared by a test.",
          overloads: [
            Overload(
              "pair", [.parameter("A"), .parameter("B")], pair,
              .binary { (_, _) throws(EvaluationError) in .null })
          ])
      ])
    for source in [
      "[pair(1, 'a'), pair(dyn(1), dyn('a'))][0]", "[pair(dyn(1), dyn('a')), pair(1, 'a')][0]",
    ] {
      #expect(try environment.compile(source).get().type.description == "pair(dyn, dyn)")
    }
  }

  @Test func `tells what an expression reads, where, and whether it must be there`() throws {
    let source =
      "has(step.outputs.id) && step.outputs.id == name || step.outputs.?x.orValue('') == ''"
    let references = try environment.compile(source).get().references
    #expect(
      references.map { "\($0.path.joined(separator: ".")) \($0.isGuarded)" } == [
        "step.outputs.id true", "step.outputs.id true", "name false", "step.outputs.x true",
      ])
    #expect(references.map(\.range.lowerBound) == [0, 24, 43, 51])
  }

  @Test func `an expression in other text ends where the grammar says`() throws {
    let text = "a ${{ {'x': {'y': '}}'}}.x.y }} b"
    let (node, end) = try Parser.parsePrefix(of: Array(text.utf8), from: 5)
    #expect(text.utf8.dropFirst(end).starts(with: "}} b".utf8))
    #expect(node.range == 6..<28)
  }
}

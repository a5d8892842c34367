import TestSupport
import Testing
import Values

@testable import CEL

/// What the quick check says, the checker says too.
@Suite struct QuickCheckTests {
  private static let steps = CELType.object(
    ObjectType(
      "steps",
      fields: [
        "a": .object(
          ObjectType(
            "step",
            fields: [
              "status": .string, "at": .timestamp,
              "outputs": .object(
                ObjectType(
                  "outputs",
                  fields: ["n": .int, "x": .double, "t": .string, "o": .optional(.string)])),
            ]))
      ], isOpen: true))

  private static let names: [(name: String, type: CELType)] = [
    ("inputs", .object(ObjectType("inputs", fields: ["n": .int, "ok": .bool, "t": .string]))),
    ("steps", steps), ("now", .timestamp), ("any", .dyn), ("map", .map(.string, .int)),
    ("list", .list(.string)), ("x", .double), ("n", .int), ("t", .string), ("b", .bool),
  ]

  private static let environment = CELEnvironment(
    variables: Dictionary(names.map { ($0.name, $0.type) }) { _, later in later })

  private func quick(_ source: String) -> QuickCheck.Result? {
    var source = source
    return source.withUTF8 { QuickCheck.check($0, names: QuickCheck.Names(Self.names)) }
  }

  @Test(arguments: [
    ("1 + 2", "int"), ("inputs.n * 3 > 4", "bool"), ("steps.a.outputs.x * 2.0", "double"),
    ("'a' + t", "string"), ("b && !inputs.ok || n == 3", "bool"), ("b ? 'a' : \"b\"", "string"),
    ("steps.a.?outputs", "optional_type(outputs)"), ("steps.b.outputs.any", "dyn"),
    ("steps.a.outputs.?o", "optional_type(string)"), ("any.x.?y.z", "optional_type(dyn)"),
    ("map.k", "int"), ("n < x", "bool"), ("-n", "int"), ("(n + 1) * 2", "int"),
    ("size(list) + size(t)", "int"), ("string(n) + string(x)", "string"), ("int(x)", "int"),
    ("steps.a.at", "timestamp"), ("  n\n", "int"), ("true", "bool"), ("''", "string"),
  ])
  func `tells the type of a plain expression`(source: String, type: String) throws {
    let found = try #require(quick(source), "\(source)")
    #expect(found.type.description == type)
    try expectSame(source)
  }

  @Test(arguments: [
    "", "inputs.zz", "zz", "1 + 'a'", "1 == 1.0", "n ? 1 : 2", "b ? 1 : 'a'", "t.size()", "[1]",
    "{'a': 1}", "list[0]", "a.b", "1 < 'a'", "1 && b", "'a' 'b'", "r'a'", "'''a'''", "'a\\n'",
    "x % 2.0", "!n", "-t", "99999999999999999999", "1u", "1e3", "n // 3", "in", "if", "n in list",
    "map.in", "(steps).a", "size(n)", "uuid('a')", "b ||", "1..2", "1.", "0x10", "n n", "null",
  ])
  func `leaves to the checker what is not plain, and what is wrong`(source: String) {
    #expect(quick(source) == nil)
  }

  /// Random rows of tokens: whatever the quick check accepts, the checker takes for the same.
  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `never says more than the checker`(seed: UInt64) throws {
    let tokens = [
      "1", "2.5", "'a'", "\"b\"", "true", "n", "x", "t", "b", "any", "map", "list", "inputs", ".n",
      ".ok", ".t", "steps.a", ".outputs", ".x", ".?o", ".?n", " + ", " - ", " * ", " / ", " % ",
      " < ", " <= ", " == ", " != ", " && ", " || ", " ? ", " : ", "!", "-", "(", ")", "size(",
      "string(", "double(", "int(", " ", "0", "9", "now", "[", "]", ".", "in", "\n",
    ]
    var random = SeededNumbers(seed: seed)
    var accepted = 0
    var planned = 0
    for _ in 0..<40_000 {
      let count = Int.random(in: 1...9, using: &random)
      let source = (0..<count).map { _ in random.choose(tokens) }.joined()
      guard quick(source) != nil else { continue }
      accepted += 1
      try expectSame(source)
      planned += try expectSameValues(source) ? 1 : 0
    }
    #expect(accepted > 500, "seed \(seed)")
    #expect(planned > accepted / 2, "seed \(seed)")
  }

  private func expectSame(_ source: String) throws {
    let found = try #require(quick(source))
    switch Self.environment.compile(source) {
    case .failure(let failure): Issue.record("`\(source)`: \(failure.issues.map(\.message))")
    case .success(let checked):
      #expect(checked.type == found.type, "`\(source)`: \(checked.type), \(found.type)")
      let roots = Set(checked.references.map { "\($0.path[0])" })
      #expect(roots == Set(found.reads.map(\.path[0])), "`\(source)`")
    }
    for read in found.reads {
      let text = String(decoding: Array(source.utf8)[read.range], as: UTF8.self)
      #expect(text.split { ".?".contains($0) }.map(String.init) == read.path, "`\(source)`")
    }
  }

  // MARK: Evaluating

  @Test(arguments: [
    "1 + 2 * 3 - 4 / 5 % 6", "-1 < 2 && !b || t == 'a'", "b ? n : -3", "(n + 1) * 2 >= 4",
    "steps.a.outputs.x * 2.5", "steps.a.?outputs.t", "b && b && !b && (b || b || b)",
    "t + \"x\" != ''",
    "steps.b.outputs.any", "n / 0", "any.x.y", "  - 1.50  ",
  ])
  func `plans a plain expression without a tree`(source: String) throws {
    #expect(try expectSameValues(source), "\(source)")
  }

  @Test(arguments: [
    "", "a.", "size(t)", "-n", "-(1)", "1 +", "(1", "1)", "'a", "'a\\n'", "'a' 'b'", "r'a'", "1..2",
    "1 2",
    "list[0]", "a b", "x in list", "1 ? 2", "&& b", "[1]", "1u", "1e3", "a{}",
    "1234567890123456789",
  ])
  func `leaves to the compiler what depends on a type or is not plain`(source: String) {
    #expect(quickly(source) == nil)
  }

  private func quickly(_ source: String) -> QuickExpression? {
    var source = source
    return source.withUTF8 { QuickExpression($0) }
  }

  private static let outputs: Value = ["n": 3, "x": 2.5, "t": "text"]

  /// Values as the types say, and some that are not there or of another kind.
  private static let activations: [Variables] = [
    Variables([
      "inputs": ["n": 2, "ok": true, "t": "a"],
      "steps": ["a": ["status": "done", "outputs": outputs], "b": ["outputs": ["any": [1, 2]]]],
      "any": ["x": ["y": ["z": 1]], "n": 4, "o": "p"], "map": ["k": 5], "list": ["a", "b"],
      "x": 1.5,
      "n": 7, "t": "b", "b": true,
    ]),
    Variables([
      "inputs": ["n": 0, "ok": false], "steps": ["a": ["outputs": [:]]], "any": true, "map": [:],
      "n": 0, "x": 0.0, "t": "", "b": false,
    ]),
    Variables([:]),
  ]

  /// Whether a plan is made without a tree, which then gives the same values, and fails in the same
  /// way at the same place, as the compiled one.
  private func expectSameValues(_ source: String) throws -> Bool {
    guard let quick = quickly(source) else { return false }
    let compiled = try Self.environment.compile(source).get()
    for activation in Self.activations {
      #expect(
        Self.outcome { () throws(EvaluationError) in try quick.evaluate(activation) }
          == Self.outcome { () throws(EvaluationError) in try compiled.evaluate(activation) },
        "`\(source)`")
    }
    return true
  }

  private static func outcome(_ body: () throws(EvaluationError) -> Value) -> String {
    do throws(EvaluationError) {
      return "\(try body())"
    } catch {
      return "\(error.code) \(error.message) at \(error.range.map { "\($0)" } ?? "no place")"
    }
  }
}

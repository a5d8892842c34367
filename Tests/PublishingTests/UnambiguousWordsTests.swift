import CEL
import Fields
import TestSupport
import Testing
import Values

@testable import Publishing
@testable import Workflows

/// Words that two expressions share say the same of both: a procedure on paper must not state another
/// condition, or another sum, than the one that is carried out.
@Suite(.timeLimit(.minutes(5))) struct UnambiguousWordsTests {
  @Test(arguments: [WordStyle.plain, .markdown])
  func `expressions that differ for some inputs have different words`(
    _ style: WordStyle
  ) throws {
    let inputs = try Self.inputs()
    var numbers = SeededNumbers(seed: 20_261_127)
    let activations = (0..<16).map { _ in Self.activation(&numbers) }
    var generator = TypedExpressions(numbers: numbers)
    var known: [String: (source: String, values: [String?])] = [:]
    var sharedCount = 0
    for _ in 0..<10_000 {
      let source = generator.expression()
      guard let checked = try? inputs.environment.compile(source).get() else {
        Issue.record("\(source) does not compile")
        continue
      }
      let words = ExpressionWords(Wording(inputs.workflow, style), checked)
      let isClause = checked.type == .bool
      let text = (isClause ? words.condition(checked.tree) : words.shown(checked.tree)).text
      let values = activations.map { Self.shown(try? checked.evaluate($0)) }
      guard let other = known[text] else {
        known[text] = (source, values)
        continue
      }
      sharedCount += other.source == source ? 0 : 1
      let isSame = zip(other.values, values).allSatisfy { $0 == $1 || $0 == nil || $1 == nil }
      #expect(isSame, "“\(text)” is said of `\(other.source)` and of `\(source)`")
    }
    // Otherwise nothing was compared.
    #expect(sharedCount > 200)
    #expect(known.count > 2_500)
  }

  @Test(arguments: [
    ("(inputs.a + inputs.b) * 2.0", "(the A + the B) × 2"),
    ("inputs.a + inputs.b * 2.0", "the A + the B × 2"),
    ("inputs.a - (inputs.b - 2.0)", "the A − (the B − 2)"),
    ("inputs.a - inputs.b - 2.0", "the A − the B − 2"),
    ("inputs.a / (inputs.b * 2.0)", "the A ÷ (the B × 2)"),
    ("-(inputs.a + 2.0)", "minus (the A + 2)"),
    ("(-inputs.a) + 2.0", "(minus the A) + 2"),
    ("inputs.i / 2", "the whole part of (the I ÷ 2)"),
    ("double(inputs.i) / 2.0", "the I ÷ 2"),
    ("(inputs.p ? 1 : 2) + 3", "(1 if the P is yes, otherwise 2) + 3"),
    (
      "inputs.p ? 1 : inputs.q ? 2 : 3",
      "1 if the P is yes, otherwise (2 if the Q is yes, otherwise 3)"
    ),
    (
      "!(inputs.p && inputs.q) && inputs.p",
      "it is not so that (the P is yes and the Q is yes) and the P is yes"
    ),
    ("inputs.p && inputs.q || inputs.p", "(the P is yes and the Q is yes) or the P is yes"),
    ("!(inputs.a > 2.0)", "the A is not more than 2"),
    ("(inputs.a > 2.0) == inputs.p", "(the A is more than 2) is the P"),
    ("size(inputs.s + 'x') == 2", "the length of (the S followed by x) is 2"),
    ("string(inputs.a + inputs.b) + 'x y'", "(the A + the B) followed by “x y”"),
    ("inputs.s == 'x' && inputs.s != 'y and z'", "the S is x and the S is not “y and z”"),
    ("string(inputs.i) == inputs.s", "the I as text is the S"),
    ("inputs.i % 2 == 0", "the remainder of (the I ÷ 2) is 0"),
    (
      "inputs.?note.orValue('x') + inputs.s", "the note (if there is none: x) followed by the S"
    ),
    (
      "(inputs.a + inputs.b) * (1.0 - inputs.?share.orValue(0.0))",
      "(the A + the B) × (1 − the share (if there is none: 0))"
    ),
    ("!inputs.?flag.orValue(false)", "the flag is no or not known"),
    (
      "inputs.names.exists(n, n == 'x' || n == inputs.s) && inputs.p",
      "(there is one among the names for which it is x or it is the S) and the P is yes"
    ),
    (
      "inputs.names.all(n, inputs.names.exists(m, m == n))",
      "for each n of the names, there is one among the names for which it is the n"
    ),
    ("inputs.names[1]", "the second of the names"),
    ("inputs.?share.optMap(x, x * 2.0).orValue(0.0)", "(the share × 2) (if there is none: 0)"),
    (
      "inputs.?flag.optMap(f, f ? 'on' : 'off').orValue('unset')",
      "(on if the flag is yes, otherwise off) (if there is none: unset)"
    ),
    (
      "timestamp(inputs.s).getMonth('Australia/Sydney') + 1",
      "the month of the S in Australia/Sydney"
    ),
    ("timestamp(inputs.s) < timestamp(inputs.t)", "the S is before the T"),
    ("(inputs.i + 1) % 2 + 1", "the remainder of ((the I + 1) ÷ 2) + 1"),
    ("inputs.s.replace('a', 'b') + inputs.t", "inputs.s.replace('a', 'b') followed by the T"),
  ])
  func `brackets stand where the words could be misread`(
    _ source: String, _ words: String
  ) throws {
    let inputs = try Self.inputs()
    let checked = try inputs.environment.compile(source).get()
    let all = ExpressionWords(Wording(inputs.workflow, .plain), checked)
    #expect(
      (checked.type == .bool ? all.condition(checked.tree) : all.shown(checked.tree)).text == words)
  }

  @Test func `what shares its name has the name of the file beside it`() throws {
    let yaml = """
      baton: 1
      id: x
      name: X
      inputs:
        first: { type: number, label: Amount }
        second: { type: number, label: Amount }
        terms: { type: boolean, label: Paid and the rest }
        environment: { type: string }
      steps:
        - { id: a, name: Same, ask: { fields: { n: integer } } }
        - { id: b, name: Same, ask: { fields: { n: integer } } }
        - id: c
          set:
            sum: ${{ inputs.first - inputs.second }}
            both: ${{ steps.a.outputs.n + steps.b.outputs.n }}
            paid: ${{ inputs.terms && inputs.environment == run.environment }}
      """
    let markdown = ProcedureDocument(try SampleWorkflow.load(yaml)).markdown
    #expect(
      markdown.contains(
        "| Values | sum: the amount (`first`) − the amount (`second`)"
          + "<br>both: the n from *Same (a)* + the n from *Same (b)*"
          + "<br>paid: the “paid and the rest” is yes and the environment (`environment`) is "
          + "the environment |\n"), "\(markdown)")
  }

  // MARK: what they read

  private struct Inputs {
    let workflow: Workflow
    let environment: CELEnvironment
  }

  private static func inputs() throws -> Inputs {
    let workflow = try SampleWorkflow.load(
      """
      baton: 1
      id: x
      name: X
      inputs:
        a: { type: number, label: A }
        b: { type: number, label: B }
        i: { type: integer, label: I }
        p: { type: boolean, label: P }
        q: { type: boolean, label: Q }
        s: { type: string, label: S }
        t: { type: string, label: T }
        names: { type: array, items: { type: string } }
        note: { type: string, optional: true }
        share: { type: number, optional: true }
        flag: { type: boolean, optional: true }
      steps: [{ id: done, set: { x: 1 } }]
      """)
    return Inputs(
      workflow: workflow,
      environment: CELEnvironment(
        variables: ["inputs": workflow.inputs.objectType], functions: ContextFunctions.all))
  }

  private static func activation(_ numbers: inout SeededNumbers) -> Variables {
    let amounts: [Double] = [-3.5, -1, 0.25, 1, 2, 3, 7, 10]
    let texts = ["", "x", "xy", "2", "yes", "A", "x1"]
    func one<Item>(_ items: [Item]) -> Item {
      items[Int.random(in: items.indices, using: &numbers)]
    }
    var members: [(String, Value)] = [
      ("a", .double(one(amounts))), ("b", .double(one(amounts))),
      ("i", .int(one([-5, -1, 0, 1, 2, 3, 7]))),
      ("p", .bool(one([true, false]))), ("q", .bool(one([true, false]))),
      ("s", .string(one(texts))), ("t", .string(one(texts))),
      ("names", .list((0..<one([0, 1, 2, 3])).map { _ in .string(one(texts)) })),
    ]
    if one([true, false]) { members.append(("note", .string(one(texts)))) }
    if one([true, false]) { members.append(("share", .double(one(amounts)))) }
    if one([true, false]) { members.append(("flag", .bool(one([true, false])))) }
    return Variables(["inputs": .map(ValueMap(members))])
  }

  /// As a person reads it: a number is the same as its text.
  private static func shown(_ value: Value?) -> String? {
    guard let value else { return nil }
    if case .list(let items) = value { return "[\(items.map { shown($0) ?? "" })]" }
    return Wording.plain(value)
  }
}

/// Random expressions of known types, from rules: `#b` in one of them is any expression of the rules
/// for `b`.
private struct TypedExpressions {
  var numbers: SeededNumbers

  mutating func expression() -> String {
    let start = one(["n", "i", "t", "b", "b"])
    return part(Character(start), depth: Int.random(in: 1...4, using: &numbers))
  }

  private mutating func part(_ symbol: Character, depth: Int) -> String {
    let leaves = Self.leaves[symbol] ?? []
    let rules = depth > 0 ? leaves.prefix(1) + (Self.rules[symbol] ?? []) : leaves[...]
    var result = ""
    var isPart = false
    for character in one(Array(rules)) {
      if isPart {
        result += part(character, depth: depth - 1)
        isPart = false
      } else if character == "#" {
        isPart = true
      } else {
        result.append(character)
      }
    }
    return result
  }

  private mutating func one(_ items: [String]) -> String {
    items[Int.random(in: items.indices, using: &numbers)]
  }

  private static let leaves: [Character: [String]] = [
    "n": ["inputs.a", "inputs.b", "2.0", "-1.0"],
    "i": ["inputs.i", "2", "-1"],
    "t": ["inputs.s", "inputs.t", "'x'", "'yes'", "'the S'", "''", "'2'"],
    "b": ["inputs.p", "inputs.q", "true", "has(inputs.note)"],
    "l": ["inputs.names"],
    // Something of `n`.
    "e": ["n == inputs.s", "n in inputs.names"],
  ]

  private static let rules: [Character: [String]] = [
    "n": [
      "(#n + #n)", "(#n - #n)", "(#n + #n)", "(#n - #n)", "(#n * #n)", "(#n / #n)", "-(#n)",
      "(#b ? #n : #n)", "double(#i)", "inputs.?share.orValue(#n)", "cel.bind(v, #n, v + #n)",
      "inputs.?share.optMap(v, v * #n).orValue(#n)",
    ],
    "i": [
      "(#i + #i)", "(#i - #i)", "(#i * #i)", "(#i / #i)", "(#i % #i)", "-(#i)", "(#b ? #i : #i)",
      "size(#t)", "size(#l)", "int(#n)",
    ],
    "t": [
      "(#t + #t)", "(#t + #t)", "string(#n)", "string(#i)", "string(#t)", "(#b ? #t : #t)",
      "inputs.?note.orValue(#t)", "(#t).lowerAscii()", "(#t).upperAscii()", "(#t).trim()",
      "#l.join('-x-')", "#l.join('y')", "#l[0]", "(#t).replace('x', #t)",
    ],
    "l": [
      "(#l + #l)", "[#t, #t]", "[#t]", "#l.filter(n, #e)", "#l.map(n, n + #t)",
    ],
    "b": [
      "(#b && #b)", "(#b || #b)", "(#b && #b)", "(#b || #b)", "!(#b)", "!(#b)", "(#b == #b)",
      "(#b != #b)", "(#n < #n)", "(#n <= #n)", "(#n > #n)", "(#n >= #n)", "(#n == #n)",
      "(#i > #i)", "(#i == #i)", "(#i != #i)", "(#i == 0)", "(size(#l) > 0)", "(size(#t) == 0)",
      "(#t < #t)", "(#t == #t)", "(#t != #t)", "(#b ? #b : #b)", "inputs.?flag.orValue(#b)",
      "inputs.?flag.orValue(true)", "(#t in [#t, #t])", "(#t in #l)", "#l.exists(n, #e)",
      "#l.all(n, #e)", "#l.exists_one(n, #e)", "(#t).startsWith(#t)", "(#t).contains(#t)",
    ],
    "e": [
      "(n == #t)", "(#e || #b)", "(#e && #b)", "(n in #l)", "(n != #t)", "!(#e)",
      "#l.exists(m, m == n + #t)", "(n.replace('x', 'y') == #t)",
    ],
  ]
}

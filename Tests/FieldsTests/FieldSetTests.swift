import CEL
import Documents
import Foundation
import SourceText
import Testing
import Values

@testable import Fields

@Suite struct FieldSetTests {
  private func decode(_ text: String) -> (fields: FieldSet, findings: [Diagnostic]) {
    let file = SourceFile(path: "a.yaml", text: text)
    let diagnostics = Diagnostics()
    guard let node = DocumentReader.read(file, into: diagnostics) else {
      return (FieldSet(), diagnostics.sorted)
    }
    return (FieldSet.decode(node, in: file, into: diagnostics), diagnostics.sorted)
  }

  private static let order = """
    order_id: string
    email: { type: string, format: email, label: Customer email }
    plan: { type: string, enum: [professional, enterprise], default: professional }
    amount: { type: number, minimum: 0, optional: true }
    seats: { type: integer, maximum: 500, default: 1 }
    users: { type: array, items: { type: object, properties: { name: string }, required: [name] }, default: [] }
    token: { type: string, minLength: 20, sensitive: true, optional: true }
    """

  @Test(arguments: [
    ("list", "{ type: array, items: string }"), ("dict", "{ type: object, properties: "),
    ("integer", "{ type: integer }"),
  ])
  func `a type that stands where a key does is said how to write`(word: String, help: String)
    throws
  {
    let finding = try #require(decode("a: { \(word): string }").findings.first)
    #expect(finding.code.text == "B0202")
    #expect(finding.help?.contains(help) == true, "\(finding.help ?? "")")
  }

  @Test func `fields carry what people and the checker need`() throws {
    let (fields, findings) = decode(Self.order)
    #expect(findings.isEmpty)
    #expect(fields.names == ["order_id", "email", "plan", "amount", "seats", "users", "token"])
    #expect(fields["email"]?.title == "Customer email")
    #expect(fields["plan"]?.defaultValue == "professional")
    #expect(fields["plan"]?.choices == ["professional", "enterprise"])
    #expect(fields["amount"]?.isOptional == true)
    #expect(fields["amount"]?.type == .double)
    #expect(fields["seats"]?.type == .int)
    #expect(fields["token"]?.isSensitive == true)
    let user = CELType.object(ObjectType("object", fields: ["name": .string]))
    #expect(fields["users"]?.type == .list(user))
  }

  @Test func `defaults are filled in and numbers take the type of their field`() throws {
    let fields = decode(Self.order).fields
    let values = try fields.complete(["amount": 3, "email": "a@b.example", "order_id": "A-1"]).get()
    #expect(values.names == ["order_id", "email", "plan", "amount", "seats", "users"])
    #expect(values["amount"] == 3.0)
    #expect(values["seats"] == 1)
  }

  @Test(
    arguments: [
      (
        "boolean", "true", "must be true or false, not the text `true`",
        "write it without quotes: `true`"
      ),
      ("boolean", "No", "must be true or false, not the text `No`", "write `false`"),
      ("boolean", "perhaps", "must be true or false, not the text `perhaps`", nil),
      ("number", "1.0", "must be a number, not the text `1.0`", "write it without quotes: `1.0`"),
      ("integer", "1.5", "must be a whole number, not the text `1.5`", nil),
      (
        "integer", "-2", "must be a whole number, not the text `-2`",
        "write it without quotes: `-2`"
      ),
    ] as [(String, String, String, String?)])
  func `a text in place of something else is called one`(
    type: String, text: String, message: String, remedy: String?
  ) throws {
    let problem = try #require(
      Schema.decode(["type": .string(type)]).validate(.string(text)).first)
    #expect(problem.message == message)
    #expect(problem.remedy == remedy)
  }

  @Test func `a text in place of one of some numbers is called one`() throws {
    let problems = try Schema.decode(["enum": [1, 2]]).validate("1")
    #expect(problems.map(\.message) == ["must be `1` or `2`, not the text `1`"])
  }

  private static let misfits: [(ValueMap, [String])] = [
    (["order_id": "A"], ["`email` is missing"]),
    (
      ["order_id": "A", "email": "foo"],
      ["`email` must be an email address, not `foo`"]
    ),
    (
      ["order_id": "A", "email": "a@b.c", "plna": "x"],
      ["there is no `plna`; did you mean `plan`?"]
    ),
    (
      ["order_id": 5, "email": "a@b.c", "plan": "free"],
      [
        "`order_id` must be text, not `5`",
        "`plan` must be `professional` or `enterprise`, not `free`",
      ]
    ),
    (
      ["order_id": "A", "email": "a@b.c", "users": [["name": 1], [:]]],
      ["`users[0].name` must be text, not `1`", "`users[1].name` is missing"]
    ),
    (
      ["order_id": "A", "email": "a@b.c", "token": "hunter2"],
      ["`token` must have at least 20 characters"]
    ),
    (
      [
        "order_id": "A", "email": "a@b.c", "seats": "9007199254740993",
        "amount": "-9007199254740993",
      ],
      [
        "`amount` is beyond ±9007199254740992, up to which whole numbers are exact",
        "`seats` is beyond ±9007199254740992, up to which whole numbers are exact",
      ]
    ),
    (
      ["order_id": "A", "email": "a@b.c", "seats": 1e17],
      ["`seats` is beyond ±9007199254740992, up to which whole numbers are exact"]
    ),
    (
      ["order_id": "A", "email": "a@b.c", "seats": 1.5],
      ["`seats` must be a whole number, not `1.5`"]
    ),
    (
      ["order_id": "A", "email": "a@b.c", "amount": .null, "seats": 501],
      ["`seats` must be at most 500, not `501`"]
    ),
  ]

  @Test(arguments: misfits)
  func `says what is wrong with values in words for people`(values: ValueMap, messages: [String]) {
    guard case .failure(let error) = decode(Self.order).fields.complete(values) else {
      Issue.record("accepted \(values)")
      return
    }
    #expect(error.problems.map(\.message) == messages)
  }

  @Test func `what was stored gets its types back`() {
    let fields = decode(
      "a: number\nl: { type: array, items: number }\nm: { type: object, additionalProperties: number }\n"
    ).fields
    let stored: ValueMap = ["a": 1, "l": [1, 2.5], "m": ["x": 2], "other": 3]
    let typed = fields.coerce(stored)
    #expect(typed == ["a": 1.0, "l": [1.0, 2.5], "m": ["x": 2.0], "other": 3])
  }

  @Test(arguments: [
    ("1️⃣a b: string", "B0205"), ("1️⃣in: string", "B0205"), ("a: 1️⃣text", "B0203"),
    ("a: 1️⃣email", "B0203"), ("a:1️⃣", "B0203"), ("a: 1️⃣[string]", "B0201"),
    ("a: { type: 1️⃣strnig }", "B0203"), ("a: { type: string, 1️⃣lable: A }", "B0202"),
    ("a: { type: integer, default: 1️⃣x }", "B0204"),
    ("a: { type: array, items: { type: integer }, default: [1, 1️⃣x] }", "B0204"),
    ("a: { type: object, properties: { b: 1️⃣strng } }", "B0203"),
    ("a: { type: string, pattern: 1️⃣'(' }", "B0201"),
    ("a: { type: string, format: 1️⃣emial }", "B0201"),
    ("a: { type: string, optional: 1️⃣maybe }", "B0201"),
    ("a: { $ref: 1️⃣'#/nowhere' }", "B0201"), ("1️⃣- a", "B0201"),
    ("a: { type: object, properties: { b: { type: string, 1️⃣optional: true } } }", "B0202"),
    ("a: { type: string, 1️⃣minimum: 1 }", "B0206"),
    ("a: { type: object, properties: { b: { type: integer, 1️⃣default: 3 } } }", "B0206"),
    ("a: { type: [integer, boolean], 1️⃣format: email }", "B0206"),
    ("a: { type: array, items: { type: integer, 1️⃣maxItems: 2 } }", "B0206"),
    ("a: { type: number, minimum: 2, maximum: 1️⃣1.5 }", "B0207"),
    ("a: { type: number, exclusiveMinimum: 2, maximum: 1️⃣2 }", "B0207"),
    ("a: { type: array, minItems: 3, maxItems: 1️⃣2 }", "B0207"),
  ])
  func `a mistake in a field is shown where it is`(marked: String, code: String) throws {
    let parts = marked.components(separatedBy: "1️⃣")
    let findings = decode(parts.joined()).findings
    let finding = try #require(findings.first)
    #expect(findings.count == 1)
    #expect(finding.code.text == code)
    #expect(finding.span.start == parts[0].utf8.count)
  }

  @Test(arguments: [
    "a: { type: [integer, string], minimum: 1, minLength: 1 }", "a: { minimum: 1, minLength: 1 }",
    "a: { type: number, minimum: 2, maximum: 2 }", "a: { type: integer, minimum: 0 }",
    "a: { anyOf: [{ type: string, minLength: 1 }, { type: integer, minimum: 1 }] }",
  ])
  func `keys that have an effect and limits with something between them are no mistakes`(
    text: String
  ) {
    #expect(decode(text).findings.map(\.message) == [])
  }

  @Test func `says which key limits the type as another one limits its own`() {
    let findings = decode("a: { type: array, maximum: 3 }").findings
    #expect(findings.map(\.message) == ["`maximum` has no effect on `array`"])
    #expect(findings.map(\.label) == ["it is looked at for `integer` or `number`"])
    #expect(findings.map(\.help) == ["did you mean `maxItems`?"])
  }

  @Test func `a field that is not understood may be anything`() {
    #expect(decode("a: strng\n").fields["a"]?.type == .dyn)
  }

  @Test(arguments: [
    ("^(?=.*[A-Z]).{8,}$", "it looks ahead with `(?=`, which patterns cannot do", "allOf:"),
    ("^(?!x)", "it looks ahead with `(?!`, which patterns cannot do", "not: { pattern: … }"),
    ("(?<=x)a", "it looks back with `(?<=`, which patterns cannot do", "begin with"),
    ("(?<!x)a", "it looks back with `(?<!`, which patterns cannot do", "not: { pattern: … }"),
    ("(a)\\1", "it refers back with `\\1`, which patterns cannot do", "compare"),
    ("(?>a)", "it has an atomic group, `(?>`, which patterns do not have", "(?:"),
    ("(?i)a", "patterns have no group that begins with `(?i`", "groups"),
    ("a++", "`++` repeats what is repeated already", "leave one"),
    ("*a", "there is nothing that `*` could repeat", "`\\*`"),
    (
      "a{3,2}", "`{3,2}` does not go from a smaller number to a larger one, or goes beyond 1000",
      "maxLength"
    ),
    ("[a", "its `[` is not closed", "`\\[`"), ("(a", "its `(` is not closed", "`\\(`"),
    ("a)", "its `)` closes nothing", "`\\)`"),
    ("[z-a]", "there are no such characters as `z-a`", ""),
    ("a\\Z", "`\\Z` means nothing", "`$`"),
    ("a\\", "it ends in a `\\` with nothing behind it", "`\\\\`"),
  ])
  func `a pattern that cannot be is explained, with what to write instead`(
    pattern: String, reason: String, help: String
  ) throws {
    let decoded = decode("a: { type: string, pattern: '\(pattern)' }\n")
    let finding = try #require(decoded.findings.first)
    #expect(finding.message == "`\(pattern)` is not a pattern: \(reason)")
    #expect(help.isEmpty || finding.help?.contains(help) == true, "\(finding.help ?? "-")")
  }

  @Test func `text stays as written where text is expected`() {
    let fields = decode("a: { type: string, enum: [1.10, NO, 007], default: 1.10 }").fields
    #expect(fields["a"]?.choices == ["1.10", "NO", "007"])
    #expect(fields["a"]?.defaultValue == "1.10")
  }

  private static let typedTexts: [(String, String, Value)] = [
    ("s", " as it is ", " as it is "), ("i", "12", 12), ("i", " 12 ", 12),
    ("n", "12", 12.0), ("n", "1.5e3", 1500.0), ("b", "Yes", true), ("b", "false", false),
    ("l", "[1, 2]", [1, 2]), ("l", "1, 2", [1, 2]), ("t", "a, b c", ["a", "b c"]), ("t", "", []),
    ("o", #"{"a": 1}"#, ["a": 1]), ("s", "${{ x }}", "${{ x }}"), ("i", "1.0", 1),
    ("i", "2e3", 2000),
    ("s", "'; DROP TABLE", "'; DROP TABLE"),
  ]

  @Test(arguments: typedTexts)
  func `what a person types is read by the field's type`(name: String, text: String, value: Value)
    throws
  {
    #expect(try Self.typed(decode).parse(text, for: name).get() == value)
  }

  @Test(arguments: [
    ("i", "1.5", "`i` must be a whole number, not `1.5`"),
    ("i", "twelve", "`i` must be a whole number, not `twelve`"),
    (
      "n", "1,5", "`n` must be a number, not `1,5`; its fraction stands after a point: `1.5`"
    ),
    ("n", "1,x", "`n` must be a number, not `1,x`"),
    ("b", "maybe", "`b` must be true or false, not `maybe`"),
    ("l", "1, x", "`l` must be a list of whole numbers, not `1, x`"),
    ("o", "x", "`o` must be a map, not `x`"),
    ("z", "x", "there is no `z`"), ("p", "hunter2", "`p` must be a whole number"),
    (
      "i", "9007199254740993",
      "`i` is beyond ±9007199254740992, up to which whole numbers are exact"
    ),
    (
      "i", "-99999999999999999999",
      "`i` is beyond ±9007199254740992, up to which whole numbers are exact"
    ),
  ])
  func `what cannot be read is said, a secret without its value`(
    name: String, text: String, message: String
  ) {
    guard case .failure(let problem) = Self.typed(decode).parse(text, for: name) else {
      Issue.record("accepted \(text)")
      return
    }
    #expect(problem.message == message)
  }

  private static func typed(_ decode: (String) -> (fields: FieldSet, findings: [Diagnostic]))
    -> FieldSet
  {
    decode(
      """
      s: string
      i: integer
      n: number
      b: boolean
      l: { type: array, items: integer }
      t: { type: array, items: string }
      o: object
      p: { type: integer, sensitive: true }
      """
    ).fields
  }
}

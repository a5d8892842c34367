import CEL
import Testing
import Values

@testable import Fields

@Suite struct UnknownValueTests {
  private func unknown(_ type: CELType, mayBeAbsent: Bool = false) -> Value {
    .object(
      UnknownValue(noun: "an unknown", mayBeAbsent: mayBeAbsent, fits: { $0 == .dyn || $0 == type })
    )
  }

  private func problems(of value: Value, _ schema: Value) throws -> [String] {
    try Schema.decode(schema).examine(value).problems.map {
      ($0.path + [$0.message]).joined(separator: " ")
    }
  }

  @Test func `an unknown part is held against the type of its place`() throws {
    let schema: Value = [
      "type": "object",
      "properties": [
        "a": ["type": "string", "enum": ["x"]],
        "l": ["type": "array", "items": ["anyOf": [["type": "integer"], ["type": "string"]]]],
      ],
      "additionalProperties": false,
    ]
    #expect(try problems(of: ["a": unknown(.string)], schema) == [])
    #expect(
      try problems(of: ["a": unknown(.int), "b": unknown(.int)], schema)
        == ["a must be text, not an unknown", "b is not known"])
    #expect(try problems(of: ["l": [unknown(.int), 1, true]], schema).count == 1)
  }

  @Test func `what an unknown part decides is no problem`() throws {
    let value: Value = ["k": unknown(.string), "l": [1, unknown(.int)]]
    let schemas: [Value] = [
      ["enum": [["k": "x", "l": [1, 2]]]],
      ["not": ["required": ["k"]]],
      ["oneOf": [["required": ["k"]], ["required": ["l"]]]],
      ["if": ["properties": ["k": ["const": "x"]]], "then": ["required": ["z"]]],
      ["properties": ["l": ["contains": ["const": 2]]]],
      ["oneOf": [["properties": ["k": true]], false], "unevaluatedProperties": false],
    ]
    for schema in schemas { #expect(try problems(of: value, schema) == [], "\(schema)") }
    #expect(try problems(of: ["k": "y", "l": [1, 3]], schemas[0]) != [])
    #expect(try problems(of: value, ["required": ["z"]]) == ["z is missing"])
    #expect(try problems(of: value, ["properties": ["l": ["minItems": 3]]]).count == 1)
  }

  @Test func `a part that may be absent may make room, and is named where it is required`() throws {
    let maybe = unknown(.int, mayBeAbsent: true)
    let most: Value = ["type": "array", "maxItems": 1]
    #expect(try problems(of: [1, maybe], most) == [])
    #expect(try problems(of: [1, unknown(.int)], most).count == 1)
    let schema = try Schema.decode(["properties": ["o": ["required": ["k"]]]])
    #expect(schema.examine(["o": ["k": maybe, "m": maybe]]).needed == [["o", "k"]])
  }
}

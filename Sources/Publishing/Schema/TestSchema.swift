import Fields
package import Values
import Workflows

/// The JSON Schema of files of tests, for editors: the keys of a test, and what operations answer and events
/// bring, with their fields.
///
/// One schema is for the tests of all workflows: which steps there are, and what their questions ask for, is not
/// in it. As ``LanguageSchema`` it has only keywords of draft-07, and says less than `baton test`.
package struct TestSchema {
  private let language: LanguageSchema

  package init(_ language: LanguageSchema) { self.language = language }

  /// The whole schema.
  package var value: Value {
    var schema = language.map(
      required: ["tests"],
      [
        (
          "workflow",
          language.text("The id or the path of the workflow; else the file's name says it")
        ),
        ("defaults", .map(language.map(script))), ("tests", language.some(reference("test"))),
      ])
    schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    schema["title"] = "Tests of a Baton workflow"
    schema["definitions"] = .map(ValueMap(definitions))
    return .map(schema)
  }

  private func reference(_ name: String) -> Value { language.reference(name) }

  private var definitions: [(String, Value)] {
    [
      ("text", LanguageSchema.text), ("length", Self.length), ("elapsed", Self.elapsed),
      ("moment", Self.moment),
      ("test", .map(test)), ("actions", .map(actions)), ("answer", .map(answer)),
      ("error", .map(error)),
      ("event", .map(event)), ("spoken", .map(spoken)), ("command", .map(command)),
      ("absence", .map(absence)), ("expectation", .map(expectation)),
      ("step", .map(step)), ("duration", .map(duration)),
    ] + answersOfOperations
  }

  private static let length: Value = [
    "type": "string",
    "description": "30s, 15m, 2h, 3d, 2w, 4 business hours, 2 business days",
    "pattern": "^([0-9]+(\\.[0-9]+)? ?(ms|[smhdw]) ?)+$|^[0-9]+ business (hours?|days?)$",
  ]
  /// A length of time by the clock.
  private static let elapsed: Value = [
    "type": "string", "description": "30s, 15m, 2h, 3d, 2w",
    "pattern": "^([0-9]+(\\.[0-9]+)? ?(ms|[smhdw]) ?)+$",
  ]
  private static let moment: Value = [
    "type": "string", "description": "A moment, 2026-11-20T09:00:00Z",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}.[0-9]{2}:[0-9]{2}:[0-9]{2}",
  ]
  /// What is `true` or a text that says more.
  private static let happened: Value = [
    "anyOf": [["const": true], ["type": ["string", "number"]]]
  ]

  // MARK: a test

  private var test: ValueMap {
    language.map(
      required: ["name", "expect"],
      [
        ("name", language.text("A sentence that says what is to happen")),
        ("run", ["type": ["string", "number", "boolean"], "pattern": "^[a-z0-9-]+$"]),
        ("started_with", language.text("The file of an earlier version of the workflow")),
        ("commands", language.list(reference("command"))), ("expect", reference("expectation")),
      ] + script)
  }

  /// What defaults may say, too.
  private var script: [(String, Value)] {
    [
      ("inputs", ["type": "object"]), ("environment", reference("text")),
      ("started_at", reference("moment")), ("started_by", reference("text")),
      ("by_hand", ["type": "boolean"]), ("actions", reference("actions")),
      ("events", language.list(reference("event"))),
      ("answers", ["type": "object", "additionalProperties": .map(answers)]),
      ("unattended", language.list(reference("absence"))),
    ]
  }

  private var absence: ValueMap {
    var schema = language.map(
      [("for", reference("length")), ("until", reference("moment"))] + when)
    schema["oneOf"] = language.there("for", "until")
    schema["not"] = Self.both("after", "at")
    return schema
  }

  private var when: [(String, Value)] {
    [("after", reference("length")), ("at", reference("moment"))]
  }

  private static func both(_ one: String, _ other: String) -> Value {
    ["required": [.string(one), .string(other)]]
  }

  // MARK: operations

  private var actions: ValueMap {
    ofOperations(reference("answer")) { reference("answer of \($0)") }
  }

  /// One, or a list of them, under the names of operations, or of steps and their looks, which the schema does
  /// not know.
  private func ofOperations(_ any: Value, _ known: (String) -> Value) -> ValueMap {
    let names = language.catalog.operationNames
    return [
      "type": "object",
      "properties": .map(
        ValueMap(
          names.map { name in
            let one = known(name)
            return (name, language.anyOf(one, language.list(one)))
          })),
      "additionalProperties": language.anyOf(any, language.list(any)),
      "propertyNames": language.anyOf(
        ["enum": .list(names.map { .string($0) })], ["pattern": "^[^.]*$"],
        ["pattern": "\\.(preconditions|verify|probe|undo[0-9]*)$"]),
    ]
  }

  private var answer: ValueMap {
    var schema = language.map([
      ("outputs", ["type": "object"]), ("error", reference("error")), ("lost", Self.happened),
      ("unavailable", Self.happened), ("takes", reference("elapsed")),
    ])
    let one = language.there("outputs", "error", "lost", "unavailable")
    schema["oneOf"] = .list((one.asList ?? []) + [["not": ["anyOf": one]]])
    return schema
  }

  private var answersOfOperations: [(String, Value)] {
    language.catalog.operationNames.compactMap { name in
      guard let contract = language.catalog.operation(named: name) else { return nil }
      let outputs = OperationSchema(contract).outputs
      var schema = answer
      var properties = schema["properties"]?.asMap ?? ValueMap()
      properties["outputs"] = .map(outputs)
      schema["properties"] = .map(properties)
      // What gives something has to give it.
      if outputs["required"] != nil {
        schema["oneOf"] = language.there("outputs", "error", "lost", "unavailable")
      }
      return ("answer of \(name)", .map(schema))
    }
  }

  private var error: ValueMap {
    language.map(
      required: ["code"],
      [
        ("code", reference("text")), ("message", reference("text")),
        ("retry", ["type": "boolean"]), ("details", ["type": "object"]),
      ])
  }

  // MARK: people and events

  private var event: ValueMap {
    let names = language.catalog.eventNames
    var schema = language.map(
      required: ["event"],
      [
        ("event", names.isEmpty ? ["type": "string"] : ["enum": .list(names.map { .string($0) })]),
        ("data", ["type": "object"]),
      ] + when)
    schema["not"] = Self.both("after", "at")
    let fields = names.compactMap { language.catalog.event(named: $0) }
    if !fields.isEmpty { schema["allOf"] = .list(fields.map(data)) }
    return schema
  }

  private func data(of event: EventContract) -> Value {
    let data = OperationSchema.plain(event.fields)
    var then: ValueMap = ["properties": ["data": .map(data)]]
    if data["required"] != nil { then["required"] = ["data"] }
    return [
      "if": [
        "properties": ["event": ["const": .string("\(event.plugin).\(event.name)")]],
        "required": ["event"],
      ],
      "then": .map(then),
    ]
  }

  /// What is said at a step: a word, values, or a list of what is said one after the other.
  private var answers: ValueMap {
    [
      "anyOf": [
        Self.words, ["type": "object"],
        language.list(language.anyOf(Self.words, reference("spoken"))),
      ]
    ]
  }

  private static let words: Value = ["enum": ["approve", "reject", "unanswered"]]

  private var spoken: ValueMap {
    var schema = language.map(
      [
        ("with", ["type": "object"]), ("approve", ["type": "boolean"]), ("reject", [:]),
        ("comment", reference("text")), ("by", reference("text")),
        ("refused", reference("text")),
      ] + when)
    schema["oneOf"] = language.there("with", "approve", "reject")
    schema["not"] = Self.both("after", "at")
    return schema
  }

  private var command: ValueMap {
    let done: [(String, Value)] = ["resume", "undo", "cancel"].map { ($0, ["const": true]) }
    let atStep = ["retry", "done", "skip", "resolve", "by_hand", "rewind"]
    let steps = atStep.map { ($0, reference("text")) }
    let rest: [(String, Value)] = [
      ("migrate", language.anyOf(["const": true], ["type": "string"])),
      ("with", ["type": "object"]), ("happened", ["type": "boolean"]),
      ("again", ["type": ["boolean", "array"]]),
      (
        "decide",
        [
          "type": "object",
          "additionalProperties": ["enum": .list(TestKeys.choices.map { .string($0) })],
        ]
      ),
      ("while", reference("text")), ("reason", reference("text")), ("by", reference("text")),
      ("refused", reference("text")),
    ]
    var schema = language.map(done + steps + rest + when)
    schema["oneOf"] = .list(
      (done + steps).map { ["required": [.string($0.0)]] } + [["required": ["migrate"]]])
    schema["allOf"] = [language.needs("resolve", "happened")]
    schema["not"] = Self.both("after", "at")
    return schema
  }

  // MARK: what is expected

  private var expectation: ValueMap {
    language.map([
      ("status", ["enum": .list(TestKeys.runStatuses.map { .string($0) })]),
      ("path", language.list(reference("text"))), ("outputs", ["type": "object"]),
      ("calls", .map(calls)),
      (
        "steps",
        [
          "type": "object",
          "additionalProperties": language.anyOf(statusOfStep, reference("step")),
        ]
      ),
      ("message", reference("text")),
      ("duration", language.anyOf(reference("elapsed"), reference("duration"))),
    ])
  }

  /// With which inputs operations are called: of a known one, its own.
  private var calls: ValueMap {
    ofOperations(["type": "object"]) { name in
      let inputs = language.catalog.operation(named: name)?.inputs.names ?? []
      return ["type": "object", "propertyNames": ["enum": .list(inputs.map { .string($0) })]]
    }
  }

  private var statusOfStep: Value { ["enum": .list(TestKeys.stepStatuses.map { .string($0) })] }

  private var step: ValueMap {
    language.map([
      ("status", statusOfStep), ("outputs", ["type": "object"]), ("error", reference("text")),
    ])
  }

  private var duration: ValueMap {
    language.map([("at_least", reference("elapsed")), ("at_most", reference("elapsed"))])
  }
}

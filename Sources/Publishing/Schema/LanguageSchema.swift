import Fields
package import Values
package import Workflows

/// The JSON Schema of workflows, for editors: the keys of the language, and the operations and
/// events of an environment with their fields.
///
/// Only keywords of draft-07 are used, which is what editors know, and of those only such as mean the same in
/// 2020-12. It says less than
/// `baton validate`: what an expression reads, and what it gives, is not looked at.
package struct LanguageSchema {
  let catalog: Catalog
  /// The roles that people of the project have, for completion.
  let roles: [String]
  /// The ids of the project's workflows, for completion.
  let workflows: [String]

  package init(catalog: Catalog, roles: [String] = [], workflows: [String] = []) {
    self.catalog = catalog
    self.roles = Set(roles).sorted()
    self.workflows = Set(workflows).sorted()
  }

  /// The whole schema.
  package var value: Value {
    var schema = workflow
    schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    schema["title"] = "A Baton workflow"
    schema["definitions"] = .map(definitions)
    return .map(schema)
  }

  /// The schema of what a step calls an operation `with`.
  ///
  /// - Returns: nil where there is no such operation.
  package func value(ofOperation name: String) -> Value? {
    guard let contract = catalog.operation(named: name) else { return nil }
    var schema = OperationSchema(contract).with
    schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    schema["title"] = .string("with: of \(name)")
    return .map(schema)
  }

  // MARK: the head

  private var workflow: ValueMap {
    map(
      required: ["baton", "id", "steps"],
      [
        ("baton", ["const": 1, "description": "The version of the language"]),
        // Names that look like a number or a truth value are taken as they stand.
        (
          "id",
          ["type": ["string", "integer", "boolean"], "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"]
        ),
        ("name", text("What people call the procedure")),
        ("version", text("The author's version")),
        ("description", text("Purpose and scope, Markdown")),
        ("document", .map(document)),
        ("roles", ["type": "object", "additionalProperties": reference("role")]),
        ("calendar", text("The calendar that business time is reckoned by")),
        ("run_name", text("How people see a run in lists")),
        ("labels", ["type": "object", "additionalProperties": reference("text")]),
        ("inputs", reference("fields")), ("defaults", .map(defaults)),
        ("steps", reference("some_steps")), ("outputs", ["type": "object"]),
        ("finally", reference("steps")), ("targets", list(reference("target"))),
        ("triggers", list(reference("trigger"))), ("allow", reference("allow")),
      ])
  }

  private var document: ValueMap {
    map([
      ("number", reference("text")), ("section", reference("text")),
      ("effective", ["pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}"]),
      ("owner", reference("text")), ("approved_by", reference("text")),
      ("review_every", reference("length")), ("related", list(reference("text"))),
    ])
  }

  private var defaults: ValueMap {
    map([
      ("retry", reference("retry")), ("on_failure", reference("policy")),
      ("timeout", reference("elapsed")),
    ])
  }

  // MARK: parts

  private var definitions: ValueMap {
    var all: ValueMap = [
      "text": Self.text, "expression": Self.expression, "length": Self.length,
      "elapsed": Self.elapsed,
      "fields": [
        "type": "object",
        "propertyNames": [
          "pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "not": ["enum": ["true", "false", "null", "in"]],
        ],
        "additionalProperties": ["$ref": "#/definitions/field"],
      ],
      "field": Self.field,
      "allow": [
        "type": "object", "description": "Warnings that the author has looked at: code and reason",
        "propertyNames": ["pattern": "^B[0-9]{4}$"], "additionalProperties": ["type": "string"],
      ],
      "action": .map(names(catalog.operationNames) { catalog.operation(named: $0)?.summary }),
      "event": .map(names(catalog.eventNames) { _ in nil }),
    ]
    for (name, schema) in heads { all[name] = .map(schema) }
    for (name, schema) in StepSchemas(language: self).definitions { all[name] = .map(schema) }
    for name in catalog.operationNames {
      guard let contract = catalog.operation(named: name) else { continue }
      all["with \(name)"] = .map(OperationSchema(contract).with)
    }
    return all
  }

  private var heads: [(String, ValueMap)] {
    let role = map([
      ("name", reference("text")), ("description", reference("text")),
      ("person", reference("text")),
    ])
    let target = map(
      required: ["name", "measure"],
      [
        ("name", reference("text")), ("measure", reference("expression")),
        ("at_least", anyOf(["type": "number"], reference("length"))),
        ("at_most", anyOf(["type": "number"], reference("length"))),
      ])
    let respond = map([("after", ["type": "string"]), ("body", [:])])
    let limit = map(
      required: ["rate"], [("rate", ["type": "string"]), ("by", reference("expression"))])
    var trigger = map([
      ("webhook", ["type": "string"]), ("connection", ["type": "string"]),
      ("schedule", ["type": "string"]), ("time_zone", ["type": "string"]),
      ("if", reference("expression")), ("key", reference("expression")),
      ("inputs", ["type": "object"]), ("respond", .map(respond)), ("limit", .map(limit)),
    ])
    trigger["oneOf"] = there("webhook", "schedule")
    trigger["if"] = ["required": ["webhook"]]
    trigger["then"] = ["required": ["connection"], "properties": ["time_zone": false]]
    trigger["else"] = ["properties": ["connection": false, "respond": false, "limit": false]]
    let role0: ValueMap = ["anyOf": [["type": "null"], reference("text"), .map(role)]]
    return [("role", role0), ("target", target), ("trigger", trigger)]
  }

  /// Names with what stands behind each, for completion.
  private func names(_ names: [String], _ summary: (String) -> String?) -> ValueMap {
    guard !names.isEmpty else { return ["type": "string"] }
    return [
      "oneOf": .list(
        names.map { name in
          var map: ValueMap = ["const": .string(name)]
          map["description"] = summary(name).map { .string($0) }
          return .map(map)
        })
    ]
  }

  static let text: Value = ["type": ["string", "number", "boolean"]]
  private static let expression: Value = [
    "type": ["string", "boolean", "number", "array"],
    "description": "An expression (CEL), without ${{ }}",
    // Without the type, a pattern holds for whatever is no text: for `true` and `[1, 2]` too.
    "not": ["type": "string", "pattern": "\\$\\{\\{"],
  ]
  private static let length: Value = [
    "type": "string",
    "description": "30s, 15m, 2h, 3d, 2w, 4 business hours, 2 business days, or ${{ … }}",
    "pattern":
      "^-?([0-9]+(\\.[0-9]+)? ?(ms|[smhdw]) ?)+( before)?$|^-?[0-9]+ business (hours?|days?)( before)?$|\\$\\{\\{",
  ]
  /// A length of time by the clock.
  private static let elapsed: Value = [
    "type": "string",
    "description": "30s, 15m, 2h, 3d, 2w, or ${{ … }}",
    "pattern": "^([0-9]+(\\.[0-9]+)? ?(ms|[smhdw]) ?)+$|\\$\\{\\{",
  ]
  private static let types: Value = [
    "string", "integer", "number", "boolean", "object", "array", "null",
  ]
  private static let field: Value = {
    var properties = ValueMap(FieldSet.keys.map { ($0, [:]) })
    for (key, schema) in knownOfFields { properties[key] = schema }
    return [
      "anyOf": [
        ["enum": ["string", "integer", "number", "boolean", "object", "array"]],
        ["type": "object", "additionalProperties": false, "properties": .map(properties)],
      ]
    ]
  }()

  /// What is said of the value of a key.
  private static let knownOfFields: [(String, Value)] = [
    ("type", ["anyOf": [["enum": types], ["type": "array", "items": ["enum": types]]]]),
    ("label", ["$ref": "#/definitions/text"]), ("help", ["$ref": "#/definitions/text"]),
    ("optional", ["type": "boolean"]), ("sensitive", ["type": "boolean"]),
    ("enum", ["type": "array"]), ("default", [:]), ("items", [:]),
    (
      "format",
      [
        "type": "string",
        "examples": [
          "date", "date-time", "time", "duration", "email", "uri", "uuid", "hostname", "ipv4",
          "ipv6",
        ],
      ]
    ),
    ("minimum", ["type": "number"]), ("maximum", ["type": "number"]),
    ("minLength", ["type": "integer"]), ("maxLength", ["type": "integer"]),
    ("minItems", ["type": "integer"]), ("maxItems", ["type": "integer"]),
    ("pattern", ["type": "string"]),
  ]

  // MARK: building

  func reference(_ name: String) -> Value { ["$ref": .string("#/definitions/\(name)")] }

  func text(_ description: String) -> Value {
    ["type": ["string", "number", "boolean"], "description": .string(description)]
  }

  func list(_ items: Value) -> Value { ["type": "array", "items": items] }

  /// A list in which something stands.
  func some(_ items: Value) -> Value { ["type": "array", "items": items, "minItems": 1] }

  func anyOf(_ schemas: Value...) -> Value { ["anyOf": .list(schemas)] }

  /// Each of these keys being there; for `oneOf` and `anyOf`.
  func there(_ keys: String...) -> Value { .list(keys.map { ["required": [.string($0)]] }) }

  /// Where there is one key there is the other. The word for it is `dependencies` in draft-07 and another
  /// one since, so that neither is used.
  func needs(_ key: String, _ other: String) -> Value {
    ["if": ["required": [.string(key)]], "then": ["required": [.string(other)]]]
  }

  /// A map with these keys and no others.
  func map(required: [String] = [], _ members: [(String, Value)]) -> ValueMap {
    var schema: ValueMap = [
      "type": "object", "additionalProperties": false, "properties": .map(ValueMap(members)),
    ]
    if !required.isEmpty { schema["required"] = .list(required.map { .string($0) }) }
    return schema
  }
}

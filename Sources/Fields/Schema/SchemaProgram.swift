import Values

/// A compiled schema: nodes that refer to each other by number.
struct SchemaProgram: Sendable {
  /// A schema or subschema.
  struct Node: Sendable {
    /// The number of the schema resource it belongs to (its nearest `$id`).
    var resource = 0
    var keywords: [SchemaKeyword] = []
  }

  var nodes: [Node] = []
  /// For each resource the nodes of its dynamic anchors.
  var dynamicAnchors: [Int: [String: Int]] = [:]
  /// Whether some keyword asks what others have looked at.
  var tracksEvaluation = false
  /// Whether every text fits.
  var takesEveryText = false

  static let root = 0
}

/// One assertion or applicator of a schema, in the terms of the validator.
indirect enum SchemaKeyword: Sendable {
  /// The schema `false`.
  case never
  case types([SchemaType])
  case oneOfValues([Value])
  case multipleOf(Value, exactly: DecimalNumber)
  case minimum(Value, isExclusive: Bool)
  case maximum(Value, isExclusive: Bool)
  case minLength(Int)
  case maxLength(Int)
  case pattern(SchemaPattern)
  case format(Format)
  case items(prefix: [Int], rest: Int?)
  case contains(Int, least: Int, most: Int?)
  case minItems(Int)
  case maxItems(Int)
  case uniqueItems
  case members(MemberRules)
  case memberNames(Int)
  case minMembers(Int)
  case maxMembers(Int)
  case required([String])
  case dependentRequired([(name: String, needs: [String])])
  case dependentSchemas([(name: String, schema: Int)])
  case allOf([Int])
  case anyOf([Int])
  case oneOf([Int])
  case not(Int)
  case condition(Int, then: Int?, otherwise: Int?)
  case reference(Int)
  case dynamicReference(Int, anchor: String)
  case unevaluatedItems(Int)
  case unevaluatedMembers(Int)
}

/// `properties`, `patternProperties` and `additionalProperties`, which belong together.
struct MemberRules: Sendable {
  var named: [(name: String, schema: Int)] = []
  var patterned: [(pattern: SchemaPattern, schema: Int)] = []
  var additional: Int?

  func schema(named name: String) -> Int? {
    named.first { $0.name.hasSameBytes(as: name) }?.schema
  }
}

/// The types of JSON Schema.
enum SchemaType: String, Sendable, CaseIterable {
  case string, integer, number, boolean, object, array, null

  /// For a message: `must be a number`.
  var phrase: String {
    switch self {
    case .string: "text"
    case .integer: "a whole number"
    case .number: "a number"
    case .boolean: "true or false"
    case .object: "a map"
    case .array: "a list"
    case .null: "empty"
    }
  }

  func holds(_ value: Value) -> Bool {
    switch (self, value) {
    case (.string, .string), (.boolean, .bool), (.object, .map), (.array, .list), (.null, .null),
      (.integer, .int), (.integer, .uint), (.number, .int), (.number, .uint), (.number, .double):
      true
    case (.integer, .double(let number)): number.isFinite && number == number.rounded()
    default: false
    }
  }
}

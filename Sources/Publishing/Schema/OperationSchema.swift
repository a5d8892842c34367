import Fields
import Values
import Workflows

/// The schema of what an operation is called with.
struct OperationSchema {
  private let contract: OperationContract

  init(_ contract: OperationContract) { self.contract = contract }

  var with: ValueMap {
    let fields = contract.inputs.fields
    var properties = ValueMap()
    for field in fields {
      guard case .map(var schema) = Self.written(field.schema.source) else { continue }
      let words = [field.label, field.help].compactMap(\.self).joined(separator: ": ")
      if !words.isEmpty { schema["description"] = .string(words) }
      if let value = field.defaultValue { schema["default"] = value }
      properties[field.name] = .map(schema)
    }
    var schema: ValueMap = [
      "type": "object", "additionalProperties": false, "properties": .map(properties),
    ]
    let required = fields.filter(\.isRequired).map { Value.string($0.name) }
    if !required.isEmpty { schema["required"] = .list(required) }
    if !contract.summary.isEmpty { schema["description"] = .string(contract.summary) }
    return schema
  }

  var hasRequired: Bool { contract.inputs.fields.contains(where: \.isRequired) }

  /// What an author may write where a value of a schema is wanted: the value, or a text with
  /// `${{ … }}` in it, at every depth. Text may be written as a number.
  private static func written(_ schema: Value) -> Value {
    guard case .map(let source) = schema, source["$ref"] == nil, source["$defs"] == nil else {
      return [:]
    }
    var plain = ValueMap()
    for member in source {
      let (key, value) = (member.key, member.value)
      switch key.asString ?? "" {
      case "type": plain["type"] = types(value)
      case "properties":
        var properties = ValueMap()
        for inner in value.asMap ?? ValueMap() {
          properties[inner.key.asString ?? ""] = written(inner.value)
        }
        plain["properties"] = .map(properties)
      case "items", "additionalProperties":
        plain[key.asString ?? ""] = value.asMap == nil ? value : written(value)
      case "required", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "pattern",
        "format":
        plain[key.asString ?? ""] = value
      default: break
      }
    }
    return ["anyOf": [.map(plain), ["type": "string", "pattern": "\\$\\{\\{"]]]
  }

  private static func types(_ type: Value) -> Value {
    switch type {
    case .string("string"): ["string", "number", "boolean"]
    case .list(let types) where types.contains(.string("string")):
      .list(types + [.string("number"), .string("boolean")])
    default: type
    }
  }
}

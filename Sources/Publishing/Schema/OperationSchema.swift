import Fields
import Values
import Workflows

/// The schema of what an operation is called with.
struct OperationSchema {
  private let contract: OperationContract

  init(_ contract: OperationContract) { self.contract = contract }

  var with: ValueMap {
    var schema = Self.map(contract.inputs, isTemplate: true)
    if !contract.summary.isEmpty { schema["description"] = .string(contract.summary) }
    return schema
  }

  /// What a test says that it gives.
  var outputs: ValueMap { Self.plain(contract.outputs) }

  /// Values that stand in a file as they are, without `${{ … }}`.
  static func plain(_ fields: FieldSet) -> ValueMap {
    map(fields, isTemplate: false)
  }

  private static func map(_ fields: FieldSet, isTemplate: Bool) -> ValueMap {
    var properties = ValueMap()
    for field in fields.fields {
      guard case .map(var schema) = written(field.schema.source, isTemplate: isTemplate) else {
        continue
      }
      let words = [field.label, field.help].compactMap(\.self).joined(separator: ": ")
      if !words.isEmpty { schema["description"] = .string(words) }
      if let value = field.defaultValue { schema["default"] = value }
      if isTemplate || field.isRequired {
        properties[field.name] = .map(schema)
      } else {
        // Nothing is given.
        properties[field.name] = ["anyOf": [.map(schema), ["type": "null"]]]
      }
    }
    var schema: ValueMap = [
      "type": "object", "additionalProperties": false, "properties": .map(properties),
    ]
    let required = fields.fields.filter(\.isRequired).map { Value.string($0.name) }
    if !required.isEmpty { schema["required"] = .list(required) }
    return schema
  }

  var hasRequired: Bool { contract.inputs.fields.contains(where: \.isRequired) }

  /// What an author may write where a value of a schema is wanted: the value, or in a template a text with
  /// `${{ … }}` in it, at every depth. Text may be written as a number.
  private static func written(_ schema: Value, isTemplate: Bool) -> Value {
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
          properties[inner.key.asString ?? ""] = written(inner.value, isTemplate: isTemplate)
        }
        plain["properties"] = .map(properties)
      case "items", "additionalProperties":
        plain[key.asString ?? ""] =
          value.asMap == nil ? value : written(value, isTemplate: isTemplate)
      case "required", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "pattern",
        "format":
        plain[key.asString ?? ""] = value
      default: break
      }
    }
    return isTemplate
      ? ["anyOf": [.map(plain), ["type": "string", "pattern": "\\$\\{\\{"]]] : .map(plain)
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

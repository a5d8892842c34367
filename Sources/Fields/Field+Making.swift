package import CEL
package import SourceText
import Values

extension Field {
  /// A field that no file declares: what an expression gives, say.
  package init(
    named name: String, type: CELType, isOptional: Bool, isSensitive: Bool = false,
    span: SourceSpan
  ) {
    let source = type.schemaSource
    self.init(
      name: name, schema: .certain(source), isOptional: isOptional, defaultValue: nil, label: nil,
      help: nil, isSensitive: isSensitive, type: type, span: span)
  }

  /// The same field under another name.
  ///
  /// - Parameter isOptional: Whether it may be left out now; nil leaves that as it is.
  package func named(_ name: String, isOptional: Bool? = nil) -> Field {
    Field(
      name: name, schema: schema, isOptional: isOptional ?? self.isOptional,
      defaultValue: defaultValue, label: label, help: help, isSensitive: isSensitive, type: type,
      span: span)
  }

  /// A field for a value that is handed on from this one as it is: what fits here fits there.
  package func handed(on name: String, isOptional: Bool, isSensitive: Bool) -> Field {
    Field(
      name: name, schema: schema, isOptional: isOptional, defaultValue: nil, label: nil, help: nil,
      isSensitive: isSensitive || self.isSensitive, type: type, span: span)
  }

  /// The same field, which only has one of some texts.
  package func with(words: [String]) -> Field {
    let choices: Value = .list(words.map { .string($0) })
    return Field(
      name: name, schema: .certain(["type": "string", "enum": choices]), isOptional: isOptional,
      defaultValue: defaultValue, label: label, help: help, isSensitive: isSensitive,
      type: .string, span: span)
  }
}

extension Schema {
  /// A schema that was made here, and is one.
  fileprivate static func certain(_ source: Value) -> Schema {
    do throws(SchemaError) {
      return try decode(source)
    } catch {
      preconditionFailure("a schema that was made of a type is no schema: \(error)")
    }
  }
}

extension CELType {
  /// What values of the type are like, as journals keep them, in JSON Schema.
  fileprivate var schemaSource: Value {
    switch self {
    case .bool: ["type": "boolean"]
    case .int, .uint: ["type": "integer"]
    case .double: ["type": "number"]
    case .string, .duration, .bytes: ["type": "string"]
    case .timestamp: ["type": "string", "format": "date-time"]
    case .null: ["type": "null"]
    case .list(let element): ["type": "array", "items": element.schemaSource]
    case .map(_, let value): ["type": "object", "additionalProperties": value.schemaSource]
    case .object(let record): record.schemaSource
    case .optional(let type): type.schemaSource
    case .wrapper(let type): ["anyOf": [type.schemaSource, ["type": "null"]]]
    case .dyn, .type, .opaque, .parameter, .error: true
    }
  }
}

extension ObjectType {
  /// What is known of it has its type; a record that came from outside may hold more.
  fileprivate var schemaSource: Value {
    let names = fieldNames.sorted()
    var properties = ValueMap()
    for name in names { properties[name] = type(of: name)?.schemaSource }
    let required = names.filter { !mayLack($0) }.map { Value.string($0) }
    return [
      "type": "object", "properties": .map(properties), "required": .list(required),
    ]
  }
}

package import Fields
import TimeZones
package import Values

/// Values that fit fields, made up: placeholders, and what random runs answer.
package enum FieldSamples {
  /// One value for each field, the optional ones left out.
  package static func values(for fields: FieldSet) -> ValueMap {
    var values = ValueMap()
    for field in fields.fields where !field.isOptional { values[field.name] = value(for: field) }
    return values
  }

  /// A value that fits; where none can be guessed, an empty text.
  package static func value(for field: Field) -> Value {
    candidates(for: field).first { field.schema.validate($0).isEmpty } ?? ""
  }

  /// Values that fit, the likely ones first.
  package static func candidates(for field: Field) -> [Value] {
    let schema = field.schema.source
    var found = field.choices ?? []
    if let value = field.defaultValue { found.append(value) }
    switch field.schema.typeName {
    case "string": found += texts(field.name, schema)
    case "integer", "number": found += numbers(schema)
    case "boolean": found += [true, false]
    case "array": found += [.list([]), .list([""]), .list([1]), sample(of: schema, field.name)]
    case "object": found += [.map(ValueMap()), sample(of: schema, field.name)]
    default: found += ["example", 1, true, .null]
    }
    return found.filter { field.schema.validate($0).isEmpty }
  }

  private static let formats: [String: Value] = [
    "email": "someone@example.com", "uri": "https://example.com/", "date": "2026-01-05",
    "date-time": "2026-01-05T09:00:00Z", "time": "09:00:00Z", "duration": "P1D",
    "uuid": "00000000-0000-4000-8000-000000000001", "hostname": "example.com",
    "ipv4": "192.0.2.1", "ipv6": "2001:db8::1",
  ]

  /// A likely value for a part of a field, which only the whole can be held against.
  private static func sample(of schema: Value, _ name: String) -> Value {
    if let given = schema["const"] ?? schema["default"] ?? schema["enum"]?.asList?.first {
      return given
    }
    switch schema["type"]?.asString {
    case "integer", "number": return schema["minimum"] ?? schema["maximum"] ?? 1
    case "boolean": return true
    case "null": return .null
    case "array": return .list([sample(of: schema["items"] ?? .map(ValueMap()), name)])
    case "object":
      var members = ValueMap()
      for member in schema["required"]?.asList?.compactMap(\.asString) ?? [] {
        let part = schema["properties"]?[member] ?? .map(ValueMap())
        members[member] = sample(of: part, member)
      }
      return .map(members)
    default:
      let long = Int(schema["minLength"]?.asInt ?? 0)
      return texts(name, schema).first { $0.asString?.count ?? 0 >= long } ?? ""
    }
  }

  private static func texts(_ name: String, _ schema: Value) -> [Value] {
    let formatted = schema["format"]?.asString.flatMap { formats[$0] }
    let long = Int(schema["minLength"]?.asInt ?? 0)
    return [formatted].compactMap(\.self) + [
      .string("\(name)-1"), .string(String(repeating: "x", count: min(long, 10_000))), "1",
      "+27821234567", "AA",
    ]
  }

  private static func numbers(_ schema: Value) -> [Value] {
    let bounds = [schema["minimum"], schema["maximum"]].compactMap(\.self)
    let above = [schema["exclusiveMinimum"]?.asNumber.map { Value.double($0 + 1) }]
    return [1] + bounds + above.compactMap(\.self) + [0, 10, 100, 1000, 0.5]
  }
}

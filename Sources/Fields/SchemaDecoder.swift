import Documents
import SourceText
import Values

/// Turns a schema as authors write it into JSON Schema: `string` for `{ type: string }`, at any
/// depth, and text where text is expected whatever YAML takes it for.
struct SchemaDecoder {
  private let fields: FieldDecoder

  init(_ fields: FieldDecoder) { self.fields = fields }

  /// - Parameter isField: whether the keys of a field may stand here.
  /// - Returns: nil, with a finding, where it is no schema at all.
  func schema(_ node: Node, isField: Bool = false) -> Value? {
    switch node.content {
    case .scalar(let scalar): return short(scalar, isField: isField)
    case .mapping(let members): return long(members, isField: isField)
    case .sequence:
      fields.report(.invalidField, "a field is a type or a map, not a list", node.span)
      return nil
    }
  }

  private func short(_ scalar: Scalar, isField: Bool) -> Value? {
    if !isField, let flag = scalar.resolved.asBool { return .bool(flag) }
    guard let type = SchemaType(rawValue: scalar.text), type != .null else {
      reportType(scalar)
      return nil
    }
    return ["type": .string(scalar.text)]
  }

  private func reportType(_ scalar: Scalar) {
    let names = SchemaType.allCases.map(\.rawValue).filter { $0 != "null" }
    let aliases = [
      "text": "string", "str": "string", "int": "integer", "float": "number", "double": "number",
      "decimal": "number", "bool": "boolean", "list": "array", "map": "object", "dict": "object",
    ]
    let formats = Format(rawValue: scalar.text)
    let near = aliases[scalar.text.lowercased()] ?? nearest(scalar.text, among: names)
    let help =
      formats != nil
      ? "a format goes with a type: `{ type: string, format: \(scalar.text) }`"
      : Self.elsewhere[scalar.text.lowercased()] ?? Self.suffixHelp(scalar.text, names)
        ?? near.map { "did you mean `\($0)`?" }
    let message = scalar.text.isEmpty ? "a type is missing" : "unknown type `\(scalar.text)`"
    fields.report(
      .unknownFieldType, message, scalar.span,
      label: "a type is \(SchemaValidator.alternatives(names.map { "`\($0)`" }))", help: help)
  }

  /// `string[]` and `string?`, as programming languages have them.
  private static func suffixHelp(_ text: String, _ names: [String]) -> String? {
    if text.hasSuffix("[]"), names.contains(String(text.dropLast(2))) {
      return "a list of them is `{ type: array, items: \(text.dropLast(2)) }`"
    }
    if text.hasSuffix("?"), names.contains(String(text.dropLast())) {
      return "what may be left out is `{ type: \(text.dropLast()), optional: true }`"
    }
    return nil
  }

  /// What to write for types that other tools have.
  private static let elsewhere: [String: String] = {
    let words = "one of several texts is `{ type: string, enum: [a, b] }`"
    let hidden = "a text that nobody sees is `{ type: string, sensitive: true }`"
    return [
      "choice": words, "choices": words, "select": words, "dropdown": words, "enum": words,
      "radio": words, "password": hidden, "secret": hidden,
    ]
  }()

  private func long(_ members: MemberList, isField: Bool) -> Value? {
    var map = ValueMap()
    var isSound = true
    let type = members.first { $0.name == "type" }?.value.text
    for member in members {
      if FieldDecoder.ownKeys.contains(member.name) {
        keep(member, isField, &map)
      } else if member.name == "required", let flag = member.value.value.asBool {
        reportRequired(flag, member, isField: isField)
        isSound = false
      } else if let kind = Self.keywords[member.name] {
        if let value = value(member, kind, type) {
          map[member.name] = value
        } else {
          isSound = false
        }
      } else {
        reportUnknown(member.key)
      }
    }
    if isSound { FieldSense(fields).check(members) }
    return isSound ? .map(map) : nil
  }

  /// Inside a schema the keys of a field are remarks; `sensitive` is looked for at any depth.
  private func keep(_ member: Member, _ isField: Bool, _ map: inout ValueMap) {
    switch member.name {
    case "default" where !isField:
      map["default"] = member.value.value
      fields.report(
        .keyWithoutEffect, "`default` of a part is never put in: only a field has one",
        member.key.span,
        help: "give the whole field a default, or say what counts where the part is read: "
          + "`inputs.field.?part.orValue(…)`")
    case "sensitive" where member.value.value.asBool == true: map["sensitive"] = true
    case "optional" where !isField:
      fields.report(
        .unknownFieldKey, "`optional` belongs to a field, not to a part of one", member.key.span,
        help: "parts of a map are optional unless its `required` names them")
    default: break
    }
  }

  static func holdsSensitive(_ schema: Value) -> Bool {
    switch schema {
    case .map(let map): map["sensitive"] == true || map.contains { holdsSensitive($0.value) }
    case .list(let items): items.contains(where: holdsSensitive)
    default: false
    }
  }

  private func reportUnknown(_ key: Scalar) {
    let near = nearest(key.text, among: FieldSet.keys)
    fields.report(
      .unknownFieldKey, "unknown key `\(key.text)` in a field", key.span,
      help: Self.keysElsewhere[key.text.lowercased()].map { "here it is called \($0)" }
        ?? Self.typesAsKeys[key.text.lowercased()] ?? near.map { "did you mean `\($0)`?" }
        ?? (key.text == "secret" ? "did you mean `sensitive`?" : nil))
  }

  /// What other tools call the keys of a field.
  private static let keysElsewhere = [
    "options": "`enum`", "choices": "`enum`", "values": "`enum`", "allowed": "`enum`",
    "hint": "`help`", "placeholder": "`help`", "caption": "`label`", "regex": "`pattern`",
    "regexp": "`pattern`", "matches": "`pattern`",
    "min": "`minimum`, of a text `minLength`, of a list `minItems`",
    "max": "`maximum`, of a text `maxLength`, of a list `maxItems`",
  ]

  /// What to write for types that stand where a key does: `{ list: string }`.
  private static let typesAsKeys: [String: String] = {
    let list = "a list of texts is `{ type: array, items: string }`"
    let map = "a map is `{ type: object, properties: { name: string } }`"
    var words = ["list": list, "array": list, "map": map, "dict": map, "object": map]
    for type in ["string", "integer", "number", "boolean"] {
      words[type] = "a type that stands with other keys is `{ type: \(type) }`"
    }
    return words
  }()

  // MARK: keywords

  private enum Kind {
    case schema, schemas, schemaMap, type, text, format, anything, values
  }

  /// The words of JSON Schema that a field may have.
  static var words: [String] { keywords.keys.sorted() }

  private static let keywords: [String: Kind] = [
    "type": .type, "enum": .values, "const": .values, "multipleOf": .anything,
    "minimum": .anything, "maximum": .anything, "exclusiveMinimum": .anything,
    "exclusiveMaximum": .anything, "minLength": .anything, "maxLength": .anything,
    "pattern": .text, "format": .format, "items": .schema, "prefixItems": .schemas,
    "contains": .schema, "minContains": .anything, "maxContains": .anything,
    "minItems": .anything, "maxItems": .anything, "uniqueItems": .anything,
    "properties": .schemaMap, "patternProperties": .schemaMap, "additionalProperties": .schema,
    "propertyNames": .schema, "minProperties": .anything, "maxProperties": .anything,
    "required": .anything, "dependentRequired": .anything, "dependentSchemas": .schemaMap,
    "allOf": .schemas, "anyOf": .schemas, "oneOf": .schemas, "not": .schema, "if": .schema,
    "then": .schema, "else": .schema, "unevaluatedItems": .schema,
    "unevaluatedProperties": .schema, "$ref": .text, "$dynamicRef": .text, "$id": .text,
    "$anchor": .text, "$dynamicAnchor": .text, "$defs": .schemaMap, "$schema": .text,
    "$comment": .text, "$vocabulary": .anything, "title": .text, "description": .text,
    "examples": .anything, "deprecated": .anything, "readOnly": .anything,
    "writeOnly": .anything, "contentEncoding": .text, "contentMediaType": .text,
    "contentSchema": .schema,
  ]

  private func value(_ member: Member, _ kind: Kind, _ type: String?) -> Value? {
    let node = member.value
    switch kind {
    case .schema: return schema(node)
    case .schemas:
      guard let items = node.items else { return expect("a list of schemas", member) }
      let schemas = items.map { schema($0) }
      return schemas.contains { $0 == nil } ? nil : .list(schemas.compactMap(\.self))
    case .schemaMap: return schemaMap(member)
    case .type: return types(node)
    case .text: return node.text.map { .string($0) } ?? expect("text", member)
    case .format: return format(member)
    case .values: return Self.value(node, ofType: type)
    case .anything: return node.value
    }
  }

  /// `required: true`, as other tools have it at what is required.
  private func reportRequired(_ flag: Bool, _ member: Member, isField: Bool) {
    let help =
      !isField
      ? "parts of a map are optional unless its own `required` names them: `required: [a, b]`"
      : flag
        ? "take it out: a field is required unless it has `optional: true` or a `default`"
        : "write `optional: true`"
    fields.report(
      .invalidField, "`required` lists names, and is not `\(flag)`", member.value.span, help: help)
  }

  private func expect(_ what: String, _ member: Member) -> Value? {
    fields.report(
      .invalidField, "`\(member.name)` must be \(what), not \(member.value.kindName)",
      member.value.span)
    return nil
  }

  /// JSON Schema passes over formats it does not know; here a slip of the pen would go unseen.
  private func format(_ member: Member) -> Value? {
    guard let name = member.value.text else { return expect("text", member) }
    if Format(rawValue: name) == nil {
      let names = Format.allCases.map(\.rawValue)
      fields.report(
        .invalidField, "unknown format `\(name)`", member.value.span,
        label: "a format is \(SchemaValidator.alternatives(names.map { "`\($0)`" }))",
        help: nearest(name, among: names).map { "did you mean `\($0)`?" })
    }
    return .string(name)
  }

  private func schemaMap(_ member: Member) -> Value? {
    guard let members = member.value.members else { return expect("a map of schemas", member) }
    var map = ValueMap()
    var isSound = true
    for inner in members {
      if let schema = schema(inner.value) { map[inner.name] = schema } else { isSound = false }
    }
    return isSound ? .map(map) : nil
  }

  private func types(_ node: Node) -> Value? {
    var isSound = true
    for scalar in node.itemsOrSelf.compactMap(\.scalar)
    where SchemaType(rawValue: scalar.text) == nil {
      reportType(scalar)
      isSound = false
    }
    guard isSound else { return nil }
    if let items = node.items { return .list(items.compactMap { $0.text.map { .string($0) } }) }
    return node.text.map { .string($0) } ?? node.value
  }

  /// A value of a known type: text stays as written, so that `enum: [1.10, NO]` says what it shows.
  static func value(_ node: Node, ofType type: String?) -> Value {
    guard type == "string" else { return node.value }
    switch node.content {
    case .scalar(let scalar):
      if case .null = scalar.resolved { return .null }
      return .string(scalar.text)
    case .sequence(let items): return .list(items.map { value($0, ofType: type) })
    case .mapping: return node.value
    }
  }
}

extension FieldSet {
  /// Every key that a field may have.
  package static let keys = SchemaDecoder.words + FieldDecoder.ownKeys
}

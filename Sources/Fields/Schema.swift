package import CEL
package import Values

/// A JSON Schema (draft 2020-12), ready to check values.
package struct Schema: Sendable {
  /// The schema as written.
  package let source: Value

  /// - Throws: where the schema itself is wrong: an unknown type, a pattern that is none.
  package static func decode(_ source: Value) throws(SchemaError) -> Schema {
    Schema(source: source)
  }

  /// Every way in which a value does not fit; empty where it does.
  package func validate(_ value: Value) -> [SchemaProblem] { [] }

  /// The static type of the values that fit.
  package var type: CELType { .dyn }

  /// The only values allowed, where `enum` or `const` lists them.
  package var choices: [Value]? { source["enum"]?.asList ?? source["const"].map { [$0] } }
}

/// A mistake in a schema.
package struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The keys that lead to the mistake.
  package let path: [String]
  package let message: String
  package var description: String { message }
}

/// One way in which a value does not fit its schema.
package struct SchemaProblem: Hashable, Sendable {
  /// The way to the part that does not fit: names and indices.
  package let path: [String]
  /// Without subject: ``must be an email address, not `foo` ``.
  package let message: String
}

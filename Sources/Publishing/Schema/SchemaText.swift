import Documents
package import Values

/// A schema as a file.
package enum SchemaText {
  package static func text(_ schema: Value) -> String { JSONText.pretty(schema) + "\n" }
}

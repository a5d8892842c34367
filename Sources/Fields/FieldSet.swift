package import CEL
package import Documents
package import SourceText
package import Values

/// The fields of inputs, of a question, of an operation, in the order written.
package struct FieldSet: Sendable {
  package let fields: [Field]

  package init(_ fields: [Field] = []) { self.fields = fields }

  package subscript(_ name: String) -> Field? { fields.first { $0.name.hasSameBytes(as: name) } }

  package var isEmpty: Bool { fields.isEmpty }
  package var names: [String] { fields.map(\.name) }

  /// Reads `name: schema` members; every mistake becomes a finding, and a field with one is left
  /// out or taken as far as it can be understood.
  package static func decode(
    _ node: Node, in file: SourceFile, into diagnostics: Diagnostics
  ) -> FieldSet { FieldSet() }

  /// Checks values and fills in defaults.
  ///
  /// - Returns: the values in the order of the fields, numbers as the fields' types say; or every
  ///   problem: a value that is missing, does not fit, or has no field.
  package func complete(_ values: ValueMap) -> Result<ValueMap, FieldProblems> { .success(values) }

  /// Reads what a person typed for a field: text as it is, numbers and truth values by their
  /// spelling, lists and maps as JSON.
  package func parse(_ text: String, for name: String) -> Result<Value, FieldProblem> {
    .success(.string(text))
  }

  /// Gives stored values the types of their fields: an integral number of a `number` field was
  /// stored as an integer. Nothing is checked; values without a field stay as they are.
  package func coerce(_ stored: ValueMap) -> ValueMap { stored }

  /// The type of all fields together; optional ones are known names too.
  package var objectType: CELType { .dyn }
}

/// All problems of a set of values.
package struct FieldProblems: Error, Sendable, CustomStringConvertible {
  package let problems: [FieldProblem]
  package init(_ problems: [FieldProblem]) { self.problems = problems }
  package var description: String { problems.map(\.message).joined(separator: "; ") }
}

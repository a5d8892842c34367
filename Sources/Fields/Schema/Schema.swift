package import CEL
package import Values

/// A JSON Schema (draft 2020-12), ready to check values.
///
/// `format` is asserted. Patterns are those of RE2, in linear time; what ECMAScript has beyond them
/// (look-around, back-references) is refused when the schema is read.
package struct Schema: Sendable {
  /// The schema as written.
  package let source: Value
  let program: SchemaProgram

  /// - Parameters:
  ///   - documents: other schemas by their URI, for `$ref`.
  ///   - assertsFormat: false takes `format` as a remark.
  /// - Throws: where the schema itself is wrong: an unknown type, a pattern that is none, a
  ///   reference to nothing.
  package static func decode(
    _ source: Value, documents: [String: Value] = [:], assertsFormat: Bool = true
  ) throws(SchemaError) -> Schema {
    var compiler = SchemaCompiler(
      source, documents: documents, assertsFormat: assertsFormat)
    return Schema(source: source, program: try compiler.compile())
  }

  /// Every way in which a value does not fit; empty where it does.
  package func validate(_ value: Value) -> [SchemaProblem] {
    var validator = SchemaValidator(program)
    return validator.problems(of: value)
  }

  /// The same of a value of which parts are ``UnknownValue``s: only what is wrong whatever they are.
  ///
  /// - Returns: the problems, the ways to unknown parts that must not be absent, and to those that must
  ///   not be null and may be.
  package func examine(
    _ value: Value
  ) -> (problems: [SchemaProblem], needed: [[String]], nonNull: [[String]]) {
    var validator = SchemaValidator(program, allowsUnknown: true)
    let problems = validator.problems(of: value)
    return (problems, validator.needed, validator.nonNull)
  }

  /// Whether every text fits, as it is with most fields.
  var takesEveryText: Bool { program.takesEveryText }

  /// Gives a stored value the number types of the schema: `1` of a `number` becomes `1.0`.
  package func coerce(_ value: Value) -> Value { program.coerce(value) }

  /// The static type of the values that fit.
  package var type: CELType { program.type }

  /// The only values allowed, where `enum` or `const` lists them.
  package var choices: [Value]? { source["enum"]?.asList ?? source["const"].map { [$0] } }

  /// The one type that the schema names, `string` for example.
  package var typeName: String? { source["type"]?.asString }
}

/// A mistake in a schema.
package struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The keys that lead to the mistake.
  package let path: [String]
  package let message: String
  /// What can be written instead, where that is known.
  package var help: String?
  package var description: String { message }
}

/// One way in which a value does not fit its schema.
package struct SchemaProblem: Hashable, Sendable {
  /// The way to the part that does not fit: names and indices.
  package let path: [String]
  /// What it must be, without its subject: `must be an email address`.
  package let expectation: String
  /// What was found instead, for people: `` `foo` ``. It shows the value.
  package let found: String?
  /// What to write instead, where that is plain: ``without quotes: `true` ``.
  package let remedy: String?

  /// ``must be an email address, not `foo` ``.
  package var message: String { found.map { "\(expectation), not \($0)" } ?? expectation }
}

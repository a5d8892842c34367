package import CEL
package import Documents
package import SourceText
package import Values

/// The fields of inputs, of a question, of an operation, in the order written.
///
/// Of a class, since a step of a large file is held against those of its operation and of its question:
/// handing them on counts one reference, not one for each part.
package final class FieldSet: Sendable {
  package let fields: [Field]
  /// The names of those that are never stored in clear.
  package let sensitiveNames: [String]
  /// Where the fields stand, where there are many; the first of two of the same name.
  private let positions: [String: Int]
  /// Where the fields stand that must be given. Whoever only wants to know that, or one of the next
  /// two, need not look at each field, which copies it.
  package let requiredPositions: [Int]
  /// The names of the fields that may be absent.
  package let optionalNames: Set<String>
  /// Whether any field may be absent.
  package var hasOptional: Bool { !optionalNames.isEmpty }
  /// Whether any field, or anything inside its value, may be absent.
  package let hasOptionalParts: Bool
  /// The names with their types, which many steps with the same operation share.
  package let types: [(name: String, type: CELType)]
  /// The only texts that fields can have, by their names.
  package let words: [String: [String]]
  /// Whether any field is sensitive.
  package var hasSensitive: Bool { !sensitiveNames.isEmpty }

  /// From how many fields on they are found by hashing.
  private static let indexedFrom = 16

  package init(_ fields: [Field] = []) {
    self.fields = fields
    sensitiveNames = fields.filter(\.isSensitive).map(\.name)
    requiredPositions = fields.indices.filter { fields[$0].isRequired }
    types = fields.map { ($0.name, $0.type) }
    words = Dictionary(
      fields.compactMap { field in field.words.map { (field.name, $0) } },
      uniquingKeysWith: { _, last in last })
    optionalNames = Set(fields.filter(\.isOptional).map(\.name))
    hasOptionalParts = !optionalNames.isEmpty || fields.contains(where: \.type.hasOptional)
    positions =
      fields.count < Self.indexedFrom
      ? [:]
      : Dictionary(
        fields.enumerated().map { ($0.element.name, $0.offset) },
        uniquingKeysWith: { first, _ in first })
  }

  package subscript(_ name: String) -> Field? { position(of: name).map { fields[$0] } }

  /// Where a field stands.
  package func position(of name: String) -> Int? {
    if fields.count >= Self.indexedFrom {
      guard let position = positions[name] else { return nil }
      if fields[position].name.hasSameBytes(as: name) { return position }
    }
    return fields.indices.first { fields[$0].name.hasSameBytes(as: name) }
  }

  /// The type of the field at a position.
  package func type(at position: Int) -> CELType { fields[position].type }

  /// Whether the field at a position may be absent.
  package func isOptional(at position: Int) -> Bool { fields[position].isOptional }

  /// Whether a value must be given for the field at a position.
  package func isRequired(at position: Int) -> Bool { fields[position].isRequired }

  package var isEmpty: Bool { fields.isEmpty }
  package var names: [String] { fields.map(\.name) }

  /// Reads `name: schema` members; every mistake becomes a finding, and a field that cannot be
  /// understood may be anything.
  ///
  /// - Parameters:
  ///   - differing: where what is not the same in every run belongs instead; nil where there is no such place.
  ///   - isStarted: whether a run was started with them.
  package static func decode(
    _ node: Node, in file: SourceFile, into diagnostics: Diagnostics, differing: String? = nil,
    isStarted: Bool = false
  ) -> FieldSet {
    FieldDecoder(
      file: file, diagnostics: diagnostics, differing: differing, isStarted: isStarted
    ).fields(node)
  }

  /// Checks values and fills in defaults.
  ///
  /// A null stands for an absent value where the field is optional or has a default and does not
  /// allow null itself. Unsigned numbers and moments take their JSON form.
  ///
  /// - Parameters:
  ///   - names: Of fields that have a value which is not known here.
  ///   - hidden: Of fields whose values no problem names, beside those that say so themselves.
  /// - Returns: the values in the order of the fields, numbers as the fields' types say; or every
  ///   problem: a value that is missing, does not fit, or has no field. A value under a name that is nearly a
  ///   field's is not missing, too.
  package func complete(
    _ values: ValueMap, without names: Set<String> = [], hiding hidden: Set<String> = []
  ) -> Result<ValueMap, FieldProblems> {
    var complete = ValueMap(minimumCapacity: fields.count)
    var problems: [FieldProblem] = []
    for field in fields where names.isEmpty || !names.contains(field.name) {
      let given = values[field.name].map(Self.jsonForm)
      guard let value = given.flatMap(field.present) ?? field.defaultValue else {
        if field.isRequired {
          problems.append(
            FieldProblem(
              path: field.name, message: "`\(field.name)` is missing", isAbsence: true))
        }
        continue
      }
      if case .string = value, field.schema.takesEveryText {
        complete[field.name] = value
        continue
      }
      switch field.check(value, isHidden: hidden.contains(field.name)) {
      case .success(let value): complete[field.name] = value
      case .failure(let error): problems += error.problems
      }
    }
    for member in values {
      guard let problem = unknown(member.key) else { continue }
      // A field under a wrong name is one mistake.
      if let meant = nearest(problem.path, among: self.names) {
        problems.removeAll { $0.path == meant && $0.isAbsence && values[meant] == nil }
      }
      problems.append(problem)
    }
    return problems.isEmpty ? .success(complete) : .failure(FieldProblems(problems))
  }

  private func unknown(_ key: Value) -> FieldProblem? {
    let name = key.asString ?? SchemaValidator.plain(key)
    guard position(of: name) == nil else { return nil }
    let near = nearest(name, among: names).map { "; did you mean `\($0)`?" } ?? ""
    return FieldProblem(path: name, message: "there is no `\(name)`\(near)")
  }

  /// What a value of an expression is in JSON; nil amounts to no change.
  private static func jsonForm(_ value: Value) -> Value {
    switch value {
    case .uint(let amount): Int64(exactly: amount).map { .int($0) } ?? .string(String(amount))
    case .timestamp(let moment): .string(moment.journalText)
    case .list(let items): .list(items.map(jsonForm))
    case .map(let map):
      .map(
        ValueMap(
          map.map { ($0.key.asString ?? SchemaValidator.plain($0.key), jsonForm($0.value)) }))
    default: value
    }
  }

  /// Reads what a person typed for a field: text as it is, numbers and truth values by their
  /// spelling, lists and maps as JSON. A list of texts or numbers may also be `a, b`.
  package func parse(_ text: String, for name: String) -> Result<Value, FieldProblem> {
    guard let field = self[name] else {
      return .failure(
        unknown(.string(name)) ?? FieldProblem(path: name, message: "there is no `\(name)`"))
    }
    return field.parse(text)
  }

  /// Gives stored values the types of their fields: an integral number of a `number` field was
  /// stored as an integer. Nothing is checked; values without a field stay as they are.
  package func coerce(_ stored: ValueMap) -> ValueMap {
    var result = stored
    for field in fields {
      if let value = stored[field.name] { result[field.name] = field.schema.coerce(value) }
    }
    return result
  }

  /// The type of all fields together; optional ones are known names too.
  package var objectType: CELType { objectType(named: "fields") }

  /// The same under a name that messages about a misspelled field show.
  package func objectType(named name: String) -> CELType {
    var types: [String: CELType] = [:]
    for field in fields { types[field.name] = field.type }
    return .object(ObjectType(name, fields: types, optional: optionalNames, words: words))
  }
}

/// All problems of a set of values.
package struct FieldProblems: Error, Sendable, CustomStringConvertible {
  package let problems: [FieldProblem]

  package init(_ problems: [FieldProblem]) { self.problems = problems }

  package var description: String { problems.map(\.message).joined(separator: "; ") }
}

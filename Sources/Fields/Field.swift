package import CEL
package import SourceText
package import Values

/// One named value that a person or an operation gives or gets: an input, an answer, an output.
package struct Field: Sendable {
  package let name: String
  package let schema: Schema
  /// Whether the value may be left out. A field with a default is never absent, so it is not optional.
  package let isOptional: Bool
  package let defaultValue: Value?
  /// What people call it.
  package let label: String?
  package let help: String?
  /// Whether the value is never shown or stored in clear.
  package let isSensitive: Bool
  /// The static type of the value where it is present.
  package let type: CELType
  /// The place of the name.
  package let span: SourceSpan

  /// The label, else the name.
  package var title: String { label ?? name }
  /// The only values allowed, where the schema lists them.
  package var choices: [Value]? { schema.choices }
  /// The only texts allowed, where the schema lists values and all are texts.
  package var words: [String]? {
    guard case .string = type, let choices else { return nil }
    let words = choices.compactMap(\.asString)
    return words.count == choices.count ? words : nil
  }
  /// The format that its texts have, and what that is for people: "an email address".
  package var format: (name: String, phrase: String)? {
    guard let name = schema.source["format"]?.asString, let format = Format(rawValue: name) else {
      return nil
    }
    return (name, format.phrase)
  }
  /// Whether its type allows for a null, or is not known.
  package var takesNull: Bool { type.takesNull }
  /// Whether a value must be given.
  package var isRequired: Bool { !isOptional && defaultValue == nil }
}

/// A value that does not fit its field.
package struct FieldProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The field, and the way to the place inside it: `users[0].email`.
  package let path: String
  /// A sentence part for people, with the field's name; it never holds a sensitive value.
  package let message: String
  /// Whether it is that nothing is given.
  package let isAbsence: Bool

  package init(path: String, message: String, isAbsence: Bool = false) {
    self.path = path
    self.message = message
    self.isAbsence = isAbsence
  }

  package var description: String { message }
}

package import CEL
package import Values

/// A value that only a run knows, held against a schema for what is known of it before: its type.
package final class UnknownValue: ObjectValue, @unchecked Sendable {
  /// The type in an author's words: "an integer".
  let noun: String
  /// Whether there may be no value in the end, so that its name, or its place in a list, is left out.
  let mayBeAbsent: Bool
  /// Whether it may be null.
  let mayBeNull: Bool
  /// Whether its name is not in the file: it is a member of something whose type is known.
  let isImplied: Bool
  /// Whether a value of the known type can be one of another type.
  let fits: @Sendable (CELType) -> Bool
  /// What to write instead where a value of a type is wanted and this one does not fit.
  let remedy: @Sendable (CELType) -> String?

  package init(
    noun: String, mayBeAbsent: Bool, mayBeNull: Bool = false, isImplied: Bool = false,
    fits: @escaping @Sendable (CELType) -> Bool,
    remedy: @escaping @Sendable (CELType) -> String? = { _ in nil }
  ) {
    self.noun = noun
    self.mayBeAbsent = mayBeAbsent
    self.mayBeNull = mayBeNull
    self.isImplied = isImplied
    self.fits = fits
    self.remedy = remedy
    super.init()
  }

  package override var typeName: String { noun }
}

extension Value {
  /// The value as one that is not known; nil for one that is.
  var asUnknown: UnknownValue? {
    if case .object(let object) = self { object as? UnknownValue } else { nil }
  }

  /// Whether the value, or anything in it, is not known.
  var holdsUnknown: Bool {
    switch self {
    case .object: asUnknown != nil
    case .list(let items): items.contains(where: \.holdsUnknown)
    case .map(let map): map.contains { $0.value.holdsUnknown }
    default: false
    }
  }

  /// Whether a list or a map may have fewer items or members in the end.
  var mayShrink: Bool {
    switch self {
    case .list(let items): items.contains { $0.asUnknown?.mayBeAbsent == true }
    case .map(let map): map.contains { $0.value.asUnknown?.mayBeAbsent == true }
    default: false
    }
  }
}

// MARK: - Checking

extension SchemaValidator {
  /// Checks what is known of a value.
  mutating func check(_ unknown: UnknownValue, _ number: Int) -> Seen? {
    guard !program.isNever(number) else {
      // Such a member that is not there is fine.
      if unknown.isImplied && unknown.mayBeAbsent { return Seen() }
      fail("is not allowed")
      return nil
    }
    let type = program.type(of: number, within: [])
    guard !unknown.fits(type) else {
      if unknown.mayBeNull, !type.takesNull { refuseNull() }
      return Seen()
    }
    fail(
      "must be \(type.phrase)", found: unknown.noun, remedy: unknown.remedy(type))
    return nil
  }

  /// Whether the parts that are not known decide what a keyword says of a value.
  func isUndecided(_ keyword: SchemaKeyword, of value: Value) -> Bool {
    switch keyword {
    case .oneOfValues, .not, .oneOf, .condition, .contains, .unevaluatedItems, .unevaluatedMembers:
      value.holdsUnknown
    case .maxItems, .maxMembers, .dependentRequired, .dependentSchemas: value.mayShrink
    default: false
    }
  }
}

extension CELType {
  /// Whether a null is of the type, or the type is not known.
  var takesNull: Bool {
    switch self {
    case .dyn, .error, .parameter, .null, .wrapper: true
    default: false
    }
  }

  /// For a message: "must be a number".
  fileprivate var phrase: String {
    switch self {
    case .string: SchemaType.string.phrase
    case .int: SchemaType.integer.phrase
    case .double: SchemaType.number.phrase
    case .bool: SchemaType.boolean.phrase
    case .list: SchemaType.array.phrase
    case .map, .object: SchemaType.object.phrase
    case .null: SchemaType.null.phrase
    case .wrapper(let type): "\(type.phrase) or \(SchemaType.null.phrase)"
    default: "of another type"
    }
  }
}

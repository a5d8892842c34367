import CEL

extension CELType {
  /// The type as the expressions of a run may have been held to it that was started with it: once nothing was known of
  /// lists and maps that may be null. Such a run goes on as it has begun.
  var asHeldBefore: CELType {
    guard holdsNullable else { return self }
    switch self {
    case .list(let element): return .list(element.asHeldBefore)
    case .map(let key, let value): return .map(key, value.asHeldBefore)
    case .object(let record): return .object(record.asHeldBefore)
    case .wrapper: return .dyn
    default: return self
    }
  }

  /// Whether it is a list or a map that may be null, or holds one.
  fileprivate var holdsNullable: Bool {
    switch self {
    case .wrapper(.list), .wrapper(.map), .wrapper(.object): true
    case .list(let type), .map(_, let type): type.holdsNullable
    case .object(let record):
      record.fieldNames.contains { record.type(of: $0)?.holdsNullable == true }
    default: false
    }
  }
}

extension ObjectType {
  fileprivate var asHeldBefore: ObjectType {
    var fields: [String: CELType] = [:]
    var words: [String: [String]] = [:]
    for name in fieldNames {
      fields[name] = type(of: name)?.asHeldBefore
      words[name] = self.words(of: name)
    }
    return ObjectType(
      name, fields: fields, optional: Set(fieldNames.filter(mayLack)), words: words, isOpen: isOpen)
  }
}

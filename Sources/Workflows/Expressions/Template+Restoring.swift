import CEL
package import Values

/// Journals know no `2.0`: a number without a fraction comes back as an integer. What the file says of a
/// value tells which of them were none.
extension Template {
  /// What ``render(_:)`` gave, as a journal gave it back.
  package func restored(_ value: Value) -> Value {
    switch (form, value) {
    case (.literal(let written), _): return written.restored(value)
    case (.expression(let expression), _): return expression.type.restored(value)
    case (.list(let templates), .list(let values)):
      // Where some were left out, nobody knows which.
      guard templates.count == values.count else { return type.restored(value) }
      return .list(zip(templates, values).map { $0.restored($1) })
    case (.map(let members), .map(let map)):
      var result = map
      for (name, template) in members { result[name] = map[name].map(template.restored) }
      return .map(result)
    case (.text, _), (.list, _), (.map, _): return value
    }
  }
}

extension ForEach {
  /// An item of the list, as a journal gave it back.
  package func restored(item: Value) -> Value { list.type.elementType.restored(item) }

  /// What the iterations came to, as a journal gave it back.
  package func restored(collection: [Value]) -> [Value] {
    collect.map { collect in collection.map(collect.restored) } ?? collection
  }
}

extension CELType {
  /// A value of the type, as a journal gave it back.
  package func restored(_ value: Value) -> Value {
    switch (self, value) {
    case (.double, .int(let number)): return .double(Double(number))
    case (.list(let element), .list(let values)) where element.mayHoldNumbers():
      return .list(values.map(element.restored))
    case (.map(_, let member), .map(let map)) where member.mayHoldNumbers():
      var result = ValueMap(minimumCapacity: map.count)
      for entry in map { result.set(entry.key, member.restored(entry.value)) }
      return .map(result)
    case (.object(let type), .map(let map)):
      var result = map
      for name in type.fieldNames {
        guard let field = type.type(of: name), field.mayHoldNumbers() else { continue }
        result[name] = map[name].map(field.restored)
      }
      return .map(result)
    case (.optional(let type), _), (.wrapper(let type), _): return type.restored(value)
    default: return value
    }
  }

  /// Whether a number that is no integer can be in it; looks only so deep, since a type can hold itself.
  private func mayHoldNumbers(depth: Int = 4) -> Bool {
    switch self {
    case .double: true
    case .list(let element): element.mayHoldNumbers(depth: depth)
    case .map(_, let member): member.mayHoldNumbers(depth: depth)
    case .optional(let type), .wrapper(let type): type.mayHoldNumbers(depth: depth)
    case .object(let type):
      depth == 0
        || type.fieldNames.contains { name in
          type.type(of: name)?.mayHoldNumbers(depth: depth - 1) ?? false
        }
    default: false
    }
  }
}

extension Value {
  /// A value that replaces this one of the file, with its numbers as they are written there.
  fileprivate func restored(_ value: Value) -> Value {
    switch (self, value) {
    case (.double, .int(let number)): return .double(Double(number))
    case (.list(let written), .list(let values)) where written.count == values.count:
      return .list(zip(written, values).map { $0.restored($1) })
    case (.map(let written), .map(let map)):
      var result = map
      for member in written {
        guard let given = map.value(for: member.key) else { continue }
        result.set(member.key, member.value.restored(given))
      }
      return .map(result)
    default: return value
    }
  }
}

import CEL
import Values

extension CELType {
  /// The type of a value of the file.
  init(of value: Value) {
    switch value {
    case .null: self = .null
    case .bool: self = .bool
    case .int: self = .int
    case .uint: self = .uint
    case .double: self = .double
    case .string: self = .string
    case .bytes: self = .bytes
    case .timestamp: self = .timestamp
    case .duration: self = .duration
    case .list(let values): self = .list(Self.common(values.map { CELType(of: $0) }))
    case .map(let map): self = .map(.string, Self.common(map.map { CELType(of: $0.value) }))
    case .object: self = .dyn
    }
  }

  /// The one type of all, else `dyn`.
  static func common(_ types: [CELType]) -> CELType {
    guard let first = types.first else { return .dyn }
    return types.allSatisfy { $0 == first } ? first : .dyn
  }

  /// The type of the value as a journal keeps it; see `Value.stored`.
  var stored: CELType {
    switch self {
    case .timestamp, .duration: .string
    case .uint: .int
    case .list(let element): .list(element.stored)
    case .map(_, let value): .map(.string, value.stored)
    case .optional(let type): type.stored
    // A journal keeps a null.
    case .wrapper(let type): .wrapper(type.stored)
    default: self
    }
  }

  /// The type without `optional` around it.
  var present: CELType { if case .optional(let type) = self { type.present } else { self } }

  /// The type without the null that a value may be instead.
  var unwrapped: CELType { if case .wrapper(let type) = self { type } else { self } }

  /// Whether nothing is known of the type.
  var isUnknown: Bool {
    switch self {
    case .dyn, .error, .parameter: true
    default: false
    }
  }

  /// Whether a value of this type may be given where a field has another type: an integer is a
  /// number, a record with known fields is a map.
  func fits(_ wanted: CELType) -> Bool {
    if isUnknown || wanted.isUnknown { return true }
    switch (self, wanted) {
    case (.optional(let type), _), (.wrapper(let type), _): return type.fits(wanted)
    case (_, .optional(let type)), (_, .wrapper(let type)): return fits(type)
    case (.int, .double), (.uint, .double), (.uint, .int): return true
    case (.list(let given), .list(let element)): return given.fits(element)
    case (.map(_, let given), .map(_, let value)): return given.fits(value)
    case (.map, .object), (.object, .map): return true
    case (.object(let given), .object(let type)):
      return type.fieldNames.allSatisfy { name in
        guard let field = type.type(of: name), let own = given.type(of: name) else { return true }
        return own.fits(field)
      }
    default: return self == wanted
    }
  }

  /// In an author's words: "text", "a number", "a list".
  var noun: String {
    switch self {
    case .dyn, .error, .parameter: "anything"
    case .null: "nothing"
    case .bool: "true or false"
    case .int, .uint: "an integer"
    case .double: "a number"
    case .string: "text"
    case .bytes: "bytes"
    case .timestamp: "a moment"
    case .duration: "a length of time"
    case .list(let element): element.isUnknown ? "a list" : "a list of \(element.plural)"
    case .map, .object: "a map"
    case .type: "a type"
    case .optional(let type), .wrapper(let type): "\(type.noun), or nothing"
    case .opaque(let name, _): name
    }
  }

  /// Several of it: "texts", "integers".
  var plural: String {
    switch self {
    case .string: "texts"
    case .int, .uint: "integers"
    case .double: "numbers"
    case .map, .object: "maps"
    case .list: "lists"
    case .bool: "truth values"
    default: "values"
    }
  }
}

/// A static type of the expression language (CEL specification, "Values" and "Gradual type
/// checking").
public indirect enum CELType: Hashable, Sendable {
  /// Known only when the expression is evaluated; fits everything.
  case dyn
  case null, bool, int, uint, double, string, bytes, timestamp, duration
  case list(CELType)
  case map(CELType, CELType)
  /// The type of a type: `type(1)` is `type(int)`.
  case type(CELType)
  case optional(CELType)
  /// A primitive that may also be null.
  case wrapper(CELType)
  /// A record with known fields.
  case object(ObjectType)
  /// A named type of an extension, with its parameters.
  case opaque(String, [CELType])
  /// A type parameter of a function's signature, `T`.
  case parameter(String)
  /// What an expression with a type error has; it fits everything, so that one mistake is reported
  /// once.
  case error
}

/// The fields of a record type that are found when they are asked for: there may be many, and most are
/// never named.
public protocol FieldSource: AnyObject, Sendable {
  /// The type of a field; nil where there is no such field.
  func type(of field: String) -> CELType?
  /// The known fields, in no order.
  var fieldNames: [String] { get }
}

/// A record type: a name and the fields that are known of it.
///
/// A misspelled field is a type error with a suggestion. An open type allows other fields too; they
/// are `dyn`.
public final class ObjectType: Hashable, Sendable {
  public let name: String
  public let isOpen: Bool
  private let fields: Fields

  private enum Fields: Sendable {
    case table([String: CELType])
    case source(any FieldSource)
  }

  public init(_ name: String, fields: [String: CELType], isOpen: Bool = false) {
    self.name = name
    self.isOpen = isOpen
    self.fields = .table(fields)
  }

  /// A record whose fields are found when they are asked for.
  public init(_ name: String, source: any FieldSource, isOpen: Bool = false) {
    self.name = name
    self.isOpen = isOpen
    fields = .source(source)
  }

  /// The type of a field; nil where the type has no such field.
  public func type(of field: String) -> CELType? {
    let known: CELType? =
      switch fields {
      case .table(let types): types[field]
      case .source(let source): source.type(of: field)
      }
    return known ?? (isOpen ? .dyn : nil)
  }

  /// The known fields, in no order.
  public var fieldNames: [String] {
    switch fields {
    case .table(let types): Array(types.keys)
    case .source(let source): source.fieldNames
    }
  }

  public static func == (left: ObjectType, right: ObjectType) -> Bool {
    if left === right { return true }
    guard left.name == right.name, left.isOpen == right.isOpen else { return false }
    switch (left.fields, right.fields) {
    case (.table(let one), .table(let other)): return one == other
    case (.source(let one), .source(let other)): return one === other
    default: return false
    }
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension CELType: CustomStringConvertible {
  /// As the specification writes it: `map(string, list(int))`.
  public var description: String {
    switch self {
    case .dyn: "dyn"
    case .null: "null"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .timestamp: "timestamp"
    case .duration: "duration"
    case .list(let element): "list(\(element))"
    case .map(let key, let value): "map(\(key), \(value))"
    case .type(let type): "type(\(type))"
    case .optional(let type): "optional_type(\(type))"
    case .wrapper(let type): "wrapper(\(type))"
    case .object(let type): type.name
    case .opaque(let name, let parameters):
      parameters.isEmpty
        ? name : "\(name)(\(parameters.map(\.description).joined(separator: ", ")))"
    case .parameter(let name): name
    case .error: "error"
    }
  }
}

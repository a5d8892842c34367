public import Values

/// A type as a value: what `type(x)` gives and what the names `int`, `list` … stand for.
public final class TypeValue: ObjectValue, @unchecked Sendable {
  /// The name without parameters: `int`, `list`, `google.protobuf.Timestamp`, `net.IP`.
  public let name: String

  public init(_ name: String) { self.name = name }

  public override var typeName: String { "type" }
  public override var isRecord: Bool { false }
  public override var description: String { name }

  public override func isEqual(to other: ObjectValue) -> Bool {
    (other as? TypeValue)?.name == name
  }

  public override func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// A value that may be absent (CEL extension "optional types").
public final class OptionalValue: ObjectValue, @unchecked Sendable {
  public static let none = OptionalValue(nil)

  public let value: Value?

  public init(_ value: Value?) { self.value = value }

  public override var typeName: String { "optional_type" }
  public override var isRecord: Bool { false }
  public override var description: String { value == nil ? "optional.none()" : "optional.of(…)" }

  public override func isEqual(to other: ObjectValue) -> Bool {
    guard let other = other as? OptionalValue else { return false }
    return value == other.value
  }

  public override func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

extension Value {
  /// The name of the value's type as `type()` gives it.
  public var typeName: String {
    switch self {
    case .null: "null_type"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .list: "list"
    case .map: "map"
    case .timestamp: "google.protobuf.Timestamp"
    case .duration: "google.protobuf.Duration"
    case .object(let object): object.typeName
    }
  }
}

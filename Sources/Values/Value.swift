/// A value of a run: the one dynamic type from the file to the journal.
///
/// The cases are those of the Common Expression Language ("Values" in its specification). Journals
/// and files hold the subset that JSON can express; ``isJSON`` tells.
public enum Value: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  case string(String)
  case bytes([UInt8])
  case list([Value])
  case map(ValueMap)
  case timestamp(Timestamp)
  case duration(TimeSpan)
  /// Anything else: types, optional values, addresses, records that are looked up lazily.
  case object(ObjectValue)
}

/// A value with an identity of its own, looked at through fields.
///
/// Subclasses hold immutable data only; that is why the class may be shared between threads.
open class ObjectValue: @unchecked Sendable {
  public init() {}

  /// The name of the type in expressions, `net.IP` for example.
  open var typeName: String { "object" }

  /// Whether it has fields, as a map has keys; else it is one thing, such as a type or an address.
  open var isRecord: Bool { true }

  /// The value of a field, or nil where the object has no such field (or it is not set).
  open func field(_ name: String) -> Value? { nil }

  /// The names of the fields that are set, in a stable order.
  open var fieldNames: [String] { [] }

  /// Equality as expressions see it; objects of different classes are unequal.
  open func isEqual(to other: ObjectValue) -> Bool { self === other }

  /// Feeds what ``isEqual(to:)`` compares.
  open func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }

  /// For people reading a message or a log.
  open var description: String { typeName }
}

extension Value {
  /// The text, where the value is one.
  public var asString: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The truth value, where the value is one.
  public var asBool: Bool? {
    if case .bool(let flag) = self { flag } else { nil }
  }

  /// The integer, where the value is a signed one.
  public var asInt: Int64? {
    if case .int(let number) = self { number } else { nil }
  }

  /// The number as a double, where the value is a number of any type.
  public var asNumber: Double? {
    switch self {
    case .int(let number): Double(number)
    case .uint(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  /// The list, where the value is one.
  public var asList: [Value]? {
    if case .list(let values) = self { values } else { nil }
  }

  /// The map, where the value is one.
  public var asMap: ValueMap? {
    if case .map(let map) = self { map } else { nil }
  }

  /// The member of a map under a text key; nil for anything that is not a map with that key.
  public subscript(_ key: String) -> Value? {
    if case .map(let map) = self { map[key] } else { nil }
  }

  /// Whether JSON (RFC 8259) can express the value exactly: no bytes, timestamps, durations,
  /// unsigned integers, objects, non-finite doubles or keys that are not text.
  public var isJSON: Bool {
    switch self {
    case .null, .bool, .int, .string: true
    case .double(let number): number.isFinite
    case .list(let values): values.allSatisfy(\.isJSON)
    case .map(let map): map.allSatisfy { $0.key.asString != nil && $0.value.isJSON }
    case .uint, .bytes, .timestamp, .duration, .object: false
    }
  }
}

/// Not by `nil`: in `isKnown ? value : nil`, where an absent value is meant, it would be the null of data.
extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: Value...) { self = .list(elements) }
  public init(dictionaryLiteral elements: (Value, Value)...) {
    var map = ValueMap()
    for (key, value) in elements { map.set(key, value) }
    self = .map(map)
  }
}

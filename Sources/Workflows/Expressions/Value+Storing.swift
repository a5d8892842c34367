import CEL
package import Values

extension Value {
  /// The value as a journal keeps it: moments and lengths of time as text (RFC 3339, seconds),
  /// unsigned integers as integers, objects as maps of their fields; nil where there is no such
  /// form (bytes, types, numbers that are not finite).
  package var stored: Value? {
    switch self {
    case .null, .bool, .string: return self
    case .int(let number):
      return number.magnitude <= 1 << 53 ? self : .string(String(number))
    case .uint(let number):
      return number <= 1 << 53 ? .int(Int64(number)) : .string(String(number))
    case .double(let number): return number.isFinite ? self : nil
    case .timestamp, .duration: return insertedText.map { .string($0) }
    case .bytes: return nil
    case .list(let values): return Self.storedList(values)
    case .map(let map): return Self.storedMap(map)
    case .object(let object): return Self.storedObject(object)
    }
  }

  /// The value as it stands in a text; nil for lists, maps and the like.
  package var insertedText: String? {
    switch self {
    case .null: ""
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .uint(let number): String(number)
    case .double(let number): Self.text(of: number)
    case .string(let text): text
    case .timestamp(let moment): moment.journalText
    case .duration(let span): span.journalText
    case .bytes, .list, .map, .object: nil
    }
  }

  /// The value inside an optional one; nil for an absent optional value.
  package var presentValue: Value? {
    guard case .object(let object) = self, let optional = object as? OptionalValue else {
      return self
    }
    return optional.value?.presentValue
  }

  private static func storedList(_ values: [Value]) -> Value? {
    var result: [Value] = []
    result.reserveCapacity(values.count)
    for value in values {
      guard let present = value.presentValue else { continue }
      guard let stored = present.stored else { return nil }
      result.append(stored)
    }
    return .list(result)
  }

  private static func storedMap(_ map: ValueMap) -> Value? {
    var result = ValueMap(minimumCapacity: map.count)
    for member in map {
      guard let key = member.key.insertedText else { return nil }
      guard let present = member.value.presentValue else { continue }
      guard let stored = present.stored else { return nil }
      result[key] = stored
    }
    return .map(result)
  }

  private static func storedObject(_ object: ObjectValue) -> Value? {
    if object is OptionalValue { return Value.object(object).presentValue?.stored ?? .null }
    guard !object.fieldNames.isEmpty else { return nil }
    var result = ValueMap()
    for name in object.fieldNames {
      guard let value = object.field(name)?.presentValue else { continue }
      guard let stored = value.stored else { return nil }
      result[name] = stored
    }
    return .map(result)
  }

  /// `99` for 99.0 would be read as an integer by whoever gets the text; people expect `99`.
  private static func text(of number: Double) -> String {
    if let amount = Int64(exactly: number), amount.magnitude < 1 << 53 { return String(amount) }
    return "\(number)"
  }
}

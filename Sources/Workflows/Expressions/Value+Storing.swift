import CEL
package import Values

/// Why a value has no form that a journal, or JSON, can have.
package struct UnstorableValue: Error {
  /// What the value is, or has in it; never the value.
  let what: String
  var help: String?

  /// A sentence for people.
  package func message(_ cannot: String) -> String {
    "\(what) \(cannot)" + (help.map { "; \($0)" } ?? "")
  }
}

extension Value {
  /// The value as a journal keeps it: moments and lengths of time as text (RFC 3339, seconds),
  /// unsigned integers as integers, objects as maps of their fields; nil where there is no such
  /// form (bytes, types, numbers that are not finite, integers beyond ±2^53).
  package var stored: Value? { try? storable() }

  /// The same, with why there is no such form.
  package func storable() throws(UnstorableValue) -> Value {
    switch self {
    case .null, .bool, .string: return self
    case .int(let number):
      guard number.magnitude <= Self.largest else { throw Self.tooLarge }
      return self
    case .uint(let number):
      guard number <= Self.largest else { throw Self.tooLarge }
      return .int(Int64(number))
    case .double(let number):
      guard number.isFinite else { throw UnstorableValue(what: "a number that is not finite") }
      return self
    case .timestamp, .duration:
      guard let text = insertedText else { throw UnstorableValue(what: nounForMessages) }
      return .string(text)
    case .bytes:
      throw UnstorableValue(what: nounForMessages, help: "`base64.encode(…)` makes text of them")
    case .list(let values): return try Self.storedList(values)
    case .map(let map): return try Self.storedMap(map)
    case .object(let object): return try Self.storedObject(object)
    }
  }

  /// The largest magnitude of an integer that every reader of JSON keeps exactly (RFC 8785, RFC 7493).
  private static let largest: UInt64 = 1 << 53

  private static let tooLarge = UnstorableValue(
    what: "a whole number beyond ±\(largest), up to which they are exact,",
    help: "`string(…)` makes text of it")

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

  private static func storedList(_ values: [Value]) throws(UnstorableValue) -> Value {
    var result: [Value] = []
    result.reserveCapacity(values.count)
    for value in values {
      guard let present = value.presentValue else { continue }
      result.append(try present.storable())
    }
    return .list(result)
  }

  private static func storedMap(_ map: ValueMap) throws(UnstorableValue) -> Value {
    var result = ValueMap(minimumCapacity: map.count)
    for member in map {
      guard let key = member.key.insertedText else {
        throw UnstorableValue(what: "a key that is \(member.key.nounForMessages)")
      }
      guard let present = member.value.presentValue else { continue }
      guard result[key] == nil else {
        throw UnstorableValue(what: "a map of which two keys are the same as text")
      }
      result[key] = try present.storable()
    }
    return .map(result)
  }

  private static func storedObject(_ object: ObjectValue) throws(UnstorableValue) -> Value {
    if object is OptionalValue {
      return try Value.object(object).presentValue?.storable() ?? .null
    }
    guard !object.fieldNames.isEmpty else { throw UnstorableValue(what: object.typeName) }
    var result = ValueMap()
    for name in object.fieldNames {
      guard let value = object.field(name)?.presentValue else { continue }
      result[name] = try value.storable()
    }
    return .map(result)
  }

  /// `99` for 99.0 would be read as an integer by whoever gets the text; people expect `99`.
  private static func text(of number: Double) -> String {
    if let amount = Int64(exactly: number), amount.magnitude < 1 << 53 { return String(amount) }
    return "\(number)"
  }
}

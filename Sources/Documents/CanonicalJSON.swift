package import Values

/// A value that JSON cannot express.
package struct CanonicalJSONError: Error, Hashable, Sendable, CustomStringConvertible {
  package let message: String
  package var description: String { message }
}

/// Canonical JSON (RFC 8785): one byte sequence for each value.
///
/// An integer beyond ±2^53 is written as text, since every number of canonical JSON is a double.
package enum CanonicalJSON {
  /// - Throws: for bytes, moments, durations, objects, numbers that are not finite, and keys that
  ///   are not text.
  package static func encode(_ value: Value) throws(CanonicalJSONError) -> [UInt8] {
    var bytes: [UInt8] = []
    try append(value, to: &bytes)
    return bytes
  }

  /// Appends a value. On failure the bytes hold part of it.
  package static func append(
    _ value: Value, to bytes: inout [UInt8]
  ) throws(CanonicalJSONError) {
    switch value {
    case .null: append(word: "null", to: &bytes)
    case .bool(let flag): append(word: flag ? "true" : "false", to: &bytes)
    case .int(let number):
      append(magnitude: number.magnitude, negative: number < 0, to: &bytes)
    case .uint(let number): append(magnitude: number, negative: false, to: &bytes)
    case .double(let number): try append(number, to: &bytes)
    case .string(let text): JSONQuoting.append(text, to: &bytes)
    case .list(let values): try append(values, to: &bytes)
    case .map(let map): try append(map, to: &bytes)
    case .bytes: throw unfit("bytes")
    case .timestamp: throw unfit("a timestamp")
    case .duration: throw unfit("a duration")
    case .object(let object): throw unfit("a value of type \(object.typeName)")
    }
  }

  /// Appends a map, its members sorted by the UTF-16 code units of their names (section 3.2.3).
  package static func append(
    _ map: ValueMap, to bytes: inout [UInt8]
  ) throws(CanonicalJSONError) {
    var order: [SortedName] = []
    order.reserveCapacity(map.count)
    for (position, member) in map.enumerated() {
      guard case .string(let name) = member.key else { throw unfit("a key that is not text") }
      var place = order.count
      let entry = SortedName(name, position)
      while place > 0, entry < order[place - 1], place > order.count - 16 { place -= 1 }
      order.insert(entry, at: place)
    }
    if order.count > 16 { order.sort(by: <) }
    bytes.append(0x7B)
    for entry in order {
      JSONQuoting.append(entry.name, to: &bytes)
      bytes.append(0x3A)
      try append(map[entry.position].value, to: &bytes)
      bytes.append(0x2C)
    }
    close(with: 0x7D, &bytes)
  }

  private static func append(
    _ values: [Value], to bytes: inout [UInt8]
  ) throws(CanonicalJSONError) {
    bytes.append(0x5B)
    for value in values {
      try append(value, to: &bytes)
      bytes.append(0x2C)
    }
    close(with: 0x5D, &bytes)
  }

  /// Puts the closing bracket in the place of the last comma.
  private static func close(with bracket: UInt8, _ bytes: inout [UInt8]) {
    if bytes.last == 0x2C {
      bytes[bytes.count - 1] = bracket
    } else {
      bytes.append(bracket)
    }
  }

  private static func append(word: StaticString, to bytes: inout [UInt8]) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
  }

  private static func append(magnitude: UInt64, negative: Bool, to bytes: inout [UInt8]) {
    let isText = magnitude > CoreSchema.largestInteger
    if isText { bytes.append(0x22) }
    if negative { bytes.append(0x2D) }
    ECMAScriptNumber.append(magnitude, to: &bytes)
    if isText { bytes.append(0x22) }
  }

  private static func append(
    _ number: Double, to bytes: inout [UInt8]
  ) throws(CanonicalJSONError) {
    guard number.isFinite else { throw unfit("a number that is not finite") }
    ECMAScriptNumber.append(number, to: &bytes)
  }

  private static func unfit(_ what: String) -> CanonicalJSONError {
    CanonicalJSONError(message: "JSON has no form for \(what)")
  }
}

/// A name with its first eight bytes as one number that sorts as its UTF-16 code units do.
private struct SortedName {
  let name: String
  let position: Int
  private let prefix: UInt64

  init(_ name: String, _ position: Int) {
    self.name = name
    self.position = position
    var prefix: UInt64 = 0
    var room: UInt64 = 64
    for byte in name.utf8 {
      room -= 8
      prefix |= UInt64(Self.rank(byte)) << room
      if room == 0 { break }
    }
    self.prefix = prefix
  }

  static func < (left: SortedName, right: SortedName) -> Bool {
    if left.prefix != right.prefix { return left.prefix < right.prefix }
    return left.name.utf8.lexicographicallyPrecedes(right.name.utf8) { rank($0) < rank($1) }
  }

  /// UTF-8 sorts as UTF-16 does but for U+E000 ... U+FFFF, which come after all surrogates.
  private static func rank(_ byte: UInt8) -> UInt8 {
    byte == 0xEE || byte == 0xEF ? byte + 10 : byte
  }
}

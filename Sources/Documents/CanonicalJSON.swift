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
    var writer = ByteWriter()
    try write(value, to: &writer)
    return Array(writer.bytes)
  }

  /// Appends a text.
  package static func append(text: String, to writer: inout ByteWriter) {
    JSONQuoting.write(text, to: &writer)
  }

  /// Appends a map. On failure what has been appended stays, for the caller to cut off.
  package static func append(
    _ map: ValueMap, to writer: inout ByteWriter
  ) throws(CanonicalJSONError) {
    try write(map, to: &writer)
  }

  /// Appends a value. On failure what has been appended stays, for the caller to cut off.
  package static func append(
    _ value: Value, to writer: inout ByteWriter
  ) throws(CanonicalJSONError) {
    try write(value, to: &writer)
  }

  static func write(_ value: Value, to writer: inout ByteWriter) throws(CanonicalJSONError) {
    switch value {
    case .null: writer.append("null")
    case .bool(let flag): writer.append(flag ? "true" : "false")
    case .int(let number):
      write(magnitude: number.magnitude, negative: number < 0, to: &writer)
    case .uint(let number): write(magnitude: number, negative: false, to: &writer)
    case .double(let number): try write(number, to: &writer)
    case .string(let text): JSONQuoting.write(text, to: &writer)
    case .list(let values):
      writer.append(0x5B)
      for value in values {
        try write(value, to: &writer)
        writer.append(0x2C)
      }
      writer.close(with: 0x5D)
    case .map(let map): try write(map, to: &writer)
    case .bytes: throw unfit("bytes")
    case .timestamp: throw unfit("a timestamp")
    case .duration: throw unfit("a duration")
    case .object(let object): throw unfit("a value of type \(object.typeName)")
    }
  }

  /// Writes a map, its members sorted by the UTF-16 code units of their names (section 3.2.3).
  private static func write(
    _ map: ValueMap, to writer: inout ByteWriter
  ) throws(CanonicalJSONError) {
    let mark = writer.count
    writer.append(0x7B)
    var last: SortedName?
    for position in 0..<map.count {
      let member = map[position]
      guard case .string(let name) = member.key else { throw unfit("a key that is not text") }
      let entry = SortedName(name, position)
      if let last, !(last < entry) {
        writer.truncate(to: mark + 1)
        return try writeSorted(map, from: position, to: &writer)
      }
      last = entry
      try write(name, member.value, to: &writer)
    }
    writer.close(with: 0x7D)
  }

  /// Members that are not in order; those before `start` are in order among themselves.
  private static func writeSorted(
    _ map: ValueMap, from start: Int, to writer: inout ByteWriter
  ) throws(CanonicalJSONError) {
    var order: [SortedName] = []
    order.reserveCapacity(map.count)
    for (position, member) in map.enumerated() {
      guard case .string(let name) = member.key else { throw unfit("a key that is not text") }
      order.append(SortedName(name, position))
    }
    if order.count > 24 { order.sort(by: <) } else { insertionSort(&order, from: start) }
    for entry in order { try write(entry.name, map[entry.position].value, to: &writer) }
    writer.close(with: 0x7D)
  }

  private static func insertionSort(_ order: inout [SortedName], from start: Int) {
    for index in start..<order.count {
      let entry = order[index]
      var place = index
      while place > 0, entry < order[place - 1] {
        order[place] = order[place - 1]
        place -= 1
      }
      order[place] = entry
    }
  }

  @inline(__always)
  private static func write(
    _ name: String, _ value: Value, to writer: inout ByteWriter
  ) throws(CanonicalJSONError) {
    JSONQuoting.write(name, to: &writer)
    writer.append(0x3A)
    try write(value, to: &writer)
    writer.append(0x2C)
  }

  private static func write(magnitude: UInt64, negative: Bool, to writer: inout ByteWriter) {
    let isText = magnitude > CoreSchema.largestInteger
    if isText { writer.append(0x22) }
    if negative { writer.append(0x2D) }
    ECMAScriptNumber.write(magnitude, to: &writer)
    if isText { writer.append(0x22) }
  }

  private static func write(
    _ number: Double, to writer: inout ByteWriter
  ) throws(CanonicalJSONError) {
    guard number.isFinite else { throw unfit("a number that is not finite") }
    ECMAScriptNumber.write(number, to: &writer)
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
    prefix = Self.prefix(of: name)
  }

  @inline(__always)
  private static func prefix(of name: String) -> UInt64 {
    var name = name
    return name.withUTF8 { bytes in
      if bytes.count >= 8, let start = bytes.baseAddress {
        let word = UInt64(bigEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
        if word & 0x8080_8080_8080_8080 == 0 { return word }
      }
      var prefix: UInt64 = 0
      for index in 0..<min(bytes.count, 8) {
        prefix |= UInt64(rank(bytes[index])) << UInt64(56 - 8 * index)
      }
      return prefix
    }
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

package import Values

/// Why a text is not JSON.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  package let message: String
  /// The byte at which it shows.
  package let offset: Int

  package var description: String { "\(message) (byte \(offset))" }
}

/// Reads JSON (RFC 8259, I-JSON of RFC 7493) into values, without places: journals, answers of
/// services.
///
/// An integral number without fraction and exponent is an `int`. Refused: duplicate keys, lone
/// surrogates, invalid UTF-8, a byte order mark, numbers a double cannot hold, anything after the
/// value, too deep nesting.
package enum JSONReader {
  /// What becomes of an integer beyond ±2^53.
  package enum LargeIntegers: Sendable {
    /// Text, so that no digit is lost.
    case text
    /// A double, as RFC 8785 takes every number.
    case double
  }

  /// - Parameter depthLimit: how deep lists and maps may be nested; at most 1,000 counts.
  package static func value(
    from bytes: [UInt8], depthLimit: Int = 100, largeIntegers: LargeIntegers = .text
  ) throws(JSONError) -> Value {
    let result = bytes.withUnsafeBytes { buffer -> Result<Value, JSONError> in
      Result { () throws(JSONError) in
        try value(from: buffer, depthLimit: depthLimit, largeIntegers: largeIntegers)
      }
    }
    return try result.get()
  }

  package static func value(
    from bytes: UnsafeRawBufferPointer, depthLimit: Int = 100, largeIntegers: LargeIntegers = .text
  ) throws(JSONError) -> Value {
    var reader = JSONValueReader(
      scanner: JSONScanner(bytes.assumingMemoryBound(to: UInt8.self)),
      depthLimit: min(depthLimit, 1_000), largeIntegers: largeIntegers)
    return try reader.document()
  }
}

private struct JSONValueReader {
  var scanner: JSONScanner
  let depthLimit: Int
  let largeIntegers: JSONReader.LargeIntegers

  mutating func document() throws(JSONError) -> Value {
    let value = try value(depth: 0)
    scanner.skipSpace()
    guard scanner.current == nil else { throw scanner.unexpected("the end") }
    return value
  }

  private mutating func value(depth: Int) throws(JSONError) -> Value {
    scanner.skipSpace()
    switch scanner.current {
    case 0x22: return .string(try scanner.string())
    case 0x7B: return .map(try map(depth: depth + 1))
    case 0x5B: return .list(try list(depth: depth + 1))
    case .some(0x2D), .some(0x30...0x39): return try scanner.number(largeIntegers)
    default: return try scanner.word()
    }
  }

  private mutating func enter(_ depth: Int) throws(JSONError) {
    guard depth <= depthLimit else {
      throw scanner.failure("nested deeper than \(depthLimit) levels")
    }
    scanner.position += 1
  }

  private mutating func list(depth: Int) throws(JSONError) -> [Value] {
    try enter(depth)
    var values: [Value] = []
    if scanner.skip(0x5D) { return values }
    repeat { values.append(try value(depth: depth)) } while scanner.skip(0x2C)
    guard scanner.skip(0x5D) else { throw scanner.unexpected("`,` or `]`") }
    return values
  }

  private mutating func map(depth: Int) throws(JSONError) -> ValueMap {
    try enter(depth)
    var map = ValueMap()
    var members = 0
    if scanner.skip(0x7D) { return map }
    repeat {
      scanner.skipSpace()
      let start = scanner.position
      guard scanner.current == 0x22 else { throw scanner.unexpected("a key in quotes") }
      let key = try scanner.string()
      guard scanner.skip(0x3A) else { throw scanner.unexpected("`:`") }
      map[key] = try value(depth: depth)
      members += 1
      guard map.count == members else {
        throw scanner.failure("the key `\(key)` stands twice", at: start)
      }
    } while scanner.skip(0x2C)
    guard scanner.skip(0x7D) else { throw scanner.unexpected("`,` or `}`") }
    return map
  }
}

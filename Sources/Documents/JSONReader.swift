package import Values

/// Why a text is not JSON.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  package let message: String
  /// The byte at which it shows.
  package let offset: Int

  package var description: String { "\(message) (byte \(offset))" }
}

/// Reads JSON (RFC 8259, I-JSON of RFC 7493) into values, without places: journals, answers of services.
///
/// Refused: duplicate keys, lone surrogates, invalid UTF-8, anything after the value, too deep nesting.
package enum JSONReader {
  /// What becomes of an integer beyond ±2^53.
  package enum LargeIntegers: Sendable {
    /// Text, so that no digit is lost.
    case text
    /// A double, as RFC 8785 takes every number.
    case double
  }

  package static func value(
    from bytes: [UInt8], depthLimit: Int = 100, largeIntegers: LargeIntegers = .text
  ) throws(JSONError) -> Value {
    throw JSONError(message: "not implemented", offset: 0)
  }

  package static func value(
    from bytes: UnsafeRawBufferPointer, depthLimit: Int = 100, largeIntegers: LargeIntegers = .text
  ) throws(JSONError) -> Value {
    throw JSONError(message: "not implemented", offset: 0)
  }
}

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
  package static func encode(_ value: Value) throws(CanonicalJSONError) -> [UInt8] {
    var bytes: [UInt8] = []
    try append(value, to: &bytes)
    return bytes
  }

  /// Appends a value. On failure the bytes hold part of it.
  package static func append(
    _ value: Value, to bytes: inout [UInt8]
  ) throws(CanonicalJSONError) {
    throw CanonicalJSONError(message: "not implemented")
  }

  /// Appends a map.
  package static func append(
    _ map: ValueMap, to bytes: inout [UInt8]
  ) throws(CanonicalJSONError) {
    throw CanonicalJSONError(message: "not implemented")
  }
}

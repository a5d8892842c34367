internal import Documents
internal import Values

/// Canonical JSON with this module's error.
enum CanonicalBytes {
  static func of(_ value: Value) throws(StoreError) -> [UInt8] {
    do throws(CanonicalJSONError) {
      return try CanonicalJSON.encode(value)
    } catch {
      throw .notRecordable(error.message)
    }
  }
}

import Values

/// The core schema of YAML 1.2.2 (section 10.3.2): what a plain scalar means.
enum CoreSchema {
  /// The largest magnitude that every reader of JSON keeps exactly.
  static let largestInteger: UInt64 = 1 << 53

  static func resolve(_ text: String) -> Value { .string(text) }
}

package import Values

/// JSON for people.
package enum JSONText {
  /// Two spaces a level, members in their order, no final line break.
  ///
  /// Values JSON has no form for are written as text: bytes in base64, moments and durations as in
  /// expressions, non-finite numbers by name.
  package static func pretty(_ value: Value) -> String { "" }

  /// The same on one line.
  package static func compact(_ value: Value) -> String { "" }
}

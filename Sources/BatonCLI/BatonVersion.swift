/// The version of this program.
package enum BatonVersion {
  package static let text = "0.1.0"

  /// What `baton version` prints.
  static let line = "baton \(text)"
}

package import SourceText

/// Reads a YAML or JSON file into one tree with exact places.
package enum DocumentReader {
  /// How deep lists and maps may be nested.
  package static let depthLimit = 100
  /// How large a file may be, in bytes.
  package static let sizeLimit = 16 << 20

  /// Reads a file: JSON where its path ends in `.json`, else YAML.
  ///
  /// - Returns: nil where the file cannot be read as one document; the findings say why. Findings
  ///   that leave a usable tree (a duplicate key, for example) are added too, and the tree is given.
  package static func read(_ file: SourceFile, into diagnostics: Diagnostics) -> Node? {
    nil
  }
}

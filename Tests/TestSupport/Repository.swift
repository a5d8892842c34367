package import Foundation

/// What tests read beside the code.
package enum Repository {
  package static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  package static let path = root.path

  /// The public conformance suites: in `$CONFORMANCE_DIR`, else beside the repository. Tests that
  /// read them are skipped where there are none.
  package static let conformance: URL = {
    if let path = ProcessInfo.processInfo.environment["CONFORMANCE_DIR"] {
      return URL(filePath: path)
    }
    return root.deletingLastPathComponent().appending(path: "shared/conformance")
  }()

  package static var hasConformance: Bool {
    FileManager.default.fileExists(atPath: conformance.path)
  }
}

import Foundation
import Testing

@testable import Documents

/// The public conformance suites: in `$CONFORMANCE_DIR`, else beside the package.
enum ConformanceData {
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["CONFORMANCE_DIR"] {
      return URL(fileURLWithPath: path)
    }
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return root.deletingLastPathComponent().appendingPathComponent("shared/conformance")
  }()

  static var isPresent: Bool { FileManager.default.fileExists(atPath: folder.path) }

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(path)))
  }

  static func json(_ path: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(try bytes(path)))
  }
}

import Foundation
import TestSupport
import Testing

@testable import Documents

/// The public conformance suites.
enum ConformanceData {
  static let folder = Repository.conformance
  static var isPresent: Bool { Repository.hasConformance }

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(path)))
  }

  static func json(_ path: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(try bytes(path)))
  }
}

import Foundation
import TestSupport

/// The files of the project that tests read.
enum ProjectFiles {
  /// The workflows and examples, `path` to text, sorted.
  static let workflows: [(path: String, text: String)] = texts(in: ["workflows", "examples"])

  /// These and the contracts and drivers.
  static let documents: [(path: String, text: String)] =
    texts(in: ["workflows", "examples", "plugins"])

  private static func texts(in folders: [String]) -> [(path: String, text: String)] {
    folders.flatMap { name in
      let found = FileManager.default.enumerator(atPath: Repository.root.appending(path: name).path)
      let paths = (found?.allObjects as? [String] ?? []).sorted().filter {
        $0.hasSuffix(".yaml") || $0.hasSuffix(".json")
      }
      return paths.compactMap { path in
        let full = "\(name)/\(path)"
        return (try? String(contentsOf: Repository.root.appending(path: full), encoding: .utf8)).map
        {
          (full, $0)
        }
      }
    }
  }

  /// Compares with a golden file beside the tests; `RECORD_SNAPSHOTS=1` writes it anew.
  ///
  /// - Returns: what is wrong, nil where the file holds this text.
  static func problem(with text: String, as name: String) throws -> String? {
    let file = Repository.root.appending(path: "Tests/PublishingTests/Golden")
      .appending(path: name)
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
      return "\(name) was recorded"
    }
    let recorded = try? String(contentsOf: file, encoding: .utf8)
    return recorded == text ? nil : "\(name) differs; RECORD_SNAPSHOTS=1 records it anew"
  }
}

package import Foundation

/// A folder of its own for one test, gone when the test is over.
package final class TemporaryFolder: Sendable {
  package let url: URL
  package var path: String { url.path }

  package init() {
    url = FileManager.default.temporaryDirectory
      .appending(path: "baton-test-\(UUID().uuidString)").resolvingSymlinksInPath()
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    // A test may have made it one that cannot be written to.
    chmod(path, 0o700)
    try? FileManager.default.removeItem(at: url)
  }

  package func write(_ text: String, to file: String) throws {
    let file = url.appending(path: file)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
  }

  package func text(of file: String) -> String? {
    try? String(contentsOf: url.appending(path: file), encoding: .utf8)
  }

  package func exists(_ file: String) -> Bool {
    FileManager.default.fileExists(atPath: url.appending(path: file).path)
  }

  /// The names in a folder of it, sorted; none where there is no such folder.
  package func files(in folder: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: url.appending(path: folder).path)
    return (names ?? []).sorted()
  }
}

import Actions
import Foundation
import Values

/// A project folder of its own for one test, gone when the test is over.
final class TemporaryProject: Sendable {
  let path: String

  init() {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "baton-test-\(UUID().uuidString)").resolvingSymlinksInPath()
    path = url.path
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    chmod(path, 0o700)
    try? FileManager.default.removeItem(atPath: path)
  }

  func write(_ text: String, to file: String) throws {
    let url = URL(fileURLWithPath: path).appending(path: file)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: true, encoding: .utf8)
  }

  func text(of file: String) -> String? {
    try? String(contentsOfFile: path + "/" + file, encoding: .utf8)
  }

  func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + file) }

  func invocation(
    _ operation: String = "x.y", _ inputs: ValueMap = [:], timeout: TimeSpan? = nil,
    inherited: [Int32] = []
  ) -> Invocation {
    Invocation(
      operation: operation, inputs: inputs, key: "key-1", run: "run-1", step: "step",
      timeout: timeout, projectFolder: path, inheritedDescriptors: inherited)
  }
}

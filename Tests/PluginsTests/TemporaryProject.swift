import Actions
import Foundation
import Plugins
import SourceText
import Testing
import Values
import Workflows

/// A project folder of its own for one test, with the repository's plugins or its own.
final class TemporaryProject: Sendable {
  let path: String

  /// The repository's root.
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  init() {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "baton-test-\(UUID().uuidString)").resolvingSymlinksInPath()
    path = url.path
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  /// A project like the repository's own.
  static func siteBuilder() throws -> TemporaryProject {
    let project = TemporaryProject()
    for name in ["plugins", "baton.yaml"] {
      try FileManager.default.copyItem(
        atPath: repository.appending(path: name).path, toPath: project.path + "/" + name)
    }
    return project
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

  func files(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []).sorted()
  }

  /// The project; every finding fails the test.
  func load() throws -> Project {
    let diagnostics = Diagnostics()
    let project = Project.load(from: path, into: diagnostics)
    #expect(diagnostics.sorted.map(\.message) == [])
    return try #require(project)
  }

  /// The operations of the environment `local`.
  func registry() throws -> OperationRegistry {
    let project = try load()
    let diagnostics = Diagnostics()
    let catalog = project.catalog(into: diagnostics)
    #expect(diagnostics.sorted.map(\.message) == [])
    return project.registry(
      catalog: catalog, clock: { Timestamp(seconds: 1_795_222_800) })
  }

  /// Calls an operation.
  func call(
    _ registry: OperationRegistry, _ operation: String, _ inputs: ValueMap = [:],
    key: String = "key-1", timeout: TimeSpan? = nil
  ) async throws(ActionFailure) -> ValueMap {
    let found = try registry.operation(named: operation).get()
    return try await found.handler.perform(
      Invocation(
        operation: operation, inputs: inputs, key: key, run: "run-1", step: "step",
        timeout: timeout, projectFolder: path))
  }

  /// The failure of a call; nil where it succeeds.
  func failure(
    _ registry: OperationRegistry, _ operation: String, _ inputs: ValueMap = [:],
    key: String = "key-1", timeout: TimeSpan? = nil
  ) async -> ActionFailure? {
    do throws(ActionFailure) {
      _ = try await call(registry, operation, inputs, key: key, timeout: timeout)
      return nil
    } catch { return error }
  }

  /// Runs Python over the project folder; what it prints.
  func python(_ script: String, _ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self)
  }
}

import Actions
import Foundation
import Plugins
import SourceText
import TestSupport
import Testing
import Values
import Workflows

extension TemporaryFolder {
  /// A project like the repository's own.
  static func siteBuilder() throws -> TemporaryFolder {
    let project = TemporaryFolder()
    for name in ["plugins", "baton.yaml"] {
      try FileManager.default.copyItem(
        atPath: Repository.root.appending(path: name).path, toPath: project.path + "/" + name)
    }
    return project
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

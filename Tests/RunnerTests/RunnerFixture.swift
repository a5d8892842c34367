import Engine
import Foundation
import Plugins
import RunStore
import SourceText
import Synchronization
import TestSupport
import Testing
import Values
import Workflows

@testable import Runner

/// A project in a folder of its own, deleted at the end, with a clock that the test sets and any
/// number of machines that see the folder.
final class RunnerFixture: Sendable {
  let folder: String
  private let moment = Mutex<Timestamp>(Timestamp(seconds: 1_763_000_000))

  /// A command that makes the file `begun` and is under way until there is a file `seen`.
  static let waiting =
    "[sh, -c, 'touch begun; \(ShellScript.waiting(until: "[ -e seen ]"))']"

  init(project: String = "baton: 1\n") throws {
    folder = "/tmp/baton-runner-tests-\(UInt64.random(in: 0...UInt64.max))"
    mkdir(folder, 0o700)
    let file = try #require(fopen(folder + "/baton.yaml", "w"))
    fputs(project, file)
    fclose(file)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var now: Timestamp { moment.withLock { $0 } }

  func pass(_ seconds: Int64) {
    moment.withLock { $0 = $0.adding(TimeSpan(seconds: seconds)) ?? $0 }
  }

  func exists(_ path: String) -> Bool { access(folder + "/" + path, F_OK) == 0 }

  func text(_ path: String) throws -> String {
    try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
  }

  func copy(_ path: String, to other: String) throws {
    let target = URL(filePath: folder + "/" + other)
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: URL(filePath: folder + "/" + path), to: target)
  }

  /// - Parameters:
  ///   - name: the store's folder.
  ///   - machine: the host it is on; nil for this one.
  func store(_ name: String = ".baton", on machine: String? = nil) -> RunStore {
    var sources = RunStore.Sources()
    if let machine { sources.machine = { Machine(identity: machine, host: machine) } }
    return RunStore(
      root: "\(folder)/\(name)",
      key: SealingKey.Source(environment: nil, file: folder + "/key"), sources: sources)
  }

  func write(_ text: String, to path: String) throws {
    let file = URL(filePath: folder + "/" + path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
  }

  /// - Parameter interrupted: Asked before everything that a run does.
  func service(
    _ store: RunStore? = nil, progress: @escaping @Sendable (RunProgress) -> Void = { _ in },
    interrupted: @escaping @Sendable () -> Bool = { false }
  ) throws -> RunService {
    let project = Project.load(from: folder, into: Diagnostics())
    return RunService(
      project: try #require(project), store: store ?? self.store(), environment: nil,
      actor: Actor(kind: .user, id: "ana"), now: { [self] in moment.withLock { $0 } },
      progress: progress, interrupted: interrupted)
  }

  func start(
    _ text: String, in store: RunStore? = nil,
    progress: @escaping @Sendable (RunProgress) -> Void = { _ in },
    interrupted: @escaping @Sendable () -> Bool = { false }
  ) async throws -> String {
    let service = try service(store, progress: progress, interrupted: interrupted)
    return try await service.start(try workflow(text, in: service), inputs: [:]).runID
  }

  /// Moves a run to another version of its workflow, and has it go on.
  func migrate(
    _ run: String, to text: String, _ decisions: [String: String] = [:]
  ) async throws {
    let service = try service()
    _ = try await service.migrate(
      run, to: try workflow(text, in: service), MigrationChoices(decisions: decisions),
      reason: nil)
  }

  private func workflow(_ text: String, in service: RunService) throws -> Workflow {
    let diagnostics = Diagnostics()
    let catalog = service.project.catalog(into: diagnostics)
    let file = SourceFile(path: "w.yaml", text: "baton: 1\nid: w\nname: W\n" + text)
    let workflow = Workflow.load(file: file, catalog: catalog, into: diagnostics)
    return try #require(workflow, "\(diagnostics.sorted.map(\.message))")
  }

  func records(of run: String, in store: RunStore? = nil) throws -> [JournalRecord] {
    var records: [JournalRecord] = []
    try (store ?? self.store()).reader(run: run).records { record in
      records.append(record)
      return true
    }
    return records
  }
}

import Glibc
import Plans
import Plugins
import Simulation
import SourceText
import TestSupport
import Testing
import Values
import Workflows

@testable import BatonCLI

/// The project's own workflows, with their tests.
@Suite struct ProjectTests {
  private static func files() throws -> [TestFile] {
    let diagnostics = Diagnostics()
    let project = try #require(Project.load(from: Repository.path, into: diagnostics))
    let catalog = project.catalog(environment: nil, into: diagnostics)
    return FileAccess.names(in: Repository.path + "/workflows").filter {
      $0.contains(".test.")
    }
    .compactMap { name in
      guard let bytes = contents(Repository.path + "/workflows/" + name) else { return nil }
      return TestFile.load(
        SourceFile(path: Repository.path + "/workflows/" + name, bytes: bytes),
        catalog: catalog,
        workflows: project.workflows, into: diagnostics)
    }
  }

  private static func contents(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes += chunk[..<count]
    }
    return bytes
  }

  @Test func `the path of every test is among the paths of the plan`() throws {
    var count = 0
    for file in try Self.files() {
      for result in TestRunner().results(of: file) {
        guard let run = result.run else { continue }
        count += 1
        for inputs in [ValueMap(), result.test.inputs] {
          let plan = RunPlan(file.workflow, RunPlan.Request(inputs: inputs, start: run.startedAt))
          #expect(plan.contains(run.path), "\(result.test.name): \(run.path)")
        }
      }
    }
    #expect(count > 20)
  }
}

import Documents
import SourceText
import TestSupport
import Testing
import TimeZones
import Values
import Workflows

@testable import Plugins

/// Every workflow of the project, with one mistake of each kind put in at a random place: it is found
/// there. Without one nothing is found.
@Suite struct MutationCorpusTests {
  private static let seeds: [UInt64] = [1, 2, 3]

  @Test(arguments: MutationCorpus.paths)
  func `nothing is found where nothing is wrong`(path: String) throws {
    let findings = try MutationCorpus.findings(MutationCorpus.bytes(of: path), path)
    #expect(findings.isEmpty, "\(findings.map { "\($0.code) \($0.message)" })")
  }

  @Test(arguments: MutationCorpus.paths)
  func `each kind of mistake is found at its line, wherever it is made`(path: String) throws {
    let bytes = try MutationCorpus.bytes(of: path)
    let file = SourceFile(path: path, bytes: bytes)
    let root = try #require(DocumentReader.read(file, into: Diagnostics()))
    let places = MutationPlaces(file, root)
    var made = 0
    for mutation in Mutation.all {
      for seed in Self.seeds {
        var random = SeededNumbers(seed: seed)
        guard let edit = mutation.edit(places, &random) else { continue }
        let changed = edit.applied(to: bytes)
        let line = SourceFile(path: path, bytes: changed).location(of: edit.expected).line
        let findings = try MutationCorpus.findings(changed, path)
        let found = findings.map { "\($0.code):\($0.file.location(of: $0.span.start).line)" }
        made += 1
        #expect(
          found.contains("\(mutation.code):\(line)"),
          "\(mutation.name), seed \(seed): expected \(mutation.code):\(line), found \(found)")
      }
    }
    // Whatever a file is made of, most mistakes can be made in it.
    #expect(made >= 3 * 25, "\(made) mistakes")
  }
}

/// The project as it stands, on a day of its life.
private enum MutationCorpus {
  static let project = Project.load(from: Repository.path, into: Diagnostics())
  static let catalog = project?.catalog(into: Diagnostics()) ?? .builtIn
  static let facts = project?.facts(now: Timestamp(rfc3339: "2026-11-20T12:00:00Z"))

  static let paths: [String] = {
    let examples = WorkflowFiles.names(in: "\(Repository.path)/examples").flatMap { lesson in
      WorkflowFiles.workflows(in: Repository.path, "examples/\(lesson)")
    }
    return WorkflowFiles.workflows(in: Repository.path, "workflows") + examples
  }()

  static func bytes(of path: String) throws -> [UInt8] {
    try #require(contents(of: "\(Repository.path)/\(path)"))
  }

  static func findings(_ bytes: [UInt8], _ path: String) throws -> [Diagnostic] {
    let diagnostics = Diagnostics(limit: 1_000)
    let project = try #require(project)
    _ = Workflow.load(
      file: SourceFile(path: "\(Repository.path)/\(path)", bytes: bytes), catalog: catalog,
      workflows: project.workflows, facts: facts, into: diagnostics)
    return diagnostics.sorted.filter { $0.file.path.hasSuffix(path) }
  }
}

private enum WorkflowFiles {
  static func names(in folder: String) -> [String] { entries(of: folder) }

  static func workflows(in root: String, _ folder: String) -> [String] {
    names(in: "\(root)/\(folder)").filter { name in
      !name.contains(".test.") && WorkflowShelf.endings.contains { name.hasSuffix($0) }
    }.map { "\(folder)/\($0)" }.filter { path in
      guard let bytes = contents(of: "\(root)/\(path)") else { return false }
      let node = DocumentReader.read(SourceFile(path: path, bytes: bytes), into: Diagnostics())
      return node?["steps"] != nil
    }
  }
}

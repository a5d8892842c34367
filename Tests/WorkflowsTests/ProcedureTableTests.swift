import Fields
import SourceText
import TestSupport
import Testing

@testable import Workflows

/// `workflows/README.md` says which step does which row of a procedure.
@Suite struct ProcedureTableTests {
  static let files = [
    "standard-onboarding.yaml", "manual-onboarding.yaml", "enterprise-onboarding.json",
    "sms-business-onboarding.yaml",
  ]

  @Test(arguments: files)
  func `every step stands in the table of its procedure, and every name there is a step`(
    file: String
  ) throws {
    let workflow = try load("workflows/\(file)")
    let table = try #require(try tables()[workflow.id])
    let ids = Set(workflow.allSteps.map(\.id))
    #expect(ids.subtracting(table).isEmpty, "steps that no row names")
    let words: Set = ["verify", "target", "manual", "see", "targets", "document", "outputs"]
    #expect(table.subtracting(ids).subtracting(words).subtracting(workflow.inputs.names).isEmpty)
  }

  @Test func `nobody but the owner decides about money, however late it gets`() throws {
    let workflow = try load("workflows/sms-business-onboarding.yaml")
    for id in ["price_approved", "replacement_approved"] {
      let step = try #require(workflow.step(named: id))
      #expect(step.role == "owner")
      #expect(step.escalate.allSatisfy { $0.to == "owner" })
    }
  }

  /// The names in the last column of each section's table, by the workflow in its heading.
  private func tables() throws -> [String: Set<String>] {
    let text = String(
      decoding: try #require(contents(of: "\(Repository.path)/workflows/README.md")),
      as: UTF8.self)
    var tables: [String: Set<String>] = [:]
    var workflow = ""
    for line in text.split(separator: "\n") {
      if line.hasPrefix("## ") {
        workflow = quoted(line).last ?? ""
      } else if line.hasPrefix("| "), !workflow.isEmpty {
        let cell = line.dropLast(2).split(separator: "|", omittingEmptySubsequences: false).last
        tables[workflow, default: []].formUnion(quoted(cell ?? ""))
      }
    }
    return tables
  }

  /// What stands between back-ticks.
  private func quoted(_ text: Substring) -> [String] {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  private func load(_ path: String) throws -> Workflow {
    let bytes = try #require(contents(of: "\(Repository.path)/\(path)"))
    let diagnostics = Diagnostics()
    let workflow = Workflow.load(
      file: SourceFile(path: path, bytes: bytes), catalog: projectCatalog,
      workflows: projectWorkflows, into: diagnostics)
    return try #require(workflow, "\(DiagnosticRenderer().render(diagnostics))")
  }
}

import Documents
import SourceText
import Testing
import Values
import Workflows

@testable import Simulation

/// A workflow with a file of tests, and what came of them.
struct Sample {
  static let head = "baton: 1\nid: sample\nname: A sample\nversion: 1.0.0\n"
  let file: TestFile

  init(_ workflow: String, _ tests: String, others: [String: String] = [:]) throws {
    let (file, findings) = Self.load(workflow, tests, others: others)
    self.file = try #require(file, "\(findings.map { "\($0.code) \($0.message)" })")
  }

  /// - Parameter others: other workflows, by their paths, with or without a head.
  static func load(
    _ workflow: String, _ tests: String, others: [String: String] = [:]
  ) -> (TestFile?, [Diagnostic]) {
    let source = SourceFile(path: "sample.yaml", text: head + workflow)
    let finder = WorkflowSource(find: { name, _ in
      name == "sample"
        ? source
        : others[name].map {
          SourceFile(path: name, text: $0.hasPrefix("baton:") ? $0 : head + $0)
        }
    })
    let diagnostics = Diagnostics()
    let file = TestFile.load(
      SourceFile(path: "sample.test.yaml", text: tests), catalog: catalog, workflows: finder,
      into: diagnostics)
    return (file, diagnostics.sorted)
  }

  func results(people: [TestPerson] = []) -> [TestResult] {
    TestRunner(people: people).results(of: file)
  }

  func result() throws -> TestResult { try #require(results().first) }

  static let catalog: Catalog = {
    let text = """
      plugin: shop
      version: 1.0.0
      operations:
        find:
          summary: Find an order
          effects: none
          inputs: { id: string }
          outputs: { amount: number }
        pay:
          summary: Take the money
          effects: once
          inputs: { id: string }
          outputs: { receipt: string, status: { type: string, enum: [paid, open] } }
          errors: { declined: The card was declined, stolen: { message: The card is stolen, retry: false } }
          examples:
            - inputs: { id: A-1 }
              outputs: { receipt: R-1, status: paid }
        tell:
          summary: Tell somebody
          effects: keyed
          inputs: { text: string }
          outputs: { secret: { type: string, sensitive: true, optional: true } }
      events:
        delivered: { id: string }
      """
    let diagnostics = Diagnostics()
    let contract = PluginContract.decode(
      SourceFile(path: "plugin.yaml", text: text), into: diagnostics)
    return Catalog(contract.map { ["shop": $0] } ?? [:])
  }()
}

import Foundation
import SourceText
import TestSupport
import Testing
import Workflows

@testable import Plugins

/// The pages of this module's codes: the wrong example gives the code, the right one nothing.
@Suite struct DiagnosticPagesTests {
  static let codes: [DiagnosticCode] = [
    .driverShape, .unknownDriverKey, .unknownDriverKind, .driverExpression, .notInContract,
    .undeclaredCode,
    .projectShape, .unknownProjectKey, .unknownPlugin, .unknownDriver, .driverSetting,
    .unreachablePerson, .missingSecret,
  ]

  private static let contract = """
    plugin: shop
    version: 1.0.0
    summary: The shop
    operations:
      find:
        summary: Find an order
        effects: none
        inputs: { order_id: string }
        outputs: { amount: number }
        errors: { order_not_found: There is no such order }
    """

  private static let driver = """
    driver: sqlite
    kind: sql
    settings: { file: string }
    file: ${{ settings.file }}
    operations: {}
    """

  private static let project = """
    baton: 1
    environments: { local: { connections: { shop: { driver: sqlite, file: data/shop.db } } } }
    """

  @Test(arguments: codes)
  func `the page of a code has an example that is wrong and one that is right`(
    code: DiagnosticCode
  ) throws {
    let page = try String(
      contentsOf: Repository.root.appending(path: "docs/diagnostics/\(code).md"),
      encoding: .utf8)
    let blocks = page.components(separatedBy: "```")
    try #require(blocks.count == 5)
    let wrong = try findings(blocks[1])
    #expect(wrong.contains { $0.code == code }, "\(wrong.map { "\($0.code) \($0.message)" })")
    let right = try findings(blocks[3])
    #expect(right.isEmpty, "\(right.map { "\($0.code) \($0.message)" })")
  }

  private func findings(_ block: String) throws -> [Diagnostic] {
    let isDriver = block.hasPrefix("yaml driver\n")
    let text = String(block.drop { $0 != "\n" }.dropFirst())
    let folder = TemporaryFolder()
    try folder.write(Self.contract, to: "plugins/shop/plugin.yaml")
    try folder.write(isDriver ? text : Self.driver, to: "plugins/shop/sqlite.yaml")
    try folder.write(isDriver ? Self.project : text, to: "baton.yaml")
    let diagnostics = Diagnostics()
    if let project = Project.load(from: folder.path, into: diagnostics) {
      let catalog = project.catalog(into: diagnostics)
      project.checkDrivers(catalog: catalog, into: diagnostics)
      project.checkNotification(catalog: catalog, into: diagnostics)
    }
    return diagnostics.sorted
  }
}

import SourceText
import TestSupport
import Testing
import Workflows

@testable import Plugins

/// What is most likely meant otherwise in a driver: `doctor` warns of it, and no run looks.
@Suite struct DriverAdviceTests {
  private let project = TemporaryFolder()

  private func setUp(_ driver: String) throws -> Project {
    try project.write(
      "baton: 1\nenvironments: { local: { connections: { t: { driver: d, file: x.db } } } }\n",
      to: "baton.yaml")
    try project.write(
      """
      plugin: t
      operations:
        find:
          inputs: { id: string, name: string }
          outputs: { name: string, count: { type: integer, optional: true } }
          errors: { gone: It is gone }
      """, to: "plugins/t/plugin.yaml")
    try project.write("driver: d\nsettings: { file: string }\n\(driver)\n", to: "plugins/t/d.yaml")
    return try project.load()
  }

  private func findings(_ driver: String) throws -> [Diagnostic] {
    let project = try setUp(driver)
    let diagnostics = Diagnostics()
    project.checkDrivers(catalog: project.catalog(into: diagnostics), into: diagnostics)
    return diagnostics.sorted
  }

  private func sql(_ keys: String, file: String = "${{ settings.file }}") -> String {
    "kind: sql\nfile: \(file)\noperations: { find: { statements: [SELECT 1 AS n], \(keys) } }"
  }

  // MARK: comparisons of something with itself

  @Test(arguments: [
    ("rows[0].name == rows[0].name", "rows[0].name", "always"),
    ("size(rows) > 0 && inputs.id != inputs.id", "inputs.id", "never"),
  ])
  func `a comparison with itself is warned of in a condition`(
    condition: String, side: String, result: String
  ) throws {
    let found = try findings(sql("errors: [ { when: \"\(condition)\", code: gone } ]"))
    #expect(found.map(\.code) == [.sameSides])
    #expect(found.first?.message == "`\(side)` is compared with itself")
    #expect(found.first?.label == "this is \(result) true")
  }

  @Test func `so it is in a value, at its place`() throws {
    let output = "as ${{ rows[0].n == rows[0].n ? 'x' : 'y' }}"
    let found = try findings(sql("outputs: { name: \"\(output)\" }"))
    #expect(found.map(\.code) == [.sameSides])
    let finding = try #require(found.first)
    #expect(
      String(decoding: finding.file.bytes[finding.span.start..<finding.span.end], as: UTF8.self)
        == "rows[0].n == rows[0].n")
  }

  @Test func `other comparisons are not`() throws {
    #expect(
      try findings(
        sql("errors: [ { when: \"rows[0].name == inputs.name || 1 == 1\", code: gone } ]")
      ).isEmpty)
  }
}

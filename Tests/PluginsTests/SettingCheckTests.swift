import Glibc
import SourceText
import TestSupport
import Testing
import Workflows

@testable import Plugins

/// What is found of the settings of a connection without using it.
@Suite struct SettingCheckTests {
  private let project = TemporaryFolder()

  private func findings(_ settings: String, environment: String = "") throws -> [String] {
    try project.write(
      """
      baton: 1
      environments:
        local:
      \(environment)
          connections: { t: { driver: tool, \(settings) } }
      """, to: "baton.yaml")
    try project.write(
      "plugin: t\nversion: 1.0.0\nsummary: T\noperations: { go: { summary: Go } }\n",
      to: "plugins/t/plugin.yaml")
    try project.write(
      """
      driver: tool
      kind: command
      settings: { folder: string, port: { type: integer, optional: true }, hosts: { type: array, items: { type: string }, optional: true } }
      env: { KEY: "${{ key }}" }
      operations: { go: { run: ["true"] } }
      """, to: "plugins/t/tool.yaml")
    let diagnostics = Diagnostics()
    let loaded = try project.load()
    loaded.checkDrivers(catalog: loaded.catalog(into: diagnostics), into: diagnostics)
    return diagnostics.sorted.map { "\($0.code) \($0.message)" }
  }

  @Test(arguments: [
    "folder: x", "folder: x, port: 3, hosts: [a, b]", "folder: x, port: null",
    "folder: \"$${{ x }}\"",
  ])
  func `values that fit are fine`(settings: String) throws {
    #expect(try findings(settings) == [])
  }

  @Test func `a value that the driver cannot have is found`() throws {
    let found = try findings("folder: 3")
    #expect(found.count == 1)
    #expect(
      found[0].hasPrefix("B2205 the connection `t` is not set up: `folder` must be text"),
      "\(found)")
    #expect(try findings("folder: x, port: many, hosts: [1]").count == 2)
  }

  @Test
  func `a secret that is not there is a warning, and one that is there is held against the field`()
    throws
  {
    let missing = try findings(#"folder: "${{ secret('BATON_TEST_NOT_SET') }}""#)
    #expect(missing.count == 1)
    #expect(
      missing.first?.hasPrefix(
        "B2207 the setting `folder` has no value here: the secret `BATON_TEST_NOT_SET` is not set")
        == true, "\(missing)")
    setenv("BATON_TEST_PORT", "s3cret-port", 1)
    let unfit = try findings(#"folder: x, port: "${{ secret('BATON_TEST_PORT') }}""#)
    #expect(unfit == ["B2205 the connection `t` is not set up: `port` must be a whole number"])
    let asked = try findings(
      #"folder: "${{ secret('BATON_TEST_NOT_SET') }}""#,
      environment: "    secrets: { command: [\"false\"] }")
    #expect(asked == [], "no program is asked")
  }
}

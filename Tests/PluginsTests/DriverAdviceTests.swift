import Actions
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

  private func command(_ keys: String) -> String {
    "kind: command\noperations: { find: { \(keys) } }"
  }

  private func mail(_ output: String) -> String {
    "kind: mail\nmaildir: outbox\noperations: { find: { message: { from: a@example.com, to: "
      + "b@example.com, subject: S, text: T }, outputs: { name: \"\(output)\" } } }"
  }

  // MARK: bare expressions

  @Test(arguments: [
    "rows[0].name", "rows", "size(rows)", "inputs.name", "inputs['name']", "settings.file",
    "rows.map(r, r.name)[0]", "changes", "inputs.id + inputs.name",
  ])
  func `a bare expression in the outputs of statements is warned of`(output: String) throws {
    let found = try findings(sql("outputs: { name: \"\(output)\" }"))
    #expect(found.map(\.code) == [.lookalike])
    #expect(
      found.first?.message == "this looks like an expression, and is taken for text as it stands")
    #expect(found.first?.help == "an expression is written `${{ \(output) }}`")
  }

  @Test(arguments: ["stdout", "json.name", "json['name']", "int(stdout)", "stderr.trim()"])
  func `so it is in those of a program`(output: String) throws {
    let found = try findings(command("run: [find], outputs: { name: \"\(output)\" }"))
    #expect(found.map(\.code) == [.lookalike])
  }

  @Test func `so it is in those of a message`() throws {
    #expect(try findings(mail("message.id")).map(\.code) == [.lookalike])
    #expect(try findings(mail("${{ message.id }}")).isEmpty)
  }

  @Test func `so it is wherever else a value is written`() throws {
    #expect(try findings(sql("outputs: {}", file: "settings.file")).map(\.code) == [.lookalike])
    #expect(
      try findings(
        command("run: [find, inputs.id], env: { A: inputs.name }, stdin: inputs.name")
      ).map(\.code) == [.lookalike, .lookalike, .lookalike])
    #expect(
      try findings(
        sql("errors: [ { when: \"rows.size() == 0\", code: gone, message: inputs.name } ]")
      ).map(\.code) == [.lookalike])
  }

  @Test(arguments: [
    "name", "inputs", "settings.json", "inputs.txt", "key", "key.pem", "json", "settings",
    "the rows", "rows.csv", "rows of it", "inputs.name, please", "a.b", "size(x)", "sh (1)",
    "${{ rows[0].name }}", "{{ inputs }}", "now", "text()", "id",
  ])
  func `what is no expression there is not`(output: String) throws {
    let found = try findings(sql("outputs: { name: \"\(output)\" }"))
    #expect(found.isEmpty, "\(found.map(\.message))")
  }

  @Test func `no run looks`() throws {
    let project = try setUp(sql("outputs: { name: rows }"))
    let registry = project.registry(catalog: project.catalog(into: Diagnostics()))
    guard case .success = registry.operation(named: "t.find") else {
      Issue.record("the operation cannot be carried out")
      return
    }
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

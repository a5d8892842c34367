import SourceText
import TestSupport
import Testing
import Workflows

@testable import Plugins

/// What is found in the statements of a `sql` driver before a database sees them.
@Suite struct StatementCheckTests {
  private let project = TemporaryFolder()

  /// The findings of a driver whose one operation has these statements.
  private func findings(
    _ statements: String, schema: String = "", input: String = "id", parameter: String = "small"
  ) throws -> [Diagnostic] {
    try project.write(
      "baton: 1\nenvironments: { local: { connections: { t: { driver: s, file: x.db } } } }\n",
      to: "baton.yaml")
    try project.write(
      """
      plugin: t
      version: 1.0.0
      summary: T
      operations:
        go: { summary: Go, inputs: { \(input): string, note: { type: string, optional: true } }, outputs: {} }
      """, to: "plugins/t/plugin.yaml")
    try project.write(
      """
      driver: s
      kind: sql
      settings: { file: string }
      file: ${{ settings.file }}
      \(schema)
      operations:
        go:
          parameters: { \(parameter): "${{ inputs.\(input).lowerAscii() }}" }
          statements:
            - |
              \(statements)
      """, to: "plugins/t/s.yaml")
    let diagnostics = Diagnostics()
    let loaded = try project.load()
    loaded.checkDrivers(catalog: loaded.catalog(into: diagnostics), into: diagnostics)
    return diagnostics.sorted
  }

  @Test(arguments: [
    "INSERT INTO t VALUES (:id, :note, :small, :key)",
    "SELECT ':idd', \":idd\", [:idd], `:idd` -- :idd ${x}", "SELECT /* :idd ' */ 1, 'it''s :idd'",
    "SELECT a->>'$.name', a$b FROM t WHERE at = '12:30' AND id=:id", "SELECT 'no end :idd",
  ])
  func `what is no parameter, or has a value, is fine`(statement: String) throws {
    #expect(try findings(statement).map(\.message) == [])
  }

  @Test func `a parameter without a value is found, with what is near`() throws {
    let found = try findings("SELECT 1 WHERE a = :idd OR b = :nothing")
    #expect(found.map(\.code) == [.driverExpression, .driverExpression])
    #expect(
      found.map(\.message) == [
        "there is no value for the parameter `:idd`",
        "there is no value for the parameter `:nothing`",
      ])
    #expect(found.first?.help == "did you mean `:id`?")
    #expect(found.first?.label == "there are `:id`, `:note`, `:small`, `:key`")
    let span = try #require(found.first?.span)
    #expect(
      found.first.map { String(decoding: $0.file.bytes[span.start..<span.end], as: UTF8.self) }
        == ":idd")
  }

  @Test(arguments: ["?", "?1", "@id", "$id"])
  func `other parameters than by name are not bound`(parameter: String) throws {
    #expect(
      try findings("SELECT 1 WHERE a = \(parameter)").map(\.message) == [
        "`\(parameter)` is no parameter"
      ])
  }

  @Test(arguments: [
    ("${{ inputs.note }}", "write `:note`, without quotes around it: it is bound"),
    ("${{key}}", "write `:key`, without quotes around it: it is bound"),
    (
      "${{ inputs.note.size() }}",
      "give the value a name under `parameters`, and write `:name`, without quotes around it"
    ),
  ])
  func `an expression in a statement would be taken as it stands`(
    expression: String, help: String
  ) throws {
    let found = try findings("INSERT INTO t VALUES (:idd, '\(expression)')")
    #expect(found.map(\.message) == ["SQL has no `${{ … }}`: it would stay as it stands"])
    #expect(found.first?.help == help)
  }

  @Test func `nothing can be put into a schema`() throws {
    let found = try findings(
      "SELECT 1", schema: "schema: CREATE TABLE IF NOT EXISTS ${{ settings.file }} (a)")
    #expect(found.map(\.message) == ["SQL has no `${{ … }}`: it would stay as it stands"])
  }

  @Test func `what is called as the idempotency key takes its place nowhere`() throws {
    let parameter = try findings("SELECT :key", parameter: "key")
    #expect(parameter.map(\.code) == [.driverExpression])
    #expect(parameter.map(\.message) == ["`key` cannot name a parameter"])
    let input = try findings("SELECT :key, :small", input: "key")
    #expect(
      input.map(\.message) == ["`:key` may be the idempotency key or the input `key`"])
    #expect(input.first?.help?.contains("`${{ inputs.key }}` the input") == true)
    #expect(try findings("SELECT :small", input: "key").map(\.message) == [])
    let written = try findings("SELECT '${{ inputs.key }}'", input: "key")
    #expect(written.first?.help?.hasPrefix("give the value a name under `parameters`") == true)
  }
}

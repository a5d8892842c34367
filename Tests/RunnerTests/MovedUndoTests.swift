import Engine
import Testing
import Values

@testable import Runner

/// Taking back what a version did that the run was moved away from.
@Suite struct MovedUndoTests {
  private func fixture() throws -> RunnerFixture {
    let fixture = try RunnerFixture(
      project: """
        baton: 1
        environments:
          local:
            connections: { shop: { driver: sh } }

        """)
    try fixture.write(
      """
      plugin: shop
      version: 1.0.0
      summary: A shop
      operations:
        open: { summary: Opens, effects: once, inputs: { name: string }, undo: { action: close, with: { name: "${{ inputs.name }}" } } }
        close: { summary: Closes, effects: once, inputs: { name: string } }

      """, to: "plugins/shop/plugin.yaml")
    let operations = ["open", "close"].map { name in
      "  \(name): { run: [sh, -c, 'echo \(name) \"$1\" >> done', sh, \"${{ inputs.name }}\"] }"
    }
    try fixture.write(
      "driver: sh\nkind: command\noperations:\n" + operations.joined(separator: "\n") + "\n",
      to: "plugins/shop/sh.yaml")
    return fixture
  }

  private static let question = "  - { id: q, ask: { fields: { ok: boolean } } }\n"
  private static let opening = "  - { id: a, action: shop.open, with: { name: ana } }\n"

  @Test func `the plugin that takes it back is there, though the new version names it no more`()
    async throws
  {
    let fixture = try fixture()
    let run = try await fixture.start("steps:\n" + Self.opening + Self.question)
    try await fixture.migrate(run, to: "steps:\n" + Self.question)
    let snapshot = try await fixture.service().submit(.undo(reason: "a mistake"), to: run)
    #expect(snapshot.status == .undone)
    #expect(try fixture.text("done") == "open ana\nclose ana\n")
  }

  @Test func `that nothing can take it back any more is decided before the run is moved`()
    async throws
  {
    let fixture = try fixture()
    let run = try await fixture.start("steps:\n" + Self.opening + Self.question)
    try fixture.write(
      "plugin: shop\nversion: 2.0.0\nsummary: A shop\noperations:\n"
        + "  open: { summary: Opens, effects: once, inputs: { name: string } }\n",
      to: "plugins/shop/plugin.yaml")
    let next = "steps:\n" + Self.opening + Self.question
    await #expect(throws: RunnerError.self) { try await fixture.migrate(run, to: next) }
    try await fixture.migrate(run, to: next, ["a.undo": "keep"])
    #expect(try fixture.service().snapshot(run).status == .waiting)
  }
}

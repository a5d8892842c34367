import SourceText
import Testing
import Values
import Workflows

@testable import Engine

/// Runs that are moved while a step has values that somebody gave with `retry`.
@Suite struct MovedCorrectionTests {
  private static let body =
    "steps:\n  - { id: one, action: shop.open, with: { name: one } }\n"

  /// A run whose step has failed with a value that somebody gave.
  private func run() throws -> Rehearsal {
    let run = try Rehearsal(Self.body, catalog: Shop.catalog)
    fail(run)
    #expect(
      run.handle(.retry(step: "one", with: ["name": "ana"], again: false, reason: nil)) == nil)
    fail(run)
    return run
  }

  private func fail(_ run: Rehearsal) {
    run.carryOut { _ in .failed(Failure(code: "busy", message: "not now"), canRetry: false) }
  }

  private func retry(_ run: Rehearsal) -> [String] {
    #expect(run.handle(.retry(step: "one", with: [:], again: false, reason: nil)) == nil)
    return run.carryOut()
  }

  private static let other = body.replacing("name: one }", with: "name: uno }")

  @Test(arguments: [("keep", "shop.open ana"), ("again", "shop.open uno")])
  func `whether it or the new version counts is for somebody to decide`(
    choice: String, call: String
  ) throws {
    let run = try run()
    let new = try Rehearsal.version(Self.other)
    #expect(
      try run.plan(to: new).sentences["one"]
        == "decide keep again: somebody gave it `name` with `retry`; `keep`: that counts from now on, "
        + "too; `again`: what the new version says counts")
    try run.move(to: new, ["one": choice])
    #expect(run.statuses["one"] == .failed)
    let saved = run.engine.state.saved
    #expect(RunState(saved: saved, workflow: new)?.saved == saved)
    #expect(
      run.engine.manual(of: new.steps.steps[0], at: "one")?.contains("uno") == (choice == "again"))
    #expect(retry(run) == [call])
  }

  @Test func `a value that another operation does not have falls away`() throws {
    let run = try run()
    let new = try Rehearsal.version(
      Self.body.replacing(
        "shop.open, with: { name: one }", with: "shop.tell, with: { text: hello }"))
    let messages = try run.plan(to: new).items.compactMap { item -> String? in
      if case .safe(let message) = item.verdict { message } else { nil }
    }
    #expect(
      messages.contains(
        "counts for the next try, without `name`, which somebody gave with `retry` and the operation "
          + "does not have"))
    try run.move(to: new)
    #expect(retry(run) == ["shop.tell hello"])
  }

  @Test func `so does one that the operation has no more`() throws {
    let run = try run()
    let file = SourceFile(
      path: "plugins/shop/plugin.yaml",
      text: """
        plugin: shop
        summary: A shop
        operations:
          open: { summary: Open, effects: once, inputs: { who: string }, outputs: { id: string } }
        """)
    let contract = try #require(PluginContract.decode(file, into: Diagnostics()))
    let new = try Rehearsal.version(
      Self.body.replacing("name: one }", with: "who: uno }"), catalog: Catalog(["shop": contract]))
    #expect(
      try run.plan(to: new).items.contains { item in
        if case .safe(let message) = item.verdict {
          message.hasSuffix("falls away: `name` of `one`")
        } else {
          false
        }
      })
    try run.move(to: new)
    #expect(retry(run) == ["shop.open uno"])
  }

  @Test func `what it does not replace changes without a question`() throws {
    let body = "steps:\n  - { id: one, action: shop.rent, with: { name: attic, size: 1 } }\n"
    let run = try Rehearsal(body, catalog: Shop.catalog)
    fail(run)
    #expect(
      run.handle(.retry(step: "one", with: ["name": "cellar"], again: false, reason: nil)) == nil)
    fail(run)
    let new = try Rehearsal.version(body.replacing("size: 1", with: "size: 4"))
    #expect(try run.plan(to: new).sentences["one"] == "safe: counts for the next try")
  }
}

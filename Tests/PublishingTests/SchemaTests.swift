import Documents
import Fields
import SourceText
import Testing
import Values

@testable import Publishing
@testable import Workflows

@Suite struct SchemaTests {
  private let source = LanguageSchema(catalog: .builtIn, roles: ["support"]).value

  private func schema() throws -> Schema { try Schema.decode(source) }

  private func problems(_ yaml: String) throws -> [SchemaProblem] {
    let file = SourceFile(path: "a.yaml", text: yaml)
    let node = try #require(DocumentReader.read(file, into: Diagnostics()))
    return try schema().validate(node.value)
  }

  @Test func `a workflow with something of everything validates`() throws {
    let found = try problems(SampleWorkflow.text)
    #expect(found.isEmpty, "\(found.map(\.message))")
  }

  @Test(arguments: [
    ("baton: 1", "baton: 2"), ("name: Confirm the payment", "nam: Confirm the payment"),
    ("due: 4 business hours", "due: 4"), ("go_to: decide", "go_too: decide"),
    ("action: files.write", "action: files.writ"), ("approvals: 2", "approvals: none"),
    ("then: retry", "then: again"), ("until: steps.poll", "untill: steps.poll"),
    ("id: both", "id: Both-1"), ("wait: 2h", "wait: 2 moons"),
    ("retry: { attempts: 3, wait: 2s }", "retry: { wait: 2s }"),
    ("type: integer, minimum: 1", "type: integre, minimum: 1"),
    ("path: \"out/", "file: \"out/"), ("outcome: succeeded", "outcome: fine"),
    ("every: 30s", "every: 30"), ("set: { x: 1 }", "set: [1]"),
    ("on_failure: stop", "on_failure: halt"), ("not_starter: true", "not_starter: maybe"),
    ("complete: x", "complete: x"),
  ])
  func `a mistake does not validate`(_ right: String, _ wrong: String) throws {
    guard right != wrong else { return }
    let mutated = SampleWorkflow.text.replacing(right, with: wrong, maxReplacements: 1)
    #expect(mutated != SampleWorkflow.text, "\(right) is not in the sample")
    #expect(try !problems(mutated).isEmpty, "\(wrong)")
  }

  @Test func `a webhook needs a connection, a schedule none`() throws {
    func found(_ trigger: String) throws -> Int {
      try problems(SampleWorkflow.text + "\ntriggers:\n  - \(trigger)\n").count
    }
    #expect(try found("{ webhook: shop/paid, connection: shop }") == 0)
    #expect(try found("{ schedule: 0 9 * * MON }") == 0)
    #expect(try found("{ webhook: shop/paid }") == 1)
  }

  @Test func `every key of the language is in the schema, and no other`() throws {
    let definitions = try #require(source["definitions"])
    func keys(_ name: String) -> Set<String> {
      let schema = definitions[name] ?? .null
      let whole = schema["anyOf"]?.asList?.last { $0["properties"] != nil } ?? schema
      return Set((whole["properties"]?.asMap ?? [:]).keys.compactMap(\.asString))
    }
    let pairs: [(String, KeySet)] = [
      ("step", LanguageKeys.step), ("check", LanguageKeys.check), ("retry", LanguageKeys.retry),
      ("recovery", LanguageKeys.recovery), ("undo", LanguageKeys.undo),
      ("probe", LanguageKeys.probe), ("call", LanguageKeys.call),
      ("deadline", LanguageKeys.moment), ("reminder", LanguageKeys.reminder),
      ("escalation", LanguageKeys.escalation), ("ask", LanguageKeys.ask),
      ("item", LanguageKeys.item), ("approve", LanguageKeys.approve), ("wait", LanguageKeys.wait),
      ("done_on", LanguageKeys.event), ("for_each", LanguageKeys.forEach),
      ("case", LanguageKeys.choice), ("repeat", LanguageKeys.loop),
      ("finish", LanguageKeys.finish), ("target", LanguageKeys.target),
      ("trigger", LanguageKeys.trigger), ("role", LanguageKeys.role),
    ]
    for (name, set) in pairs { #expect(keys(name) == Set(set.keys), "\(name)") }
    let top = Set((source["properties"]?.asMap ?? [:]).keys.compactMap(\.asString))
    #expect(top == Set(LanguageKeys.workflow.keys))
  }

  @Test func `an operation has a schema of its own`() throws {
    let value = try #require(LanguageSchema(catalog: .builtIn).value(ofOperation: "files.write"))
    let schema = try Schema.decode(value)
    #expect(schema.validate(["path": "a", "content": "${{ inputs.x }}"]).isEmpty)
    #expect(!schema.validate(["path": "a"]).isEmpty)
    #expect(LanguageSchema(catalog: .builtIn).value(ofOperation: "files.writ") == nil)
  }
}

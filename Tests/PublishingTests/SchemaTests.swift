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

  @Test(arguments: [
    "if: true, set: { x: 1 }", "for_each: { in: [1, 2], as: n, steps: %S }",
    "choose: [ { when: true, steps: %S } ]", "repeat: { steps: %S, until: false, at_most: 2 }",
    "action: log.write, with: { message: m }, timeout: 3s, retry: { attempts: 2 }",
    "action: log.write, with: { message: m }, on_failure: { steps: [], then: stop }",
    "wait: 5d, due: 6d, expires: 7d, on_expiry: continue", "workflow: other, with: { n: 1 }",
    "action: log.write, with: { message: m }, on_failure: [ { when: x, then: stop }, { then: park } ]",
    "ask: { items: { a: A } }, due: 2h, remind: [1h before], escalate: [ { after_due: 1h } ]",
  ])
  func `literals where expressions are wanted, and keys where they belong, validate`(
    _ step: String
  ) throws {
    let found = try problems(ofStep: step)
    #expect(found.isEmpty, "\(found.map(\.message))")
  }

  @Test(arguments: [
    "if: \"${{ true }}\", set: { x: 1 }", "set: {}", "choose: []", "choose: [ { steps: [] } ]",
    "steps: []", "parallel: []", "for_each: { in: [1], steps: [] }",
    "repeat: { steps: [], until: x }", "wait: { first_of: {} }",
    "action: log.write, with: { message: m }, on_failure: []",
    "wait: 5d, timeout: 3s", "wait: 5d, retry: { attempts: 2 }", "set: { x: 1 }, expires: 2d",
    "set: { x: 1 }, with: { a: 1 }", "ask: { fields: { a: string } }, effects: none",
    "action: log.write, with: { message: m }, on_failure: { when: x }", "wait: {}",
    "wait: { at: now, event: a.b }", "ask: { message: m }", "approve: Go?, remind: [1h before]",
    "approve: Go?, escalate: [ { to: support } ]", "approve: Go?, on_expiry: stop",
    "ask: { fields: { a: { typ: string } } }", "set: { x: 1 }, undo: {}",
    "set: { x: 1 }, verify: [ { check: x, with: { a: 1 } } ]",
    "set: { x: 1 }, verify: [ { check: x, action: files.read, with: { file: a } } ]",
  ])
  func
    `a list in which nothing stands, and a key of another kind or without the one it needs, do not validate`(
      _ step: String
    ) throws
  {
    #expect(try !problems(ofStep: step).isEmpty)
  }

  private func problems(ofStep step: String) throws -> [SchemaProblem] {
    let members = step.replacing("%S", with: "[ { id: inner, set: { x: 1 } } ]")
    return try problems(
      "baton: 1\nid: small\nname: Small\nsteps:\n  - { id: outer, \(members) }\n")
  }

  @Test func `a webhook needs a connection, a schedule none`() throws {
    func found(_ trigger: String) throws -> Int {
      try problems(SampleWorkflow.text + "\ntriggers:\n  - \(trigger)\n").count
    }
    #expect(try found("{ webhook: shop/paid, connection: shop }") == 0)
    #expect(try found("{ schedule: 0 9 * * MON }") == 0)
    #expect(try found("{ webhook: shop/paid }") == 1)
    #expect(try found("{ schedule: 0 9 * * MON, connection: shop }") == 1)
    #expect(try found("{ time_zone: UTC }") > 0)
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

  @Test func `every key of a test is in the schema of tests, and no other`() throws {
    let source = TestSchema(LanguageSchema(catalog: .builtIn)).value
    let definitions = try #require(source["definitions"])
    func keys(_ schema: Value?) -> Set<String> {
      Set((schema?["properties"]?.asMap ?? [:]).keys.compactMap(\.asString))
    }
    let pairs: [(String, [String])] = [
      ("test", TestKeys.test.keys), ("answer", TestKeys.action.keys),
      ("error", TestKeys.error.keys), ("event", TestKeys.event.keys),
      ("absence", TestKeys.absence.keys), ("command", TestKeys.command.keys),
      ("spoken", TestKeys.answer.keys + TestKeys.decision.keys),
      ("expectation", TestKeys.expectation.keys), ("step", TestKeys.step.keys),
      ("duration", TestKeys.duration.keys),
    ]
    for (name, set) in pairs { #expect(keys(definitions[name]) == Set(set), "\(name)") }
    #expect(keys(source) == Set(TestKeys.file.keys))
    #expect(keys(source["properties"]?["defaults"]) == Set(TestKeys.defaults.keys))
    let names = keys(definitions["actions"])
    #expect(names == Set(Catalog.builtIn.operationNames))
  }

  @Test func `names of fields are those that validate takes`() throws {
    for name in [
      "Email", "firstName", "_x", "a1", "Ticket_No", "1a", "größe", "a-b", "a b", "in", "null",
    ] {
      let steps = "steps: [ { id: a, ask: { fields: { \(name): string } }, role: r, due: 1d } ]"
      for fields in ["inputs: { \(name): string }\nsteps: [ { id: a, wait: 1h } ]", steps] {
        let text = "baton: 1\nid: small\nname: Small\nroles: { r: R }\n\(fields)\n"
        let diagnostics = Diagnostics()
        _ = Workflow.load(
          file: SourceFile(path: "a.yaml", text: text), catalog: .builtIn, into: diagnostics)
        #expect(try problems(text).isEmpty == diagnostics.sorted.isEmpty, "\(name)")
      }
    }
  }

  @Test func `an operation has a schema of its own`() throws {
    let value = try #require(LanguageSchema(catalog: .builtIn).value(ofOperation: "files.write"))
    let schema = try Schema.decode(value)
    #expect(schema.validate(["path": "a", "content": "${{ inputs.x }}"]).isEmpty)
    #expect(!schema.validate(["path": "a"]).isEmpty)
    #expect(LanguageSchema(catalog: .builtIn).value(ofOperation: "files.writ") == nil)
  }
}

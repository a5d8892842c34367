import Foundation
import Testing

@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(2)))
struct AuthoringToolsTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test func `a new workflow validates, is formatted, passes its test and runs`() throws {
    try Scenario()
      .baton(
        "new", "New Supplier",
        prints: """
          baton.yaml
          workflows/new-supplier.yaml
          workflows/new-supplier.test.yaml

          """
      )
      .baton("validate", "--strict")
      .baton("fmt", "--check", prints: "")
      .baton("test")
      .baton("run", "workflows/new-supplier.yaml", "-i", "subject=x", exits: 4)
      .baton("new", "new-supplier", exits: 7, complains: "is there already")
      .baton("new", "!!", exits: 2, complains: "is no name")
  }

  @Test func `a project's file stays when a workflow is added`() throws {
    try Scenario()
      .file("baton.yaml", "baton: 1\nproject: mine\n")
      .baton("new", "other")
      .then { try #expect($0.text("baton.yaml") == "baton: 1\nproject: mine\n") }
  }

  @Test func `the schema of an operation, and one that is not there`() throws {
    try Scenario().project()
      .baton("schema", "--operation", "mail.send")
      .then { scenario in
        try #expect(scenario.json()["required"] as? [String] == ["to", "subject", "text"])
      }
      .baton("schema", "--operation", "mail.sent", exits: 6, complains: "did you mean `mail.send`?")
  }

  @Test func `two versions are compared for the people who follow them`() throws {
    let text = """
      baton: 1
      id: two
      name: Two
      version: 1.0.0
      roles: { a: { name: Support }, b: { name: Sales } }
      steps:
        - { id: ask, name: Ask, role: a, ask: { items: { done: Done } }, due: 1d }
      """
    try Scenario()
      .file("old.yaml", text)
      .file(
        "new.yaml",
        text.replacing("1.0.0", with: "1.1.0").replacing("role: a", with: "role: b")
          .replacing("due: 1d", with: "due: 2d")
      )
      .baton(
        "diff", "old.yaml", "new.yaml",
        prints: """
          Two: from 1.0.0 to 1.1.0

          The procedure
            ~ two
                version: 1.1.0 (was: 1.0.0)

          Steps
            ~ Ask (ask)
                who: Sales (was: Support)
                due: within 2 days (was: within 1 day)

          """
      )
      .baton("diff", "old.yaml", "old.yaml", "--format", "markdown")
      .then { #expect($0.output.contains("Nothing changed")) }
      .baton("diff", "old.yaml", "new.yaml", "--json")
      .then { try #expect($0.json()["format"] as? String == "baton-diff/1") }
  }

  /// By a validator that is not ours (PyPI's `jsonschema`); skipped where it is not at hand.
  @Test(.enabled(if: python != nil))
  func `every workflow of the project validates against the schema`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let schema = folder.appending(path: "schema.json").path
    let binary = try #require(Scenario.binary)
    _ = try Self.call(binary, ["-C", Self.root.path, "schema", "-o", schema])
    let workflows = Self.root.appending(path: "workflows")
    let names = try FileManager.default.contentsOfDirectory(atPath: workflows.path).filter {
      !$0.contains(".test.") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".json"))
    }
    let files = names.sorted().map { workflows.appending(path: $0).path }
    let script = Self.root.appending(path: "scripts/check_schema.py").path
    let lines = try Self.call(try #require(Self.python), [script, schema] + files)
    #expect(lines.count == files.count)
    for line in lines { #expect(line.hasPrefix("ok "), "\(line)") }
    // One key of each, misspelled.
    for file in files {
      let text = try String(contentsOfFile: file, encoding: .utf8)
      let wrong = folder.appending(path: "wrong-" + (file as NSString).lastPathComponent)
      let isJSON = file.hasSuffix(".json")
      let mutated = text.replacing(
        isJSON ? "\"action\":" : " action:", with: isJSON ? "\"acton\":" : " acton:",
        maxReplacements: 1)
      try mutated.write(to: wrong, atomically: true, encoding: .utf8)
      let found = try Self.call(try #require(Self.python), [script, schema, wrong.path])
      #expect(found.first?.hasPrefix("no ") == true, "\(file)")
    }
  }

  private static let python: String? = [root.appending(path: ".venv/bin/python").path]
    .first { (try? call($0, ["-c", "import jsonschema, yaml; print(1)"])) == ["1"] }

  private static func call(_ program: String, _ arguments: [String]) throws -> [String] {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

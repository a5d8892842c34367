import Foundation
import TestSupport
import Testing

/// `docs/internals/journal-format.md`, which is to be enough to read a journal.
@Suite struct JournalPageTests {

  /// The types of records, as the switches over the kinds of events name them.
  private static func types() throws -> Set<String> {
    let engine = Repository.root.appending(path: "Sources/Engine")
    let files = try #require(FileManager.default.enumerator(atPath: engine.path))
    var types: Set<String> = []
    for case let path as String in files where path.hasSuffix(".swift") {
      let text = try String(contentsOf: engine.appending(path: path), encoding: .utf8)
      for found in text.matches(of: /case \.\w+(?:\(.*\))?: "([a-z]+\.[a-z_]+)"/) {
        types.insert(String(found.1))
      }
    }
    return types
  }

  @Test func `the page has every type of record`() throws {
    let page = try String(
      contentsOf: Repository.root.appending(path: "docs/internals/journal-format.md"),
      encoding: .utf8)
    let types = try Self.types()
    #expect(types.isSuperset(of: ["run.created", "step.waiting", "run.migrated", "step.claimed"]))
    #expect(types.filter { !page.contains("| `\($0)`") && !page.contains(", `\($0)`") } == [])
  }
}

import SourceText
import Testing
import Values

@testable import Documents

/// Files of many nodes: all of them are there, and places far behind are right.
@Suite(.timeLimit(.minutes(20))) struct LargeDocumentTests {
  private func read(_ text: String) -> (node: Node?, findings: [Diagnostic]) {
    let diagnostics = Diagnostics()
    let node = DocumentReader.read(SourceFile(path: "large.yaml", text: text), into: diagnostics)
    return (node, diagnostics.sorted)
  }

  private let filler = (0..<10_000).map { "- { n: \($0), text: \"a\\tb\", more: plain text }\n" }
    .joined()

  @Test func `every item is there, in order and at its place`() throws {
    let (root, findings) = read(filler)
    #expect(findings.isEmpty)
    let items = try #require(root?.items)
    #expect(items.count == 10_000)
    let lines = filler.split(separator: "\n")
    var start = 0
    for (number, item) in items.enumerated() {
      #expect(item["n"]?.value == .int(Int64(number)))
      #expect(item["text"]?.text == "a\tb")
      #expect(item.span == SourceSpan(start: start + 2, end: start + lines[number].utf8.count))
      start += lines[number].utf8.count + 1
    }
  }

  @Test func `a mistake at the end is found at its place`() {
    let (root, findings) = read(filler + "- [1, 2\n")
    #expect(root == nil)
    #expect(findings.count == 1)
    #expect(findings.first.map { $0.file.location(of: $0.span.start).line } == 10_002)
  }

  @Test func `what is refused at its beginning is not read to its end`() {
    let deep = "- " + String(repeating: "[", count: 101) + String(repeating: "]", count: 101) + "\n"
    let (root, findings) = read(deep + filler + filler)
    #expect(root == nil)
    #expect(findings.map(\.code) == [.nestedTooDeep])
  }

  @Test func `a second document is one too many`() {
    let (root, findings) = read(filler + "---\n" + filler)
    #expect(root?.items?.count == 10_000)
    #expect(findings.map(\.code) == [.severalDocuments])
  }

  @Test func `an anchor at the beginning is known at the end`() {
    let (root, findings) = read("- &first { a: [1, 2] }\n" + filler + "- *first\n")
    #expect(findings.isEmpty)
    #expect(root?.items?.last?.value == root?.items?.first?.value)
  }

  @Test func `a pair of keys among thousands is found`() {
    let keys = (0..<9_000).map { "key\($0): value\n" }.joined()
    let (root, findings) = read(keys + "key17: again\n")
    #expect(root?.members?.count == 9_000)
    #expect(root?["key17"]?.text == "value")
    #expect(findings.map(\.code) == [.duplicateKey])
  }
}
